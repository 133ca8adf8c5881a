import fc from "fast-check";
import { expect, test } from "vitest";
import type { UsherEvent } from "../../../src/domain/event.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { DAY_MS, dayOf, type MessageId, type PersonId } from "../../../src/domain/ids.ts";
import type { ConsentDecision } from "../../../src/domain/person/consent.ts";
import { newVisitor, type VisitorDoc } from "../../../src/person/documents.ts";
import { Host } from "../../../src/person/host.ts";
import { JOURNAL_PLACES } from "../../../src/person/journal.ts";
import { record, type SealedItem } from "../../../src/person/record.ts";
import type { Store } from "../../../src/person/store.ts";

const SELF = "a".repeat(26) as PersonId;
const START = Date.parse("2026-11-22T10:00:00Z");

class Shelf implements Store {
  readonly rows = new Map<string, unknown>();
  puts: string[] = [];
  get = (key: string): unknown => structuredClone(this.rows.get(key));
  put(key: string, value: unknown): void {
    this.puts.push(key);
    this.rows.set(key, structuredClone(value));
  }
  delete = (key: string): boolean => this.rows.delete(key);
  list = ({ prefix }: { prefix: string }): [string, unknown][] =>
    structuredClone([...this.rows].filter(([key]) => key.startsWith(prefix)));
}

const hostOn = (shelf: Shelf): Host =>
  new Host(SELF, shelf, (write) => write(), { short: () => "s".repeat(12) });

const docIn = (host: Host): VisitorDoc | undefined =>
  host.read((tx) => structuredClone(tx.visitors.get(SELF)));

/** What one call brings: so many events, under a new decision or none, with an identifier or without. */
interface Call {
  events: number;
  later: number;
  decides: boolean | null;
  says: string | null;
}

const call: fc.Arbitrary<Call> = fc.record({
  events: fc.integer({ min: 1, max: 4 }),
  later: fc.constantFrom(0, 1_000, 3_600_000, DAY_MS),
  decides: fc.option(fc.boolean(), { freq: 3 }),
  says: fc.option(fc.constantFrom("user_id:one", "anonymous_id:two"), { freq: 2 }),
});

const decisionAt = (at: number, yes: boolean): ConsentDecision => ({
  at,
  policy: 1,
  region: "DE",
  regime: "opt-in",
  granted: { measurement: true, recognition: yes },
  gpc: false,
});

function item(n: number, now: number, says: string | null): SealedItem {
  const event: UsherEvent = {
    id: `m${n}` as MessageId,
    type: "track",
    name: `Event ${n % 3}`,
    channel: "web",
    day: dayOf(now),
    at: now,
    received: now,
    purposes: ["measurement", "recognition"],
    policy: 1,
  };
  const [kind] = (says ?? "").split(":");
  return {
    event,
    dedupe: n % 5 !== 0,
    claims:
      says === null
        ? []
        : [{ key: says, kind, assurance: "asserted" } as unknown as SealedItem["claims"][number]],
    traits: null,
  };
}

const ordinary = (length: number): Call[] =>
  Array.from({ length }, () => ({ events: 1, later: 1_000, decides: null, says: null }));

function play(host: Host, calls: readonly Call[], after: () => void): void {
  let [n, now] = [0, START];
  host.transact((tx) => tx.addVisitor(newVisitor(SELF, START, "browser")));
  for (const { events, later, decides, says } of calls) {
    now += later;
    const items = Array.from({ length: events }, () => item(n++, now, says));
    const decision = decides === null ? null : decisionAt(now, decides);
    host.transact((tx) =>
      record(
        tx,
        tx.visitors.get(SELF) as VisitorDoc,
        { origin: "browser", now, decision, items },
        DEFAULT_MERGE_RULES,
      ),
    );
    after();
  }
}

test("whoever wakes after any call knows what whoever stayed awake knows", () => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
      const shelf = new Shelf();
      const awake = hostOn(shelf);
      play(awake, calls, () => expect(docIn(hostOn(shelf))).toEqual(docIn(awake)));
    }),
    { numRuns: 60 },
  );
});

test("an ordinary event writes one row that doesn't grow with the visitor's past", () => {
  const shelf = new Shelf();
  const rows: string[][] = [];
  play(hostOn(shelf), ordinary(2 * (JOURNAL_PLACES + 1)), () => {
    rows.push(shelf.puts.filter((key) => key.startsWith("hot:")));
    shelf.puts = [];
  });
  const [, ...later] = rows;
  expect(later.every((written) => written.length === 1)).toBe(true);
  const whole = later.filter(([key]) => key?.startsWith("hot:visitor:")).length;
  expect(whole).toBeLessThanOrEqual(2);
});

test("what a visitor's journal holds goes with it", () => {
  const shelf = new Shelf();
  const host = hostOn(shelf);
  play(host, ordinary(4), () => undefined);
  expect([...shelf.rows.keys()].some((key) => key.startsWith("hot:journal:"))).toBe(true);
  host.transact((tx) => tx.bury(SELF, { at: START, created: START }));
  expect([...shelf.rows.keys()]).toEqual([`hot:tomb:${SELF}`]);
});
