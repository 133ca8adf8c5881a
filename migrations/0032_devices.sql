-- Devices that are compared by the networks at which they are regular: while the merge rules want it and the person allows to
-- be recognised. A network is a keyed name; no address and no part of one is here.
CREATE TABLE device_records (
  visitor TEXT NOT NULL,
  -- JSON: the type of device, its regular networks with the days and hours, and who proved on it to be whom.
  seen TEXT NOT NULL,
  -- The last of the days, to remove it by.
  last_day INTEGER NOT NULL,
  PRIMARY KEY (visitor)
) STRICT, WITHOUT ROWID;

-- The index: whoever is regular at two networks that a device is regular at is compared with it.
CREATE TABLE device_networks (
  network TEXT NOT NULL,
  visitor TEXT NOT NULL,
  PRIMARY KEY (network, visitor)
) STRICT, WITHOUT ROWID;

-- Whether it is because of what people said of themselves (`facts`) or of where their devices are seen (`devices`).
ALTER TABLE suggestions ADD COLUMN basis TEXT NOT NULL DEFAULT 'facts';
