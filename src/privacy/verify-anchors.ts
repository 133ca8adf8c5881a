/** Holds what D1 has of the ledger of receipts to its anchors, and these to their copies in R2. */
import { type Anchor, anchorsFrom, landedDays, type LandedDay } from "../d1/anchors.ts";
import type { Day } from "../domain/ids.ts";
import { type AnchorPorts, anchored, ANCHORED_DAYS, isOurs } from "./anchor.ts";
import { readCopies } from "./anchor-copies.ts";

export interface AnchorFault {
  /**
   * `missing`: receipts that landed on that day are gone, or its anchor or the one before. `cut_off`: both its anchor and
   * receipts are gone, as after a restore. `changed`: the newest of some chain isn't what it was, or the anchor itself isn't.
   * `added`: there are more than landed. `unsealed`: the day is over and has receipts, and never had an anchor.
   */
  kind: "missing" | "cut_off" | "changed" | "added" | "unsealed";
  day: Day;
  /** In words. */
  because: string;
}

const SAYS = {
  anchorGone: [
    "missing",
    "The anchor of this day is gone from D1. Its copy in R2 shows that the receipts are as they were; the nightly job puts it back.",
  ],
  bothGone: [
    "cut_off",
    "The anchor and receipts of this day are gone from D1, as they are after a restore to before the end of it. If nothing was restored, they were deleted.",
  ],
  receiptsGone: [
    "missing",
    "Receipts that landed on this day are gone while its anchor is there. A restore doesn't do that.",
  ],
  previousGone: [
    "missing",
    "The anchor before this one, which it names, is gone from D1 and has no copy in R2.",
  ],
  neverAnchored: [
    "missing",
    "This day has receipts and no anchor although a later day has one: it was taken away.",
  ],
  unsigned: ["changed", "The anchor of this day isn't what was signed."],
  copyUnsigned: ["changed", "The copy of this day's anchor in R2 isn't what was signed."],
  notItsCopy: ["changed", "The anchor of this day isn't the one that was copied to R2."],
  headsChanged: [
    "changed",
    "The newest receipt of some chain isn't what it was when this day was over.",
  ],
  added: ["added", "There are more receipts than landed on this day."],
  unsealed: [
    "unsealed",
    "This day is over and has receipts, and no anchor: the nightly job hasn't run since, or the anchor was taken away before it had its copy in R2.",
  ],
} as const satisfies Record<string, readonly [AnchorFault["kind"], string]>;

type Found = keyof typeof SAYS;

/** Receipts compared by one call beside those of the last quarter; a day with more of them is compared alone. */
const OLDER_AT_ONCE = 10_000;

/** Days on which what landed was held to its anchor; null when there are no older ones, else these are earlier than `before`. */
export interface Compared {
  anchors: number;
  faults: AnchorFault[];
  before: Day | null;
}

interface Books {
  anchors: Map<Day, Anchor>;
  copies: Map<Day, Anchor>;
  /** Of either, oldest first. */
  days: Day[];
}

async function readBooks({ bucket, db }: Pick<AnchorPorts, "bucket" | "db">): Promise<Books> {
  // Before D1, where each anchor is written first: none has a copy that is not there yet.
  const copies = byDay(await readCopies(bucket));
  const anchors = byDay(await anchorsFrom(db, 0));
  const days = [...new Set([...anchors.keys(), ...copies.keys()])].sort((a, b) => a - b);
  return { anchors, copies, days };
}

/** The first of the days before this one that are compared at once. */
function reachBack({ anchors, copies, days }: Books, before: Day): Day {
  let first = before;
  let receipts = 0;
  for (const day of days.filter((each) => each < before).toReversed()) {
    receipts += (anchors.get(day) ?? copies.get(day))?.receipts ?? 0;
    if (receipts > OLDER_AT_ONCE && first < before) return first;
    first = day;
  }
  // What landed before the first anchor, too.
  return receipts > OLDER_AT_ONCE ? first : 0;
}

const olderOf = ({ days }: Books, from: Day): Day | null =>
  from > (days[0] ?? from) ? from : null;

/** The day before which nothing is compared by the first call; null where that compares all there is. */
export async function firstOlder(ports: AnchorPorts, today: Day): Promise<Day | null> {
  const books = await readBooks(ports);
  return olderOf(books, reachBack(books, today - ANCHORED_DAYS));
}

/** What landed earlier than that day, as much of it as is compared at once, the newest first. */
export async function verifyOlder(ports: AnchorPorts, before: Day): Promise<Compared> {
  const books = await readBooks(ports);
  const from = reachBack(books, before);
  const landed = byDay(await landedDays(ports.db, from, before - 1));
  const { faults, find } = finding();
  let anchors = 0;
  for (const day of books.days.filter((each) => each >= from && each < before)) {
    const held = [
      await signed(ports, books.copies.get(day)),
      await signed(ports, books.anchors.get(day)),
    ].find(isAnchor);
    if (!held) continue;
    anchors++;
    const what = await faultOfDay(ports, held, landed.get(day), books.anchors.has(day));
    if (what) find(day, what);
  }
  for (const day of landed.keys())
    if (!books.anchors.has(day) && !books.copies.has(day)) find(day, "neverAnchored");
  return { anchors, faults, before: olderOf(books, from) };
}

function finding(): { faults: AnchorFault[]; find: (day: Day, what: Found) => void } {
  const faults: AnchorFault[] = [];
  return {
    faults,
    find: (day, what) => {
      const [kind, because] = SAYS[what];
      faults.push({ kind, day, because });
    },
  };
}

/**
 * The anchors and their signatures all the way back to the first; what landed is compared on the days of the last quarter, and on
 * older ones as far as that is little.
 */
export async function verifyAnchors(ports: AnchorPorts, today: Day): Promise<Compared> {
  const books = await readBooks(ports);
  const { anchors, copies, days } = books;
  const from = reachBack(books, today - ANCHORED_DAYS);
  const landed = byDay(await landedDays(ports.db, from, Math.max(today - 1, days.at(-1) ?? 0)));
  const { faults, find } = finding();

  let previous = "";
  let last: Day | null = null;
  for (const day of days) {
    const anchor = await signed(ports, anchors.get(day));
    const copy = await signed(ports, copies.get(day));
    if (anchor === "unsigned") find(day, "unsigned");
    if (copy === "unsigned") find(day, "copyUnsigned");
    last = day;
    // The copy is believed before D1, where an anchor can be replaced.
    const held = [copy, anchor].find(isAnchor);
    if (held && held.previous !== previous) find(day, "previousGone");
    previous = (held ?? anchors.get(day) ?? copies.get(day))?.seal ?? "";
    if (!held) continue;
    if (isAnchor(anchor) && anchor.seal !== held.seal) find(day, "notItsCopy");
    if (day < from) continue;
    const what = await faultOfDay(ports, held, landed.get(day), anchor !== undefined);
    if (what) find(day, what);
  }
  for (const day of landed.keys()) {
    if (anchors.has(day) || copies.has(day)) continue;
    if (last !== null && day < last) find(day, "neverAnchored");
    // Yesterday is anchored in the course of the night.
    else if (day < today - 1) find(day, "unsealed");
  }
  return {
    anchors: [...anchors.keys()].filter((day) => day >= from).length,
    faults: faults.sort((a, b) => a.day - b.day),
    before: olderOf(books, from),
  };
}

async function signed(
  ports: AnchorPorts,
  anchor: Anchor | undefined,
): Promise<Anchor | "unsigned" | undefined> {
  return anchor && ((await isOurs(ports, anchor)) ? anchor : "unsigned");
}

const isAnchor = (found: Anchor | "unsigned" | undefined): found is Anchor =>
  found !== undefined && found !== "unsigned";

async function faultOfDay(
  ports: AnchorPorts,
  anchor: Anchor,
  landed: LandedDay | undefined,
  isInD1: boolean,
): Promise<Found | null> {
  const { day, receipts, heads, previous } = anchor;
  const now = landed ?? { day, receipts: 0, heads: [] };
  if (now.receipts < receipts) return isInD1 ? "receiptsGone" : "bothGone";
  if (now.receipts > receipts) return "added";
  if ((await anchored(ports, now, previous)).heads !== heads) return "headsChanged";
  return isInD1 ? null : "anchorGone";
}

const byDay = <Row extends { day: Day }>(rows: readonly Row[]): Map<Day, Row> =>
  new Map(rows.map((row) => [row.day, row]));
