/** What visitors do and a site's server says, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import { firstVisit, hints, reset, serverCalls, signIns, withdrawal } from "./operations/visits.ts";
import {
  alarmFails,
  clock,
  evicted,
  fails,
  fullDatabase,
  fullObject,
  killed,
  slow,
} from "./troubles.ts";

const calls = [fails("before"), fails("after")];
const kills = [killed("before"), killed("after"), evicted];
const alarms = [alarmFails("before"), alarmFails("after")];
const clocks = [clock(3), clock(-3)];

tryAll(firstVisit, [...calls, ...kills, ...alarms, fullObject, ...clocks]);
tryAll(signIns, [...calls, ...kills, ...alarms, fullObject, slow, ...clocks]);
tryAll(withdrawal, [...calls, ...kills, ...alarms, fullObject, fullDatabase, slow, ...clocks]);
tryAll(reset, calls);
tryAll(serverCalls, [...calls, ...kills, fullObject, slow, ...clocks]);
tryAll(hints, [...calls, ...kills, fullObject, slow]);
