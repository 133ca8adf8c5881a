/** The hints that a visitor was given: kept with it for their outcome, their caps and their rest. */
import { MOST_HINTS } from "../domain/action/arbitrate.ts";
import type { Action } from "../domain/action/catalogue.ts";
import { isOpen as isGranted, opens } from "../domain/consent/openings.ts";
import { tell } from "../domain/action/learner.ts";
import { eventKey, type Situation } from "../domain/action/situation.ts";
import type { HintId, Millis } from "../domain/ids.ts";
import type { OutcomeRequest } from "../domain/person/people.ts";
import type { HintRecord } from "../domain/ports.ts";
import { wholeSlice } from "./cold.ts";
import type { GivenHint, VisitorDoc } from "./documents.ts";
import { grantsOf } from "./situation.ts";
import type { Names, Transactor } from "./transactor.ts";

const HOUR_MS = 3_600_000;

/**
 * What limits new hints. On the site only what is proven to be one with this visitor: whoever types somebody's address could
 * else use up, or turn down, what that somebody is offered. What went out to the person, as its sender tells, counts for all
 * of them: nobody is written to more often because they have two devices.
 */
export function givenTo(
  tx: Transactor,
  doc: VisitorDoc,
  sendable: readonly Pick<Action, "id" | "channel">[] = [],
): GivenHint[] {
  const near = new Set(tx.trusted(doc.id).map(({ id }) => id));
  const sent = new Set(sendable.flatMap(({ id, channel }) => (channel === "site" ? [] : [id])));
  return tx
    .companions(doc.id)
    .flatMap(({ id, hints }) =>
      near.has(id) ? hints : hints.filter(({ action }) => sent.has(action)),
    );
}

export const newId = (doc: VisitorDoc, names: Names): HintId =>
  `${doc.id}.${names.short()}` as HintId;

export function give(
  tx: Transactor,
  doc: VisitorDoc,
  action: Action,
  situation: Situation,
  moment: { slot: string; now: Millis; propensity: number; segment: string | null },
  id: HintId,
): GivenHint {
  const { slot, now, propensity, segment } = moment;
  const { device, topic } = tell(situation);
  const hint: GivenHint = {
    id,
    action: action.id,
    slot,
    at: now,
    until: now + action.windowHours * HOUR_MS,
    outcome: "made",
    outcomeAt: now,
    propensity,
    stage: situation.stage,
    ...(device === null ? {} : { device }),
    ...(topic === null ? {} : { topic }),
    ...(segment === null ? {} : { segment }),
    ...(action.success === null ? {} : { success: eventKey(action.success) }),
  };
  expire(doc, now);
  doc.hints = [...doc.hints, hint].slice(-MOST_HINTS);
  tx.changed(doc);
  return hint;
}

export const isOpen = ({ outcome }: GivenHint): boolean =>
  outcome === "made" || outcome === "shown";

/** What was shown and not acted on in its window is a failure. Written with the next hint, for no row of its own. */
function expire(doc: VisitorDoc, now: Millis): void {
  for (const hint of doc.hints) {
    if (hint.outcome !== "shown" || hint.until > now) continue;
    hint.outcome = "expired";
    hint.outcomeAt = hint.until;
    doc.pending.push({ kind: "hint", hint: recordOf(doc, hint, hint.until) });
  }
}

export function settle(
  owner: VisitorDoc,
  hint: GivenHint,
  outcome: OutcomeRequest["outcome"],
  at: Millis,
): void {
  hint.outcome = outcome;
  hint.outcomeAt = at;
  owner.pending.push({ kind: "hint", hint: recordOf(owner, hint, at) });
}

/** Shown before taken or dismissed; a take after a dismissal stands, nothing follows a take. */
export function follows(now: GivenHint["outcome"], next: OutcomeRequest["outcome"]): boolean {
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
  until: hint.until,
  device: hint.device ?? null,
  topic: hint.topic ?? null,
  segment: hint.segment ?? null,
});

/** Where nobody decided anything that is kept, what the newest events were recorded under says it. */
export function isPersonal(tx: Transactor, doc: VisitorDoc): boolean {
  if (doc.retired !== null) return false;
  const grants = grantsOf(tx, doc);
  return grants ? isGranted(tx.openings, grants, "hints") : isCarried(tx, doc);
}

function isCarried(tx: Transactor, doc: VisitorDoc): boolean {
  const buckets = tx
    .trusted(doc.id)
    .flatMap((companion) => Object.values(wholeSlice(tx, companion)));
  const last = buckets.reduce((newest, bucket) => Math.max(newest, bucket.last), -Infinity);
  return buckets.some(
    (bucket) => bucket.last === last && opens(tx.openings, bucket.purposes, "hints"),
  );
}
