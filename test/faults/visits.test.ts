/** What visitors do, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import { firstVisit, hints, reset, withdrawal } from "./operations/visits.ts";
import { alarms, calls, clocks, fullDatabase, fullObject, kills, slow } from "./troubles.ts";

tryAll(firstVisit, [...calls, ...kills, ...alarms, fullObject, ...clocks]);
tryAll(withdrawal, [...calls, ...kills, ...alarms, fullObject, fullDatabase, slow, ...clocks]);
tryAll(reset, calls);
tryAll(hints, [...calls, ...kills, fullObject, slow]);
