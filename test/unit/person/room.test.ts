/** What makes room for what is proven, in the object in which two are joined: who is parted for it, and what comes back. */
import { expect, test } from "vitest";
import type { Assurance, Claim } from "../../../src/domain/identity/claims.ts";
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import type {
  IdentifierKey,
  MergeId,
  MoveId,
  PersonId,
  VisitorId,
} from "../../../src/domain/ids.ts";
import { newVisitor, type VisitorDoc } from "../../../src/person/documents.ts";
import { Host } from "../../../src/person/host.ts";
import { activate } from "../../../src/person/activate.ts";
import { receive } from "../../../src/person/move.ts";
import { undo } from "../../../src/person/split.ts";
import type { Store } from "../../../src/person/store.ts";

const LIMIT = DEFAULT_MERGE_RULES.limits.default;
const USER = "user_id:u" as IdentifierKey;
const EMAIL = "email:e" as IdentifierKey;
const phone = (n: number): IdentifierKey => `phone:${n}` as IdentifierKey;
/** Said last. */
const LAST = phone(LIMIT);

const idOf = (letter: string): VisitorId => letter.repeat(26) as VisitorId;
const HOST = idOf("a");
const OTHER = idOf("b");
const GUEST = idOf("c");

class Shelf implements Store {
  readonly rows = new Map<string, unknown>();
  get = (key: string): unknown => structuredClone(this.rows.get(key));
  put = (key: string, value: unknown): unknown => this.rows.set(key, structuredClone(value));
  delete = (key: string): boolean => this.rows.delete(key);
  list = ({ prefix }: { prefix: string }): [string, unknown][] =>
    structuredClone([...this.rows].filter(([key]) => key.startsWith(prefix)));
}

type Said = [key: IdentifierKey, assurance: Assurance];

function visitor(id: VisitorId, created: number, said: readonly Said[]): VisitorDoc {
  const claims = said.map(([key, assurance], at): [IdentifierKey, Claim] => [
    key,
    {
      key,
      kind: key.slice(0, key.indexOf(":")) as Claim["kind"],
      assurance,
      at: created + at,
      state: "settled",
    },
  ]);
  return { ...newVisitor(id, created, "server"), claims: Object.fromEntries(claims) };
}

const edgeOn = (identifier: IdentifierKey, a: VisitorId, b: VisitorId): Edge => ({
  id: `${a}.${identifier}` as MergeId,
  a,
  b,
  evidence: { kind: "claim", identifier },
  at: 100,
  by: "policy",
  because: "",
  rules: 1,
  finder: a,
});

/** Two who were joined on the number that was said last, and so many others; then a third who proves the same user id. */
function home({ on = [LAST, "asserted"], both = [] }: { on?: Said; both?: readonly Said[] } = {}) {
  const host = new Host(HOST as unknown as PersonId, new Shelf(), (write) => write(), {
    short: () => "s".repeat(12),
  });
  const typed = Array.from({ length: LIMIT }, (_, n): Said => [phone(n + 1), "asserted"]);
  host.transact((tx) => {
    tx.addVisitor(visitor(HOST, 1, [[USER, "verified"], ...typed, on, ...both]));
    tx.addVisitor(visitor(OTHER, 20, [on, ...both, [LAST, "asserted"]]));
    tx.addEdge(edgeOn(on[0], OTHER, HOST));
  });
  const joined = edgeOn(USER, GUEST, HOST);
  const guest = visitor(GUEST, 30, [
    [USER, "verified"],
    [phone(99), "verified"],
  ]);
  return {
    host,
    arrives: () =>
      host.transact((tx) =>
        receive(
          tx,
          {
            move: `${GUEST}.m` as MoveId,
            revision: 1,
            kind: "merge",
            from: GUEST as unknown as PersonId,
            visitors: [{ doc: { ...guest, epoch: 2 }, cold: [] }],
            edges: [],
            edge: joined,
          },
          DEFAULT_MERGE_RULES,
        ),
      ),
    activates: () => host.transact(activate),
    people: () => host.read((tx) => tx.components().map((ids) => ids.toSorted())),
    stateOf: (of: VisitorId, key: IdentifierKey) =>
      host.read((tx) => tx.visitors.get(of)?.claims[key]?.state),
  };
}

test("whom both proved to be one, a typed number that makes room doesn't part", () => {
  const { arrives, activates, people } = home({ both: [[EMAIL, "verified"]] });
  expect(arrives()).toMatchObject({ answer: "staged" });
  activates();
  expect(people()).toEqual([[HOST, OTHER, GUEST]]);
});

test("who is parted by it keeps what they said themselves: there it crowds nobody", () => {
  const { arrives, activates, people, stateOf } = home();
  arrives();
  activates();
  expect(people()).toEqual([[HOST, GUEST], [OTHER]]);
  expect(stateOf(HOST, LAST)).toBe("refused");
  expect(stateOf(OTHER, LAST)).toBe("settled");
});

test("what was proven between the staging and the joining isn't pushed out", () => {
  const { host, arrives, activates, stateOf } = home();
  arrives();
  host.transact((tx) => {
    const doc = tx.visitors.get(HOST)!;
    doc.claims[LAST] = { ...doc.claims[LAST]!, assurance: "verified" };
    tx.changed(doc);
  });
  activates();
  expect(stateOf(HOST, LAST)).not.toBe("refused");
});

test("who is parted from those for whom it made room gets back what they had", () => {
  const { host, arrives, activates, people, stateOf } = home({ on: [EMAIL, "verified"] });
  arrives();
  activates();
  expect(people()).toEqual([[HOST, OTHER, GUEST]]);
  expect(stateOf(OTHER, LAST)).toBe("refused");
  host.transact((tx) =>
    undo(
      tx,
      { visitor: OTHER, merge: `${OTHER}.${EMAIL}` as MergeId, by: "officer", now: 200 },
      { short: () => "t".repeat(12) },
    ),
  );
  expect(stateOf(OTHER, LAST)).toBe("waiting");
  expect(stateOf(HOST, LAST)).toBe("refused");
});
