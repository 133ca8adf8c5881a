-- What an officer blocks by hand keeps who did it and why, and its value, sealed under a key outside the database: before
-- anybody has said it, nobody could tell what it was.
ALTER TABLE quarantine ADD COLUMN "by" TEXT;
ALTER TABLE quarantine ADD COLUMN why TEXT;
ALTER TABLE quarantine ADD COLUMN sealed TEXT;
-- The approval of an origin can be withdrawn; that it was given stays.
ALTER TABLE origins ADD COLUMN withdrawn_at INTEGER;
ALTER TABLE origins ADD COLUMN withdrawn_by TEXT;
