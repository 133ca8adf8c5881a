/** Landing what many objects handed over, in one transaction a database: the rows are texts and are put together as such. */
import type { VisitorId } from "../domain/ids.ts";
import { byVisitor, type ClaimAnswer, type Landing, type Parcel } from "../domain/ports.ts";
import { claiming } from "./claiming.ts";
import { EVENTS, HINTS, RECEIPTS } from "./inserts.ts";
import { listing } from "./listing.ts";
import { eventRow, hintRow, receiptRow } from "./rows.ts";
import { Batches, byShard } from "./shards.ts";
import { CHUNK_BYTES } from "./statements.ts";

const INSERTS = { events: EVENTS, receipts: RECEIPTS, hints: HINTS } as const;

export const pack = (visitor: VisitorId, mark: string, landing: Landing): Parcel => ({
  visitor,
  mark,
  events: textOf(landing.events.map(({ event }) => eventRow(visitor, event))),
  receipts: textOf(landing.receipts.map(receiptRow)),
  hints: textOf(landing.hints.map(hintRow)),
  person: landing.person,
  claims: landing.claims ?? [],
});

const textOf = (rows: readonly unknown[]): string => JSON.stringify(rows).slice(1, -1);

export async function landParcels(
  db: D1Database,
  parcels: readonly Parcel[],
): Promise<ClaimAnswer[][]> {
  const batches = new Batches(db);
  // Neighbours one after the other: each page of the database is filled once.
  const sorted = parcels.toSorted(byVisitor);
  for (const [shard, theirs] of byShard(db, sorted, ({ visitor }) => visitor))
    for (const table of ["events", "receipts", "hints"] as const)
      batches.add(
        shard,
        joined(theirs.map((parcel) => parcel[table])).map((rows) =>
          shard.prepare(INSERTS[table]).bind(rows),
        ),
      );
  const persons = parcels.flatMap(({ person }) => (person ? [person] : []));
  listing(batches, db, persons, []);
  const answers = claiming(
    batches,
    db,
    parcels.flatMap(({ claims }) => claims),
  );
  await batches.run();
  const all = (await answers()).values();
  return parcels.map(({ claims }) => claims.map(() => all.next().value as ClaimAnswer));
}

/** Arrays of at most so many bytes; a UTF-16 unit is at most three. A text that is larger alone gets one of its own. */
function joined(texts: readonly string[]): string[] {
  const out: string[] = [];
  let held: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    if (text === "") continue;
    if (held.length > 0 && bytes + text.length * 3 > CHUNK_BYTES) {
      out.push(`[${held.join(",")}]`);
      held = [];
      bytes = 0;
    }
    held.push(text);
    bytes += text.length * 3;
  }
  if (held.length > 0) out.push(`[${held.join(",")}]`);
  return out;
}
