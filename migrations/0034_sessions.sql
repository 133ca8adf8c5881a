-- Which sessions of a role count: those signed with its generation. Somebody who signs out everywhere makes another one, and
-- with that all sessions that were begun before are over. A role without a row has the first.
CREATE TABLE session_generations (
  role TEXT NOT NULL,
  generation TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (role)
) STRICT, WITHOUT ROWID;

-- The surest suggestions of a state without reading all that were ever made: an entry a suggestion, of which there are few. Only
-- the list says the condition, so that whatever seeks pairs goes on seeking them by their key.
CREATE INDEX suggestions_by_weight ON suggestions (state, -weight, a, b) WHERE probability >= 0;
