-- The segment somebody was in when a hint was given, by its name, so that takes are told apart by it.
ALTER TABLE hints ADD COLUMN segment TEXT;
