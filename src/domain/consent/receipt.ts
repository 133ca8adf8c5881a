import { isObject, type JsonObject } from "../json.ts";
import { answeredAt, type ConsentDecision, type Receipt } from "../person/consent.ts";
import { REASONS, type Because, type Source, type State } from "./because.ts";
import { canonical, type Canonical } from "./canonical.ts";
import type { Answer, StoredChoice } from "./choice.ts";
import { tcfConsents, type GateInput, type GateResult } from "./gate.ts";
import type { PolicyPurpose } from "./policy.ts";
import { REGIMES, type Purpose, type Regime } from "./purposes.ts";
import { UNKNOWN_REGION, type Region } from "./region.ts";
import { NO_SIGNALS } from "./signals/types.ts";
import type { Evidence } from "./simulate.ts";

/**
 * The stored proof of one consent decision: the body of a `Receipt`, with the fields of ISO/IEC TS 27560:2023 under our
 * names. The record's id, time and principal are the row's visitor, number and time. No address, no user agent.
 */
export interface ReceiptBody {
  /** 27560 `schema_version`. */
  readonly schema: "ISO/IEC TS 27560:2023";
  /** 27560 `consent_method`: how it came. */
  readonly method: ReceiptMethod;
  /** 27560 `pii_controller`: the site's name. */
  readonly controller: string;
  /** 27560 `privacy_notice` and `language`: SHA-256 of what was shown, null where nothing was. */
  readonly notice: { readonly hash: string; readonly language: string } | null;
  /** 27560 `jurisdiction`. */
  readonly region: Region;
  readonly regime: Regime;
  readonly purposes: readonly ReceiptPurpose[];
  /** 27560 `withdrawal_method`: where it is taken back. */
  readonly withdrawal: string;
  /** What was decided on. */
  readonly evidence: Evidence;
}

export type ReceiptMethod = "banner" | "own-data-page" | "signal" | "default" | "server" | "import";

/** 27560 `purposes`, each with basis, state, storage and validity. */
export interface ReceiptPurpose {
  readonly purpose: Purpose;
  readonly basis: PolicyPurpose["basis"];
  readonly granted: boolean;
  readonly state: State;
  readonly because: Because;
  readonly retentionDays: number;
  /** When the visitor's own grant expires, milliseconds since 1970; null where no grant of theirs stands. */
  readonly validUntil: number | null;
}

export interface ReceiptInput {
  readonly method: ReceiptMethod;
  readonly controller: string;
  readonly notice: ReceiptBody["notice"];
  readonly withdrawal: string;
  readonly gate: GateInput;
  readonly result: GateResult;
}

/**
 * What kind of receipt a known visitor's decision is, and its body; null where nobody said anything and only the region's
 * default decided. For a visitor without an id there is nothing to prove and nobody to prove it of: don't ask.
 */
export function receiptOf(input: ReceiptInput): { kind: Receipt["kind"]; body: JsonObject } | null {
  const { gate, result } = input;
  const { policy, now: _, ...evidence } = gate;
  const purposes = policy.purposes.map((purpose) => receiptPurpose(purpose, gate, result));
  const kind = kindOf(purposes, result.regime, input.method);
  if (kind === null) return null;
  const body: ReceiptBody = {
    schema: "ISO/IEC TS 27560:2023",
    method: input.method,
    controller: input.controller,
    notice: input.notice,
    region: gate.region ?? UNKNOWN_REGION,
    regime: result.regime,
    purposes,
    withdrawal: input.withdrawal,
    evidence: { ...evidence, signals: withoutStrings(evidence.signals) },
  };
  return { kind, body: plain(body) };
}

function receiptPurpose(
  purpose: PolicyPurpose,
  { policy, choice }: GateInput,
  result: GateResult,
): ReceiptPurpose {
  const because = result.decisions[purpose.id]?.code ?? "error";
  const { granted, state, source } = REASONS[because];
  const answer = source === "choice" && granted ? choice?.answers[purpose.id] : undefined;
  return {
    purpose: purpose.id,
    basis: purpose.basis,
    granted,
    state,
    because,
    retentionDays: purpose.retentionDays,
    validUntil: answer === undefined ? null : answer.at + policy.reask.grantDays * DAY,
  };
}

/** Milliseconds. */
const DAY = 86_400_000;

/**
 * The gravest thing that happened: a withdrawal, an opt-out, and only then a grant. A refusal by somebody we know ends
 * what the law or another tool had allowed: an opt-out where the law opts out, elsewhere a withdrawal.
 */
function kindOf(
  purposes: readonly ReceiptPurpose[],
  regime: Regime,
  method: ReceiptMethod,
): Receipt["kind"] | null {
  const some = (test: (purpose: ReceiptPurpose) => boolean): boolean => purposes.some(test);
  // What a list or the site's consent tool says of somebody is their own answer, told by the site.
  const told = method === "import" || method === "signal";
  const refused = some(
    ({ because }) =>
      because === "choice-refused" ||
      (told && (because === "cmp-refused" || because === "tcf-refused")),
  );
  if (some(({ state }) => state === "withdrawn")) return "withdrawal";
  if (
    some(
      ({ because, state }) => OPT_OUT_SOURCES.has(REASONS[because].source) && state === "refused",
    )
  )
    return "opt-out";
  if (refused && regime !== "opt-in") return "opt-out";
  if (some(({ state }) => state === "granted")) return "grant";
  return refused ? "withdrawal" : null;
}

const OPT_OUT_SOURCES: ReadonlySet<string> = new Set(["gpc", "gpp", "usp"]);

/** A TC string carries a long list of vendors; what Usher decides by has been read from it. */
function withoutStrings(signals: Evidence["signals"]): Evidence["signals"] {
  return signals.gpp.state === "read"
    ? { ...signals, gpp: { ...signals.gpp, tcf: null } }
    : signals;
}

function plain(body: ReceiptBody): JsonObject {
  // A body is plain data; the assertion only tells the compiler so, since interfaces have no index signature.
  const copy: unknown = JSON.parse(canonical(body as unknown as Canonical));
  return isObject(copy) ? copy : {};
}

/** What a receipt's decision rested on, for the what-if; null where the body was erased. */
export function evidenceOf(body: JsonObject): Evidence | null {
  const { evidence } = body;
  return isObject(evidence) ? (evidence as unknown as Evidence) : null;
}

/**
 * The gate's result as the person keeps it. Its time is that of the visitor's newest own answer, so that a grant doesn't
 * grow younger with every visit; without an own answer it is now. What signals say is said now. `at`: when all of it was
 * decided, if it was just now.
 */
export function toDecision(gate: GateInput, result: GateResult, at?: number): ConsentDecision {
  const answers = gate.choice?.answers ?? NO_ANSWERS;
  let newest = at ?? -Infinity;
  if (at === undefined) for (const id in answers) newest = Math.max(newest, answers[id]?.at ?? 0);
  const decided = newest === -Infinity ? gate.now : newest;
  const granted: Record<Purpose, boolean> = {};
  const by: Record<Purpose, string> = {};
  let ats: Record<Purpose, number> | undefined;
  for (const purpose in result.decisions) {
    const found = result.decisions[purpose];
    if (!found || found.code === "required") continue;
    granted[purpose] = found.granted;
    const who = ANSWERED_BY[found.code];
    if (who === undefined) continue;
    by[purpose] = who;
    const answered = who === "choice" ? answers[purpose]?.at : SPEAKS_NOW.has(who) && gate.now;
    if (typeof answered === "number" && answered !== decided) (ats ??= {})[purpose] = answered;
  }
  const freed = gate.signals === NO_SIGNALS ? undefined : freedBy(gate, by);
  return {
    at: decided,
    policy: gate.policy.version,
    region: gate.region ?? UNKNOWN_REGION,
    regime: result.regime,
    granted,
    gpc: result.gpc.seen,
    by,
    ...(ats ? { ats } : {}),
    ...(freed ? { freed } : {}),
  };
}

const NO_ANSWERS: StoredChoice["answers"] = {};

/** Whose answer a code is, where it is one: neither silence, nor what can't be read, nor what has expired. */
const ANSWERED_BY: Readonly<Partial<Record<Because, Source>>> = Object.fromEntries(
  Object.entries(REASONS).flatMap(([code, { source, state }]) =>
    source !== "law" && ["granted", "refused", "withdrawn"].includes(state) ? [[code, source]] : [],
  ),
);

/** Their cookies carry no date, or one that other purposes share; GPC sticks from when it was seen first. */
const SPEAKS_NOW: ReadonlySet<Source> = new Set(["gpp", "usp", "tcf", "cmp"]);

/** Signals that were read, could have denied a purpose, and don't. */
function freedBy(
  { policy, signals }: GateInput,
  by: Readonly<Record<Purpose, string>>,
): ConsentDecision["freed"] {
  const { gpp, usp, tcf } = signals;
  let freed: Record<Purpose, Source[]> | undefined;
  const free = (source: Source, purposes: readonly Purpose[]): void => {
    for (const purpose of purposes)
      if (by[purpose] !== source) ((freed ??= {})[purpose] ??= []).push(source);
  };
  if (usp.state === "read" && !usp.optedOut) free("usp", policy.signals.usp.governs);
  if (gpp.state === "read" && !gpp.optedOut && gpp.child === "no")
    free("gpp", policy.signals.gpp.governs);
  if (tcf.state === "read")
    free(
      "tcf",
      Object.keys(policy.signals.tcf.purposes).filter((id) => tcfConsents(signals, policy, id)),
    );
  return freed;
}

/**
 * The person's stored decision as a choice for a server call. What GPC governs and was granted all the same was
 * overridden when it was granted: the gate grants it in no other way.
 */
export function choiceOf(decision: ConsentDecision, governed: readonly Purpose[]): StoredChoice {
  const regime = REGIMES.find((name) => name === decision.regime) ?? "opt-in";
  const answers = Object.entries(decision.granted).map(([purpose, granted]): [Purpose, Answer] => [
    purpose,
    {
      state: granted ? "granted" : "refused",
      at: answeredAt(decision, purpose),
      policy: decision.policy,
      regime,
    },
  ]);
  const overridden = decision.gpc && governed.some((purpose) => decision.granted[purpose] === true);
  return {
    answers: Object.fromEntries(answers),
    overrides: overridden ? ["gpc"] : [],
    gpc: decision.gpc,
  };
}
