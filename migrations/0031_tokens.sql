-- Identity tokens that name themselves (`jti`), each with the device that used it first: on another it proves nothing. Keyed
-- names alone, and only until the token has expired. A site whose tokens have no `jti` writes no row.
CREATE TABLE tokens (
  token TEXT NOT NULL,
  device TEXT NOT NULL,
  rotated TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (token)
) STRICT, WITHOUT ROWID;
