/** Who changed what and when: one line for each change, never altered. Beside the history, whose lines are undone and dropped. */
export const AUDIT = `
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  image_id INTEGER,
  added INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  removed INTEGER NOT NULL
) STRICT;
`
