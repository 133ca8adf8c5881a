-- Identifiers that too many visitors said within a short time: they join nobody further until an officer releases them.
CREATE TABLE quarantine (
  identifier TEXT NOT NULL,
  at INTEGER NOT NULL,
  visitors INTEGER NOT NULL,
  PRIMARY KEY (identifier)
) STRICT, WITHOUT ROWID;
