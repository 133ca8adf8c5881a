/** Conditions that can't hold together: such an action would be offered to nobody, and nobody would know why. */
import { reaches } from "../person/stage.ts";
import type { Action, Conditions, Place, Range } from "./catalogue.ts";
import { eventKey } from "./situation.ts";
import type { ActionFault } from "./sound.ts";

export const contradictionsIn = (action: Action): ActionFault[] =>
  [
    ...knownAndNot(action.conditions),
    ...stageFaults(action),
    ...doneAndNot(action.conditions),
    ...orderFaults(action.conditions),
  ].map(({ path, message }) => ({ path: `conditions.${path}`, message }));

/** `esp:*` is of each of its family. */
const isAmong = (kind: string, family: string): boolean =>
  kind === family || (family.endsWith(":*") && kind.startsWith(family.slice(0, -1)));

function knownAndNot({ knows = [], unconfirmed = [], lacks = [] }: Conditions): ActionFault[] {
  const known = [...knows, ...unconfirmed];
  return lacks.flatMap((lacked, at) =>
    known.some((kind) => isAmong(kind, lacked))
      ? [{ path: `lacks.${at}`, message: "must not be asked for by another condition" }]
      : [],
  );
}

function stageFaults({ stage, assurance, conditions: { stages } }: Action): ActionFault[] {
  if (!stages) return [];
  if (!stages.some((each) => reaches(each, stage)))
    return [{ path: "stages", message: `must name ${stage} or a stage above it` }];
  const needed = assurance === null ? "device" : LEAST_STAGE[assurance];
  return stages.some((each) => reaches(each, needed))
    ? []
    : [{ path: "stages", message: `must name ${needed}, where an identifier is ${assurance}` }];
}

/** Nobody is below it who has an identifier that sure. */
const LEAST_STAGE = {
  verified: "person",
  asserted: "identified",
  hinted: "device",
  inferred: "device",
} as const;

type Counted = Range & { withinDays?: number };

/** Whoever did it so often in some days did it as often in more of them. */
const areApart = (often: Counted, seldom: Counted): boolean =>
  often.atLeast !== undefined &&
  seldom.atMost !== undefined &&
  often.atLeast > seldom.atMost &&
  (often.withinDays ?? Infinity) <= (seldom.withinDays ?? Infinity);

function doneAndNot({ did = [] }: Conditions): ActionFault[] {
  return did.flatMap((seldom, at) =>
    did.some((often) => eventKey(often.event) === eventKey(seldom.event) && areApart(often, seldom))
      ? [{ path: `did.${at}.atMost`, message: "must not be below what another condition asks for" }]
      : [],
  );
}

const BUYING: readonly Place[] = ["customer", "lapsed"];

function orderFaults({ orders, lastOrderDays, places }: Conditions): ActionFault[] {
  if (!orders) return [];
  const { atLeast: least = 0, atMost, withinDays } = orders;
  const never = atMost === 0 && withinDays === undefined;
  const faults: ActionFault[] = [];
  if (never && lastOrderDays)
    faults.push({ path: "lastOrderDays", message: "needs an order, and there must be none" });
  if (least > 0 && (lastOrderDays?.atLeast ?? 0) >= (withinDays ?? Infinity))
    faults.push({
      path: "lastOrderDays.atLeast",
      message: "must be below the days in which they ordered",
    });
  if (atMost === 0 && (lastOrderDays?.atMost ?? Infinity) < (withinDays ?? 0))
    faults.push({
      path: "lastOrderDays.atMost",
      message: "must not be below the days in which nothing was ordered",
    });
  if (never && places?.every((place) => BUYING.includes(place)))
    faults.push({ path: "places", message: "needs an order, and there must be none" });
  if (least > 0 && places?.every((place) => !BUYING.includes(place)))
    faults.push({ path: "places", message: "must name a place with an order" });
  return faults;
}
