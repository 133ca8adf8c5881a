/** What exports and erasures need: every store there is. */
import type { People } from "../domain/person/people.ts";
import type { IdentifierIndex, KeyVault } from "../domain/ports.ts";
import type { IdentifierKeys } from "../keys/identifiers.ts";
import type { ErasureLedger } from "../keys/ledger.ts";
import type { Sealer } from "../keys/sealer.ts";

export interface PrivacyPorts {
  db: D1Database;
  bucket: R2Bucket;
  people: People;
  index: IdentifierIndex;
  identifiers: IdentifierKeys;
  vault: KeyVault;
  sealer: Sealer;
  erasures: ErasureLedger;
  /** Files for the site's warehouse, where there are any (out/files.ts). */
  exports?: R2Bucket | undefined;
}
