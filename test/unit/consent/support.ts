import {
  choose,
  type ChoiceRequest,
  type StoredChoice,
} from "../../../src/domain/consent/choice.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { GateInput } from "../../../src/domain/consent/gate.ts";
import { regimeOf } from "../../../src/domain/consent/region.ts";
import {
  NO_SIGNALS,
  NONE,
  type GppFacts,
  type TcfFacts,
} from "../../../src/domain/consent/signals/types.ts";

export const NOW = Date.UTC(2026, 10, 22, 12);
export const DAY = 86_400_000;

/** A German browser that sends nothing, with what is different. */
export function ask(over: Partial<GateInput> = {}): GateInput {
  return {
    policy: DEFAULT_POLICY,
    region: "DE",
    browser: true,
    signals: NO_SIGNALS,
    choice: null,
    carried: NONE,
    subject: { child: false, erased: false },
    now: NOW,
    ...over,
  };
}

/** What a visitor in that region chose, a day ago if not said otherwise. */
export function chosen(
  region: string,
  request: ChoiceRequest,
  over: { at?: number; gpc?: boolean; previous?: StoredChoice } = {},
): StoredChoice {
  return choose({
    policy: DEFAULT_POLICY,
    regime: regimeOf(DEFAULT_POLICY, region),
    previous: over.previous ?? null,
    request,
    gpc: over.gpc ?? false,
    now: over.at ?? NOW - DAY,
  });
}

export const GPP: GppFacts = {
  state: "read",
  sections: [7],
  optedOut: false,
  gpc: false,
  child: "no",
  tcf: null,
};

/** A TC string that consents to everything and is valid at `NOW`. */
export const TCF: TcfFacts = {
  state: "read",
  version: 2,
  created: Date.UTC(2026, 9, 1),
  lastUpdated: Date.UTC(2026, 9, 1),
  policyVersion: 5,
  serviceSpecific: true,
  consents: 0b111_1111_1111,
  interests: 0,
  publisher: null,
  disclosedVendors: true,
};
