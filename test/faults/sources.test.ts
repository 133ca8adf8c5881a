/** Where what comes in comes from, and where it goes to, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import {
  approvedOrigin,
  eventPlan,
  eventsLeft,
  importOfEvents,
  mergeRules,
  sendingAgain,
  webhooks,
  withdrawnOrigin,
} from "./operations/sources.ts";
import { calls, cutOff, fullDatabase, fullObject, killed } from "./troubles.ts";

const cut = cutOff("after");

tryAll(sendingAgain, [...calls, cut, fullDatabase]);
for (const saved of [webhooks, mergeRules, eventPlan]) tryAll(saved, [...calls, cut]);
tryAll(approvedOrigin, [...calls, cut]);
tryAll(withdrawnOrigin, [...calls, cut]);
tryAll(importOfEvents, [...calls, cut, killed("after"), fullObject]);
tryAll(eventsLeft, calls);
