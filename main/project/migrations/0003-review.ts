/**
 * What people say about an image besides its masks: comments, who labels and who reviews it, and the verdict. The counts of
 * comments are kept by triggers, so that no list of images scans comments.
 */
export const REVIEW = `
CREATE TABLE comments (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  image_id INTEGER NOT NULL REFERENCES images (id) DEFERRABLE INITIALLY DEFERRED,
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  resolved INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_of_image ON comments (image_id, at, id);

ALTER TABLE images ADD COLUMN assignee TEXT;
ALTER TABLE images ADD COLUMN reviewer TEXT;
ALTER TABLE images ADD COLUMN review TEXT CHECK (review IN ('approved', 'needsWork'));
ALTER TABLE images ADD COLUMN comments INTEGER NOT NULL DEFAULT 0;
ALTER TABLE images ADD COLUMN open_comments INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER comment_added AFTER INSERT ON comments BEGIN
  UPDATE images SET comments = comments + 1, open_comments = open_comments + (NEW.resolved = 0) WHERE id = NEW.image_id;
END;
CREATE TRIGGER comment_removed AFTER DELETE ON comments BEGIN
  UPDATE images SET comments = comments - 1, open_comments = open_comments - (OLD.resolved = 0) WHERE id = OLD.image_id;
END;
CREATE TRIGGER comment_resolved AFTER UPDATE ON comments WHEN OLD.resolved <> NEW.resolved BEGIN
  UPDATE images SET open_comments = open_comments + (NEW.resolved = 0) - (OLD.resolved = 0) WHERE id = NEW.image_id;
END;
`
