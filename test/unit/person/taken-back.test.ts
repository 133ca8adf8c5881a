/** A merge that both agreed to doesn't take place where that was taken back before it did. */
import { describe, expect, test } from "vitest";
import type { Claim } from "../../../src/domain/identity/claims.ts";
import type { Evidence } from "../../../src/domain/identity/evidence.ts";
import type { HistoryEntry } from "../../../src/domain/identity/history.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import type { IdentifierKey, MergeId, MoveId, VisitorId } from "../../../src/domain/ids.ts";
import type { ConsentDecision } from "../../../src/domain/person/consent.ts";
import { amend } from "../../../src/person/amend.ts";
import { decide } from "../../../src/person/decide.ts";
import { newVisitor, type VisitorDoc } from "../../../src/person/documents.ts";
import { Host } from "../../../src/person/host.ts";
import {
  begin,
  receive,
  received,
  type ReceiveRequest,
  resolved,
} from "../../../src/person/move.ts";
import { record } from "../../../src/person/record.ts";
import { route } from "../../../src/person/route.ts";
import type { Transactor } from "../../../src/person/transactor.ts";
import { activateMove, plan } from "../../../src/person/work.ts";
import { event, MapStore, request } from "../../sim/world/parts.ts";

const NOW = 1_795_000_000_000;
const names = { short: () => "s".repeat(12) };
const settings = { names, rules: DEFAULT_MERGE_RULES, now: NOW };
const [PHONE, LAPTOP] = ["a".repeat(26), "b".repeat(26)] as [VisitorId, VisitorId];
const ADDRESS = "email:1" as IdentifierKey;
const MOVE = `${LAPTOP}.move` as MoveId;
const said: Evidence = { kind: "claim", identifier: ADDRESS };
const ordered: Evidence = { kind: "command", id: "c1", by: "officer", force: false };
const forced: Evidence = { ...ordered, force: true };

const decision = (recognition: boolean, at: number): ConsentDecision => ({
  at,
  policy: 1,
  region: "DE",
  regime: "opt-in",
  granted: { measurement: true, recognition },
  gpc: false,
  by: { measurement: "choice", recognition: "choice" },
});

function device(id: VisitorId, created: number, state: Claim["state"]): VisitorDoc {
  const doc = newVisitor(id, created, "browser");
  doc.decision = decision(true, NOW - 2);
  doc.claims[ADDRESS] = { key: ADDRESS, kind: "email", assurance: "verified", at: created, state };
  return doc;
}

/** The laptop's person on its way to the phone's. */
function arriving(evidence: Evidence, alsoSays: readonly Claim[] = []) {
  const guest = { ...device(LAPTOP, 20, "waiting"), epoch: 2 };
  for (const claim of alsoSays) guest.claims[claim.key] = claim;
  if (evidence.kind === "command")
    guest.links[evidence.id] = { with: PHONE, by: "officer", force: evidence.force, at: NOW };
  return { guest, coming: coming(guest, evidence) };
}

function coming(guest: VisitorDoc, evidence: Evidence): ReceiveRequest {
  return {
    move: MOVE,
    revision: 1,
    kind: "merge" as const,
    from: LAPTOP,
    visitors: [{ doc: guest, cold: [] as [string, unknown][] }],
    edges: [],
    edge: {
      id: `${LAPTOP}.1` as MergeId,
      a: LAPTOP,
      b: PHONE,
      evidence,
      at: NOW - 1,
      by: evidence.kind === "command" ? evidence.by : "policy",
      because: "",
      rules: 1,
      finder: LAPTOP,
    },
  };
}

/** The phone's object, where the laptop's person is staged: its own object has committed, or is about to. */
function staged(evidence: Evidence, alsoSays: readonly Claim[] = []): Host {
  const host = new Host(PHONE, new MapStore(), (write) => write(), names);
  const { coming } = arriving(evidence, alsoSays);
  const answer = host.transact((tx) => {
    tx.addVisitor(device(PHONE, 10, "settled"));
    return receive(tx, coming, DEFAULT_MERGE_RULES);
  });
  expect(answer).toMatchObject({ answer: "staged" });
  return host;
}

const at = (tx: Transactor, id: VisitorId): VisitorDoc => {
  const doc = tx.visitors.get(id);
  if (!doc) throw new Error(`${id} doesn't live here`);
  return doc;
};

const answers = (tx: Transactor, recognition: boolean, now: number): unknown =>
  decide(
    tx,
    at(tx, PHONE),
    { visitor: PHONE, now, decision: decision(recognition, now), receipt: null },
    null,
  );

const entry: HistoryEntry = {
  id: "said",
  op: "separate",
  at: NOW,
  by: "officer",
  because: "these are two",
  evidence: "human",
  other: LAPTOP,
};

/** However the object learns that the other one has committed. */
const ACTIVATIONS: Record<string, (tx: Transactor) => unknown> = {
  "the source says so": (tx) => activateMove(tx, MOVE),
  "the source is asked": (tx) => resolved(tx, { move: MOVE, state: "committed" }),
  "a call comes along the pointer": (tx) => route(tx, LAPTOP, 2),
};

const edges = (host: Host): number => host.read((tx) => tx.edges.size);

describe.each(Object.entries(ACTIVATIONS))("Where %s", (_, activation) => {
  test("a withdrawal that came after the staging joins nobody: both live on, the one who came moves home, and its claim was turned down", () => {
    const host = staged(said);
    host.transact((tx) => answers(tx, false, NOW));
    host.transact(activation);
    expect(edges(host)).toBe(0);
    host.read((tx) => {
      expect([...tx.visitors.keys()].sort()).toEqual([PHONE, LAPTOP]);
      expect(at(tx, LAPTOP).pending).toEqual([]);
      expect(at(tx, LAPTOP).claims[ADDRESS]).toMatchObject({ turnedDown: [{ reason: "consent" }] });
      expect(at(tx, PHONE).claims[ADDRESS]).toMatchObject({ state: "settled", shared: true });
    });
    expect(host.transact((tx) => plan(tx, settings))).toContainEqual(
      expect.objectContaining({
        do: "receive",
        to: LAPTOP,
        request: expect.objectContaining({ kind: "split", edge: null }),
      }),
    );
  });

  test("a human's word that they are two, given after the staging, joins nobody", () => {
    const host = staged(said);
    host.transact((tx) =>
      amend(tx, at(tx, PHONE), { do: "separate", from: LAPTOP, command: "c2", entry }),
    );
    host.transact(activation);
    expect(edges(host)).toBe(0);
    expect(host.read((tx) => at(tx, LAPTOP).separate)).toEqual([PHONE]);
  });

  test("who signs in after the staging isn't joined with somebody who only typed another account", () => {
    const typed = { key: "user_id:1" as IdentifierKey, kind: "user_id", at: 30 } as const;
    const host = staged(said, [{ ...typed, assurance: "asserted", state: "settled" }]);
    const signed = {
      key: "user_id:2" as IdentifierKey,
      kind: "user_id",
      assurance: "verified",
    } as const;
    host.transact((tx) =>
      record(tx, at(tx, PHONE), request(event("m1"), [signed]), DEFAULT_MERGE_RULES),
    );
    host.transact(activation);
    expect(edges(host)).toBe(0);
    expect(host.read((tx) => tx.components().length)).toBe(2);
  });

  test("who took it back and agreed again is joined", () => {
    const host = staged(said);
    host.transact((tx) => answers(tx, false, NOW));
    host.transact((tx) => answers(tx, true, NOW + 1));
    host.transact(activation);
    expect(edges(host)).toBe(1);
  });

  test("of an officer's forced merge and a later word that they are two the later one holds", () => {
    const host = staged(forced);
    host.transact((tx) =>
      amend(tx, at(tx, PHONE), {
        do: "separate",
        from: LAPTOP,
        command: "c2",
        entry: { ...entry, at: NOW + 1 },
      }),
    );
    host.transact(activation);
    expect(edges(host)).toBe(0);
    host.read((tx) => {
      expect(at(tx, LAPTOP)).toMatchObject({ separate: [PHONE], links: {} });
      expect(at(tx, PHONE).separate).toEqual([LAPTOP]);
    });
  });

  test("a forced merge that was ordered after a word that they are two takes that back, though the word is heard later", () => {
    const host = staged(forced);
    host.transact((tx) =>
      amend(tx, at(tx, PHONE), {
        do: "separate",
        from: LAPTOP,
        command: "c2",
        entry: { ...entry, at: NOW - 1 },
      }),
    );
    host.transact(activation);
    expect(edges(host)).toBe(1);
    expect(host.read((tx) => [at(tx, LAPTOP).separate, at(tx, PHONE).separate])).toEqual([[], []]);
  });

  test("whom an officer joins needs no consent", () => {
    const host = staged(ordered);
    host.transact((tx) => answers(tx, false, NOW));
    host.transact(activation);
    expect(edges(host)).toBe(1);
  });
});

/** Comes to the phone's object, where only one of the two knows that they are two. */
function turnedDown(evidence: Evidence, told: VisitorId, history?: readonly HistoryEntry[]) {
  const host = new Host(PHONE, new MapStore(), (write) => write(), names);
  const { guest, coming } = arriving(evidence);
  const phone = device(PHONE, 10, "settled");
  const [doc, other] = told === PHONE ? [phone, LAPTOP] : [guest, PHONE];
  doc.separate = [other];
  if (history) doc.history = history.map((said) => ({ ...said, other }));
  const answer = host.transact((tx) => {
    tx.addVisitor(phone);
    return receive(tx, coming, DEFAULT_MERGE_RULES);
  });
  expect(answer).toMatchObject({ answer: "refused", reason: "separate" });
  return { host, guest, coming, answer };
}

test.each([PHONE, LAPTOP])(
  "a forced merge that somebody took back by saying that they are two, before it set out, is turned down, whoever of them was told",
  (told) => {
    turnedDown(forced, told, [{ ...entry, at: NOW + 1 }]);
  },
);

test.each([PHONE, LAPTOP])(
  "a merge that is turned down because of a word that one of them has not heard is no word of the policy's that they are two",
  (marked) => {
    const { host, guest, coming, answer } = turnedDown(said, marked);
    host.read((tx) => {
      expect(at(tx, PHONE).separate).toEqual(marked === PHONE ? [LAPTOP] : []);
      expect(at(tx, PHONE).history ?? []).toEqual([]);
    });
    // The source hears the same, by which time nothing may keep them apart any more.
    const source = new Host(LAPTOP, new MapStore(), (write) => write(), names);
    source.transact((tx) => {
      const { move, edge } = coming;
      tx.addVisitor({ ...guest, separate: [] });
      begin(tx, names, { kind: "merge", visitors: [LAPTOP], target: PHONE, edge });
      received(tx, { ...answer, move: tx.work.outgoing?.id ?? move }, DEFAULT_MERGE_RULES);
    });
    expect(source.read((tx) => at(tx, LAPTOP).separate)).toEqual([]);
  },
);
