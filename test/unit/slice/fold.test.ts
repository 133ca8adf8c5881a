import fc from "fast-check";
import { expect, test } from "vitest";
import type { UsherEvent } from "../../../src/domain/event.ts";
import { DAY_MS, dayOf, type MessageId, type VisitorId } from "../../../src/domain/ids.ts";
import { bucketOf, mergeBuckets } from "../../../src/domain/slice/bucket.ts";
import { joinSessions, SESSION_GAP_MS } from "../../../src/domain/slice/sessions.ts";
import {
  combine,
  EMPTY_SLICE,
  filterSlice,
  foldEvents,
  mergeSlices,
  type Profile,
  type Slice,
  usableFor,
} from "../../../src/domain/slice/slice.ts";
import { summarise } from "../../../src/domain/slice/summary.ts";
import { TALLY_KEYS, tallyOf, addTallies } from "../../../src/domain/slice/tally.ts";

const T0 = Date.UTC(2026, 10, 20);
const text = fc.string({ maxLength: 12 });

const device = fc.record(
  {
    type: fc.constantFrom("phone" as const, "tablet" as const, "desktop" as const),
    os: fc.constantFrom("iOS", "Android", "macOS"),
    browser: fc.constantFrom("Safari", "Chrome"),
  },
  { requiredKeys: ["type"] },
);
const campaign = fc.record(
  { source: text, medium: text, name: text, term: text, content: text },
  { requiredKeys: ["source"] },
);

const event = (id: number): fc.Arbitrary<UsherEvent> =>
  fc
    .record(
      {
        type: fc.constantFrom("page" as const, "track" as const, "screen" as const),
        name: fc.option(text),
        minute: fc.integer({ min: 0, max: 4 * 24 * 60 }),
        channel: fc.constantFrom("web" as const, "app" as const, "email" as const),
        purposes: fc.subarray(["advertising", "measurement", "personalization"]),
        topics: fc.array(fc.oneof(text, fc.constantFrom("__proto__", "constructor", "toString")), {
          maxLength: 3,
        }),
        valueCents: fc.integer({ min: -100_000, max: 100_000 }),
        device,
        campaign,
      },
      { requiredKeys: ["type", "name", "minute", "channel", "purposes"] },
    )
    .map(({ minute, ...rest }) => ({
      ...rest,
      id: `m${id}` as MessageId,
      day: Math.floor((T0 + minute * 60_000) / 86_400_000),
      at: T0 + minute * 60_000,
      received: T0 + minute * 60_000,
      policy: 1,
    }));

const events = fc
  .integer({ min: 1, max: 40 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, id) => event(id))));

/** A permutation and cuts, so that the same events come in another order and in other batches. */
const batches = (list: readonly UsherEvent[]): fc.Arbitrary<UsherEvent[][]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...list], { minLength: list.length }),
      fc.array(fc.nat(list.length), { maxLength: 6 }),
    )
    .map(([shuffled, cuts]) => {
      const at = [0, ...cuts.sort((a, b) => a - b), shuffled.length];
      return at.slice(1).map((end, n) => shuffled.slice(at[n], end));
    });

const fold = (list: readonly UsherEvent[]): Slice => foldEvents(EMPTY_SLICE, list);

test("the fold gives the same slice in any order and any batching", () => {
  fc.assert(
    fc.property(
      events.chain((list) => fc.tuple(fc.constant(list), batches(list))),
      ([list, parts]) => {
        expect(parts.reduce<Slice>(foldEvents, EMPTY_SLICE)).toEqual(fold(list));
        expect(parts.map(fold).reduce(mergeSlices, EMPTY_SLICE)).toEqual(fold(list));
      },
    ),
    { numRuns: 300 },
  );
});

test("buckets of one key are a commutative monoid", () => {
  const same = event(0).map((each) => bucketOf({ ...each, day: 1, purposes: ["measurement"] }));
  fc.assert(
    fc.property(same, same, same, (a, b, c) => {
      expect(mergeBuckets(a, b)).toEqual(mergeBuckets(b, a));
      expect(mergeBuckets(mergeBuckets(a, b), c)).toEqual(mergeBuckets(a, mergeBuckets(b, c)));
    }),
    { numRuns: 300 },
  );
});

test("a tally with more keys than it keeps is the same in any order, and its counts are exact", () => {
  const keys = Array.from({ length: TALLY_KEYS * 3 }, (_, n) => `topic-${n}`);
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...keys, ...keys], { minLength: keys.length * 2 }),
      (shuffled) => {
        const tally = shuffled.map((key) => tallyOf([key])).reduce((a, b) => addTallies(a, b), {});
        expect(tally).toEqual(tallyOf([...keys, ...keys]));
        expect(Object.keys(tally)).toHaveLength(TALLY_KEYS);
        expect(new Set(Object.values(tally))).toEqual(new Set([2]));
      },
    ),
    { numRuns: 50 },
  );
});

test("what somebody did is counted exactly, however many pages they looked at before, between and after", () => {
  const said = (type: "track" | "page", name: string, n: number): UsherEvent => ({
    id: `${type}-${name}-${n}` as MessageId,
    type,
    name,
    at: T0 + (n % 3) * DAY_MS + n,
    received: T0 + n,
    day: dayOf(T0 + (n % 3) * DAY_MS),
    channel: "web",
    purposes: ["measurement"],
    policy: 1,
  });
  const goals = Array.from({ length: 20 }, (_, n) => said("track", `Goal ${n}`, n));
  const pages = Array.from({ length: 400 }, (_, n) => said("page", `Page ${n}`, n));
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...goals, ...pages], { minLength: goals.length + pages.length }),
      (events) => {
        const { names } = summarise({ ["a" as VisitorId]: fold(events) });
        expect(goals.map(({ name }) => names[`track:${name}`])).toEqual(goals.map(() => 1));
      },
    ),
    { numRuns: 20 },
  );
  // More names over the years than one day has room for.
  const years = Array.from({ length: 40 }, (_, day) =>
    Array.from({ length: 10 }, (_, n) => ({
      ...said("track", `Act ${day * 10 + n}`, n),
      day: dayOf(T0) + day,
    })),
  ).flat();
  const { names } = summarise({ ["a" as VisitorId]: fold(years) });
  expect(Object.keys(names)).toHaveLength(400);
});

const profile = fc
  .array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), events), { maxLength: 4 })
  .map(
    (pairs) =>
      Object.fromEntries(pairs.map(([id, list]) => [id as VisitorId, fold(list)])) as Profile,
  );

test("combine is associative, commutative and idempotent over disjoint visitors, and taking a side out again gives what was before", () => {
  fc.assert(
    fc.property(profile, profile, profile, (p, q, r) => {
      const [a, b, c] = [p, rename(q, "q"), rename(r, "r")] as const;
      expect(combine(a, b)).toEqual(combine(b, a));
      expect(combine(combine(a, b), c)).toEqual(combine(a, combine(b, c)));
      expect(combine(a, a)).toEqual(a);
      const merged = combine(a, b);
      const undone = Object.fromEntries(Object.entries(merged).filter(([id]) => id in a));
      expect(undone).toEqual(a);
    }),
    { numRuns: 100 },
  );
});

const rename = (p: Profile, prefix: string): Profile =>
  Object.fromEntries(
    Object.entries(p).map(([id, slice]) => [`${prefix}${id}` as VisitorId, slice]),
  );

test("the summary of merged slices doesn't depend on which came first", () => {
  fc.assert(
    fc.property(profile, profile, (p, q) => {
      const b = rename(q, "q");
      expect(summarise(combine(p, b))).toEqual(summarise(combine(b, p)));
    }),
    { numRuns: 100 },
  );
});

test("sessions are the stretches of a set of moments, however they are joined", () => {
  const moments = fc.array(fc.integer({ min: 0, max: 20 * SESSION_GAP_MS }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(moments, fc.nat(30), (list, cut) => {
      const one = (part: readonly number[]) =>
        part.reduce<ReturnType<typeof joinSessions>>(
          (all, at) => joinSessions(all, [[at, at]]),
          [],
        );
      const sorted = [...list].sort((a, b) => a - b);
      const gaps = sorted.slice(1).filter((at, n) => at - sorted[n]! > SESSION_GAP_MS).length;
      expect(joinSessions(one(list.slice(0, cut)), one(list.slice(cut)))).toEqual(one(list));
      expect(one(list)).toHaveLength(gaps + 1);
    }),
  );
});

test("what was recorded under other purposes is left out, and what retention drops is gone", () => {
  fc.assert(
    fc.property(events, (list) => {
      const slice = fold(list);
      const measured = list.filter((each) => each.purposes.includes("personalization"));
      expect(usableFor(slice, new Set(["personalization"]))).toEqual(fold(measured));
      const young = list.filter((each) => each.day >= 20_779);
      expect(filterSlice(slice, (bucket) => bucket.day >= 20_779)).toEqual(fold(young));
    }),
    { numRuns: 100 },
  );
});
