/** What officers say of people and publish, and people by a link in a mail, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import {
  blocking,
  disowning,
  publishing,
  release,
  separation,
  suppression,
  unseparation,
  unseparationOfDevices,
  unsubscribing,
} from "./operations/decisions.ts";
import { calls, cutOff, kills } from "./troubles.ts";

// What is cut off before a call has done as much as where that call fails before it took effect.
const cut = cutOff("after");

tryAll(publishing, [...calls, cut]);
tryAll(separation, [...calls, cut]);
tryAll(unseparation, [...calls, cut]);
tryAll(unseparationOfDevices, [cut]);
tryAll(suppression, [...calls, cut]);
tryAll(unsubscribing, [...calls, cut, ...kills]);
tryAll(blocking, [...calls, cut]);
tryAll(release, [...calls, cut]);
tryAll(disowning, [...calls, cut]);
