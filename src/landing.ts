/** Parcels to their end: D1 takes the rows, and whoever said what somebody else had said before hears of it. */
import type { ClaimAnswer, Ledger, Parcel } from "./domain/ports.ts";
import { inTime } from "./http/patience.ts";
import { follow, type PersonObjects } from "./person/gateway.ts";

export interface LandingPorts {
  ledger: Pick<Ledger, "landParcels">;
  objects: PersonObjects;
}

/** @returns the parcels of which nothing is left to do @throws when D1 can't be reached */
export async function landParcels(
  { ledger, objects }: LandingPorts,
  parcels: readonly Parcel[],
): Promise<readonly Parcel[]> {
  const answers = await ledger.landParcels(parcels);
  const isDone = (_: Parcel, n: number): boolean => (answers[n] ?? []).every(isOwn);
  await Promise.all(
    parcels
      .filter((parcel, n) => !isDone(parcel, n))
      .map(({ visitor }) =>
        // Whom it can't be told in time finds it out by themselves.
        inTime(
          "person",
          follow(objects, visitor, undefined, (stub, epoch) => stub.hurry(epoch, visitor)),
        ).catch(() => undefined),
      ),
  );
  return parcels.filter(isDone);
}

const isOwn = (answer: ClaimAnswer): boolean =>
  "before" in answer && answer.before.length === 0 && answer.crowd > 0 && answer.held !== "blocked";
