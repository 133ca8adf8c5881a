/**
 * What person objects hand over with their answers, gathered by the Worker that carried the events there. Those of many
 * visitors are held for a moment and brought on in one go, after the answers went out. Nothing depends on it: what is lost
 * with this isolate, or can't be brought on, is still in the objects' outboxes, which land it themselves a little later.
 */
import type { VisitorId } from "./domain/ids.ts";
import { isOver } from "./domain/lease.ts";
import { byVisitor, type Carrier, type Parcel } from "./domain/ports.ts";

/** Parcels are held so long. What was accepted shows within ten seconds. */
const HOLD_MS = 1_000;
/** As much as is brought on without waiting longer, in characters. */
const FULL = 800_000;
/** As much as is brought on in one go: the database serves nobody else meanwhile. */
const PIECE = 100_000;
/** Between two pieces, for whoever else waits. */
const BREATH_MS = 20;
/** Pieces that fail one after the other before the database is taken to be away. */
const FAILURES = 3;
/** Pauses before what couldn't be brought on is tried again; then the objects see to it. */
const PAUSES_MS = [500, 2_000, 8_000] as const;
/** After so long whoever holds the parcels is taken for dead, and somebody else begins. */
const GIVEN_UP_MS = 5_000;
/** And whoever brings them on: the platform lets no work go on for so long after an answer. */
const LOST_MS = 60_000;
/** Characters under way at once, held ones included: while the database hangs, what is beyond stays with its objects. */
const MOST_UNDER_WAY = 16_000_000;
/** Visitors of whom it is remembered what landed: who comes again soon comes here again. */
const REMEMBERED = 20_000;

/** What somebody brings on, who may be cut off at any moment and then never says that it is over. */
interface Load {
  /** In characters. */
  size: number;
  since: number;
  /** Under way now. It goes with them, or it would be held for ever with all that it brings. */
  call: Promise<unknown> | null;
}

/** Of one isolate. */
export interface Held {
  parcels: Parcel[];
  /** In characters. */
  size: number;
  /** What was taken out of here and isn't brought on yet. */
  underWay: Set<Load>;
  /** When somebody began to wait with them; null when nobody does. */
  since: number | null;
  landed: Map<VisitorId, string[]>;
  /** Brings on what is held without waiting longer. */
  now: () => Promise<void>;
}

/** All of this isolate. */
const everything = new Set<Held>();

export function emptyHeld(): Held {
  const held: Held = {
    parcels: [],
    size: 0,
    underWay: new Set(),
    since: null,
    landed: new Map(),
    now: () => Promise.resolve(),
  };
  everything.add(held);
  return held;
}

/** Done when nothing that this isolate holds or has under way can come to the database later: for tests that look at it. */
export async function bringEverything(): Promise<void> {
  for (const held of everything) {
    await held.now();
    for (let calls = callsOf(held); calls.length > 0; calls = callsOf(held))
      await Promise.allSettled(calls);
  }
}

/**
 * Brings parcels on.
 * @returns those that have landed for good, and may be forgotten where they came from
 */
export type Bring = (parcels: readonly Parcel[]) => Promise<readonly Parcel[]>;

export interface CarrierPorts {
  bring: Bring;
  /** Work that goes on after the answer. */
  later(work: Promise<unknown>): void;
  wait(ms: number): Promise<void>;
}

export function createCarrier(held: Held, ports: CarrierPorts): Carrier {
  held.now = () => bringOn(held, ports);
  return {
    // A failure is the caller's to tell.
    keep: (call) => ports.later(call.catch(() => undefined)),

    take(parcel) {
      if (held.size + sizeUnderWay(held) > MOST_UNDER_WAY) return;
      held.parcels.push(parcel);
      held.size += sizeOf(parcel);
      if (held.size >= FULL) ports.later(bringOn(held, ports));
      else if (held.since === null || isOver(held.since, GIVEN_UP_MS, Date.now()))
        ports.later(hold(held, ports));
    },

    landed(visitor) {
      const marks = held.landed.get(visitor);
      if (!marks) return [];
      held.landed.delete(visitor);
      return marks;
    },
  };
}

/** In characters. */
function sizeUnderWay({ underWay }: Held): number {
  let size = 0;
  for (const load of underWay)
    if (isOver(load.since, LOST_MS, Date.now())) underWay.delete(load);
    else size += load.size;
  return size;
}

/** Whether somebody brings something on. */
export function isUnderWay(held: Held): boolean {
  sizeUnderWay(held);
  return held.underWay.size > 0;
}

const callsOf = (held: Held): Promise<unknown>[] =>
  isUnderWay(held) ? Array.from(held.underWay).flatMap(({ call }) => call ?? []) : [];

const sizeOf = ({ events, receipts, hints }: Parcel): number =>
  events.length + receipts.length + hints.length;

async function hold(held: Held, ports: CarrierPorts): Promise<void> {
  const since = Date.now();
  held.since = since;
  await ports.wait(HOLD_MS);
  if (held.since === since) held.since = null;
  await bringOn(held, ports);
}

/**
 * A visitor's rows are neighbours in the database, so that those of a few visitors, together, touch a few of its pages; in the
 * order in which they came, almost each row touches another. Claims keep theirs: who said an identifier first has it.
 */
function inLandingOrder(parcels: readonly Parcel[]): Parcel[] {
  const claiming = parcels.filter(({ claims }) => claims.length > 0);
  const others = parcels.filter(({ claims }) => claims.length === 0);
  return [...claiming, ...others.toSorted(byVisitor)];
}

/** Many at once do no harm: each takes what is there. */
async function bringOn(held: Held, ports: CarrierPorts): Promise<void> {
  let left = inLandingOrder(held.parcels.splice(0));
  const load: Load = { size: held.size, since: Date.now(), call: null };
  held.size = 0;
  held.underWay.add(load);
  try {
    for (const [tries, pause] of [...PAUSES_MS, null].entries()) {
      const whole = left.reduce((sum, parcel) => sum + sizeOf(parcel), 0);
      // In ever smaller pieces, so that what can't be landed keeps ever fewer others back.
      left = await tried(held, load, ports, piecesOf(left, Math.min(PIECE, whole / 2 ** tries)));
      if (left.length === 0 || pause === null) return;
      await ports.wait(pause);
    }
  } finally {
    held.underWay.delete(load);
  }
}

/** Gives what is left. */
async function tried(
  held: Held,
  load: Load,
  { bring, wait }: CarrierPorts,
  pieces: readonly Parcel[][],
): Promise<Parcel[]> {
  const left: Parcel[] = [];
  let failures = 0;
  for (const [n, piece] of pieces.entries()) {
    if (failures === FAILURES) {
      left.push(...piece);
      continue;
    }
    const call = n === 0 ? bring(piece) : wait(BREATH_MS).then(() => bring(piece));
    load.call = call;
    try {
      remember(held, await call);
      failures = 0;
    } catch (error) {
      failures++;
      left.push(...piece);
      console.warn(
        JSON.stringify({
          message: "events couldn't be brought on, their objects still have them",
          parcels: piece.length,
          error: error instanceof Error ? error.name : "unknown",
        }),
      );
    } finally {
      load.call = null;
    }
  }
  return left;
}

/** In their order, of at most so many characters; one that is larger alone is a piece of its own. */
function piecesOf(parcels: readonly Parcel[], most: number): Parcel[][] {
  const pieces: Parcel[][] = [];
  let size = 0;
  for (const parcel of parcels) {
    const last = pieces.at(-1);
    size += sizeOf(parcel);
    if (last && size <= most) last.push(parcel);
    else {
      pieces.push([parcel]);
      size = sizeOf(parcel);
    }
  }
  return pieces;
}

function remember({ landed }: Held, parcels: readonly Parcel[]): void {
  for (const { visitor, mark } of parcels) {
    const known = landed.get(visitor);
    if (known) known.push(mark);
    else landed.set(visitor, [mark]);
  }
  for (const visitor of landed.keys()) {
    if (landed.size <= REMEMBERED) return;
    landed.delete(visitor);
  }
}
