import { NO_CHOICE, type StoredChoice } from "../../src/domain/consent/choice.ts";
import { decide, type GateInput, type GateResult } from "../../src/domain/consent/gate.ts";
import {
  NO_SIGNALS,
  NONE,
  UNREADABLE,
  type CmpReading,
  type GppReading,
  type Signals,
} from "../../src/domain/consent/signals/types.ts";
import { ask, chosen, DAY, GPP, NOW, TCF } from "../unit/consent/support.ts";

/** Every combination of signals × regions × choices, decided once; the rules are checked over all of them. */

const GPC = { off: false, on: true } as const;

const GPPS = {
  none: NONE,
  fine: GPP,
  "opted out": { ...GPP, optedOut: true },
  gpc: { ...GPP, gpc: true },
  child: { ...GPP, child: "known" },
  unclear: { ...GPP, child: "unclear" },
  unreadable: UNREADABLE,
} as const satisfies Record<string, GppReading>;

const USPS = {
  none: NONE,
  fine: { state: "read", optedOut: false },
  "opted out": { state: "read", optedOut: true },
  unreadable: UNREADABLE,
} as const satisfies Record<string, Signals["usp"]>;

const LONG_AGO = Date.UTC(2025, 8, 1);

const TCFS = {
  none: NONE,
  all: TCF,
  nothing: { ...TCF, consents: 0 },
  "by interest": { ...TCF, consents: 0, interests: 0b111_1100_0010 },
  "publisher refuses": { ...TCF, publisher: 0 },
  expired: { ...TCF, created: LONG_AGO, lastUpdated: LONG_AGO },
  invalid: { ...TCF, policyVersion: 3 },
  unreadable: UNREADABLE,
} as const satisfies Record<string, Signals["tcf"]>;

const cmp = (yes: boolean): CmpReading => ({
  state: "read",
  categories: { analytics: yes, marketing: yes },
  exhaustive: false,
});

const CMPS = { none: NONE, yes: cmp(true), no: cmp(false), unreadable: UNREADABLE } as const;

const REGIONS = ["DE", "GB", "US-CA", "JP", "unknown", null] as const;

/** A choice made in the region it is used in, where that matters. */
const CHOICES = {
  none: () => null,
  all: (region) => chosen(region, { accept: "all" }),
  refused: (region) => chosen(region, { accept: "none" }),
  "refused long ago": (region) => chosen(region, { accept: "none" }, { at: NOW - 4_000 * DAY }),
  withdrawn: (region) =>
    chosen(region, { accept: "none" }, { previous: chosen(region, { accept: "all" }) }),
  expired: (region) => chosen(region, { accept: "all" }, { at: NOW - 400 * DAY }),
  "from another regime": (region) => chosen(region === "US-CA" ? "DE" : "US-CA", { accept: "all" }),
  "GPC remembered": () => ({ ...NO_CHOICE, gpc: true }),
  override: (region) => chosen(region, { accept: "all", override: ["gpc"] }, { gpc: true }),
} as const satisfies Record<string, (region: string) => StoredChoice | null>;

export interface Case {
  readonly gpc: keyof typeof GPC;
  readonly gpp: keyof typeof GPPS;
  readonly usp: keyof typeof USPS;
  readonly tcf: keyof typeof TCFS;
  readonly cmp: keyof typeof CMPS;
  /** Null is a server call. */
  readonly region: (typeof REGIONS)[number];
  readonly choice: keyof typeof CHOICES;
  readonly input: GateInput;
  readonly result: GateResult;
}

const names = <T extends object>(table: T) => Object.keys(table) as (keyof T)[];

/** All combinations; half of the children and erasures come from outside the signals and have cases of their own. */
export function* cases(): Generator<Case> {
  for (const region of REGIONS)
    for (const choice of names(CHOICES))
      for (const gpc of names(GPC))
        for (const gpp of names(GPPS))
          for (const usp of names(USPS))
            for (const tcf of names(TCFS))
              for (const tool of names(CMPS)) {
                const signals = {
                  ...NO_SIGNALS,
                  gpc: GPC[gpc],
                  gpp: GPPS[gpp],
                  usp: USPS[usp],
                  tcf: TCFS[tcf],
                };
                const input = ask({
                  region,
                  browser: region !== null,
                  signals,
                  carried: CMPS[tool],
                  choice: CHOICES[choice](region ?? "DE"),
                });
                yield {
                  gpc,
                  gpp,
                  usp,
                  tcf,
                  cmp: tool,
                  region,
                  choice,
                  input,
                  result: decide(input),
                };
              }
}
