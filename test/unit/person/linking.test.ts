import { BUILT_IN_OPENINGS } from "../../../src/domain/consent/openings.ts";
import { describe, expect, test } from "vitest";
import type { Claim } from "../../../src/domain/identity/claims.ts";
import { type Edge, severedKey } from "../../../src/domain/identity/evidence.ts";
import { mayBeLinked } from "../../../src/domain/identity/ties.ts";
import type { IdentifierKey, MergeId, PersonId, VisitorId } from "../../../src/domain/ids.ts";
import { sideOf } from "../../../src/domain/identity/view-facts.ts";
import type { PersonView, VisitorView } from "../../../src/domain/person/calls.ts";
import type { ConsentDecision } from "../../../src/domain/person/consent.ts";
import { decide } from "../../../src/person/decide.ts";
import { newVisitor, type VisitorDoc } from "../../../src/person/documents.ts";
import { noteShared, settleEvidence } from "../../../src/person/evidence.ts";
import { knows, route } from "../../../src/person/route.ts";
import { undo } from "../../../src/person/split.ts";
import { decidedBy } from "../../../src/person/standing.ts";
import { Transactor } from "../../../src/person/transactor.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const ACCOUNT = "user_id:1" as IdentifierKey;
const ADDRESS = "email:1" as IdentifierKey;
const [PHONE, LAPTOP] = ["a".repeat(26), "b".repeat(26)] as [VisitorId, VisitorId];

const decision = (recognition: boolean, at = NOW): ConsentDecision => ({
  at,
  policy: 1,
  region: "DE",
  regime: "opt-in",
  granted: { measurement: true, recognition },
  gpc: false,
  by: { measurement: "choice", recognition: "choice" },
});

const claim = (key: IdentifierKey, over: Partial<Claim> = {}): Claim => ({
  key,
  kind: key === ACCOUNT ? "user_id" : "email",
  assurance: "verified",
  at: NOW,
  state: "settled",
  ...over,
});

function device(id: VisitorId, own: ConsentDecision, ...claims: Claim[]): VisitorDoc {
  const doc = newVisitor(id, NOW, "browser");
  doc.decision = own;
  for (const each of claims) doc.claims[each.key] = each;
  return doc;
}

const viewed = (doc: VisitorDoc): VisitorView => ({
  ...doc,
  claims: Object.values(doc.claims),
  retired: doc.retired !== null,
  waiting: 0,
});

const joined = (identifier: IdentifierKey): Edge => ({
  id: "m" as MergeId,
  a: LAPTOP,
  b: PHONE,
  evidence: { kind: "claim", identifier },
  at: NOW,
  by: "policy",
  because: "",
  rules: 1,
  finder: LAPTOP,
});

describe("A device whose person said on another device that they don't want to be recognised", () => {
  const phone = device(PHONE, decision(true, NOW - 2), claim(ACCOUNT));

  test("isn't linked any further, if both are proven to be theirs", () => {
    const laptop = device(LAPTOP, decision(false), claim(ACCOUNT));
    expect(mayBeLinked(phone, [phone, laptop], [joined(ACCOUNT)], BUILT_IN_OPENINGS)).toBe(false);
    expect(mayBeLinked(phone, [phone], [], BUILT_IN_OPENINGS)).toBe(true);
  });

  test("is linked all the same where the other was only typed to be theirs", () => {
    const laptop = device(LAPTOP, decision(false), claim(ADDRESS, { assurance: "asserted" }));
    expect(mayBeLinked(phone, [phone, laptop], [joined(ADDRESS)], BUILT_IN_OPENINGS)).toBe(true);
  });

  test("asks anew, and is told of, when they agree to it there again", () => {
    const store = { get: () => undefined, put: () => 0, delete: () => true, list: () => [] };
    const tx = new Transactor(PHONE as PersonId, store);
    const waiting = claim(ADDRESS, { state: "refused", reason: "consent" });
    tx.addVisitor(device(PHONE, decision(true, NOW - 2), claim(ACCOUNT), waiting));
    const laptop = device(LAPTOP, decision(false), claim(ACCOUNT));
    tx.addVisitor(laptop);
    tx.addEdge(joined(ACCOUNT));
    const yes = { visitor: LAPTOP, now: NOW + 1, decision: decision(true, NOW + 1), receipt: null };
    decide(tx, laptop, yes, null);
    expect(tx.visitors.get(PHONE)?.claims[ADDRESS]).toMatchObject({ state: "waiting", tell: true });
  });
});

test("a server's record isn't taken for all of a person while somebody who proved the same couldn't be joined with it for want of consent", () => {
  const store = { get: () => undefined, put: () => 0, delete: () => true, list: () => [] };
  const tx = new Transactor(PHONE as PersonId, store);
  tx.addVisitor(device(PHONE, decision(true), claim(ACCOUNT)));
  const isKnown = (): boolean => knows(tx, route(tx, PHONE, 0), [ACCOUNT]);
  expect(isKnown()).toBe(true);
  noteShared(tx, PHONE, ACCOUNT);
  expect(isKnown()).toBe(false);
  // Nor is anybody who is joined with it since.
  tx.addVisitor(device(LAPTOP, decision(true), claim(ACCOUNT)));
  tx.addEdge(joined(ACCOUNT));
  settleEvidence(tx, PHONE, { kind: "claim", identifier: ACCOUNT }, "settled");
  expect(knows(tx, route(tx, LAPTOP, 0), [ACCOUNT])).toBe(false);
});

test("a merge that is only tried goes by the same", () => {
  const phone = viewed(device(PHONE, decision(true, NOW - 2), claim(ACCOUNT)));
  const laptop = viewed(device(LAPTOP, decision(false), claim(ACCOUNT)));
  const view = (...visitors: VisitorView[]): PersonView => ({
    id: PHONE as PersonId,
    visitors,
    edges: [joined(ACCOUNT)],
    undone: [],
    pending: [],
  });
  expect(sideOf(view(phone, laptop), PHONE)?.at.recognition).toBe(false);
  expect(sideOf(view(phone), PHONE)?.at.recognition).toBe(true);
});

test("nor while the one who was turned down for it is joined with the record by somebody else", () => {
  const store = { get: () => undefined, put: () => 0, delete: () => true, list: () => [] };
  const tx = new Transactor(PHONE as PersonId, store);
  tx.addVisitor(device(PHONE, decision(true), claim(ACCOUNT)));
  const turnedDown = [{ reason: "consent", by: [1] }];
  tx.addVisitor(device(LAPTOP, decision(true), claim(ACCOUNT, { turnedDown })));
  tx.addEdge(joined(ACCOUNT));
  for (const id of [PHONE, LAPTOP]) expect(knows(tx, route(tx, id, 0), [ACCOUNT])).toBe(false);
});

test("nor after an undo, on whichever side it is then", () => {
  const store = { get: () => undefined, put: () => 0, delete: () => true, list: () => [] };
  const tx = new Transactor(PHONE as PersonId, store);
  tx.addVisitor(device(PHONE, decision(true), claim(ACCOUNT, { shared: true })));
  tx.addVisitor(device(LAPTOP, decision(true), claim(ACCOUNT), claim(ADDRESS)));
  const edge = joined(ACCOUNT);
  tx.addEdge(edge);
  const request = { visitor: LAPTOP, merge: edge.id, by: "officer", now: NOW };
  expect(undo(tx, request, { short: () => "s" })).toMatchObject({ done: true });
  for (const id of [PHONE, LAPTOP]) expect(knows(tx, route(tx, id, 0), [ACCOUNT])).toBe(false);
  expect(knows(tx, route(tx, LAPTOP, 0), [ADDRESS])).toBe(true);
});

describe("Of two who proved the same and whom a human took apart", () => {
  const apart = (
    store = { get: () => undefined, put: () => 0, delete: () => true, list: () => [] },
  ) => {
    const tx = new Transactor(PHONE as PersonId, store);
    const phone = device(PHONE, decision(false), claim(ACCOUNT));
    phone.retired = NOW;
    tx.addVisitor(phone);
    return { tx, phone };
  };

  test("the no of the one whose cookie has gone isn't ended by a yes of the other", () => {
    const { tx, phone } = apart();
    expect(decidedBy(tx, phone, ACCOUNT)?.retired).toBe(true);
    phone.severed[severedKey(ACCOUNT, LAPTOP)] = true;
    expect(decidedBy(tx, phone, ACCOUNT)?.retired).toBe(false);
    phone.severedByRule = { [severedKey(ACCOUNT, LAPTOP)]: true };
    expect(decidedBy(tx, phone, ACCOUNT)?.retired).toBe(true);
  });

  test("nothing that the one decided counts for the other's record, and a record with which nobody decided anything isn't all of a person", () => {
    const { tx, phone } = apart();
    phone.severed[severedKey(ACCOUNT, LAPTOP)] = true;
    expect(decidedBy(tx, phone, ACCOUNT, LAPTOP)).toBeNull();
    expect(decidedBy(tx, phone, ADDRESS, LAPTOP)).not.toBeNull();
    phone.separate = [LAPTOP];
    const said = { id: "s", op: "separate", at: NOW, because: "", evidence: "human" } as const;
    phone.history = [{ ...said, by: "policy", other: LAPTOP }];
    expect(decidedBy(tx, phone, ADDRESS, LAPTOP)).not.toBeNull();
    phone.history = [{ ...said, by: "officer", other: LAPTOP }];
    expect(decidedBy(tx, phone, ADDRESS, LAPTOP)).toBeNull();
    expect(knows(tx, route(tx, PHONE, 0), [ACCOUNT])).toBe(true);
    phone.decision = null;
    expect(knows(tx, route(tx, PHONE, 0), [ACCOUNT])).toBe(false);
  });
});

test("a no that comes after a page of a later clock isn't made later for a default's sake, and gives way to the yes that was said after it", () => {
  const store = { get: () => undefined, put: () => 0, delete: () => true, list: () => [] };
  const tx = new Transactor(PHONE as PersonId, store);
  const phone = device(PHONE, { ...decision(true, NOW + 9), by: {} });
  tx.addVisitor(phone);
  const says = (recognition: boolean, at: number) => {
    const said = { visitor: PHONE, now: at, decision: decision(recognition, at), receipt: null };
    decide(tx, phone, said, null);
    return phone.decision?.granted["recognition"];
  };
  expect(says(false, NOW)).toBe(false);
  expect(says(true, NOW + 5)).toBe(true);
});
