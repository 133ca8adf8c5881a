/**
 * Counting what leaves no other trace, without identifiers: what was dropped, chosen, failed. Counts are held for a moment
 * and written together, so that refusals cost next to nothing.
 */
import { addCounts, type Count, type CountKind } from "../../d1/counters.ts";
import type { Regime } from "../../domain/consent/purposes.ts";
import type { DropReason } from "../../domain/event.ts";
import { type Day, dayOf, type Millis } from "../../domain/ids.ts";
import { junkIn } from "../../domain/intake/junk.ts";
import type { TokenFault } from "../../domain/identity/token-faults.ts";
import type { Refusal } from "../../domain/intake/refusal.ts";
import type { JsonObject } from "../../domain/json.ts";
import { isOver } from "../../domain/lease.ts";
import { plainPathOf } from "../../domain/setup/facts.ts";
import type { ChoiceOutcome, Drops } from "./services.ts";
import type { Trust } from "./trust.ts";

const HOLD_MS = 2_000;
/** After so long whoever holds the counts is taken for dead, and somebody else begins. */
const GIVEN_UP_MS = 10_000;

/** Of so many page views dropped for want of consent one is counted by its page: that many pages would be that many rows. */
const SAMPLE = 16;
let unconsented = 0;

/** Pages told apart in one day by one isolate: whoever makes up paths makes no rows. */
const PAGES_A_DAY = 200;
const OTHER_PAGES = "/…";

interface Held {
  counts: Map<string, Count>;
  /** When somebody began to wait with them, by the machine's clock; null when nobody does. */
  since: Millis | null;
  pages: { day: Day; known: Set<string> };
}

const held = new WeakMap<D1Database, Held>();

export function countDrops(
  db: D1Database,
  now: Millis,
  later: (work: Promise<unknown>) => void,
): Drops {
  let mine = held.get(db);
  if (!mine) {
    mine = { counts: new Map(), since: null, pages: { day: 0, known: new Set() } };
    held.set(db, mine);
  }
  return new DropCounts(db, mine, now, later);
}

/** A class, since every request makes one and most call nothing of it. */
class DropCounts implements Drops {
  private readonly db: D1Database;
  private readonly held: Held;
  private readonly now: Millis;
  private readonly later: (work: Promise<unknown>) => void;

  constructor(db: D1Database, into: Held, now: Millis, later: (work: Promise<unknown>) => void) {
    this.db = db;
    this.held = into;
    this.now = now;
    this.later = later;
  }

  private note(kind: CountKind, reason: string, regime: string, count: number): void {
    const { counts, since } = this.held;
    const day = dayOf(this.now);
    const key = `${day}|${kind}|${reason}|${regime}`;
    const known = counts.get(key);
    if (known) known.count += count;
    else counts.set(key, { kind, day, reason, regime, count });
    if (since !== null && !isOver(since, GIVEN_UP_MS, Date.now())) return;
    this.later(write(this.db, this.held));
  }

  add(reason: DropReason, regime: Regime | "server", count: number): void {
    this.note("drop", reason, regime, count);
  }

  choice(outcome: ChoiceOutcome, region: string): void {
    this.note("choice", outcome, region, 1);
  }

  page(raw: JsonObject): void {
    // Held against recorded page views: other messages of the page would weigh on one side alone.
    if (raw["type"] !== "page" || ++unconsented % SAMPLE !== 0) return;
    const path = plainPathOf(raw);
    if (path !== null) this.note("page", this.isToldApart(path) ? path : OTHER_PAGES, "", SAMPLE);
  }

  private isToldApart(path: string): boolean {
    const today = dayOf(this.now);
    if (this.held.pages.day !== today) this.held.pages = { day: today, known: new Set() };
    const { known } = this.held.pages;
    if (known.size < PAGES_A_DAY) known.add(path);
    return known.has(path);
  }

  clock(which: "ahead" | "behind", sender: Trust): void {
    this.note("clock", which, sender, 1);
  }

  junk(raw: JsonObject, sender: Trust): void {
    this.note("junk", junkIn(raw), sender, 1);
  }

  token(fault: TokenFault): void {
    this.note("token", fault, "", 1);
  }

  refused(reason: Refusal, sender: Trust | "api" | "sign-in"): void {
    this.note("refusal", reason, sender, 1);
  }

  failure(status: number, route: string): void {
    this.note("error", String(status), route, 1);
  }
}

/** A count that can't be written is worth less than an answer that waits; it is given up. */
async function write(db: D1Database, mine: Held): Promise<void> {
  const since = Date.now();
  mine.since = since;
  await scheduler.wait(HOLD_MS);
  const counts = [...mine.counts.values()];
  mine.counts.clear();
  if (mine.since === since) mine.since = null;
  await addCounts(db, counts).catch(() => undefined);
}
