/**
 * What a person object has to do, and what comes of it: `plan` says which calls to make, `absorb` takes an answer. Both
 * are transactions; the calls in between are the object's (object.ts) or the simulator's. A lost answer changes nothing:
 * the same call is planned again.
 */
import { guardOf } from "../domain/identity/crowds.ts";
import type { Evidence } from "../domain/identity/evidence.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { IdentifierKey, Millis, MoveId, PersonId, VisitorId } from "../domain/ids.ts";
import type { Answered } from "../domain/person/calls.ts";
import type { ClaimAnswer, CrowdGuard, Landing, Ledger } from "../domain/ports.ts";
import { activate } from "./activate.ts";
import { mustTell, nextClaims, rememberAsks, told, waitingClaims } from "./asking.ts";
import { claimed, isUrgent } from "./claimed.ts";
import type { PermissionChange } from "../domain/permission/permission.ts";
import { found, type MeetAnswer, type MeetRequest, met, metNobody } from "./merge.ts";
import {
  departure,
  type ReceiveAnswer,
  type ReceiveRequest,
  received,
  type ResolveAnswer,
  resolved,
} from "./move.ts";
import { type Handed, hasPending, landed, prepare } from "./outbox.ts";
import { settleSplit } from "./split.ts";
import { heardBack, isTorn, partKeptApart, untoldWords, type Word } from "./separation.ts";
import type { Names, Transactor } from "./transactor.ts";

export type Call =
  | { do: "receive"; to: PersonId; request: ReceiveRequest }
  | { do: "resolve"; to: PersonId; move: MoveId }
  | { do: "activate"; to: PersonId; move: MoveId }
  | { do: "ask"; visitor: VisitorId; identifier: IdentifierKey; kept: boolean }
  | { do: "tell"; visitor: VisitorId; identifier: IdentifierKey }
  | { do: "forget"; visitor: VisitorId; erased: VisitorId }
  | { do: "apart"; word: Word }
  | { do: "withdrawn"; visitor: VisitorId; at: Millis }
  | { do: "silence"; change: PermissionChange }
  | { do: "meet"; request: MeetRequest }
  | { do: "claim"; visitor: VisitorId; identifier: IdentifierKey; at: Millis; guard: CrowdGuard }
  | { do: "land"; landing: Landing; handed: Handed };

/** What each call is answered with; null when the answer was lost or the call failed. */
export interface Answers {
  receive: ReceiveAnswer;
  resolve: ResolveAnswer;
  activate: { move: MoveId };
  ask: Answered<true>;
  /** All who say it. */
  tell: readonly VisitorId[];
  forget: Answered<true>;
  /** Whether it keeps the other one apart by now. */
  apart: Answered<boolean>;
  /** Somebody else sees to the erasure from now on. */
  withdrawn: true;
  silence: true;
  meet: Answered<MeetAnswer>;
  claim: ClaimAnswer;
  land: Awaited<ReturnType<Ledger["land"]>>;
}

export interface Settings {
  names: Names;
  rules: MergeRules;
  now: Millis;
}

/** What to do now. Whatever rang, the outbox goes along: that saves an alarm of its own. */
export function plan(tx: Transactor, settings: Settings): Call[] {
  const { names, rules, now } = settings;
  partKeptApart(tx);
  settleSplit(tx, names);
  const calls: Call[] = [];
  const { outgoing, staged, activations, asks, forgets, silences } = tx.work;
  if (outgoing)
    calls.push({ do: "receive", to: outgoing.target, request: departure(tx, outgoing) });
  if (staged) calls.push({ do: "resolve", to: staged.from, move: staged.id });
  for (const { move, to } of activations) calls.push({ do: "activate", to, move });
  for (const { visitor, identifier, kept } of asks)
    calls.push({ do: "ask", visitor, identifier, kept: kept === true });
  for (const { visitor, erased } of forgets) calls.push({ do: "forget", visitor, erased });
  for (const change of silences) calls.push({ do: "silence", change });
  for (const doc of tx.visitors.values()) {
    for (const word of untoldWords(doc)) calls.push({ do: "apart", word });
    const { id, toErase } = doc;
    if (toErase !== undefined && !doc.erasureBegun)
      calls.push({ do: "withdrawn", visitor: id, at: toErase });
  }
  const waiting = tx.isHeld ? [] : waitingClaims(tx, rules);
  if (hasPending(tx) || mustLand(tx) || waiting.length > 0) {
    const { landing, handed } = prepare(tx, waiting, now);
    calls.push({ do: "land", landing, handed });
  }
  if (tx.isHeld) return calls;
  for (const doc of tx.visitors.values()) {
    for (const claim of nextClaims(doc, rules))
      calls.push({
        do: "claim",
        visitor: doc.id,
        identifier: claim.key,
        at: claim.at,
        guard: guardOf(claim, rules),
      });
    for (const claim of Object.values(doc.claims))
      if (mustTell(tx, doc, claim))
        calls.push({ do: "tell", visitor: doc.id, identifier: claim.key });
    for (const [id, wish] of Object.entries(doc.links)) {
      const { with: other, at: _, ...said } = wish;
      const evidence: Evidence = { kind: "command", id, ...said };
      const next = found(tx, doc, evidence, other, now);
      if (next.ask === "meet") calls.push({ do: "meet", request: next.request });
    }
  }
  return calls;
}

const mustLand = (tx: Transactor): boolean =>
  tx.work.erasures.length > 0 || tx.work.gone !== null || tx.work.relist;

/** Whether something is to be done at once; the outbox alone can wait its few seconds. */
export function hasWork(tx: Transactor): boolean {
  const { outgoing, staged, activations, asks, forgets, silences } = tx.work;
  if (outgoing || staged || activations.length > 0) return true;
  if (asks.length > 0 || forgets.length > 0 || silences.length > 0 || mustLand(tx)) return true;
  if (tx.isSplit || tx.isNameErased || isTorn(tx)) return true;
  return [...tx.visitors.values()].some(
    (doc) =>
      Object.keys(doc.links).length > 0 ||
      doc.untold !== undefined ||
      (doc.toErase !== undefined && !doc.erasureBegun) ||
      Object.values(doc.claims).some(
        (claim) => mustTell(tx, doc, claim) || (claim.state === "waiting" && isUrgent(claim.kind)),
      ),
  );
}

/** Whether the outbox, or a claim that goes with it, waits. */
export const hasOutbox = (tx: Transactor): boolean =>
  hasPending(tx) ||
  [...tx.visitors.values()].some((doc) =>
    Object.values(doc.claims).some((claim) => claim.state === "waiting"),
  );

/** Takes one answer; gives the calls that follow from it at once. */
export function absorb(
  tx: Transactor,
  call: Call,
  answer: Answers[Call["do"]],
  settings: Settings,
): Call[] {
  const { names, rules } = settings;
  switch (call.do) {
    case "receive":
      received(tx, answer as ReceiveAnswer, rules);
      return [];
    case "resolve":
      resolved(tx, answer as ResolveAnswer);
      return [];
    case "activate":
      tx.forgetActivation(call.move);
      return [];
    case "ask":
      tx.work.asks = tx.work.asks.filter(
        ({ visitor, identifier }) => visitor !== call.visitor || identifier !== call.identifier,
      );
      tx.changedWork();
      return [];
    case "tell":
      told(tx, call, answer as Answers["tell"]);
      return [];
    case "forget":
      tx.work.forgets = tx.work.forgets.filter(
        ({ visitor, erased }) => visitor !== call.visitor || erased !== call.erased,
      );
      tx.changedWork();
      return [];
    case "apart":
      heardBack(tx, call.word, answer as Answers["apart"]);
      return [];
    case "withdrawn":
      erasureBegun(tx, call);
      return [];
    case "silence":
      tx.work.silences = tx.work.silences.filter((change) => !isSame(change, call.change));
      tx.changedWork();
      return [];
    case "land":
      landed(tx, call.handed);
      rememberAsks(tx, (answer as Answers["land"]).ask);
      return (call.landing.claims ?? []).flatMap((claim, n) => {
        const said = (answer as Answers["land"]).claims[n];
        return said ? meeting(tx, claim, said, settings) : [];
      });
    case "claim":
      return meeting(tx, call, answer as Answers["claim"], settings);
    case "meet": {
      const { at } = answer as Answers["meet"];
      if (at === "home")
        met(tx, call.request, (answer as { value: MeetAnswer }).value, names, rules);
      else metNobody(tx, call.request);
      return [];
    }
  }
}

const meeting = (...args: Parameters<typeof claimed>): Call[] => {
  const request = claimed(...args);
  return request ? [{ do: "meet", request }] : [];
};

function erasureBegun(tx: Transactor, { visitor, at }: Extract<Call, { do: "withdrawn" }>): void {
  const doc = tx.visitors.get(visitor);
  if (doc?.toErase !== at) return;
  doc.erasureBegun = true;
  tx.changed(doc);
}

const isSame = (a: PermissionChange, b: PermissionChange): boolean =>
  a.identifier === b.identifier && a.channel === b.channel && a.at === b.at;

/** The target's side of `activate`: it may come twice, or after a call has activated it already. */
export function activateMove(tx: Transactor, move: MoveId): { move: MoveId } {
  if (tx.work.staged?.id === move) activate(tx);
  return { move };
}
