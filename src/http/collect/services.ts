/** What the collector needs beyond what every handler gets. */
import type { Regime } from "../../domain/consent/purposes.ts";
import type { DropReason } from "../../domain/event.ts";
import type { TokenFault } from "../../domain/identity/token-faults.ts";
import type { Refusal } from "../../domain/intake/refusal.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Context } from "../context.ts";
import type { Live } from "../live.ts";
import type { Trust } from "./trust.ts";

export interface Drops {
  /** Counts without identifiers; written later, together with others of this isolate. */
  add(reason: DropReason, regime: Regime | "server", count: number): void;
  /** What an answer to the banner or on the own-data page came to, and in which region. */
  choice(outcome: ChoiceOutcome, region: string): void;
  /** A page view that was dropped for want of consent: by page, for the setup check. A sample is counted. */
  page(raw: JsonObject): void;
  /** A request from a clock that is off. */
  clock(which: "ahead" | "behind", sender: Trust): void;
  /** A message dropped for an id that names nobody. */
  junk(raw: JsonObject, sender: Trust): void;
  /** An identity token that proved nothing. */
  token(fault: TokenFault): void;
  /** A call of which no message was looked at. */
  refused(reason: Refusal, sender: Trust | "api" | "sign-in"): void;
  /** A call that we failed. `route` is a pattern or a first part of a path, never a whole path with ids in it. */
  failure(status: number, route: string): void;
}

export type ChoiceOutcome = "all" | "some" | "none";

export interface Services extends Context {
  drops: Drops;
  limiter: RateLimit | null;
  /** Null where no live view is bound. */
  live: Live | null;
}
