/**
 * What a pack with text remembers of a region has its traits behind the feature since: what has none is learnt anew from its mask.
 * Empty vectors stay: those masks were made to teach nothing.
 */
export const REMEMBERED_TRAITS = `
DELETE FROM memory WHERE pack <> 'classic' AND length(vector) > 0;
`
