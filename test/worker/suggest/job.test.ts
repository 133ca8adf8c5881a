import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { visitorIdFrom } from "../../../src/domain/ids.ts";
import { seeded } from "../../../src/domain/learning/random.ts";
import { markDue } from "../../../src/d1/matching.ts";
import { type Progress, suggest } from "../../../src/suggest/job.ts";
import type { SuggestPorts } from "../../../src/suggest/ports.ts";
import { identifiers, sealer, settle, Village } from "../api/stage.ts";
import { books, clear, db, NOON } from "../d1/books.ts";
import { strangers } from "./town.ts";

let village: Village;
beforeEach(clear);

/** People as plain data, over the real database, key store and index. */
async function town(persons: number): Promise<VisitorId[]> {
  village = new Village();
  const people = strangers(persons);
  const ids = people.map(({ id }) =>
    visitorIdFrom(new TextEncoder().encode(`town ${id.padEnd(20, ".")}`)),
  );
  for (const [n, { fields }] of people.entries())
    await settle(village, ids[n] as VisitorId, { traits: fields as Record<string, string> });
  return ids;
}

const due = (ids: readonly VisitorId[], at = NOON) =>
  db.batch(
    markDue(
      db,
      ids.map((visitor) => ({ visitor, at })),
    ),
  );

const healthy = (): SuggestPorts => ({
  db,
  bucket: env.KEYS,
  people: village,
  identifiers,
  sealer,
  mergeRules: async () => DEFAULT_MERGE_RULES,
});

const MOST_RUNS = 2_000;

/** Runs until nothing is left; `calls` is what a run may take, each time. */
async function runs(calls: () => number, ports = healthy): Promise<Progress & { runs: number }> {
  const total = { refreshed: 0, compared: 0, learned: false, done: false, runs: 0 };
  while (!total.done && total.runs++ < MOST_RUNS) {
    const progress = await suggest(ports(), NOON, calls()).catch(() => null);
    if (!progress) continue;
    total.refreshed += progress.refreshed;
    total.compared += progress.compared;
    total.learned ||= progress.learned;
    total.done = progress.done;
  }
  expect(total.done).toBe(true);
  return total;
}

/** What was found, with its reasons; whatever else is stored must say the same, too. */
async function outcome() {
  const { suggestions, suggestion_ends, match_keys, match_due } = await books();
  expect(match_due).toEqual([]);
  return { suggestions, suggestion_ends, match_keys };
}

test("nobody is compared by an address that an officer blocked, be it claimed or only among what they said, nor by one that the rules block", async () => {
  village = new Village();
  const said = { email: "reception@lodge.example", phone: "+49 761 123456" };
  const [x, y] = ["one", "two"].map((name) =>
    visitorIdFrom(new TextEncoder().encode(`at the lodge ${name}`.padEnd(16, "."))),
  ) as [VisitorId, VisitorId];
  for (const [n, id] of [x, y].entries())
    await settle(village, id, {
      says: n === 0 ? [["email", said.email, "asserted"]] : [],
      traits: { ...said, firstName: n === 0 ? "Ulla" : "Ulle" },
    });
  const email = await identifiers.key("email", said.email);
  const phone = await identifiers.key("phone", "+49761123456");
  const { blocked } = DEFAULT_MERGE_RULES;
  const compared = async (rules: Partial<typeof DEFAULT_MERGE_RULES>, at: number) => {
    await due([x, y], at);
    const ports = { ...healthy(), mergeRules: async () => ({ ...DEFAULT_MERGE_RULES, ...rules }) };
    await suggest(ports, NOON);
    const { match_records } = await books();
    return (match_records as { visitor: string }[]).map(({ visitor }) => visitor);
  };
  expect((await compared({}, NOON)).toSorted()).toEqual([x, y].toSorted());
  expect(await compared({ blockedKeys: new Set([email, phone]) }, NOON + 1)).toEqual([]);
  expect(await compared({}, NOON + 2)).toHaveLength(2);
  const values = [said.email, "phone:+49761123456"];
  expect(await compared({ blocked: { ...blocked, values } }, NOON + 3)).toEqual([]);
});

test("in one run or in any number of slices, the same people are suggested", async () => {
  const ids = await town(24);
  const random = seeded(4);
  const slices = [() => 1_000_000, () => 1, () => 1 + Math.floor(random() * 120)];
  const outcomes = [];
  for (const slice of slices) {
    await clear();
    await due(ids);
    await runs(slice);
    outcomes.push(await outcome());
  }
  expect(outcomes[0]?.suggestions?.length).toBeGreaterThan(5);
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[2]).toEqual(outcomes[0]);
});

/** Fails the nth call to any store, before it takes effect or after. */
function failing(nth: number, when: "before" | "after"): () => SuggestPorts {
  let calls = 0;
  const guard = <T extends object>(target: T, methods: readonly string[]): T =>
    new Proxy(target, {
      get: (real, name) => {
        const member = Reflect.get(real, name) as unknown;
        if (typeof member !== "function") return member;
        const bound = member.bind(real) as (...args: unknown[]) => unknown;
        if (name === "prepare" || name === "bind")
          return (...args: unknown[]) => statement(bound(...args) as D1PreparedStatement);
        if (name === "batch")
          return struck((list: unknown) =>
            bound((list as { real?: object }[]).map((each) => each.real ?? each)),
          );
        return methods.includes(String(name)) ? struck(bound) : bound;
      },
    });
  const statement = (real: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(real, {
      get: (target, name) => {
        if (name === "real") return target;
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== "function") return member;
        const bound = member.bind(target) as (...args: unknown[]) => unknown;
        if (name === "bind")
          return (...args: unknown[]) => statement(bound(...args) as D1PreparedStatement);
        return struck(bound);
      },
    });
  const struck =
    (call: (...args: unknown[]) => unknown) =>
    async (...args: unknown[]) => {
      const mine = ++calls === nth;
      if (mine && when === "before") throw new Error("failed by the test");
      const result = await call(...args);
      if (mine) throw new Error("its answer was lost");
      return result;
    };
  return () => {
    const ports = healthy();
    return {
      ...ports,
      db: guard(ports.db, []),
      bucket: guard(ports.bucket, ["get", "put"]),
      people: guard(ports.people, ["view", "link"]) as SuggestPorts["people"],
      sealer: guard(ports.sealer, ["reseal", "unseal"]),
    };
  };
}

test.each(["before", "after"] as const)(
  "killed at the first, the second, the third … call of its runs, %s it took effect, it comes to the same",
  async (when) => {
    const ids = await town(14);
    await due(ids);
    await runs(() => 1_000_000);
    const wanted = await outcome();
    expect(wanted.suggestions?.length).toBeGreaterThan(2);
    await clear();
    await due(ids);
    let nth = 0;
    // Later calls are like earlier ones, of another record.
    const next = (): number => (nth += nth < 24 ? 1 : 11);
    const total = await runs(
      () => 1_000_000,
      () => failing(next(), when)(),
    );
    expect(total.runs).toBeGreaterThan(20);
    expect(await outcome()).toEqual(wanted);
  },
);

test("what changed is compared and nothing else, and the work grows with the people", async () => {
  const ids = await town(40);
  await due(ids.slice(0, 30));
  const half = await runs(() => 1_000_000);
  expect(half).toMatchObject({ refreshed: 30, learned: true });
  expect(await suggest(healthy(), NOON)).toMatchObject({ refreshed: 0, compared: 0, done: true });
  await due(ids.slice(30, 33), NOON + 1);
  const more = await runs(() => 1_000_000);
  expect(more).toMatchObject({ refreshed: 3, learned: false });
  expect(more.compared).toBeLessThan(half.compared);
});

test("one that can't be read doesn't keep the others from being compared", async () => {
  const ids = await town(14);
  await due(ids);
  await runs(() => 1_000_000);
  const before = await books();
  await due([ids[0] as VisitorId, ids[1] as VisitorId], NOON + 1);
  const people: SuggestPorts["people"] = {
    link: village.link,
    amend: village.amend,
    view: (visitor, near) =>
      visitor === ids.toSorted()[0]
        ? Promise.reject(new Error("out"))
        : village.view(visitor, near),
  };
  await db.batch(
    markDue(
      db,
      ids.map((visitor) => ({ visitor, at: NOON + 2 })),
    ),
  );
  await expect(suggest({ ...healthy(), people }, NOON)).rejects.toThrow("1 records failed");
  expect((await books())["match_due"]).toHaveLength(1);
  expect((await books())["suggestions"]).toEqual(before["suggestions"]);
});

test("who is due while the model was thrown away is compared all the same", async () => {
  const ids = await town(24);
  const last = ids.at(-1) as VisitorId;
  await due(ids);
  await runs(() => 1_000_000);
  const wanted = await outcome();
  await clear();
  await due(ids.filter((id) => id !== last));
  await runs(() => 1_000_000);
  await db.prepare("DELETE FROM learned WHERE name = 'matching'").run();
  await due([last], NOON + 1);
  await runs(() => 1_000_000);
  const pairs = ({ suggestions }: Awaited<ReturnType<typeof outcome>>): string[] =>
    (suggestions as { a: string; b: string }[]).map(({ a, b }) => `${a} ${b}`);
  const mine = (list: string[]): string[] => list.filter((pair) => pair.includes(last));
  expect(mine(pairs(await outcome()))).toEqual(mine(pairs(wanted)));
});

test("a fact that changes during a run stays due", async () => {
  const ids = await town(4);
  await due(ids);
  const ports = healthy();
  const people: SuggestPorts["people"] = {
    link: village.link,
    amend: village.amend,
    view: async (visitor, near) => {
      if (visitor === ids[0]) await due([visitor], NOON + 5);
      return village.view(visitor, near);
    },
  };
  await suggest({ ...ports, people }, NOON);
  expect((await books())["match_due"]).toEqual([{ visitor: ids[0], at: NOON + 5 }]);
});
