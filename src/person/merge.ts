/**
 * From evidence to a move: the younger person moves whole into the older. Whoever finds the match asks the other to
 * meet; the older asks the younger to come.
 */
import { type Edge, type Evidence } from "../domain/identity/evidence.ts";
import { nameOf } from "../domain/identity/policy.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { MergeId, Millis, PersonId, VisitorId } from "../domain/ids.ts";
import type { VisitorDoc } from "./documents.ts";
import { refuseEvidence, settleEvidence } from "./evidence.ts";
import { begin } from "./move.ts";
import { type Age, isOlder } from "./reader.ts";
import type { Names, Transactor } from "./transactor.ts";

/** Addressed to the visitor `visitor`: `other`, who lives at `age.id`, wants to join it because of `evidence`. */
export interface MeetRequest {
  visitor: VisitorId;
  other: VisitorId;
  evidence: Evidence;
  age: Age;
  now: Millis;
}

export type MeetAnswer =
  | { answer: "same" | "refused" | "busy" | "coming" }
  /** The one who asked is younger: it has to come here. */
  | { answer: "come"; home: PersonId; age: Age };

/** What to do about evidence that joins `visitor`, who lives here, with `other`. */
export type Found =
  /** `further`: that one never; somebody else may be asked. */
  { ask: "nobody" | "further" } | { ask: "meet"; request: MeetRequest };

/** For this visitor's person: of who was parted from it just now, and still is here, it says nothing. */
const isSevered = (
  tx: Transactor,
  { id }: VisitorDoc,
  evidence: Evidence,
  other: VisitorId,
): boolean =>
  evidence.kind === "claim" &&
  tx.companions(id).some((doc) => doc.severed[`${evidence.identifier}|${other}`]);

export function found(
  tx: Transactor,
  doc: VisitorDoc,
  evidence: Evidence,
  other: VisitorId,
  now: Millis,
): Found {
  if (tx.visitors.has(other)) {
    // The same object isn't enough: after an undo both sides are still here for a moment.
    if (tx.companions(doc.id).some((companion) => companion.id === other))
      settleEvidence(tx, doc.id, evidence, "settled");
    return { ask: "nobody" };
  }
  if (isSevered(tx, doc, evidence, other)) {
    refuseEvidence(tx, doc.id, evidence, "severed", [other]);
    return { ask: "further" };
  }
  const { age } = tx;
  if (!age) return { ask: "nobody" };
  return { ask: "meet", request: { visitor: other, other: doc.id, evidence, age, now } };
}

export function meet(
  tx: Transactor,
  doc: VisitorDoc,
  request: MeetRequest,
  names: Names,
  rules: MergeRules,
): MeetAnswer {
  const { age, evidence, other } = request;
  if (age.id === tx.self) return { answer: "same" };
  if (isSevered(tx, doc, evidence, other)) return { answer: "refused" };
  const mine = tx.age;
  if (!mine || tx.isLeaving) return { answer: "busy" };
  if (isOlder(mine, age)) return { answer: "come", home: tx.self, age: mine };
  if (tx.moving || tx.isSplit) return { answer: "busy" };
  leave(tx, names, rules, {
    from: doc.id,
    to: other,
    finder: other,
    target: age.id,
    evidence,
    now: request.now,
  });
  return { answer: "coming" };
}

/** At the one who asked, when the answer has come. */
export function met(
  tx: Transactor,
  request: MeetRequest,
  answer: MeetAnswer,
  names: Names,
  rules: MergeRules,
): void {
  const doc = tx.visitors.get(request.other);
  if (!doc || !isOpen(doc, request.evidence)) return;
  if (answer.answer === "refused")
    return refuseEvidence(tx, doc.id, request.evidence, "severed", [request.visitor]);
  if (answer.answer !== "come") return;
  if (tx.isHeld || tx.isSplit || tx.visitors.has(request.visitor)) return;
  const mine = tx.age;
  // Ages may have turned since: then the next try finds the other way round.
  if (!mine || !isOlder(answer.age, mine)) return;
  leave(tx, names, rules, {
    from: doc.id,
    to: request.visitor,
    finder: doc.id,
    target: answer.home,
    evidence: request.evidence,
    now: request.now,
  });
}

/** At the one who asked, when the other visitor is erased or never was. */
export function metNobody(tx: Transactor, request: MeetRequest): void {
  if (request.evidence.kind === "command")
    settleEvidence(tx, request.other, request.evidence, "refused");
}

/** Whether this evidence still waits to be settled. */
export function isOpen(doc: VisitorDoc, evidence: Evidence): boolean {
  return evidence.kind === "command"
    ? doc.links[evidence.id] !== undefined
    : doc.claims[evidence.identifier]?.state === "waiting";
}

function reasonOf(evidence: Evidence): string {
  if (evidence.kind === "claim") return `both said the same ${nameOf(evidence.identifier)}`;
  if (!evidence.inferred) return `${evidence.by} decided that they are one person`;
  const sure = `${(Math.floor(evidence.inferred.probability * 1000) / 10).toFixed(1)} %`;
  return evidence.by === "policy"
    ? `what they said of themselves is alike (${sure}): joined by rule, without anybody's decision`
    : `${evidence.inferred.basis === "devices" ? "their devices are seen at the same places" : "what they said of themselves is alike"} (${sure}), and the ${evidence.by} agreed`;
}

function leave(
  tx: Transactor,
  names: Names,
  rules: MergeRules,
  move: {
    from: VisitorId;
    to: VisitorId;
    finder: VisitorId;
    target: PersonId;
    evidence: Evidence;
    now: Millis;
  },
): void {
  const { evidence } = move;
  const edge: Edge = {
    id: `${move.from}.${names.short()}` as MergeId,
    a: move.from,
    b: move.to,
    evidence,
    at: move.now,
    by: evidence.kind === "command" ? evidence.by : "policy",
    because: reasonOf(evidence),
    rules: rules.version,
    finder: move.finder,
  };
  begin(tx, names, {
    kind: "merge",
    visitors: [...tx.visitors.keys()],
    target: move.target,
    edge,
  });
}
