/**
 * The next action for one visitor, and what became of it. What a visitor is shown is limited to its own assurance: what
 * others of the same person did counts only over verified ties (DESIGN.md 3).
 */
import { arbitrate, type Given, PRIOR_LEARNER } from "../domain/action/arbitrate.ts";
import type { Situation } from "../domain/action/eligible.ts";
import { type Assurance, surer } from "../domain/identity/claims.ts";
import { dayOf, type HintId, type Millis } from "../domain/ids.ts";
import type { NextAnswer, NextRequest, OutcomeRequest } from "../domain/person/people.ts";
import type { Stage } from "../domain/person/stage.ts";
import type { HintRecord } from "../domain/ports.ts";
import { summarise } from "../domain/slice/summary.ts";
import { wholeSlice } from "./cold.ts";
import type { GivenHint, VisitorDoc } from "./documents.ts";
import { READS_FOR_ACTIVITY } from "./outbox.ts";
import type { PersonReader } from "./reader.ts";
import type { Names, Transactor } from "./transactor.ts";

const HOUR_MS = 3_600_000;
/** Hints kept for caps: more than a month of them. */
const HINTS_KEPT = 64;

export function advise(
  tx: Transactor,
  doc: VisitorDoc,
  request: NextRequest,
  random: () => number,
  names: Names,
): NextAnswer {
  const situation = situationOf(tx, doc, request.now);
  const { stage } = situation;
  const nothing: NextAnswer = { action: null, hint: null, stage, confidence: 0, why: [] };
  if (!isPersonal(tx, doc)) return nothing;
  const given = tx.companions(doc.id).flatMap((companion) => companion.hints);
  const open = doc.hints.find(
    (hint) =>
      hint.slot === request.slot &&
      (hint.outcome === "made" || hint.outcome === "shown") &&
      hint.until > request.now,
  );
  const chosen = arbitrate(
    request.catalogue,
    situation,
    open ? withoutHint(given, open) : given,
    { slot: request.slot, now: request.now },
    PRIOR_LEARNER,
    random,
  );
  if (!chosen) return nothing;
  const { action, why, confidence, propensity } = chosen;
  if (!request.give) return { action, hint: null, stage, confidence, why };
  if (open?.action === action.id) return { action, hint: open.id, stage, confidence, why };
  const hint: GivenHint = {
    id: `${doc.id}.${names.short()}` as HintId,
    action: action.id,
    slot: request.slot,
    at: request.now,
    until: request.now + action.windowHours * HOUR_MS,
    outcome: "made",
    outcomeAt: request.now,
    propensity,
    stage,
  };
  doc.hints = [...doc.hints, hint].slice(-HINTS_KEPT);
  tx.changed(doc);
  return { action, hint: hint.id, stage, confidence, why };
}

const withoutHint = (given: readonly GivenHint[], open: GivenHint): Given[] =>
  given.filter((hint) => hint.id !== open.id);

/** False when the hint isn't this person's. A repeated or late outcome changes nothing. */
export function settleOutcome(tx: Transactor, doc: VisitorDoc, request: OutcomeRequest): boolean {
  const owner = tx
    .trusted(doc.id)
    .find((companion) => companion.hints.some((hint) => hint.id === request.hint));
  const hint = owner?.hints.find((each) => each.id === request.hint);
  if (!owner || !hint) return false;
  if (!follows(hint.outcome, request.outcome)) return true;
  hint.outcome = request.outcome;
  hint.outcomeAt = request.now;
  owner.pending.push({ kind: "hint", hint: recordOf(owner, hint, request.now) });
  tx.changed(owner);
  return true;
}

/** Shown before taken or dismissed; a take after a dismissal stands, nothing follows a take. */
function follows(now: GivenHint["outcome"], next: OutcomeRequest["outcome"]): boolean {
  if (now === "taken" || now === next) return false;
  return next !== "shown" || now === "made";
}

const recordOf = (doc: VisitorDoc, hint: GivenHint, at: Millis): HintRecord => ({
  hint: hint.id,
  visitor: doc.id,
  action: hint.action,
  outcome: hint.outcome,
  at,
  propensity: hint.propensity,
  stage: hint.stage,
  slot: hint.slot,
});

function isPersonal(tx: PersonReader, doc: VisitorDoc): boolean {
  if (doc.retired !== null) return false;
  if (!doc.decision) return true;
  return tx.grantedTo(doc.id, doc.decision)["personalization"] === true;
}

/** What this visitor may be advised on: its own past, and that of visitors it is verified to be one with. */
export function situationOf(tx: PersonReader, doc: VisitorDoc, now: Millis): Situation {
  const trusted = tx.trusted(doc.id);
  const profile = Object.fromEntries(trusted.map((each) => [each.id, wholeSlice(tx, each)]));
  const summary = summarise(profile, (bucket) => bucket.purposes.includes("personalization"));
  const known = new Map<string, Assurance>();
  for (const each of trusted)
    for (const claim of Object.values(each.claims)) {
      if (claim.state === "refused" || claim.kind === "anonymous_id") continue;
      const best = known.get(claim.kind);
      known.set(claim.kind, best ? surer(best, claim.assurance) : claim.assurance);
    }
  return { summary, stage: ownStage(doc, summary.topics), known, today: dayOf(now) };
}

/** By the visitor's own claims alone: an address typed here opens nothing that was verified elsewhere. */
function ownStage(doc: VisitorDoc, topics: Readonly<Record<string, number>>): Stage {
  const own = Object.values(doc.claims).filter(
    (claim) => claim.kind !== "anonymous_id" && claim.state !== "refused",
  );
  if (own.some((claim) => claim.assurance === "verified")) return "person";
  if (own.some((claim) => claim.assurance === "asserted")) return "identified";
  const reads = Object.values(topics).reduce((a, b) => a + b, 0);
  return reads >= READS_FOR_ACTIVITY ? "activity" : "device";
}
