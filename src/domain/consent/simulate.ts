import { REASONS, type Reason } from "./because.ts";
import type { StoredChoice } from "./choice.ts";
import { decideSafely, type GateInput, type GateResult } from "./gate.ts";
import { nameNow, openingsOf } from "./openings.ts";
import type { Policy } from "./policy.ts";
import type { Purpose } from "./purposes.ts";
import { parseRegion, type Region, UNKNOWN_REGION } from "./region.ts";
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

export interface Shift {
  readonly gain: number;
  readonly lose: number;
}

export interface WhatIf {
  /** Visitors looked at. */
  readonly visitors: number;
  readonly purposes: Readonly<Record<Purpose, Shift>>;
  /** Visitors who would be asked, now and under the draft. */
  readonly asked: { readonly before: number; readonly after: number };
  /** Where they were when they last decided; purposes that move nobody there are left out. */
  readonly regions: Readonly<
    Record<
      Region,
      { readonly visitors: number; readonly purposes: Readonly<Record<Purpose, Shift>> }
    >
  >;
}

export const NOBODY: WhatIf = {
  visitors: 0,
  purposes: {},
  asked: { before: 0, after: 0 },
  regions: {},
};

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
  // A purpose that the draft renames is one purpose: nobody loses it, and nobody gains it.
  const openings = openingsOf(draft);
  const names = new Map<Purpose, Purpose[]>(draft.purposes.map(({ id }) => [id, []]));
  for (const { id } of current.purposes) {
    const name = nameNow(openings, id);
    names.set(name, [...(names.get(name) ?? []), id]);
  }
  const purposes = Object.fromEntries([...names.keys()].map((id) => [id, { gain: 0, lose: 0 }]));
  const asked = { before: 0, after: 0 };
  const regions = new Map<Region, { visitors: number; purposes: Map<Purpose, Moved> }>();
  let visitors = 0;
  for (const evidence of input.evidence) {
    const before = decideSafely({ ...evidence, policy: current, now });
    const after = decideSafely({ ...evidence, policy: draft, now });
    visitors += 1;
    asked.before += before.ask ? 1 : 0;
    asked.after += after.ask ? 1 : 0;
    const here = evidence.region ?? UNKNOWN_REGION;
    const region = regions.get(here) ?? { visitors: 0, purposes: new Map<Purpose, Moved>() };
    regions.set(here, region);
    region.visitors += 1;
    for (const [id, count] of Object.entries(purposes)) {
      const had = names.get(id)?.some((each) => before.decisions[each]?.granted === true) === true;
      const has = after.decisions[id]?.granted === true;
      if (had === has) continue;
      const local = region.purposes.get(id) ?? { gain: 0, lose: 0 };
      region.purposes.set(id, local);
      for (const each of [count, local]) each[has ? "gain" : "lose"] += 1;
    }
  }
  return {
    visitors,
    purposes,
    asked,
    regions: Object.fromEntries(
      [...regions].map(([region, found]) => [
        region,
        { visitors: found.visitors, purposes: Object.fromEntries(found.purposes) },
      ]),
    ),
  };
}

interface Moved {
  gain: number;
  lose: number;
}

/** What was found among other visitors, taken together. */
export function addWhatIfs(a: WhatIf, b: WhatIf): WhatIf {
  return {
    visitors: a.visitors + b.visitors,
    purposes: join(a.purposes, b.purposes, addShifts),
    asked: { before: a.asked.before + b.asked.before, after: a.asked.after + b.asked.after },
    regions: join(a.regions, b.regions, (x, y) => ({
      visitors: x.visitors + y.visitors,
      purposes: join(x.purposes, y.purposes, addShifts),
    })),
  };
}

const addShifts = (a: Shift, b: Shift): Shift => ({ gain: a.gain + b.gain, lose: a.lose + b.lose });

function join<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  add: (x: T, y: T) => T,
): Record<string, T> {
  const joined = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const known = joined.get(key);
    joined.set(key, known === undefined ? value : add(known, value));
  }
  return Object.fromEntries(joined);
}
