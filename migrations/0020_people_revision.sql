-- The moment at which a person's object said this of it. Words come late and out of order, over a queue or from a Worker
-- that held them; an older one never replaces a newer one. Day 0 holds who lives elsewhere now, so that no late word lists
-- them again; the nightly sweep takes these rows away when nothing can be under way any more.
ALTER TABLE people ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
