-- Identity tokens that don't name themselves are bound, too, by all that is signed. Two devices that sign in as one person in the
-- same second carry the same token: which is why the moment of the first use is kept.
ALTER TABLE tokens ADD COLUMN first_used INTEGER NOT NULL DEFAULT 0;
