-- A version of the policy names the draft that it was made from, so that publishing it may be asked for again.
ALTER TABLE policies ADD COLUMN draft INTEGER;
