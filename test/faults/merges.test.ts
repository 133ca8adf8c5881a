/** What an officer joins and takes apart, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import { mergeByHand, separation, undo } from "./operations/officers.ts";
import { alarms, calls, cuts, fullDatabase, fullObject, kills, slow } from "./troubles.ts";

tryAll(undo, [...calls, ...cuts, ...kills, ...alarms, fullObject, fullDatabase, slow]);
tryAll(mergeByHand, [...calls, ...cuts, ...kills, ...alarms, fullObject]);
tryAll(separation, [...calls, ...cuts, ...kills, fullObject]);
