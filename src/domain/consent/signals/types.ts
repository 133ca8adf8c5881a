/**
 * What was read from a call, as plain facts: nothing here is judged yet, so that receipts can keep it and a draft
 * policy can be tried on it. `none`: not sent. `unreadable`: sent, and not understood.
 */
export interface Signals {
  readonly gpc: boolean;
  readonly gpp: GppReading;
  readonly usp: UspReading;
  readonly tcf: TcfReading;
  readonly cmp: CmpReading;
}

/** Of one name, for several domains or paths of a site. More are nobody's consent tool, and cost time to read. */
export const VALUES_MAX = 4;

export interface None {
  readonly state: "none";
}

export interface Unreadable {
  readonly state: "unreadable";
}

export interface GppFacts {
  readonly state: "read";
  /** Section ids in the order of the string. */
  readonly sections: readonly number[];
  /** Any US section says the visitor opted out of sale, sharing or targeted advertising. */
  readonly optedOut: boolean;
  /** Any section carries GPC. */
  readonly gpc: boolean;
  /** Whether the string is about a child that is known to be one; `unclear` where its fields contradict each other. */
  readonly child: "no" | "known" | "unclear";
  /** The European TCF string (section 2), undecoded. */
  readonly tcf: string | null;
}

export type GppReading = None | Unreadable | GppFacts;

export interface UspFacts {
  readonly state: "read";
  readonly optedOut: boolean;
}

export type UspReading = None | Unreadable | UspFacts;

export interface TcfFacts {
  readonly state: "read";
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly lastUpdated: number;
  readonly policyVersion: number;
  readonly serviceSpecific: boolean;
  /** Bit n − 1 is TCF purpose n. */
  readonly consents: number;
  /** Legitimate interest, without purposes 1 and 3–6, which may never rest on it. */
  readonly interests: number;
  /** The publisher's own purposes, where the string has a publisher segment. */
  readonly publisher: number | null;
  readonly disclosedVendors: boolean;
}

export type TcfReading = None | Unreadable | TcfFacts;

/** A consent tool's categories in its own words, lower case → what the visitor said. */
export interface CmpFacts {
  readonly state: "read";
  readonly categories: Readonly<Record<string, boolean>>;
  /** The tool lists what was accepted, so that what it doesn't list was refused. */
  readonly exhaustive: boolean;
}

export type CmpReading = None | Unreadable | CmpFacts;

export const NONE: None = { state: "none" };
export const UNREADABLE: Unreadable = { state: "unreadable" };

export const NO_SIGNALS: Signals = { gpc: false, gpp: NONE, usp: NONE, tcf: NONE, cmp: NONE };
