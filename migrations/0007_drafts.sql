-- Documents that somebody is still writing, one by name, replaced in place: today the consent policy. `base` is the
-- published version it began from; `replay` how far its what-if has come.
CREATE TABLE drafts (
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  base INTEGER NOT NULL,
  document TEXT NOT NULL,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  replay TEXT,
  PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
