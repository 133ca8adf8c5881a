-- Where imported consent comes from, approved by an officer or not. Until then it doesn't count.
CREATE TABLE origins (
  origin TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  approved_at INTEGER,
  approved_by TEXT,
  PRIMARY KEY (origin)
) STRICT, WITHOUT ROWID;

-- What was spent on ads: one row a day, channel and campaign; the same file again changes nothing.
CREATE TABLE spend (
  day INTEGER NOT NULL,
  channel TEXT NOT NULL,
  campaign TEXT NOT NULL,
  cost_cents INTEGER NOT NULL,
  impressions INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  PRIMARY KEY (day, channel, campaign)
) STRICT, WITHOUT ROWID;
