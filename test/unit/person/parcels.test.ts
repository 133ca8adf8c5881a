import { expect, test } from "vitest";
import type { UsherEvent } from "../../../src/domain/event.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { dayOf, type MessageId, type PersonId, type VisitorId } from "../../../src/domain/ids.ts";
import { newVisitor } from "../../../src/person/documents.ts";
import { Host } from "../../../src/person/host.ts";
import { landed, prepare } from "../../../src/person/outbox.ts";
import { record } from "../../../src/person/record.ts";
import { recordOf } from "../../support/records.ts";

const SELF = "a".repeat(26);
const NOW = Date.parse("2026-11-22T10:00:00Z");

const eventNumber = (n: number): UsherEvent => ({
  id: `m${n}` as MessageId,
  type: "track",
  name: "Event",
  channel: "web",
  day: dayOf(NOW),
  at: NOW,
  received: NOW,
  purposes: ["measurement"],
  policy: 1,
});

test("each event is handed over once, however many came before it and whoever landed those", () => {
  const store = { get: () => undefined, put: () => undefined, delete: () => true, list: () => [] };
  const host = new Host(SELF as PersonId, store, (write) => write(), {
    short: () => "s".repeat(12),
  });
  const handed: string[] = [];
  const said: string[] = [];
  for (let n = 0; n < 1_500; n++) {
    host.transact((tx) => {
      if (n === 0) tx.addVisitor(newVisitor(SELF as VisitorId, NOW, "browser"));
      const doc = tx.visitors.get(SELF as VisitorId);
      if (!doc) throw new Error("the visitor is gone");
      const event = eventNumber(n);
      said.push(event.id);
      record(tx, doc, recordOf(event, NOW), DEFAULT_MERGE_RULES);
      const parcel = host.handOver(tx, doc, DEFAULT_MERGE_RULES, NOW);
      handed.push(...(parcel?.landing.events ?? []).map((each) => each.event.id));
    });
    expect(host.isCarried).toBe(true);
    // The alarm lands most of it, and nobody tells of the parcels.
    if (n % 40 === 39) host.transact((tx) => landed(tx, prepare(tx, [], NOW).handed));
  }
  expect(handed).toEqual(said);
});

test("a person whose row was lost on its way is listed with what is handed over next, which may be the last for long", () => {
  const store = { get: () => undefined, put: () => undefined, delete: () => true, list: () => [] };
  const names = { short: () => "s".repeat(12) };
  const host = new Host(SELF as PersonId, store, (write) => write(), names);
  const recorded = (n: number) =>
    host.transact((tx) => {
      const doc = tx.visitors.get(SELF as VisitorId);
      if (!doc) throw new Error("the visitor is gone");
      record(tx, doc, recordOf(eventNumber(n), NOW), DEFAULT_MERGE_RULES);
      return host.handOver(tx, doc, DEFAULT_MERGE_RULES, NOW);
    });
  host.transact((tx) => {
    tx.addVisitor(newVisitor(SELF as VisitorId, NOW, "browser"));
    // The alarm's landing, which fails: nothing is heard of it again.
    expect(prepare(tx, [], NOW).landing.person).not.toBeNull();
  });
  expect(recorded(1)?.landing.person?.id).toBe(SELF);
  // Now it is on its way once more.
  const second = recorded(2);
  expect(second?.landing.person).toBeNull();
});
