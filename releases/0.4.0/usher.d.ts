import type { Options, Usher } from "./types.js";
export type * from "./types.js";
/** Calls again answer with what was started first. Never throws. */
export declare const start: (options: Options) => Usher;
