-- Probable matches: records to be compared, and what came of it. Nothing here holds a value in the clear: the facts are
-- sealed under their visitor's own key, index keys are HMACs. A record is one row, and one for each of its keys, about ten.

-- Visitors whose facts changed, or their consent to be recognised, waiting for the job. Those without facts are never here.
CREATE TABLE match_due (
  visitor TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (visitor)
) STRICT, WITHOUT ROWID;

-- The facts of one visitor, sealed, and its keys (a JSON array), so that its rows of the index can be found.
CREATE TABLE match_records (
  visitor TEXT NOT NULL,
  keys TEXT NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (visitor)
) STRICT, WITHOUT ROWID;

-- The index: who shares a key is compared.
CREATE TABLE match_keys (
  key TEXT NOT NULL,
  visitor TEXT NOT NULL,
  PRIMARY KEY (key, visitor)
) STRICT, WITHOUT ROWID;

-- Pairs that are probably one person, the smaller id first. What was decided stays, so that it isn't suggested again.
-- The weight is in thousandths of a bit; `steps` says in words and bits what each field adds to it.
CREATE TABLE suggestions (
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  at INTEGER NOT NULL,
  weight INTEGER NOT NULL,
  probability REAL NOT NULL,
  model INTEGER NOT NULL,
  steps TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_at INTEGER,
  decided_by TEXT,
  why TEXT,
  merge TEXT,
  PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;

-- The way back from the second of a pair: what an index would cost, and found like everything else here.
CREATE TABLE suggestion_ends (
  b TEXT NOT NULL,
  a TEXT NOT NULL,
  PRIMARY KEY (b, a)
) STRICT, WITHOUT ROWID;
