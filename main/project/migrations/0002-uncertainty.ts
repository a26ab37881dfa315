/**
 * How unsure the assistant is of an image's proposals, [0, 1], for the order of the queue; null while there are none.
 * It goes with the last proposal.
 */
export const UNCERTAINTY = `
ALTER TABLE images ADD COLUMN uncertainty REAL;
CREATE INDEX images_by_uncertainty ON images (uncertainty DESC, id) WHERE uncertainty IS NOT NULL AND state <> 'done' AND missing = 0 AND problem IS NULL;
CREATE TRIGGER no_proposals_left AFTER UPDATE OF pending ON images WHEN NEW.pending = 0 AND NEW.uncertainty IS NOT NULL BEGIN
  UPDATE images SET uncertainty = NULL WHERE id = NEW.id;
END;
`
