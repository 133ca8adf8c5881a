import type { Because } from "./because.ts";
import { REASONS, type State } from "./because.ts";
import { canonical, type Canonical } from "./canonical.ts";
import type { GateInput, GateResult } from "./gate.ts";
import type { PolicyPurpose } from "./policy.ts";
import type { Purpose, Regime } from "./purposes.ts";
import { UNKNOWN_REGION, type Region } from "./region.ts";
import type { Evidence } from "./simulate.ts";

/**
 * The stored proof of one consent decision: the fields of ISO/IEC TS 27560:2023 under our names, without an address or
 * user agent. Receipts of a visitor form a chain by hash, so that a changed or missing one shows.
 */
export interface ReceiptBody {
  /** 27560 `schema_version`. */
  readonly schema: "ISO/IEC TS 27560:2023";
  /** 27560 `record_id`. */
  readonly id: string;
  /** 27560 `pii_principal_id`: the visitor's id. */
  readonly visitor: string;
  /** 1 for the visitor's first receipt. */
  readonly sequence: number;
  /** 27560 `event_time`, milliseconds since 1970. */
  readonly at: number;
  /** 27560 `event_type`: what happened. */
  readonly event: ReceiptEvent;
  /** 27560 `consent_method`: how it came. */
  readonly method: ReceiptMethod;
  /** 27560 `pii_controller`: the site's name. */
  readonly controller: string;
  /** 27560 `privacy_notice` and `language`: hash of the notice that was shown, null where none was. */
  readonly notice: { readonly hash: string; readonly language: string } | null;
  /** Version of the policy that decided. */
  readonly policy: number;
  /** 27560 `jurisdiction`. */
  readonly region: Region;
  readonly regime: Regime;
  readonly purposes: readonly ReceiptPurpose[];
  /** What was decided on. */
  readonly evidence: Evidence;
  /** 27560 `withdrawal_method`: where it is taken back. */
  readonly withdrawal: string;
  /** Hash of the receipt before, or `GENESIS`. */
  readonly previous: string;
}

export type ReceiptEvent = "grant" | "withdrawal" | "refusal" | "opt-out";
export type ReceiptMethod = "banner" | "own-data-page" | "signal" | "server" | "import";

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

export interface Receipt extends ReceiptBody {
  /** SHA-256 of the canonical body. */
  readonly hash: string;
}

export type Sha256 = (text: string) => Promise<string>;

/** What the first receipt names as the one before. */
export const GENESIS = "0";

/** The body of a receipt from what the gate was given and what it decided. */
export function receiptBody(input: {
  readonly id: string;
  readonly visitor: string;
  readonly last: { readonly sequence: number; readonly hash: string } | null;
  readonly method: ReceiptMethod;
  readonly controller: string;
  readonly notice: ReceiptBody["notice"];
  readonly withdrawal: string;
  readonly gate: GateInput;
  readonly result: GateResult;
}): ReceiptBody {
  const { gate, result } = input;
  const { policy, now, ...evidence } = gate;
  const purposes = policy.purposes.map((purpose): ReceiptPurpose => {
    const decision = result.decisions[purpose.id];
    const because = decision?.code ?? "error";
    const own = REASONS[because].source === "choice" && decision?.granted === true;
    const answer = gate.choice?.answers[purpose.id];
    const validUntil =
      own && answer !== undefined ? answer.at + policy.reask.grantDays * DAY : null;
    const { state, granted } = REASONS[because];
    return {
      purpose: purpose.id,
      basis: purpose.basis,
      granted,
      state,
      because,
      retentionDays: purpose.retentionDays,
      validUntil,
    };
  });
  return {
    schema: "ISO/IEC TS 27560:2023",
    id: input.id,
    visitor: input.visitor,
    sequence: (input.last?.sequence ?? 0) + 1,
    at: now,
    event: eventOf(purposes),
    method: input.method,
    controller: input.controller,
    notice: input.notice,
    policy: policy.version,
    region: gate.region ?? UNKNOWN_REGION,
    regime: result.regime,
    purposes,
    evidence: { ...evidence, signals: withoutStrings(evidence.signals) },
    withdrawal: input.withdrawal,
    previous: input.last?.hash ?? GENESIS,
  };
}

/** Milliseconds. */
const DAY = 86_400_000;

/** The gravest thing that happened: a withdrawal, an opt-out, a grant, and only then a refusal. */
function eventOf(purposes: readonly ReceiptPurpose[]): ReceiptEvent {
  if (purposes.some(({ state }) => state === "withdrawn")) return "withdrawal";
  if (purposes.some(({ because }) => OPT_OUTS.has(because))) return "opt-out";
  return purposes.some(({ state }) => state === "granted") ? "grant" : "refusal";
}

const OPT_OUTS: ReadonlySet<Because> = new Set(["gpc-opted-out", "gpp-opted-out", "usp-opted-out"]);

/** A TC string carries a long list of vendors; what Usher decides by has been read from it. */
function withoutStrings(signals: Evidence["signals"]): Evidence["signals"] {
  return signals.gpp.state === "read"
    ? { ...signals, gpp: { ...signals.gpp, tcf: null } }
    : signals;
}

export async function seal(body: ReceiptBody, sha256: Sha256): Promise<Receipt> {
  return { ...body, hash: await sha256(canonicalBody(body)) };
}

/** The text whose hash a receipt carries. */
export function canonicalBody(body: ReceiptBody): string {
  // A receipt is plain data; the assertion only tells the compiler so, since interfaces have no index signature.
  return canonical(body as unknown as Canonical);
}
