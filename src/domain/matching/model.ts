import type { Blocking } from "./blocking.ts";
import type { Parameters } from "./mixture.ts";
import type { Frequencies } from "./frequencies.ts";
import type { Schema } from "./records.ts";

/** Everything learned from a set of records; plain JSON, to be stored and used in another isolate. */
export interface Model extends Parameters {
  readonly version: 1;
  readonly schema: Schema;
  readonly blocking: Blocking;
  /** One per column. */
  readonly frequencies: readonly Frequencies[];
}
