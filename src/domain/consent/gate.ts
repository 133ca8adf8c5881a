import { stillOpen } from "./asking.ts";
import { REASONS, type Because } from "./because.ts";
import { isFresh, type StoredChoice } from "./choice.ts";
import { choiceNow, namesOf, openingsOf } from "./openings.ts";
import type { Policy, PolicyPurpose } from "./policy.ts";
import {
  BUILT_IN_PURPOSES,
  NECESSARY,
  type Capability,
  type Purpose,
  type Regime,
} from "./purposes.ts";
import { regimeOf, type Region } from "./region.ts";
import { judgeTcf } from "./signals/tcf-validity.ts";
import type { CmpReading, Signals } from "./signals/types.ts";

export interface GateInput {
  readonly policy: Policy;
  /** Where a browser's own call came from; null where request geography must not be used. */
  readonly region: Region | null;
  /** False for server calls, mail pixels, redirects and imports: neither region nor consent cookies count for them. */
  readonly browser: boolean;
  readonly signals: Signals;
  /** The visitor's own answers: the sealed cookie's, or for a server call the person's. */
  readonly choice: StoredChoice | null;
  /** Consent in the body of the call. */
  readonly carried: CmpReading;
  readonly subject: { readonly child: boolean; readonly erased: boolean };
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Decision {
  readonly granted: boolean;
  readonly code: Because;
  /** The code in words a visitor understands. */
  readonly because: string;
}

export interface GateResult {
  /** One decision for each purpose of the policy. A purpose that isn't here is denied. */
  readonly decisions: Readonly<Record<Purpose, Decision>>;
  readonly regime: Regime;
  /** Whether the banner should be shown. */
  readonly ask: boolean;
  /** The purposes that are still open. */
  readonly asking: readonly Purpose[];
  /** Shown to the visitor (11 CCR 7025(c)(6)): whether GPC was seen, now or before, and whether it is
   * honoured: all that it governs is denied. A policy under which it governs nothing doesn't honour it. */
  readonly gpc: { readonly seen: boolean; readonly honoured: boolean };
}

/**
 * Decides every purpose (DESIGN.md 4). Pure; never grants what no source granted. What was said of a purpose under a name that
 * it had before is said of it.
 */
export function decide(said: GateInput): GateResult {
  const { policy } = said;
  const choice = choiceNow(openingsOf(policy), said.choice);
  const input = choice === said.choice ? said : { ...said, choice };
  const regime = input.browser && input.region !== null ? regimeOf(policy, input.region) : "opt-in";
  const tcf = tcfStanding(input);
  const seen = input.signals.gpc || gppOf(input)?.gpc === true || input.choice?.gpc === true;

  const decisions: Record<Purpose, Decision> = {};
  for (const purpose of policy.purposes) {
    decisions[purpose.id] = decision(judge({ input, regime, tcf, gpc: seen }, purpose));
  }
  const mayAsk = input.browser && input.region !== null;
  const asking = mayAsk ? stillOpen(input, regime, decisions) : [];
  const governed = policy.signals.gpc.governs;
  const honoured =
    seen && governed.length > 0 && governed.every((id) => decisions[id]?.granted !== true);
  return { decisions, regime, ask: asking.length > 0, asking, gpc: { seen, honoured } };
}

/** As `decide`, but an error inside denies everything that isn't required. Never throws. */
export function decideSafely(input: GateInput): GateResult {
  try {
    return decide(input);
  } catch {
    return {
      decisions: deniedByError(input),
      regime: "opt-in",
      ask: false,
      asking: [],
      gpc: { seen: false, honoured: false },
    };
  }
}

function deniedByError(input: GateInput): Record<Purpose, Decision> {
  const decisions: Record<Purpose, Decision> = {};
  const deny = (id: Purpose, required: boolean): void => {
    decisions[id] = decision(required ? "required" : "error");
  };
  for (const id of BUILT_IN_PURPOSES) deny(id, id === NECESSARY);
  try {
    for (const { id, required } of input.policy.purposes) deny(id, required === true);
  } catch {
    // The policy itself is broken; the built-in purposes stand denied.
  }
  return decisions;
}

interface Case {
  readonly input: GateInput;
  readonly regime: Regime;
  readonly tcf: ReturnType<typeof tcfStanding>;
  readonly gpc: boolean;
}

/** The rules in their order; the first that speaks decides. */
function judge(it: Case, purpose: PolicyPurpose): Because {
  if (purpose.required) return "required";
  const own = ownAnswer(it, purpose);
  return (
    bySubject(it) ??
    byOptOut(it, purpose.id, own) ??
    (own !== null && !isExpired(own) ? own : null) ??
    byTcf(it, purpose.id) ??
    byCmp(it, it.input.carried, purpose) ??
    (it.input.browser ? byCmp(it, it.input.signals.cmp, purpose) : null) ??
    byDefault(it, purpose.id, own)
  );
}

function bySubject({ input }: Case): Because | null {
  if (input.subject.erased) return "erased";
  return input.subject.child || gppOf(input)?.child === "known" ? "child" : null;
}

function byOptOut({ input, gpc }: Case, purpose: Purpose, own: Because | null): Because | null {
  const { policy, signals } = input;
  const overridden = own === "choice-override";
  if (gpc && !overridden && policy.signals.gpc.governs.includes(purpose)) return "gpc-opted-out";
  if (policy.signals.gpp.governs.includes(purpose)) {
    if (signals.gpp.state === "unreadable") return "gpp-unreadable";
    if (gppOf(input)?.optedOut === true) return "gpp-opted-out";
    if (gppOf(input)?.child === "unclear") return "gpp-unreadable";
  }
  if (policy.signals.usp.governs.includes(purpose)) {
    if (signals.usp.state === "unreadable") return "usp-unreadable";
    if (signals.usp.state === "read" && signals.usp.optedOut) return "usp-opted-out";
  }
  return null;
}

function gppOf({ signals }: GateInput) {
  return signals.gpp.state === "read" ? signals.gpp : null;
}

/** What the banner or own-data page recorded. A no never expires. */
function ownAnswer({ input, regime, gpc }: Case, purpose: PolicyPurpose): Because | null {
  const { choice, policy } = input;
  if (choice === null) return null;
  const answer = Object.hasOwn(choice.answers, purpose.id) ? choice.answers[purpose.id] : undefined;
  if (answer?.state === "refused") return "choice-refused";
  if (answer?.state === "withdrawn") return "choice-withdrawn";
  if (choice.unreadable === true) return "choice-unreadable";
  if (answer === undefined) return null;
  if (answer.policy < purpose.since) return "choice-policy-changed";
  if (input.browser && input.region !== null && answer.regime !== regime)
    return "choice-regime-changed";
  if (!isFresh(answer, policy.reask.grantDays, input.now)) return "choice-expired";
  const overrides =
    gpc && policy.signals.gpc.governs.includes(purpose.id) && choice.overrides.includes("gpc");
  return overrides ? "choice-override" : "choice-granted";
}

function isExpired(code: Because): boolean {
  return REASONS[code].state === "expired";
}

function tcfStanding({
  signals,
  policy,
  now,
  browser,
}: GateInput): "none" | "unreadable" | "valid" | "expired" | "invalid" {
  if (!browser || signals.tcf.state === "none") return "none";
  if (signals.tcf.state === "unreadable") return "unreadable";
  return judgeTcf(signals.tcf, policy.signals.tcf, now);
}

/** A refusal stands whatever its age; a grant that has expired answers nothing. */
function byTcf({ input, regime, tcf }: Case, purpose: Purpose): Because | null {
  if (tcf === "none" || !Object.hasOwn(input.policy.signals.tcf.purposes, purpose)) return null;
  if (tcf === "unreadable") return "tcf-unreadable";
  if (tcf === "invalid") return "tcf-invalid";
  if (!tcfConsents(input.signals, input.policy, purpose)) return "tcf-refused";
  const counts = tcf === "valid" && input.policy.signals.tcf.regimes.includes(regime);
  return counts ? "tcf-granted" : null;
}

/** All TCF purposes that this purpose needs, by the publisher's own segment where there is one. */
export function tcfConsents(signals: Signals, policy: Policy, purpose: Purpose): boolean {
  if (signals.tcf.state !== "read") return false;
  const consents = signals.tcf.publisher ?? signals.tcf.consents;
  const needed = policy.signals.tcf.purposes[purpose];
  return needed?.every((number) => (consents & (1 << (number - 1))) !== 0) === true;
}

/** Every category the tool named for this purpose must be a yes. A tool that knows none of them doesn't answer. */
function byCmp({ input, regime }: Case, cmp: CmpReading, of: PolicyPurpose): Because | null {
  if (cmp.state === "none") return null;
  if (cmp.state === "unreadable") return "cmp-unreadable";
  const { categories, regimes } = input.policy.signals.cmp;
  const { id: purpose } = of;
  const names = namesOf(of);
  const said: boolean[] = [];
  for (const [category, yes] of Object.entries(cmp.categories)) {
    const meant = Object.hasOwn(categories, category) ? categories[category] : undefined;
    if (names.includes(category) || meant?.includes(purpose) === true) said.push(yes);
  }
  if (said.length === 0) {
    const covered =
      cmp.exhaustive && Object.values(categories).some((purposes) => purposes.includes(purpose));
    return covered ? "cmp-refused" : null;
  }
  if (said.includes(false)) return "cmp-refused";
  return regimes.includes(regime) ? "cmp-granted" : null;
}

function byDefault({ input, regime, tcf }: Case, purpose: Purpose, own: Because | null): Because {
  const defaults = input.policy.defaults[regime];
  if (Object.hasOwn(defaults, purpose) && defaults[purpose] === true) return "default-granted";
  if (own !== null) return own;
  return tcf === "expired" && tcfConsents(input.signals, input.policy, purpose)
    ? "tcf-expired"
    : "default-denied";
}

function decision(code: Because): Decision {
  const { granted, words } = REASONS[code];
  return { granted, code, because: words };
}

/** The same, less what the person denies on another device. */
export function deniedElsewhere(result: GateResult, denied: readonly Purpose[]): GateResult {
  const decisions = { ...result.decisions };
  for (const purpose of denied)
    if (decisions[purpose]?.code !== "required") decisions[purpose] = decision("choice-elsewhere");
  return { ...result, decisions };
}

/** The purposes that hold, in the policy's order: what a stored event names. */
export function grantedPurposes(result: GateResult): Purpose[] {
  return Object.keys(result.decisions).filter(
    (purpose) => result.decisions[purpose]?.granted === true,
  );
}

/** Why this isn't on: what decided the first purpose that would switch it on. */
export const whyDenied = (
  policy: Policy,
  { decisions }: GateResult,
  capability: Capability,
): string | undefined => {
  const opener = policy.purposes.find(({ switchesOn }) => switchesOn.includes(capability));
  return opener && decisions[opener.id]?.because;
};

/** Whether any granted purpose switches this on. */
export function allows(policy: Policy, result: GateResult, capability: Capability): boolean {
  return policy.purposes.some(
    ({ id, switchesOn }) =>
      result.decisions[id]?.granted === true && switchesOn.includes(capability),
  );
}
