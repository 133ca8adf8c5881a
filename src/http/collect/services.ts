/** What the collector needs beyond what every handler gets. */
import type { Regime } from "../../domain/consent/purposes.ts";
import type { DropReason } from "../../domain/event.ts";
import type { Context } from "../context.ts";

export interface Drops {
  /** Counts without identifiers; written later, together with others of this isolate. */
  add(reason: DropReason, regime: Regime | "server", count: number): void;
}

export interface Services extends Context {
  drops: Drops;
  limiter: RateLimit | null;
}
