/** Identifiers and traits end with the purpose they were said under. */
import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { Assurance, Claim } from "../../../src/domain/identity/claims.ts";
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import type { IdentifierKey, MergeId, VisitorId } from "../../../src/domain/ids.ts";
import type { Policy } from "../../../src/domain/consent/policy.ts";
import { keepingOf } from "../../../src/domain/retention.ts";
import { addBucket, foldEvents } from "../../../src/domain/slice/slice.ts";
import { aroundConsent } from "../../../src/person/decide.ts";
import { newVisitor, type VisitorDoc } from "../../../src/person/documents.ts";
import { erase } from "../../../src/person/erase.ts";
import { expire } from "../../../src/person/expire.ts";
import { record } from "../../../src/person/record.ts";
import { keys, type Store } from "../../../src/person/store.ts";
import { Transactor } from "../../../src/person/transactor.ts";
import { view } from "../../../src/person/view.ts";

const DAY = 86_400_000;
const TODAY = 20_400;
const A = "a".repeat(26) as VisitorId;
const B = "b".repeat(26) as VisitorId;
const EMAIL = "email:k" as IdentifierKey;

/** Recognition is kept for 30 days, measurement for 395. */
const policy: Policy = {
  ...DEFAULT_POLICY,
  purposes: DEFAULT_POLICY.purposes.map((purpose) =>
    purpose.id === "recognition" ? { ...purpose, retentionDays: 30 } : purpose,
  ),
};
const keeping = keepingOf(policy);

function memory(): Store {
  const held = new Map<string, unknown>();
  return {
    get: (key: string) => held.get(key),
    put: (key: string, value: unknown) => void held.set(key, structuredClone(value)),
    delete: (key: string) => held.delete(key),
    list: ({ prefix }: { prefix: string }) =>
      [...held].filter(([key]) => key.startsWith(prefix)).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  } as unknown as Store;
}

const claim = (key: IdentifierKey, assurance: Assurance, day: number, more = {}): Claim => ({
  key,
  kind: key.slice(0, key.indexOf(":")) as Claim["kind"],
  assurance,
  at: day * DAY,
  state: "settled",
  sealed: `sealed ${key}`,
  ...more,
});

function person(claims: Record<string, Claim[]>): { tx: Transactor; docs: VisitorDoc[] } {
  const tx = new Transactor(A, memory());
  const docs = Object.entries(claims).map(([id, said]) => {
    const doc = newVisitor(id as VisitorId, 1, "browser");
    doc.claims = Object.fromEntries(said.map((each) => [each.key, each]));
    tx.addVisitor(doc);
    return doc;
  });
  return { tx, docs };
}

const edgeOn = (identifier: IdentifierKey): Edge => ({
  id: "m" as MergeId,
  a: A,
  b: B,
  evidence: { kind: "claim", identifier },
  at: 1,
  by: "policy",
  because: "",
  rules: 1,
  finder: A,
});

test("an identifier and traits that weren't said again for as long as recognition is kept leave the visitor and the index", () => {
  const { tx, docs } = person({
    [A]: [
      claim(EMAIL, "asserted", TODAY - 31),
      claim("phone:k" as IdentifierKey, "asserted", TODAY - 30),
      claim("crm:k" as IdentifierKey, "verified", TODAY - 300, { again: TODAY - 9 }),
    ],
  });
  const doc = docs[0]!;
  doc.facts = "digest";
  doc.traits = [
    { at: (TODAY - 31) * DAY, id: "old", sealed: "old" },
    { at: (TODAY - 30) * DAY, id: "young", sealed: "young" },
  ] as VisitorDoc["traits"];
  expire(tx, TODAY, keeping);
  expect(Object.keys(doc.claims)).toEqual(["phone:k", "crm:k"]);
  expect(doc.traits.map(({ sealed }) => sealed)).toEqual(["young"]);
  expect(doc.pending).toEqual([
    { kind: "unsaid", identifier: EMAIL },
    { kind: "facts", at: TODAY * DAY },
  ]);
  const { version } = doc;
  expire(tx, TODAY, keeping);
  expect(doc.version).toBe(version);
});

test("a merge that rests on it stands without the value, proves what it proved, and goes with the edge", () => {
  const { tx, docs } = person({
    [A]: [claim(EMAIL, "verified", TODAY - 40)],
    [B]: [claim(EMAIL, "verified", TODAY - 40)],
  });
  const edge = edgeOn(EMAIL);
  tx.addEdge(edge);
  expire(tx, TODAY, keeping);
  expect(docs.map((doc) => doc.claims[EMAIL])).toEqual([
    expect.objectContaining({ state: "refused", reason: "lapsed", assurance: "verified" }),
    expect.objectContaining({ state: "refused", reason: "lapsed", assurance: "verified" }),
  ]);
  expect(JSON.stringify(docs)).not.toContain("sealed email");
  expect(tx.trusted(A).map(({ id }) => id)).toEqual([A, B]);
  expect(view(tx, docs[0]!).visitors.flatMap(({ claims }) => claims)).toEqual([]);
  tx.removeEdge(edge);
  // Both still prove it of each other while they are here together as one; apart they don't.
  expire(tx, TODAY + 1, keeping);
  expect(docs.map((doc) => Object.keys(doc.claims))).toEqual([[], []]);
});

test("what was only typed is no proof beside an edge of its own", () => {
  const { tx, docs } = person({
    [A]: [claim(EMAIL, "verified", TODAY), claim("phone:k" as IdentifierKey, "asserted", 1)],
    [B]: [claim(EMAIL, "verified", TODAY), claim("phone:k" as IdentifierKey, "asserted", 1)],
  });
  tx.addEdge(edgeOn(EMAIL));
  expire(tx, TODAY, keeping);
  expect(docs.map((doc) => Object.keys(doc.claims))).toEqual([[EMAIL], [EMAIL]]);
});

test("a new yes to recognition asks nobody by what has lapsed", () => {
  const lapsed = { state: "refused", reason: "lapsed", sealed: undefined };
  const { tx, docs } = person({ [A]: [claim(EMAIL, "verified", 1, lapsed)] });
  const doc = docs[0]!;
  const decision = (recognition: boolean): NonNullable<VisitorDoc["decision"]> => ({
    at: recognition ? 2 : 1,
    policy: 1,
    region: "DE",
    regime: "opt-in",
    granted: { measurement: true, recognition },
    gpc: false,
  });
  doc.decision = decision(false);
  aroundConsent(tx, doc, 2, () => {
    doc.decision = decision(true);
  });
  expect(doc.claims[EMAIL]?.tell).toBeUndefined();
  expect(doc.claims[EMAIL]).toMatchObject({ state: "refused", reason: "lapsed" });
});

test("who said that an identifier isn't a device's is still heard when its value is gone", () => {
  const disowned = { state: "refused", reason: "disowned" };
  const { tx, docs } = person({ [A]: [claim(EMAIL, "asserted", 1, disowned)] });
  expire(tx, TODAY, keeping);
  expect(docs[0]!.claims[EMAIL]).toMatchObject({ reason: "disowned" });
  expect(JSON.stringify(docs[0])).not.toContain("sealed email");
});

const said = (day: number, assurance: Assurance) => ({
  origin: "browser" as const,
  now: day * DAY,
  decision: null,
  items: [
    {
      event: {
        id: `m${day}`,
        type: "track" as const,
        name: "x",
        channel: "web" as const,
        day,
        at: day * DAY,
        received: day * DAY,
        purposes: ["measurement", "recognition"],
        policy: 1,
      },
      dedupe: false,
      claims: [{ key: EMAIL, kind: "email" as const, assurance, sealed: "sealed anew" }],
      traits: null,
    },
  ],
});
type Said = Parameters<typeof record>[2];
const say = (tx: Transactor, doc: VisitorDoc, day: number, assurance: Assurance = "asserted") =>
  record(tx, doc, said(day, assurance) as unknown as Said, DEFAULT_MERGE_RULES);

test("an identifier that is said again stays, and is written again once a week at most", () => {
  const { tx, docs } = person({ [A]: [claim(EMAIL, "asserted", TODAY - 25)] });
  const doc = docs[0]!;
  say(tx, doc, TODAY);
  const kept = doc.claims[EMAIL];
  expect(kept).toMatchObject({ again: TODAY, at: (TODAY - 25) * DAY, sealed: "sealed email:k" });
  say(tx, doc, TODAY + 6);
  expect(doc.claims[EMAIL]).toBe(kept);
  say(tx, doc, TODAY + 7);
  expect(doc.claims[EMAIL]).toMatchObject({ again: TODAY + 7 });
  expire(tx, TODAY + 37, keeping);
  expect(doc.claims[EMAIL]).toBeDefined();
  expire(tx, TODAY + 38, keeping);
  expect(doc.claims[EMAIL]).toBeUndefined();
});

test("said again after it had lapsed it is said for the first time, with what it had proved, and stays in the index", () => {
  const { tx, docs } = person({
    [A]: [claim(EMAIL, "verified", TODAY - 40)],
    [B]: [claim(EMAIL, "verified", TODAY - 40)],
  });
  tx.addEdge(edgeOn(EMAIL));
  expire(tx, TODAY, keeping);
  say(tx, docs[0]!, TODAY);
  expect(docs[0]!.claims[EMAIL]).toEqual({
    key: EMAIL,
    kind: "email",
    assurance: "verified",
    at: TODAY * DAY,
    state: "waiting",
    sealed: "sealed anew",
  });
  expect(docs[0]!.pending.some(({ kind }) => kind === "unsaid")).toBe(false);
  expect(docs[1]!.pending).toContainEqual({ kind: "unsaid", identifier: EMAIL });
});

test("an erasure finds in the index what has lapsed and hasn't left it yet", () => {
  const { tx, docs } = person({ [A]: [claim(EMAIL, "asserted", TODAY - 40)] });
  expire(tx, TODAY, keeping);
  erase(tx, docs[0]!, TODAY * DAY);
  expect(tx.work.erasures[0]?.identifiers).toEqual([EMAIL]);
});

test("a topic that has become sensitive leaves what was folded before, also what was spilled, once", () => {
  const { tx, docs } = person({ [A]: [] });
  const doc = docs[0]!;
  const view = (day: number, topics: string[]) =>
    ({
      ...said(day, "asserted").items[0]!.event,
      id: `v${day}`,
      type: "page",
      topics,
    }) as unknown as Parameters<typeof foldEvents>[1][number];
  doc.slice = foldEvents({}, [view(TODAY, ["debts", "transfers"])]);
  const key = keys.cold(A, "slice", TODAY - 3);
  const cold = foldEvents({}, [view(TODAY - 3, ["debts", "youth"])]);
  tx.writeCold(key, Object.values(cold).reduce(addBucket, {}));
  doc.cold.slices = [TODAY - 3];
  doc.hints = [{ id: "h", topic: "debts" }] as VisitorDoc["hints"];
  const before = doc.version;
  expire(tx, TODAY, { ...keeping, sensitive: new Set(["debts"]) });
  expect(Object.values(doc.slice).map(({ topics }) => topics)).toEqual([{ transfers: 1 }]);
  expect(JSON.stringify(tx.readCold(key))).not.toContain("debts");
  expect(JSON.stringify(tx.readCold(key))).toContain("youth");
  expect(doc.hints).toEqual([{ id: "h" }]);
  expect(doc.version).toBe(before + 1);
  expire(tx, TODAY + 1, { ...keeping, sensitive: new Set(["debts"]) });
  expect(doc.version).toBe(before + 1);
});
