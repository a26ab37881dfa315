/**
 * The first tables. Record ids (folders, images, classes, annotations) come from one counter, project.next_id, and are
 * never reused. images.pending, kept and rejected are kept by triggers, so that no list of images scans annotations.
 */
export const FIRST_TABLES = `
CREATE TABLE project (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  created INTEGER NOT NULL,
  next_id INTEGER NOT NULL
) STRICT;

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE folders (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE images (
  id INTEGER PRIMARY KEY,
  folder_id INTEGER NOT NULL REFERENCES folders (id) DEFERRABLE INITIALLY DEFERRED,
  path TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  modified REAL NOT NULL,
  fingerprint TEXT NOT NULL,
  problem TEXT,
  remark TEXT,
  missing INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'working', 'done')),
  version INTEGER NOT NULL DEFAULT 0,
  ticked TEXT,
  pending INTEGER NOT NULL DEFAULT 0,
  kept INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  imported_id INTEGER,
  file_name TEXT,
  carried TEXT,
  UNIQUE (folder_id, path)
) STRICT;
CREATE INDEX images_in_order ON images (folder_id, sort_key, id);
CREATE INDEX images_unfinished ON images (folder_id, sort_key, id) WHERE state <> 'done' AND missing = 0 AND problem IS NULL;

CREATE TABLE classes (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  synonyms TEXT NOT NULL,
  colour TEXT NOT NULL,
  place INTEGER NOT NULL,
  extent TEXT NOT NULL CHECK (extent IN ('thing', 'stuff')),
  imported_id INTEGER,
  carried TEXT
) STRICT;

CREATE TABLE provenances (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE annotations (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  image_id INTEGER NOT NULL REFERENCES images (id) DEFERRABLE INITIALLY DEFERRED,
  class_id INTEGER REFERENCES classes (id) DEFERRABLE INITIALLY DEFERRED,
  state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'fixed', 'rejected', 'drawn')),
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  area_px2 INTEGER NOT NULL,
  score REAL,
  z INTEGER NOT NULL,
  crowd INTEGER NOT NULL,
  locked INTEGER NOT NULL,
  box_only TEXT,
  imported_id INTEGER,
  provenance_id INTEGER NOT NULL REFERENCES provenances (id) DEFERRABLE INITIALLY DEFERRED,
  carried TEXT,
  runs BLOB NOT NULL
) STRICT;
CREATE INDEX annotations_of_image ON annotations (image_id);
CREATE INDEX annotations_of_class ON annotations (class_id, image_id, state);

CREATE TRIGGER annotation_added AFTER INSERT ON annotations BEGIN
  UPDATE images SET
    pending = pending + (NEW.state = 'pending'),
    kept = kept + (NEW.state IN ('accepted', 'fixed', 'drawn')),
    rejected = rejected + (NEW.state = 'rejected')
  WHERE id = NEW.image_id;
END;
CREATE TRIGGER annotation_removed AFTER DELETE ON annotations BEGIN
  UPDATE images SET
    pending = pending - (OLD.state = 'pending'),
    kept = kept - (OLD.state IN ('accepted', 'fixed', 'drawn')),
    rejected = rejected - (OLD.state = 'rejected')
  WHERE id = OLD.image_id;
END;
CREATE TRIGGER annotation_state_changed AFTER UPDATE ON annotations WHEN OLD.state <> NEW.state BEGIN
  UPDATE images SET
    pending = pending + (NEW.state = 'pending') - (OLD.state = 'pending'),
    kept = kept + (NEW.state IN ('accepted', 'fixed', 'drawn')) - (OLD.state IN ('accepted', 'fixed', 'drawn')),
    rejected = rejected + (NEW.state = 'rejected') - (OLD.state = 'rejected')
  WHERE id = NEW.image_id;
END;

CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image_id INTEGER REFERENCES images (id) DEFERRABLE INITIALLY DEFERRED,
  label TEXT NOT NULL,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped')),
  diff BLOB
) STRICT;
CREATE INDEX history_of_image ON history (image_id, id);
CREATE INDEX history_done ON history (image_id, id) WHERE state = 'done';
CREATE INDEX history_undone ON history (image_id, id) WHERE state = 'undone';

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  request TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'finished', 'cancelled')),
  total INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  proposals INTEGER NOT NULL DEFAULT 0,
  unnamed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE job_images (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  image_id INTEGER NOT NULL REFERENCES images (id) DEFERRABLE INITIALLY DEFERRED,
  state TEXT NOT NULL DEFAULT 'todo' CHECK (state IN ('todo', 'done', 'failed')),
  proposals INTEGER NOT NULL DEFAULT 0,
  unnamed INTEGER NOT NULL DEFAULT 0,
  problem TEXT,
  UNIQUE (job_id, image_id)
) STRICT;
CREATE INDEX job_images_todo ON job_images (job_id, id) WHERE state = 'todo';
CREATE INDEX job_images_failed ON job_images (job_id, id) WHERE state = 'failed';

CREATE TABLE memory (
  id INTEGER PRIMARY KEY,
  annotation_id INTEGER NOT NULL REFERENCES annotations (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  pack TEXT NOT NULL,
  image_id INTEGER NOT NULL,
  class_id INTEGER NOT NULL,
  positive INTEGER NOT NULL,
  vector BLOB NOT NULL,
  UNIQUE (annotation_id, pack)
) STRICT;
-- What an annotation taught is forgotten as soon as the annotation says something else.
CREATE TRIGGER annotation_teaches_anew AFTER UPDATE ON annotations
WHEN OLD.class_id IS NOT NEW.class_id OR OLD.state <> NEW.state 
  OR OLD.x <> NEW.x OR OLD.y <> NEW.y OR OLD.width <> NEW.width OR OLD.height <> NEW.height OR OLD.runs <> NEW.runs BEGIN
  DELETE FROM memory WHERE annotation_id = NEW.id;
END;
`
