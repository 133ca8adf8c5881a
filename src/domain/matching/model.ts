import type { Blocking } from "./blocking.ts";
import type { LevelShares } from "./em.ts";
import type { Frequencies } from "./frequencies.ts";
import type { Schema } from "./records.ts";

/** Everything learned from a set of records; plain JSON, to be stored and used in another isolate. */
export interface Model {
  readonly version: 1;
  readonly schema: Schema;
  readonly blocking: Blocking;
  /** One per column. */
  readonly frequencies: readonly Frequencies[];
  /** One per column, then one per exchangeable pair. */
  readonly shares: readonly LevelShares[];
  /** Share of matches among all pairs of records. */
  readonly matchRate: number;
}
