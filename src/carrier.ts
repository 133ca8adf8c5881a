/**
 * What person objects hand over with their answers, gathered by the Worker that carried the events there. Those of many
 * visitors are held for a moment and brought on in one go, after the answers went out. Nothing depends on it: what is lost
 * with this isolate, or can't be brought on, is still in the objects' outboxes, which land it themselves a little later.
 */
import type { VisitorId } from "./domain/ids.ts";
import type { Carrier, Parcel } from "./domain/ports.ts";

/** Parcels are held so long. What was accepted shows within ten seconds. */
const HOLD_MS = 1_000;
/** As much as is brought on at once without waiting longer, in characters. */
const FULL = 400_000;
/** Pauses before what couldn't be brought on is tried again; then the objects see to it. */
const PAUSES_MS = [500, 2_000, 8_000] as const;
/** After so long whoever holds the parcels is taken for dead, and somebody else begins. */
const GIVEN_UP_MS = 5_000;
/** Visitors of whom it is remembered what landed: who comes again soon comes here again. */
const REMEMBERED = 20_000;

/** Of one isolate. */
export interface Held {
  parcels: Parcel[];
  size: number;
  /** When somebody began to wait with them; null when nobody does. */
  since: number | null;
  landed: Map<VisitorId, string[]>;
}

export const emptyHeld = (): Held => ({ parcels: [], size: 0, since: null, landed: new Map() });

/**
 * Brings parcels on.
 * @returns those that have landed for good, and may be forgotten where they came from
 */
export type Bring = (parcels: readonly Parcel[]) => Promise<readonly Parcel[]>;

export function createCarrier(
  held: Held,
  bring: Bring,
  later: (work: Promise<unknown>) => void,
): Carrier {
  return {
    take(parcel) {
      held.parcels.push(parcel);
      held.size += parcel.events.length + parcel.receipts.length + parcel.hints.length;
      if (held.size >= FULL) later(bringOn(held, bring));
      else if (held.since === null || Date.now() - held.since > GIVEN_UP_MS)
        later(hold(held, bring));
    },

    landed(visitor) {
      const marks = held.landed.get(visitor);
      if (!marks) return [];
      held.landed.delete(visitor);
      return marks;
    },
  };
}

async function hold(held: Held, bring: Bring): Promise<void> {
  const since = Date.now();
  held.since = since;
  await scheduler.wait(HOLD_MS);
  if (held.since === since) held.since = null;
  await bringOn(held, bring);
}

/** Many at once do no harm: each takes what is there. */
async function bringOn(held: Held, bring: Bring): Promise<void> {
  const parcels = held.parcels.splice(0);
  held.size = 0;
  if (parcels.length === 0) return;
  for (const pause of [...PAUSES_MS, null])
    try {
      remember(held, await bring(parcels));
      return;
    } catch (error) {
      console.warn(
        JSON.stringify({
          message: "events couldn't be brought on, their objects still have them",
          parcels: parcels.length,
          error: error instanceof Error ? error.name : "unknown",
        }),
      );
      if (pause !== null) await scheduler.wait(pause);
    }
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
