/** What kept people apart before a human joined them, and stands again when they part. */
import { expect, test } from "vitest";
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import type { IdentifierKey, MergeId, MoveId, VisitorId } from "../../../src/domain/ids.ts";
import { newVisitor, type VisitorDoc } from "../../../src/person/documents.ts";
import { erase } from "../../../src/person/erase.ts";
import { Host } from "../../../src/person/host.ts";
import { activate } from "../../../src/person/activate.ts";
import { receive } from "../../../src/person/move.ts";
import { undo } from "../../../src/person/split.ts";
import { MapStore } from "../../sim/world/parts.ts";

const EMAIL = "email:e" as IdentifierKey;
const idOf = (letter: string): VisitorId => letter.repeat(26) as VisitorId;
const [HOST, FRIEND, GUEST] = [idOf("a"), idOf("b"), idOf("c")];
const names = { short: () => "s".repeat(12) };

const edge = (a: VisitorId, b: VisitorId, evidence: Edge["evidence"]): Edge => ({
  id: `${a}.merge` as MergeId,
  a,
  b,
  evidence,
  at: 100,
  by: evidence.kind === "command" ? "officer" : "policy",
  because: "",
  rules: 1,
  finder: a,
});

/** Two who are one by an address; then, by an officer's word and although they are kept apart, a third. */
function forced() {
  const host = new Host(HOST, new MapStore(), (write) => write(), names);
  const friend: VisitorDoc = {
    ...newVisitor(FRIEND, 20, "server"),
    separate: [GUEST],
    severed: { [`${EMAIL}|${GUEST}`]: true },
  };
  host.transact((tx) => {
    tx.addVisitor({ ...newVisitor(HOST, 10, "server"), links: {} });
    tx.addVisitor(friend);
    tx.addEdge(edge(FRIEND, HOST, { kind: "claim", identifier: EMAIL }));
  });
  const guest: VisitorDoc = {
    ...newVisitor(GUEST, 30, "server"),
    epoch: 2,
    separate: [FRIEND],
    links: { c: { with: HOST, by: "officer", force: true, at: 90 } },
  };
  const answer = host.transact((tx) =>
    receive(
      tx,
      {
        move: `${GUEST}.m` as MoveId,
        revision: 1,
        kind: "merge",
        from: GUEST,
        visitors: [{ doc: guest, cold: [] }],
        edges: [],
        edge: edge(GUEST, HOST, { kind: "command", id: "c", by: "officer", force: true }),
      },
      DEFAULT_MERGE_RULES,
    ),
  );
  expect(answer).toMatchObject({ answer: "staged" });
  host.transact(activate);
  return {
    host,
    apart: () =>
      host.read((tx) =>
        Object.fromEntries(
          [...tx.visitors.values()]
            .filter(({ separate, severed }) => separate.length + Object.keys(severed).length > 0)
            .map(({ id, separate, severed }) => [id, [...separate, ...Object.keys(severed)]]),
        ),
      ),
    takeBack: (visitor: VisitorId) =>
      host.transact((tx) => {
        // What has parted is on its way to a home of its own; here it stays, so that it can be looked at.
        tx.work.outgoing = null;
        const [first] = [...tx.edges.values()].filter(({ a }) => a === visitor);
        return undo(tx, { visitor, merge: first!.id, by: "officer", now: 200 }, names);
      }),
  };
}

const AS_BEFORE = { [FRIEND]: [GUEST, `${EMAIL}|${GUEST}`], [GUEST]: [FRIEND] };

test("a forced merge lets other evidence join the two, and its undo keeps them apart as before", () => {
  const { apart, takeBack } = forced();
  expect(apart()).toEqual({});
  expect(takeBack(GUEST)).toMatchObject({ done: true });
  expect(apart()).toEqual(AS_BEFORE);
});

test("whoever parts from the two by another undo is kept apart again, and stays so after the forced merge is undone", () => {
  const { apart, takeBack, host } = forced();
  expect(takeBack(FRIEND)).toMatchObject({ done: true });
  expect(apart()).toEqual(AS_BEFORE);
  expect(host.read((tx) => [...tx.edges.values()].map(({ healed }) => healed))).toEqual([
    undefined,
  ]);
});

test("an erasure that parts them keeps them apart again, and leaves no mention of whoever was erased", () => {
  const { apart, host } = forced();
  host.transact((tx) => erase(tx, tx.visitors.get(HOST)!, 300));
  expect(apart()).toEqual(AS_BEFORE);
  const other = forced();
  other.host.transact((tx) => erase(tx, tx.visitors.get(FRIEND)!, 300));
  expect(other.apart()).toEqual({});
  expect(JSON.stringify(other.host.read((tx) => [...tx.edges.values()]))).not.toContain(FRIEND);
});
