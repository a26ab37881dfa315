/**
 * What a job's request comes to, method and all settings as JSON: a pack's defaults may be others when it goes on. Null: made by a
 * version that did not write it down.
 */
export const RESOLVED_JOBS = `
ALTER TABLE jobs ADD COLUMN resolved TEXT;
`
