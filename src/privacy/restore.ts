/**
 * After a restore of D1 or of person objects: erases again whom the ledger in R2 names, since Time Travel and object recovery
 * bring back what was erased since. May be repeated; goes through the ledger page by page.
 */
import { forgetAllDevices } from "../d1/devices.ts";
import { reapplyErasures } from "../d1/erasures.ts";
import { removeFromFiles } from "../out/forget.ts";
import { daysWritten } from "../out/manifest.ts";
import type { PrivacyPorts } from "./ports.ts";

export interface Reapplied {
  /** Visitors erased again on this page. */
  visitors: number;
  /** Rows of the index that a restore had brought back. */
  claims: number;
  /** Entries of the ledger that nobody of us wrote; they are left alone and worth a look. */
  forged: number;
  /** Where to go on; null at the end. */
  cursor: string | null;
}

/** Each is a call to an object and one to R2: a Worker has a thousand. */
const VISITORS_AT_ONCE = 250;
/** A restore leaves the files for the warehouse alone; only days that were written anew since can have got somebody back. */
const FILE_DAYS = 16;

export async function reapplyLedger(ports: PrivacyPorts, cursor?: string): Promise<Reapplied> {
  const page = await ports.erasures.list(cursor, VISITORS_AT_ONCE);
  for (const { visitor, at } of page.erasures) {
    await ports.people.erase(visitor, at);
    await ports.vault.destroy(visitor);
  }
  const { claims } = await reapplyErasures(ports.db, page.erasures, ports.identifiers.stubs);
  // Among them may be who has withdrawn since. Whoever still agrees is told anew within a week.
  if (page.cursor === null) await forgetAllDevices(ports.db);
  if (ports.exports)
    await removeFromFiles(
      ports.exports,
      page.erasures.map(({ visitor }) => visitor),
      (await daysWritten(ports.exports)).slice(-FILE_DAYS),
    );
  return {
    visitors: page.erasures.length,
    claims,
    forged: page.forged,
    cursor: page.cursor,
  };
}
