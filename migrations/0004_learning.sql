-- What a hint was given on, so that what came of it can be learned from: when its window ends, and device and topic
-- beside the stage. Hints from before have no window and are learned from by their outcomes alone.
ALTER TABLE hints ADD COLUMN until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hints ADD COLUMN device TEXT;
ALTER TABLE hints ADD COLUMN topic TEXT;

-- What the scheduled job has learned: one document by name, replaced in place.
CREATE TABLE learned (
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
