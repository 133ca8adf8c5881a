import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { UsherEvent } from "../../../src/domain/event.ts";
import type { MessageId, VisitorId } from "../../../src/domain/ids.ts";
import {
  daysKept,
  firstDayFor,
  isExpired,
  keepingOf,
  retentionOf,
  standingPurposes,
} from "../../../src/domain/retention.ts";
import { foldEvents } from "../../../src/domain/slice/slice.ts";
import { spill, wholeSlice } from "../../../src/person/cold.ts";
import { newVisitor } from "../../../src/person/documents.ts";
import { expire } from "../../../src/person/expire.ts";
import type { Store } from "../../../src/person/store.ts";
import { Transactor } from "../../../src/person/transactor.ts";

const retention = retentionOf(DEFAULT_POLICY);

test("what was recorded under several purposes is kept as long as the longest of them", () => {
  expect(retention).toEqual({
    measurement: 395,
    personalization: 180,
    recognition: 395,
    advertising: 90,
  });
  expect(daysKept(retention, ["advertising", "personalization"])).toBe(180);
  expect(daysKept(retention, ["measurement", "advertising"])).toBe(395);
});

test("what was recorded under a purpose that the policy no longer has is kept as short as anything", () => {
  expect(daysKept(retention, ["surveys"])).toBe(90);
  expect(daysKept(retention, [])).toBe(90);
});

test("each purpose ends by itself: after three months an event counts for measurement, no longer for advertising", () => {
  const recorded = { day: TODAY - 91, purposes: ["advertising", "measurement", "surveys"] };
  expect(standingPurposes(retention, recorded, TODAY - 1)).toEqual(recorded.purposes);
  expect(standingPurposes(retention, recorded, TODAY)).toEqual(["measurement"]);
  expect(firstDayFor(retention, "advertising", TODAY)).toBe(TODAY - 90);
});

test("with advertising the click id goes, and what measurement needs of the campaign stays", () => {
  const store = storeOf();
  const tx = new Transactor("self" as VisitorId, store);
  const doc = newVisitor("self" as VisitorId, 0, "browser");
  tx.addVisitor(doc);
  const [landed] = fc.sample(event, 1) as [UsherEvent];
  const campaign = {
    source: "google",
    click: { vendor: "google", param: "gclid", id: "a-click" },
  };
  const of = (day: number): UsherEvent => ({
    ...landed,
    id: String(day) as MessageId,
    day,
    purposes: ["advertising", "measurement"],
    campaign,
  });
  doc.slice = foldEvents({}, [of(TODAY - 100), of(TODAY - 10)]);
  expire(tx, TODAY, keepingOf(DEFAULT_POLICY));
  const [old, young] = Object.values(doc.slice);
  expect(old?.purposes).toEqual(["measurement"]);
  expect(Object.values(old?.touches ?? {})).toMatchObject([
    { campaign: { source: "google", click: { vendor: "google", param: "gclid" } }, count: 1 },
  ]);
  expect(JSON.stringify(old)).not.toContain("a-click");
  expect(JSON.stringify(young)).toContain("a-click");
});

const TODAY = 20_000;

function storeOf(): Store {
  const map = new Map<string, unknown>();
  return {
    get: (key) => structuredClone(map.get(key)),
    put: (key, value) => void map.set(key, structuredClone(value)),
    delete: (key) => map.delete(key),
    *list({ prefix }) {
      for (const [key, value] of map) if (key.startsWith(prefix)) yield [key, value];
    },
  };
}

const purposes = fc.subarray(Object.keys(retention), { minLength: 1 });
const event = fc
  .record({ age: fc.integer({ min: 0, max: 450 }), purposes })
  .map(({ age, purposes: under }, n = 0): UsherEvent => {
    const day = TODAY - age;
    return {
      id: `${day}.${under.join()}.${n}` as MessageId,
      type: "track",
      name: "Seen",
      channel: "web",
      day,
      at: day * 86_400_000,
      received: day * 86_400_000,
      purposes: under.toSorted(),
      policy: 1,
    };
  });

test("an object keeps exactly the days that haven't expired, hot and cold, however often it looks", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.boolean(), (events, cold) => {
      const store = storeOf();
      const tx = new Transactor("self" as VisitorId, store);
      const doc = newVisitor("self" as VisitorId, 0, "browser");
      tx.addVisitor(doc);
      doc.slice = foldEvents({}, events);
      if (cold) spill(tx, doc, TODAY * 86_400_000);
      tx.commit();
      for (let n = 0; n < 2; n++) {
        expire(tx, TODAY, keepingOf(DEFAULT_POLICY));
        tx.commit();
        const left = Object.values(wholeSlice(tx, doc));
        const expected = events.filter((each) => !isExpired(retention, each, TODAY));
        for (const purpose of Object.keys(retention)) {
          const usable = events.filter(
            (each) =>
              each.purposes.includes(purpose) &&
              TODAY - each.day <= (retention[purpose] ?? 0) &&
              !isExpired(retention, each, TODAY),
          );
          const counted = left.filter((bucket) => bucket.purposes.includes(purpose));
          expect(counted.reduce((sum, bucket) => sum + bucket.events, 0)).toBe(usable.length);
        }
        expect(left.reduce((sum, bucket) => sum + bucket.events, 0)).toBe(expected.length);
        expect(left.every((bucket) => !isExpired(retention, bucket, TODAY))).toBe(true);
        for (const day of doc.cold.slices)
          expect(store.get(`cold:self:slice:${day}`)).toBeDefined();
      }
    }),
  );
});
