-- Who saw and did what, in the console and over the API. Ids only: whom it was about by the id of a person, a merge or a
-- request, who did it by role and by an id of the sign-in. The time comes first, so that the newest are found and the
-- oldest are removed without an index.
CREATE TABLE audit (
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  via TEXT NOT NULL,
  role TEXT NOT NULL,
  subject TEXT NOT NULL,
  act TEXT NOT NULL,
  whose TEXT NOT NULL,
  outcome INTEGER NOT NULL,
  PRIMARY KEY (at, id)
) STRICT, WITHOUT ROWID;

-- What is written stays as it is until its time is over.
CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
