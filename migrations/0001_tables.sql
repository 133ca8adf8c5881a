-- Everything Usher keeps in D1, written by hand: each table is WITHOUT ROWID, so that a row is one billed write and its
-- key is where it lies. There is no secondary index and no AUTOINCREMENT: each would be one more billed row per write.
-- src/d1/schema.ts says the same in TypeScript; a test compares the two.

-- One row an event. The day is the client's own and the id the message's, both equal on every retry, so a repetition is
-- a conflict and costs nothing. A journey seeks (day, visitor); reports and retention take ranges of days.
CREATE TABLE events (
  day INTEGER NOT NULL,
  visitor TEXT NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  received INTEGER NOT NULL,
  type TEXT NOT NULL,
  name TEXT,
  channel TEXT NOT NULL,
  policy INTEGER NOT NULL,
  purposes TEXT NOT NULL,
  data TEXT NOT NULL,
  sealed TEXT,
  PRIMARY KEY (day, visitor, id)
) STRICT, WITHOUT ROWID;

-- The identifier index: who claims which identifier. The owner has the smallest rank.
-- Nothing here is found by visitor: an erasure names the visitor's identifiers itself.
CREATE TABLE claims (
  identifier TEXT NOT NULL,
  visitor TEXT NOT NULL,
  rank INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (identifier, visitor)
) STRICT, WITHOUT ROWID;

-- Visitors that were erased. Every insert of personal rows looks here in the same statement.
CREATE TABLE tombstones (
  visitor TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (visitor)
) STRICT, WITHOUT ROWID;

-- The stored proofs of consent decisions, a hash chain per visitor. An erasure leaves a stub of each: without a body,
-- under a keyed name instead of the visitor's, sealed so that nobody can hide a receipt by calling it erased.
CREATE TABLE receipts (
  visitor TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  policy INTEGER NOT NULL,
  body TEXT,
  hash TEXT NOT NULL,
  previous TEXT NOT NULL,
  seal TEXT,
  PRIMARY KEY (visitor, seq)
) STRICT, WITHOUT ROWID;

-- What was suggested to whom and what came of it, a row per outcome. Laid out like events, for the same readers.
CREATE TABLE hints (
  day INTEGER NOT NULL,
  visitor TEXT NOT NULL,
  hint TEXT NOT NULL,
  outcome TEXT NOT NULL,
  action TEXT NOT NULL,
  at INTEGER NOT NULL,
  propensity REAL NOT NULL,
  stage TEXT NOT NULL,
  slot TEXT NOT NULL,
  PRIMARY KEY (day, visitor, hint, outcome)
) STRICT, WITHOUT ROWID;

-- Append-only: merges and their undoing. The evidence is kept as its kind alone, never the identifier, so that the log
-- may outlive an erasure.
CREATE TABLE merge_log (
  day INTEGER NOT NULL,
  merge TEXT NOT NULL,
  op TEXT NOT NULL,
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  evidence TEXT NOT NULL,
  because TEXT NOT NULL,
  rules INTEGER NOT NULL,
  PRIMARY KEY (day, merge, op)
) STRICT, WITHOUT ROWID;

-- The directory of persons, for lists. The day comes first so that the newest are found without an index: a person that
-- is seen again on the same day is one row written, on another day one more for the row that moves.
CREATE TABLE people (
  seen_day INTEGER NOT NULL,
  id TEXT NOT NULL,
  stage TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  visitors INTEGER NOT NULL,
  events INTEGER NOT NULL,
  next TEXT,
  PRIMARY KEY (seen_day, id)
) STRICT, WITHOUT ROWID;

-- Daily counts of what was not recorded. Nothing in it names anybody.
CREATE TABLE counters (
  day INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  regime TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (day, kind, reason, regime)
) STRICT, WITHOUT ROWID;

-- Daily figures by one dimension each, computed from events by cron.
CREATE TABLE rollups (
  day INTEGER NOT NULL,
  dimension TEXT NOT NULL,
  value TEXT NOT NULL,
  events INTEGER NOT NULL,
  visitors INTEGER NOT NULL,
  orders INTEGER NOT NULL,
  order_cents INTEGER NOT NULL,
  PRIMARY KEY (day, dimension, value)
) STRICT, WITHOUT ROWID;

-- Published consent policies; a version is never changed.
CREATE TABLE policies (
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  author TEXT NOT NULL,
  note TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (version)
) STRICT, WITHOUT ROWID;

-- Versioned documents other than the policy: the catalogue of actions, the merge rules.
CREATE TABLE settings (
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (key, version)
) STRICT, WITHOUT ROWID;
