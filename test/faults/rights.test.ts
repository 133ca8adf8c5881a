/** What people ask for themselves, and what a restore has to leave alone, with everything going wrong in turn. */
import { tryAll } from "./operation.ts";
import { ownErasure, reapplication } from "./operations/rights.ts";
import { cutOff, fails } from "./troubles.ts";

// How an erasure goes on that was begun is tried with an officer's (erasures.test.ts).
tryAll(ownErasure, [cutOff("after")]);
tryAll(reapplication, [fails("before"), cutOff("after")]);
