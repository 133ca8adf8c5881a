/** What an officer joins and takes apart, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import { mergeByHand, undo } from "./operations/officers.ts";
import { alarms, calls, fullDatabase, fullObject, kills, slow } from "./troubles.ts";

tryAll(undo, [...calls, ...kills, ...alarms, fullObject, fullDatabase, slow]);
tryAll(mergeByHand, [...calls, ...kills, ...alarms, fullObject]);
