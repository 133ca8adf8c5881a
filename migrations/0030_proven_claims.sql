-- Whether whoever said it also proved it: those are asked first, and a crowd of others doesn't hold them up.
ALTER TABLE claims ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;
