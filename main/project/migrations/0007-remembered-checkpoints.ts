/**
 * Which checkpoints made a remembered vector (packs/checkpoint-key.ts): those of others under the same pack's name say nothing to it.
 * Null: made by a version that did not write it down; looked at again. The pack classic has none.
 * What has been learnt is asked of an index, whose vectors it need not pass (200,000 of 2 KB: 0.2 s instead of 2).
 */
export const REMEMBERED_CHECKPOINTS = `
ALTER TABLE memory ADD COLUMN checkpoints TEXT;
UPDATE memory SET checkpoints = '' WHERE pack = 'classic';
CREATE INDEX memory_learnt ON memory (annotation_id, pack, checkpoints, length(vector), image_id);
`
