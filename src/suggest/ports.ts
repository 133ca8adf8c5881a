/** What the matching of people needs. Every call may fail; the job then goes on where it was with its next run. */
import type { MergeRules } from "../domain/identity/rules.ts";
import type { People } from "../domain/person/people.ts";
import type { IdentifierKeys } from "../keys/identifiers.ts";
import type { Sealer } from "../keys/sealer.ts";

export interface SuggestPorts {
  db: D1Database;
  bucket: R2Bucket;
  people: Pick<People, "view" | "link" | "amend">;
  identifiers: Pick<IdentifierKeys, "matchKey" | "key">;
  sealer: Sealer;
  mergeRules(): Promise<MergeRules>;
}
