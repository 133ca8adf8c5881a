/**
 * The next action for one visitor, and what became of it. What a visitor is shown is limited to its own assurance: what
 * others of the same person did counts only over verified ties (DESIGN.md 3).
 */
import {
  arbitrate,
  type Given,
  isTired,
  mayAgain,
  rankByChannel,
} from "../domain/action/arbitrate.ts";
import type { Action } from "../domain/action/catalogue.ts";
import { fit } from "../domain/action/eligible.ts";
import { learnerOf } from "../domain/action/learner.ts";
import { opens } from "../domain/consent/openings.ts";
import { reasonOf } from "../domain/action/reasons.ts";
import type { Situation } from "../domain/action/situation.ts";
import type { UsherEvent } from "../domain/event.ts";
import type {
  FittingAnswer,
  FittingRequest,
  NextAnswer,
  NextRequest,
  NotNext,
  OutcomeRequest,
  SentRequest,
} from "../domain/person/people.ts";
import { itemsOf } from "../domain/segments/items.ts";
import { segmentOf } from "../domain/segments/place.ts";
import type { GivenHint, VisitorDoc } from "./documents.ts";
import { follows, give, givenTo, isOpen, isPersonal, newId, settle } from "./hints.ts";
import { bestKnown, situationOf } from "./situation.ts";
import type { Names, Transactor } from "./transactor.ts";

export function advise(
  tx: Transactor,
  doc: VisitorDoc,
  request: NextRequest,
  random: () => number,
  names: Names,
): NextAnswer {
  const { catalogue, learned, slot, now } = request;
  const situation = situationOf(tx, doc, now, catalogue.meter);
  const { stage } = situation;
  const nothing: NextAnswer = {
    action: null,
    hint: null,
    stage,
    confidence: 0,
    why: [],
    meter: null,
  };
  if (!isPersonal(tx, doc)) return nothing;
  const { meter } = situation;
  const given = givenTo(tx, doc);
  const open = doc.hints.findLast((hint) => hint.slot === slot && isOpen(hint) && hint.until > now);
  const chosen = arbitrate(
    catalogue,
    situation,
    open ? withoutHint(given, open) : given,
    // Whoever is known better since may get something better.
    { slot, now, open: open && open.stage === stage ? open.action : null },
    learnerOf(learned),
    random,
  );
  const look = request.give
    ? {}
    : { others: notNext(catalogue.actions, situation, given, request) };
  if (!chosen) return { ...nothing, meter, ...look };
  const { action, confidence, propensity } = chosen;
  const reason = reasonOf(action, situation, learned?.affinities ?? []);
  const answer = { action, stage, confidence, why: reason ? [...chosen.why, reason] : chosen.why };
  if (!request.give) {
    const others = look.others?.filter(({ id }) => id !== action.id) ?? [];
    return { ...answer, hint: null, meter, others };
  }
  if (open?.action === action.id) return { ...answer, hint: open.id, meter };
  const segment = segmentOf(learned?.segments ?? [], itemsOf(situation.summary));
  const moment = { slot, now, propensity: propensity ?? 1, segment };
  const hint = give(tx, doc, action, situation, moment, newId(doc, names));
  return { ...answer, hint: hint.id, meter };
}

/** What keeps each action from being the next one. */
const notNext = (
  actions: readonly Action[],
  situation: Situation,
  given: readonly Given[],
  { slot, now }: NextRequest,
): NotNext[] =>
  actions.map((action) => {
    const { id, label, channel, slots } = action;
    const found = fit(action, situation, now);
    if (!found.fits) {
      const { missing, purpose } = found;
      return { id, label, missing, ...(purpose === undefined ? {} : { purpose }) };
    }
    if (!mayAgain(action, given, now))
      return { id, label, missing: "was given lately, and rests or has reached its cap" };
    if (channel !== "site") return { id, label, missing: `fits, and goes by ${channel}` };
    if (slots.length > 0 && !slots.includes(slot))
      return { id, label, missing: `fits, in the slot ${slots.join(" or ")}` };
    return { id, label, missing: "fits too, and has less priority now" };
  });

/** What went out by mail and the like counts as shown, by its channel in place of a slot. Twice is once. */
export function markSent(
  tx: Transactor,
  doc: VisitorDoc,
  { actions, as = {}, segment, now }: SentRequest,
  names: Names,
): boolean {
  const best = bestKnown(tx, doc);
  if (!isPersonal(tx, best)) return false;
  const situation = situationOf(tx, best, now, undefined);
  for (const action of actions) {
    const told = as[action.id];
    if (told && givenTo(tx, best, actions).some(({ id }) => id === told.hint)) continue;
    const moment = { slot: action.channel, now, propensity: told?.propensity ?? 1, segment };
    const hint = give(tx, best, action, situation, moment, told?.hint ?? newId(best, names));
    settle(best, hint, "shown", now);
  }
  return true;
}

/** All that may be given to the person now, over every channel, with what is expected of it and what goes first. */
export function fitting(
  tx: Transactor,
  doc: VisitorDoc,
  request: FittingRequest,
  random: () => number,
): FittingAnswer {
  const { catalogue, learned, now } = request;
  const best = bestKnown(tx, doc);
  const situation = situationOf(tx, best, now, catalogue.meter);
  const { stage } = situation;
  const trusted = tx.trusted(best.id).map(({ id }) => id);
  const seen = { visitor: best.id, trusted, stage };
  const given = givenTo(tx, best, catalogue.actions);
  if (!isPersonal(tx, best) || isTired(given, now)) return { ...seen, segment: null, fits: [] };
  const fits = catalogue.actions.flatMap((action) => {
    if (!mayAgain(action, given, now)) return [];
    const found = fit(action, situation, now);
    if (!found.fits) return [];
    return [{ action, found, weight: found.context * action.value * action.lever }];
  });
  const learner = learnerOf(learned);
  const rates = learner.rates(fits, situation);
  const ranked = rankByChannel(fits, rates, (rivals) => learner.choose(rivals, situation, random));
  return {
    ...seen,
    segment: segmentOf(learned?.segments ?? [], itemsOf(situation.summary)),
    fits: fits.map(({ action, found }, n) => {
      const reason = reasonOf(action, situation, learned?.affinities ?? []);
      return {
        action: action.id,
        why: reason ? [...found.why, reason] : found.why,
        topic: found.topic,
        expected: rates[n] ?? action.prior,
        priority: ranked[n]?.priority ?? 0,
        propensity: ranked[n]?.propensity ?? null,
      };
    }),
  };
}

const withoutHint = (given: readonly GivenHint[], open: GivenHint): Given[] =>
  given.filter((hint) => hint.id !== open.id);

/**
 * False when the hint isn't this person's, or personalization doesn't stand any more. A repeated or late outcome changes
 * nothing.
 */
export function settleOutcome(tx: Transactor, doc: VisitorDoc, request: OutcomeRequest): boolean {
  if (!isPersonal(tx, doc)) return false;
  const owner = (request.told ? tx.companions(doc.id) : tx.trusted(doc.id)).find((companion) =>
    companion.hints.some((hint) => hint.id === request.hint),
  );
  const hint = owner?.hints.find((each) => each.id === request.hint);
  if (!owner || !hint) return false;
  if (!follows(hint.outcome, request.outcome)) return true;
  settle(owner, hint, request.outcome, request.now);
  tx.changed(owner);
  return true;
}

/** The event that an action is for counts as a take of what is open and was shown, on whichever device it happened. */
export function settleBySuccess(tx: Transactor, doc: VisitorDoc, event: UsherEvent): void {
  if (!opens(tx.openings, event.purposes, "hints")) return;
  const key = event.name === null ? event.type : `${event.type}:${event.name}`;
  const waits = (hint: GivenHint): boolean =>
    hint.outcome === "shown" &&
    hint.success === key &&
    event.at >= hint.outcomeAt &&
    event.at <= hint.until;
  // Hardly any event is waited for: only then it is worth asking who is proven to be one with this visitor.
  if (![...tx.visitors.values()].some((each) => each.hints.some(waits))) return;
  for (const owner of tx.trusted(doc.id))
    for (const hint of owner.hints.filter(waits)) {
      settle(owner, hint, "taken", event.at);
      tx.changed(owner);
    }
}
