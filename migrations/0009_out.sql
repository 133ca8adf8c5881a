-- When an event came into this table, in whole seconds since 1970: what webhooks go on from. Nothing is searched by it
-- but the few newest days, so it has no index and costs no row.
ALTER TABLE events ADD COLUMN landed INTEGER NOT NULL DEFAULT 0;

-- What was sent to which webhook, and what still is to be: a stretch of one day's arrivals, never the events themselves,
-- so that each try sends what consent allows then and an erasure has nothing to do here.
CREATE TABLE deliveries (
  hook TEXT NOT NULL,
  id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  day INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL,
  next INTEGER NOT NULL,
  events INTEGER NOT NULL,
  status INTEGER,
  PRIMARY KEY (hook, id)
) STRICT, WITHOUT ROWID;

-- Up to which second of arrival the events of a day were handed to a webhook.
CREATE TABLE delivered (
  hook TEXT NOT NULL,
  day INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (hook, day)
) STRICT, WITHOUT ROWID;
