/**
 * Anchoring the ledger of consent receipts: one signed row a day over the heads of the chains that grew on it. A chain by
 * itself doesn't show that its end was cut off, or that all of it is gone; its anchor does. That an anchor is gone shows by its
 * copy in R2, outside of the database that it vouches for.
 */
import { type Anchor, anchorsFrom, landedDays, type LandedDay, saveAnchor } from "../d1/anchors.ts";
import { canonical } from "../domain/consent/canonical.ts";
import { anchorOf, type Sha256 } from "../domain/consent/ledger.ts";
import type { Day } from "../domain/ids.ts";
import type { IdentifierKeys } from "../keys/identifiers.ts";
import { keepCopy, readCopies } from "./anchor-copies.ts";

export interface AnchorPorts {
  db: D1Database;
  /** The `KEYS` bucket. */
  bucket: R2Bucket;
  /** The MAC over an anchor: whoever can write to D1 alone can't make one. */
  identifiers: Pick<IdentifierKeys, "stubs">;
  sha256: Sha256;
}

/** Days whose receipts are held to their anchors at once: a quarter, since who reads them all reads every receipt there is. */
export const ANCHORED_DAYS = 92;

/** Copies written, and anchors put back, in one night, each a call: more only where an older version wrote none. */
const AT_ONCE = 200;

/**
 * Anchors every day that is over and wasn't yet. Gives how many. D1 comes first and the copy after it: a run that breaks off
 * in between leaves an anchor without a copy, which the next one writes. A day with a copy is never anchored again, whatever
 * D1 says by now; its anchor comes back from the copy if the receipts are still those, or nobody compares them any more.
 */
export async function anchorReceipts(ports: AnchorPorts, today: Day): Promise<number> {
  const { db, bucket } = ports;
  const copies = new Map<Day, Anchor>();
  for (const copy of await readCopies(bucket))
    if (copy.day < today && (await isOurs(ports, copy))) copies.set(copy.day, copy);
  const anchors = (await anchorsFrom(db, 0)).filter(({ day }) => day < today);
  const present = new Set(anchors.map(({ day }) => day));
  const gone = [...copies.values()].filter(({ day }) => !present.has(day)).slice(-AT_ONCE);
  const from = today - ANCHORED_DAYS;
  const last = newest([...anchors, ...copies.values()]);
  const begin = (last?.day ?? 0) + 1;
  const recent = gone.filter(({ day }) => day >= from);
  // In one reading: there is no index by day.
  const days = await landedDays(db, Math.min(begin, ...recent.map(({ day }) => day)), today - 1);

  for (const copy of gone) {
    const landed = days.find(({ day }) => day === copy.day);
    const isAsSealed = landed && (await anchored(ports, landed, copy.previous)).seal === copy.seal;
    if (isAsSealed || copy.day < from) await saveAnchor(db, copy);
  }
  const over = days.filter(({ day }) => day >= begin);
  let previous = last?.seal ?? "";
  for (const landed of over) {
    const anchor = await anchored(ports, landed, previous);
    await saveAnchor(db, anchor);
    anchors.push(anchor);
    previous = anchor.seal;
  }
  const uncopied = anchors.filter(({ day }) => !copies.has(day));
  for (const anchor of uncopied.slice(-AT_ONCE))
    if (await isOurs(ports, anchor)) await keepCopy(bucket, anchor);
  return over.length;
}

const newest = (anchors: readonly Anchor[]): Anchor | undefined =>
  anchors.toSorted((a, b) => a.day - b.day).at(-1);

/** The anchor of what landed on that day. */
export async function anchored(
  { identifiers, sha256 }: AnchorPorts,
  { day, receipts, heads }: LandedDay,
  previous: string,
): Promise<Anchor> {
  // By hash alone: an erasure gives a chain another name, and leaves its hashes.
  const nameless = heads.map(({ seq, hash }) => ({ visitor: "", seq, hash }));
  const body = { day, receipts, heads: await anchorOf(nameless, sha256), previous };
  return { ...body, seal: await identifiers.stubs.seal(canonical({ anchor: body })) };
}

/** Whether its seal is over what it says. */
export async function isOurs(
  { identifiers }: AnchorPorts,
  { seal, day, receipts, heads, previous }: Anchor,
): Promise<boolean> {
  if (!Number.isSafeInteger(receipts)) return false;
  const body = { day, receipts, heads, previous };
  return seal === (await identifiers.stubs.seal(canonical({ anchor: body })));
}
