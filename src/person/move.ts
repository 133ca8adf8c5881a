/**
 * The move: the one way in which visitors change their home. Written durably at the source, evaluated again and staged
 * at the target, committed by the source on an answer to its current revision, activated at the target (DESIGN.md 3).
 * Every function here is one transaction; what it answers may be lost, doubled or late.
 */
import { areSeparate, decideMerge, type RefusalCode } from "../domain/identity/policy.ts";
import type { Edge } from "../domain/identity/evidence.ts";
import { isSaidTwoSince } from "../domain/identity/history.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { Day, MoveId, PersonId, VisitorId } from "../domain/ids.ts";
import type { OutgoingMove, TravellingVisitor, VisitorDoc } from "./documents.ts";
import { activate, wantedBy } from "./activate.ts";
import { sideOf } from "./reader.ts";
import { saying, settlePersonas, settleRefusal } from "./refusal.ts";
import { withRoom } from "./room.ts";
import { onlyStrangersRefuse, partStrangers } from "./strangers.ts";
import type { Names, Transactor } from "./transactor.ts";

export interface ReceiveRequest {
  move: MoveId;
  revision: number;
  kind: OutgoingMove["kind"];
  from: PersonId;
  visitors: TravellingVisitor[];
  edges: Edge[];
  edge: Edge | null;
}

export type ReceiveAnswer = { move: MoveId } & (
  | { answer: "staged"; revision: number }
  /** Older than what is known here, or of somebody erased: to be forgotten. */
  | { answer: "stale" }
  | { answer: "busy" }
  /** `by`: those of the person here who say what the evidence is about. `revision`: of what was refused. */
  | { answer: "refused"; reason: RefusalCode | "done"; by: VisitorId[]; revision?: number }
  /** The visitor that the evidence names lives elsewhere: it has to be found again. */
  | { answer: "redirect" }
  /** Strangers among those who come keep apart who proved that they are one. */
  | { answer: "part" }
  | { answer: "erased" }
);

export type ResolveAnswer = { move: MoveId; state: "pending" | "committed" | "aborted" };

export function begin(
  tx: Transactor,
  names: Names,
  move: Pick<OutgoingMove, "kind" | "visitors" | "target" | "edge">,
): void {
  tx.work.outgoing = { id: `${tx.self}.${names.short()}` as MoveId, revision: 1, ...move };
  tx.changedWork();
}

/** What the source sends, as things stand now. */
export function departure(tx: Transactor, move: OutgoingMove): ReceiveRequest {
  const leaving = new Set(move.visitors);
  return {
    move: move.id,
    revision: move.revision,
    kind: move.kind,
    from: tx.self,
    visitors: move.visitors.flatMap((id) => {
      const doc = tx.visitors.get(id);
      return doc ? [tx.travelling(doc)] : [];
    }),
    edges: [...tx.edges.values()].filter((edge) => leaving.has(edge.a) && leaving.has(edge.b)),
    edge: move.edge,
  };
}

export function receive(tx: Transactor, request: ReceiveRequest, rules: MergeRules): ReceiveAnswer {
  const { move } = request;
  if (isStale(tx, request)) return { move, answer: "stale" };
  const { staged } = tx.work;
  if (tx.work.outgoing || (staged && staged.id !== move)) return { move, answer: "busy" };
  if (staged && staged.revision >= request.revision)
    return { move, answer: "staged", revision: staged.revision };
  if (staged) tx.unstage();
  if (request.kind === "split") {
    if (tx.visitors.size > 0) return { move, answer: "busy" };
  } else {
    const no = welcome(tx, request, rules);
    if (no?.answer === "refused") return { move, ...no, revision: request.revision };
    if (no) return { move, ...no };
  }
  tx.work.staged = {
    id: move,
    revision: request.revision,
    kind: request.kind,
    from: request.from,
    visitors: request.visitors.map(({ doc }) => doc.id),
    edges: request.edges,
    edge: request.edge && withRoom(tx, request.visitors, request.edge, rules),
  };
  for (const visitor of request.visitors) tx.stage(visitor);
  tx.changedWork();
  return { move, answer: "staged", revision: request.revision };
}

function isStale(tx: Transactor, request: ReceiveRequest): boolean {
  return request.visitors.some(({ doc }) => {
    const known = Math.max(
      tx.visitors.get(doc.id)?.epoch ?? 0,
      tx.pointers.get(doc.id)?.epoch ?? 0,
    );
    return known >= doc.epoch || tx.tombs.has(doc.id);
  });
}

type Unwelcome =
  | { answer: "busy" }
  | { answer: "refused"; reason: RefusalCode | "done"; by: VisitorId[] }
  | { answer: "redirect" }
  | { answer: "part" }
  | { answer: "erased" };

/** Why the merge can't be, evaluated where both sides are known; null when it can. */
function welcome(tx: Transactor, request: ReceiveRequest, rules: MergeRules): Unwelcome | null {
  const { edge } = request;
  if (!edge) return { answer: "redirect" };
  if (tx.tombs.has(edge.b)) return { answer: "erased" };
  const host = tx.visitors.get(edge.b);
  if (!host) return { answer: "redirect" };
  const guest = request.visitors.find(({ doc }) => doc.id === edge.a)?.doc;
  if (!guest) return { answer: "redirect" };
  // Who is about to be erased takes nobody along who came after that.
  if (tx.isLeaving || request.visitors.some(({ doc }) => doc.toErase !== undefined))
    return { answer: "redirect" };
  // Two persons may be in one object for a moment after an undo: the policy must not take them for one.
  if (tx.isSplit) return { answer: "busy" };
  const arriving = request.visitors.map(({ doc }) => doc);
  if (edge.evidence.kind === "command") {
    const wanted = wantedBy(edge, host, guest);
    if (!wanted) return { answer: "refused", reason: "done", by: [] };
    if (isSaidTwoSince(wanted.at, arriving, tx.companions(host.id))) {
      settleRefusal(tx, edge, edge.b, "separate", []);
      return { answer: "refused", reason: "separate", by: [] };
    }
  }
  const guests = sideOf(guest, arriving, request.edges, tx.openings);
  const hosts = tx.side(host);
  const verdict = decideMerge(edge.evidence, guests, hosts, rules, [
    ...tx.edges.values(),
    ...request.edges,
  ]);
  if (verdict.verdict === "merge") return null;
  if (verdict.reason === "unique") {
    const joined = onlyStrangersRefuse(
      edge.evidence,
      { at: guest, group: arriving, edges: request.edges },
      { at: host, group: tx.companions(host.id), edges: tx.edges.values() },
      rules,
      tx.openings,
    );
    // Both sides part from them, and then the evidence is weighed again.
    if (joined)
      return partStrangers(tx, host.id, rules, edge.at) ? { answer: "busy" } : { answer: "part" };
  }
  const { reason } = verdict;
  settleRefusal(tx, edge, edge.b, reason, saying(edge.evidence, guests, reason));
  // Who is marked as two already has been told, or is about to be, by whoever said so: that may have been taken back.
  if (reason === "separate" && !areSeparate(guests, hosts)) settlePersonas(tx, edge);
  return { answer: "refused", reason, by: saying(edge.evidence, hosts, reason) };
}

/** At the source, when the target answered. Gives true when the move is over and other work may start. */
export function received(tx: Transactor, answer: ReceiveAnswer, rules: MergeRules): void {
  const move = tx.work.outgoing;
  if (!move || move.id !== answer.move) return;
  switch (answer.answer) {
    case "staged":
      // What changed since it was sent isn't staged yet: it goes again.
      if (answer.revision === move.revision) commit(tx, move);
      return;
    case "busy":
    case "stale":
      return;
    case "redirect":
    case "erased":
      return abandon(tx);
    case "part":
      abandon(tx);
      if (!move.edge || partStrangers(tx, move.edge.a, rules, move.edge.at)) return;
      return settleRefusal(tx, move.edge, move.edge.a, "unique", [move.edge.b]);
    case "refused":
      // What was said since it was sent may be what it wanted for: it goes again.
      if (answer.revision !== undefined && answer.revision !== move.revision) return;
      abandon(tx);
      if (move.edge) settleRefusal(tx, move.edge, move.edge.a, answer.reason, answer.by);
      return;
  }
}

export function abandon(tx: Transactor): void {
  tx.work.outgoing = null;
  tx.changedWork();
}

function commit(tx: Transactor, move: OutgoingMove): void {
  const leaving = new Set(move.visitors);
  for (const edge of tx.edges.values())
    if (leaving.has(edge.a) || leaving.has(edge.b)) tx.removeEdge(edge);
  const docs = move.visitors.map((id) => tx.visitors.get(id)).filter((doc) => doc !== undefined);
  for (const doc of docs)
    tx.point(doc.id, { to: move.target, epoch: doc.epoch + 1, created: doc.created });
  tx.work.activations.push({ move: move.id, to: move.target });
  tx.work.outgoing = null;
  if (tx.visitors.size === 0) tx.work.gone = listedDays(docs);
  else tx.work.relist = true;
  tx.changedWork();
}

const listedDays = (docs: readonly VisitorDoc[]): Day[] => [
  ...new Set(docs.flatMap((doc) => [...doc.listed, doc.today.day])),
];

/** The target asks what became of a move it has staged. */
export function resolve(tx: Transactor, move: MoveId): ResolveAnswer {
  if (tx.work.outgoing?.id === move) return { move, state: "pending" };
  const committed = tx.work.activations.some((waiting) => waiting.move === move);
  return { move, state: committed ? "committed" : "aborted" };
}

export function resolved(tx: Transactor, answer: ResolveAnswer): void {
  if (tx.work.staged?.id !== answer.move) return;
  if (answer.state === "committed") activate(tx);
  else if (answer.state === "aborted") tx.unstage();
}
