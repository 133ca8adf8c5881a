import { REASONS, type Reason } from "./because.ts";
import type { StoredChoice } from "./choice.ts";
import { decideSafely, type GateInput, type GateResult } from "./gate.ts";
import type { Policy } from "./policy.ts";
import type { Purpose } from "./purposes.ts";
import { parseRegion, type Region } from "./region.ts";
import { readContextConsent } from "./signals/cmp.ts";
import { readSignals } from "./signals/read.ts";
import type { Signals } from "./signals/types.ts";

/** A call as an officer would describe it. */
export interface Situation {
  /** `DE`, `US-CA`, `unknown`; for a call that isn't a browser's own it doesn't count. */
  readonly region: string;
  readonly browser: boolean;
  readonly secGpc?: string | undefined;
  /** Cookie name → value as it is sent. */
  readonly cookies: Readonly<Record<string, string>>;
  /** The `context` of the event. */
  readonly context?: unknown;
  readonly choice: StoredChoice | null;
  readonly child: boolean;
  readonly erased: boolean;
}

/** What the gate would decide, from what it read, and the rule behind each decision. */
export interface Simulation {
  readonly region: Region;
  readonly signals: Signals;
  readonly result: GateResult;
  readonly rules: Readonly<Record<Purpose, Reason>>;
}

export function simulate(policy: Policy, situation: Situation, now: number): Simulation {
  const region = parseRegion(situation.region);
  const signals = readSignals({
    secGpc: situation.secGpc,
    cookie: (name) => (Object.hasOwn(situation.cookies, name) ? situation.cookies[name] : null),
  });
  const result = decideSafely({
    policy,
    region: situation.browser ? region : null,
    browser: situation.browser,
    signals,
    choice: situation.choice,
    carried: readContextConsent(situation.context),
    subject: { child: situation.child, erased: situation.erased },
    now,
  });
  const rules = Object.entries(result.decisions).map(
    ([purpose, { code }]) => [purpose, REASONS[code]] as const,
  );
  return { region, signals, result, rules: Object.fromEntries(rules) };
}

/** What a decision rested on, as receipts keep it: enough to decide again under another policy. */
export type Evidence = Omit<GateInput, "policy" | "now">;

export interface WhatIf {
  /** Visitors looked at. */
  readonly visitors: number;
  readonly purposes: Readonly<Record<Purpose, { readonly gain: number; readonly lose: number }>>;
  /** Visitors who would be asked, now and under the draft. */
  readonly asked: { readonly before: number; readonly after: number };
}

/**
 * Replays the newest evidence of each visitor under the policy in force and under a draft, both at this moment. Publish
 * the draft first (`publish`), so that its material changes expire grants here as they would then.
 */
export function whatIf(input: {
  readonly current: Policy;
  readonly draft: Policy;
  readonly evidence: Iterable<Evidence>;
  readonly now: number;
}): WhatIf {
  const { current, draft, now } = input;
  const ids = new Set([...current.purposes, ...draft.purposes].map(({ id }) => id));
  const purposes = Object.fromEntries([...ids].map((id) => [id, { gain: 0, lose: 0 }]));
  const asked = { before: 0, after: 0 };
  let visitors = 0;
  for (const evidence of input.evidence) {
    const before = decideSafely({ ...evidence, policy: current, now });
    const after = decideSafely({ ...evidence, policy: draft, now });
    visitors += 1;
    asked.before += before.ask ? 1 : 0;
    asked.after += after.ask ? 1 : 0;
    for (const [id, count] of Object.entries(purposes)) {
      const had = before.decisions[id]?.granted === true;
      const has = after.decisions[id]?.granted === true;
      count.gain += has && !had ? 1 : 0;
      count.lose += had && !has ? 1 : 0;
    }
  }
  return { visitors, purposes, asked };
}
