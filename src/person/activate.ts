/** The end of a move: what was staged lives here from now on, and is one with who was here unless that was taken back. */
import { takenBack } from "../domain/identity/policy.ts";
import type { Edge } from "../domain/identity/evidence.ts";
import { isSaidTwoSince } from "../domain/identity/history.ts";
import { heal } from "./apart.ts";
import type { PendingLink, StagedMove, VisitorDoc } from "./documents.ts";
import { settleEvidence } from "./evidence.ts";
import { partRefuted, pushOut } from "./part.ts";
import { saying, settleRefusal } from "./refusal.ts";
import { tellResidents } from "./separation.ts";
import { forgetJoined } from "./sightings.ts";
import type { Transactor } from "./transactor.ts";

/** An officer's order that is the evidence; whoever has it carries it until it is done. */
export const wantedBy = (
  { evidence }: Edge,
  host: VisitorDoc,
  guest: VisitorDoc,
): PendingLink | null =>
  evidence.kind === "command"
    ? (host.links[evidence.id] ?? guest.links[evidence.id] ?? null)
    : null;

/** The source has committed: what was staged lives here from now on. */
export function activate(tx: Transactor): void {
  const { staged } = tx.work;
  if (!staged) return;
  const residents = [...tx.visitors.keys()];
  const arrived = tx.admit();
  tellResidents(tx);
  tx.work.relist = true;
  tx.work.gone = null;
  for (const edge of staged.edges) tx.addEdge(edge);
  const { edge } = staged;
  if (!edge || !tx.visitors.has(edge.b) || !arrived.some((doc) => doc.id === edge.a)) return;
  if (isTakenBack(tx, edge)) return;
  const byHuman = edge.evidence.kind === "command" && edge.by !== "policy";
  const ids = arrived.map((doc) => doc.id);
  const healed = byHuman ? heal(tx, residents, ids) : null;
  tx.addEdge(healed ? { ...edge, healed } : edge);
  settleJoined(tx, edge);
  forgetJoined(tx, edge.at);
  logMerge(tx, staged, edge);
  for (const key of edge.pushedOut ?? []) pushOut(tx, edge.b, key, edge.at);
  partRefuted(tx, edge.b, edge.at);
}

/**
 * Between the staging and now somebody here may have withdrawn, or a human said that these are two. The source can't be stopped
 * any more: who came is at home here, isn't joined with anybody, and goes back as after an undo.
 */
function isTakenBack(tx: Transactor, edge: Edge): boolean {
  const { a, b, evidence } = edge;
  const [guest, host] = [tx.visitors.get(a), tx.visitors.get(b)];
  if (!guest || !host) return false;
  // Nothing is decided about the evidence: it is weighed once they are erased.
  if (tx.isLeaving) return true;
  const [guests, hosts] = [tx.side(guest), tx.side(host)];
  const wanted = wantedBy(edge, host, guest);
  const isOverruled =
    wanted && isSaidTwoSince(wanted.at, tx.companions(guest.id), tx.companions(host.id));
  const reason = isOverruled ? "separate" : takenBack(evidence, guests, hosts);
  if (!reason) return false;
  settleRefusal(tx, edge, a, reason, saying(evidence, hosts, reason));
  settleRefusal(tx, edge, b, reason, saying(evidence, guests, reason));
  return true;
}

/** Of the one who was asked, what waits goes on waiting: it has others to ask itself, who said it still before. */
function settleJoined(tx: Transactor, { a, b, evidence, finder }: Edge): void {
  for (const visitor of [a, b]) {
    const waits =
      evidence.kind === "claim" &&
      tx.visitors.get(visitor)?.claims[evidence.identifier]?.state === "waiting";
    if (visitor === finder || !waits) settleEvidence(tx, visitor, evidence, "settled");
  }
}

function logMerge(tx: Transactor, staged: StagedMove, edge: Edge): void {
  const doc = tx.visitors.get(edge.a);
  if (!doc || staged.kind !== "merge") return;
  const { pushedOut: _, ...logged } = edge;
  doc.pending.push({
    kind: "merge",
    merge: { op: "merge", edge: logged, at: edge.at, by: edge.by },
  });
  tx.changed(doc);
}
