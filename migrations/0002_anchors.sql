-- The day on which a receipt came into this table, in whole days since 1970: what is anchored under that day.
ALTER TABLE receipts ADD COLUMN landed INTEGER NOT NULL DEFAULT 0;

-- One signed row a day over the heads of the receipts' chains that grew on it, so that the end of a chain can't be cut off
-- unseen. Each row names the seal of the one before.
CREATE TABLE anchors (
  day INTEGER NOT NULL,
  receipts INTEGER NOT NULL,
  heads TEXT NOT NULL,
  previous TEXT NOT NULL,
  seal TEXT NOT NULL,
  PRIMARY KEY (day)
) STRICT, WITHOUT ROWID;
