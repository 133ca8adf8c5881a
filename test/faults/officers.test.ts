/** What officers and marketers do, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import {
  approval,
  catalogue,
  copy,
  erasure,
  importOfPeople,
  mergeByHand,
  policy,
  rejection,
  undo,
} from "./operations/officers.ts";
import { alarmFails, evicted, fails, fullDatabase, fullObject, killed, slow } from "./troubles.ts";

const calls = [fails("before"), fails("after")];
const kills = [killed("before"), killed("after"), evicted];
const alarms = [alarmFails("before"), alarmFails("after")];

// Before there is anybody for whom an action could be.
tryAll(catalogue, calls);
tryAll(policy, calls);
tryAll(undo, [...calls, ...kills, ...alarms, fullObject, fullDatabase, slow]);
tryAll(mergeByHand, [...calls, ...kills, ...alarms, fullObject]);
tryAll(erasure, [...calls, ...kills, ...alarms, fullObject, slow]);
tryAll(approval, calls);
tryAll(rejection, calls);
tryAll(copy, calls);
tryAll(importOfPeople, calls);
