/**
 * The consent decision that a visitor's object keeps. The gate decides (domain/consent); this is what of it has to be
 * remembered so that withdrawals reach a person's other devices and server calls find a stored answer.
 */
import type { Millis, VisitorId } from "../ids.ts";
import type { JsonObject } from "../json.ts";

export interface ConsentDecision {
  at: Millis;
  policy: number;
  region: string;
  regime: string;
  /** Every purpose but `necessary` with its answer. */
  granted: Readonly<Record<string, boolean>>;
  /** An opt-out signal was seen and sticks. */
  gpc: boolean;
}

/** One row of the receipts ledger, hash-chained per visitor. `body` is the canonical receipt, without raw IP or UA. */
export interface Receipt {
  visitor: VisitorId;
  /** 1, 2, 3, … per visitor. */
  seq: number;
  at: Millis;
  kind: "grant" | "withdrawal" | "opt-out";
  policy: number;
  body: JsonObject;
  /** SHA-256 over the canonical body and the previous hash, base64url. */
  hash: string;
  previous: string;
}

/**
 * What of `own` stands, given the decisions of the visitors it is tied to by verified evidence: the most restrictive
 * answer of those still active wins; a visitor that withdrew and whose cookie is gone denies what was granted before it,
 * so that people can change their mind on the same device later.
 */
export function mostRestrictive(
  own: ConsentDecision,
  others: readonly { decision: ConsentDecision; retired: boolean }[],
): Record<string, boolean> {
  return Object.fromEntries(
    Object.entries(own.granted).map(([purpose, granted]) => [
      purpose,
      granted &&
        others.every(
          ({ decision, retired }) =>
            decision.granted[purpose] !== false || (retired && decision.at < own.at),
        ),
    ]),
  );
}
