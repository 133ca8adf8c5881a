/** Two who prove the same become one, though the one found no room with the other before that was proved. */
import { expect, test } from "vitest";
import type { Claim } from "../../../src/domain/identity/claims.ts";
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import { DEFAULT_MERGE_RULES, type MergeRules } from "../../../src/domain/identity/rules.ts";
import type { IdentifierKey, MergeId, MoveId, VisitorId } from "../../../src/domain/ids.ts";
import { newVisitor, type VisitorDoc } from "../../../src/person/documents.ts";
import { Host } from "../../../src/person/host.ts";
import { activate } from "../../../src/person/activate.ts";
import { begin, receive, received } from "../../../src/person/move.ts";
import { absorb, hasWork, plan } from "../../../src/person/work.ts";
import { MapStore } from "../../sim/world/parts.ts";

const RULES: MergeRules = {
  ...DEFAULT_MERGE_RULES,
  limits: { ...DEFAULT_MERGE_RULES.limits, default: 2 },
};
const names = { short: () => "s".repeat(12) };
const settings = { names, rules: RULES, now: 1_000 };
const idOf = (letter: string): VisitorId => letter.repeat(26) as VisitorId;
const keyOf = (name: string): IdentifierKey => `email:${name}` as IdentifierKey;
const [HOST, LATER, PROVER] = [idOf("a"), idOf("b"), idOf("c")];
const SHARED = keyOf("shared");

const says = (claims: Record<string, Claim["assurance"]>): VisitorDoc["claims"] =>
  Object.fromEntries(
    Object.entries(claims).map(([name, assurance], n) => [
      keyOf(name),
      { key: keyOf(name), kind: "email", assurance, at: n, state: "settled" },
    ]),
  );

const visitor = (id: VisitorId, created: number, claims: VisitorDoc["claims"]): VisitorDoc => ({
  ...newVisitor(id, created, "server"),
  epoch: 1,
  claims,
});

const edge = (a: VisitorId, b: VisitorId): Edge => ({
  id: `${a}.merge` as MergeId,
  a,
  b,
  evidence: { kind: "claim", identifier: SHARED },
  at: 100,
  by: "policy",
  because: "",
  rules: 1,
  finder: a,
});

const coming = (doc: VisitorDoc) => ({
  move: `${doc.id}.m` as MoveId,
  revision: 3,
  kind: "merge" as const,
  from: doc.id,
  visitors: [{ doc, cold: [] }],
  edges: [],
  edge: edge(doc.id, HOST),
});

test("whoever was turned down for want of room is told once the person proves what both say, and only then", () => {
  const host = new Host(HOST, new MapStore(), (write) => write(), names);
  host.transact((tx) =>
    tx.addVisitor(visitor(HOST, 10, says({ shared: "asserted", another: "asserted" }))),
  );
  const full = visitor(LATER, 20, says({ shared: "verified", own: "asserted" }));
  expect(host.transact((tx) => receive(tx, coming(full), RULES))).toMatchObject({
    answer: "refused",
    reason: "limit",
    revision: 3,
  });
  const told = () => host.transact((tx) => plan(tx, settings)).filter((call) => call.do === "tell");
  expect(told()).toEqual([]);

  const prover = visitor(PROVER, 30, says({ shared: "verified" }));
  expect(host.transact((tx) => receive(tx, coming(prover), RULES))).toMatchObject({
    answer: "staged",
  });
  host.transact((tx) => activate(tx));
  expect(host.read((tx) => hasWork(tx))).toBe(true);
  expect(told()).toEqual([{ do: "tell", visitor: HOST, identifier: SHARED }]);
  host.transact((tx) => {
    const [call] = plan(tx, settings).filter((each) => each.do === "tell");
    if (call) absorb(tx, call, [HOST, LATER, PROVER], settings);
  });
  expect(told()).toEqual([]);
  expect(host.read((tx) => tx.work.asks)).toEqual([
    { visitor: LATER, identifier: SHARED, kept: true },
  ]);
});

test("a refusal of what was sent before more was said of it doesn't count: it goes again", () => {
  const host = new Host(LATER, new MapStore(), (write) => write(), names);
  const waiting = says({ shared: "asserted" });
  waiting[SHARED] = { ...(waiting[SHARED] as Claim), state: "waiting" };
  host.transact((tx) => {
    tx.addVisitor(visitor(LATER, 20, waiting));
    begin(tx, names, { kind: "merge", visitors: [LATER], target: HOST, edge: edge(LATER, HOST) });
  });
  const move = host.read((tx) => tx.work.outgoing?.id) as MoveId;
  host.transact((tx) => {
    const doc = tx.visitors.get(LATER) as VisitorDoc;
    doc.claims[SHARED] = { ...(doc.claims[SHARED] as Claim), assurance: "verified" };
    tx.changed(doc);
  });
  const stateAfter = (revision: number) => {
    const by = [HOST];
    host.transact((tx) =>
      received(tx, { move, answer: "refused", reason: "limit", by, revision }, RULES),
    );
    return host.read((tx) => [
      tx.work.outgoing === null,
      tx.visitors.get(LATER)?.claims[SHARED]?.turnedDown?.length ?? 0,
    ]);
  };
  expect(stateAfter(1)).toEqual([false, 0]);
  expect(stateAfter(2)).toEqual([true, 1]);
});
