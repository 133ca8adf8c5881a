/** What visitors do, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import { firstVisit, hints, reset, withdrawal } from "./operations/visits.ts";
import { alarms, calls, clocks, cuts, fullDatabase, fullObject, kills, slow } from "./troubles.ts";

tryAll(firstVisit, [...calls, ...cuts, ...kills, ...alarms, fullObject, ...clocks]);
tryAll(withdrawal, [
  ...calls,
  ...cuts,
  ...kills,
  ...alarms,
  fullObject,
  fullDatabase,
  slow,
  ...clocks,
]);
tryAll(reset, [...calls, ...cuts, ...kills, fullObject, slow, ...clocks]);
tryAll(hints, [...calls, ...cuts, ...kills, fullObject, slow]);
