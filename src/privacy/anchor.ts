/**
 * Anchoring the ledger of consent receipts: one signed row a day over the heads of the chains that grew on it. A chain by
 * itself doesn't show that its end was cut off, or that all of it is gone; its anchor does.
 */
import {
  type Anchor,
  anchorsFrom,
  landedDays,
  type LandedDay,
  lastAnchor,
  saveAnchor,
} from "../d1/anchors.ts";
import { canonical } from "../domain/consent/canonical.ts";
import { anchorOf, type Sha256 } from "../domain/consent/ledger.ts";
import type { Day } from "../domain/ids.ts";
import type { IdentifierKeys } from "../keys/identifiers.ts";

export interface AnchorPorts {
  db: D1Database;
  /** The MAC over an anchor: whoever can write to D1 alone can't make one. */
  identifiers: Pick<IdentifierKeys, "stubs">;
  sha256: Sha256;
}

export interface AnchorFault {
  /**
   * `missing`: receipts that landed on that day are gone, or the anchor before this one is. `changed`: the newest of some
   * chain isn't what it was, or the anchor itself isn't. `added`: there are more than landed.
   */
  kind: "missing" | "changed" | "added";
  day: Day;
}

/** Anchors every day that is over and wasn't yet. Gives how many. */
export async function anchorReceipts(ports: AnchorPorts, today: Day): Promise<number> {
  const { db } = ports;
  const last = await lastAnchor(db);
  let previous = last?.seal ?? "";
  const days = await landedDays(db, (last?.day ?? 0) + 1, today - 1);
  for (const landed of days) {
    const anchor = await anchored(ports, landed, previous);
    await saveAnchor(db, anchor);
    previous = anchor.seal;
  }
  return days.length;
}

async function anchored(
  { identifiers, sha256 }: AnchorPorts,
  { day, receipts, heads }: LandedDay,
  previous: string,
): Promise<Anchor> {
  // By hash alone: an erasure gives a chain another name, and leaves its hashes.
  const nameless = heads.map(({ seq, hash }) => ({ visitor: "", seq, hash }));
  const body = { day, receipts, heads: await anchorOf(nameless, sha256), previous };
  return { ...body, seal: await identifiers.stubs.seal(canonical({ anchor: body })) };
}

/** Compares the anchors from that day on with what is there now. */
export async function verifyAnchors(
  ports: AnchorPorts,
  from: Day,
): Promise<{ anchors: number; faults: AnchorFault[] }> {
  const { db } = ports;
  const anchors = await anchorsFrom(db, from);
  const last = anchors.at(-1);
  if (!last) return { anchors: 0, faults: [] };
  const days = new Map(
    (await landedDays(db, from, last.day)).map((landed) => [landed.day, landed]),
  );
  const faults: AnchorFault[] = [];
  for (const [n, anchor] of anchors.entries()) {
    const { day } = anchor;
    const before = anchors[n - 1];
    if (before && anchor.previous !== before.seal) faults.push({ kind: "missing", day });
    const landed = days.get(day) ?? { day, receipts: 0, heads: [] };
    days.delete(day);
    const kind = await faultOf(ports, anchor, landed);
    if (kind) faults.push({ kind, day });
  }
  // Days with receipts and without an anchor: it was taken away.
  return {
    anchors: anchors.length,
    faults: [...faults, ...[...days.keys()].map((day): AnchorFault => ({ kind: "missing", day }))],
  };
}

async function faultOf(
  ports: AnchorPorts,
  anchor: Anchor,
  landed: LandedDay,
): Promise<AnchorFault["kind"] | null> {
  const { seal: _, ...body } = anchor;
  const sealed = await ports.identifiers.stubs.seal(canonical({ anchor: body }));
  if (sealed !== anchor.seal) return "changed";
  if (landed.receipts < anchor.receipts) return "missing";
  if (landed.receipts > anchor.receipts) return "added";
  const now = await anchored(ports, landed, anchor.previous);
  return now.heads === anchor.heads ? null : "changed";
}
