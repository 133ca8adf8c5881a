/** The steps of a resharding (resharding.ts). Each does a little, may be broken off anywhere, and may be repeated. */
import { type Day, dayOf, type Millis } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import {
  byPlace,
  FIGURES,
  IN_SHARDS,
  keyAfter,
  lock,
  MOVED,
  type MovedTable,
  pageOf,
  putRows,
  removeSome,
  tableNamed,
  TOMBSTONES,
  unlock,
} from "./moving.ts";
import { moveFigures, moveStages, tallyFigures } from "./moving-figures.ts";
import { isInPlace, isUnderWay, type Resharding, same } from "./resharding-state.ts";
import { rollUpStages } from "./rollups.ts";
import { FIRST, type Layout, layoutOf, named } from "./shards.ts";
import { isSame, NOTHING, type Tally, tallyOf, together } from "./tally.ts";

/** Queries of one call: a Worker has a thousand. */
const QUERIES = 500;
/** Readers at once: a Worker has six connections. */
const AT_ONCE = 6;

/** Of one page: it is read, and put where it belongs behind the lock. */
const queriesOf = ({ to }: Resharding): number => 1 + 3 * to.length;

const atOnce = (state: Resharding): number =>
  Math.max(1, Math.min(AT_ONCE, Math.floor(QUERIES / queriesOf(state))));

/** How often a call may go on. */
export const roundsOf = (state: Resharding): number =>
  Math.max(1, Math.floor(QUERIES / (atOnce(state) * queriesOf(state))));

type Key = readonly (string | number)[];

/** What of a database is a shard's: tombstones in `DB` are everybody's. */
export const shardTables = (name: string): readonly MovedTable[] =>
  IN_SHARDS.filter((table) => name !== FIRST || table !== TOMBSTONES);

/** Of each of these tables one, at its beginning. */
export const readersOf = (
  names: readonly string[],
  tablesOf: (name: string) => readonly MovedTable[],
): Record<string, Key> =>
  Object.fromEntries(
    names.flatMap((name) => tablesOf(name).map((table) => [`${name}/${table.name}`, []])),
  );

/** The same again when there is nothing to do. */
export async function advanced(
  db: D1Database,
  state: Resharding,
  now: Millis,
  settle: Millis,
): Promise<Resharding> {
  const layout = layoutOf(db);
  if (isUnderWay(state) && !isInPlace(state, layout))
    throw new Problem("conflict", `SHARDS has to be ${state.from.join(",")} until all has moved`);
  const [sources, targets] = [state.from, state.to].map((names) =>
    names.map((name) => named(layout, name)),
  ) as [D1Database[], D1Database[]];
  const first = named(layout, FIRST);
  const today = dayOf(state.began);
  switch (state.step) {
    case "lock": {
      for (const each of sources) await unlock(each, [FIGURES]);
      await rollUpStages(db, today);
      for (const each of [...sources, ...targets]) await lock(each, IN_SHARDS);
      await lock(first, [TOMBSTONES]);
      const readers = {
        ...readersOf(state.from, () => MOVED),
        ...readersOf([FIRST], () => [TOMBSTONES]),
      };
      return { ...state, step: "copy", readers };
    }
    case "copy":
      if (isRead(state))
        return { ...state, step: "figures", readers: readersOf(state.to, () => [FIGURES]) };
      return read(state, "expected", async (name, table, after) => {
        const page = await pageOf(named(layout, name), table, after);
        const places = byPlace(table, page, targets.length);
        // Those of visitors whose shard is `DB` lie there already.
        if (table === TOMBSTONES) places.delete(state.to.indexOf(FIRST));
        for (const [place, rows] of places)
          await putRows(targets[place] as D1Database, table, rows);
        return { after: keyAfter(table, page), tally: tallyOf([...places.values()].flat()) };
      });
    case "figures":
      if (isRead(state)) {
        await moveStages(sources, targets, today);
        return { ...state, step: "check", readers: readersOf(state.to, shardTables), found: {} };
      }
      return read(state, "expected", async (name, _, [after = 0]) => {
        const place = state.to.indexOf(name);
        const theirs = sources.filter((__, n) => n % targets.length === place);
        const moved = await moveFigures(theirs, named(layout, name), {
          after: Number(after),
          today,
        });
        return moved ? { after: [moved.day], tally: moved.tally } : { after: null, tally: NOTHING };
      });
    case "check":
      return isRead(state) ? checked(targets, state) : checking(layout, state, today);
    case "back":
      return back(layout, state, targets, today);
    case "switch":
      if (!same(layout.names, state.to)) return state;
      if (state.switched === null) return { ...state, switched: now };
      if (now - state.switched < settle) return state;
      await unlock(first, [TOMBSTONES]);
      return { ...state, step: "clean", readers: readersOf(state.from, shardTables) };
    case "clean":
      return isRead(state) ? { ...state, step: "done" } : removing(layout, state);
    case "undo":
      if (!isRead(state)) return removing(layout, state);
      for (const each of sources) await unlock(each, IN_SHARDS);
      // Whoever looks for visitors there, by a deployment gone wrong, can write nothing.
      for (const [n, each] of targets.entries()) await lock(each, shardTables(state.to[n] ?? ""));
      await unlock(first, [TOMBSTONES]);
      return { ...state, step: "undone" };
    case "done":
    case "failed":
    case "undone":
      return state;
  }
}

const isRead = ({ readers }: Resharding): boolean => Object.keys(readers).length === 0;

/** Reads on, some readers at once, and adds up what they read. */
async function read(
  state: Resharding,
  into: "expected" | "found",
  page: (
    name: string,
    table: MovedTable,
    after: Key,
  ) => Promise<{ after: Key | null; tally: Tally }>,
): Promise<Resharding> {
  const some = Object.entries(state.readers).slice(0, atOnce(state));
  const pages = await Promise.all(
    some.map(async ([reader, from]) => {
      const [name = "", table = ""] = reader.split("/");
      return { reader, table, ...(await page(name, tableNamed(table), from)) };
    }),
  );
  const readers: Record<string, Key> = { ...state.readers };
  const tallies = { ...state[into] };
  for (const { reader, table, after, tally } of pages) {
    if (after === null) delete readers[reader];
    else readers[reader] = after;
    tallies[table] = together(tallies[table] ?? NOTHING, tally);
  }
  return { ...state, readers, [into]: tallies };
}

/** What lies in another shard than its own doesn't count as found. */
const checking = (layout: Layout, state: Resharding, today: Day): Promise<Resharding> =>
  read(state, "found", async (name, table, from) => {
    const page = await pageOf(named(layout, name), table, from);
    const after = keyAfter(table, page);
    if (table === FIGURES) return { after, tally: tallyFigures(page, today) };
    const own = byPlace(table, page, state.to.length).get(state.to.indexOf(name)) ?? [];
    return { after, tally: tallyOf(own) };
  });

/** What is as it was may be written to again, by whoever looks for it there. */
async function checked(targets: readonly D1Database[], state: Resharding): Promise<Resharding> {
  const wrong = differing(state);
  return wrong === undefined ? opened(targets, state) : { ...state, step: "failed", wrong };
}

/** The table that isn't there as it was, if there is one. */
const differing = ({ expected, found }: Resharding): string | undefined =>
  IN_SHARDS.map(({ name }) => name).find(
    (name) => !isSame(expected[name] ?? NOTHING, found[name] ?? NOTHING),
  );

async function opened(targets: readonly D1Database[], state: Resharding): Promise<Resharding> {
  for (const [n, target] of targets.entries()) await unlock(target, shardTables(state.to[n] ?? ""));
  return { ...state, step: "switch", readers: {} };
}

/** What was open to a Worker that has the new shards is read again behind the lock: what has landed there isn't given up. */
async function back(
  layout: Layout,
  state: Resharding,
  targets: readonly D1Database[],
  today: Day,
): Promise<Resharding> {
  if (same(layout.names, state.to)) return opened(targets, state);
  for (const [n, target] of targets.entries()) await lock(target, shardTables(state.to[n] ?? ""));
  if (!isRead(state)) return checking(layout, state, today);
  return differing(state) === undefined
    ? { ...state, step: "undo", readers: readersOf(state.to, shardTables) }
    : opened(targets, state);
}

/** Removes a little of what each reader stands for. */
const removing = (layout: Layout, state: Resharding): Promise<Resharding> =>
  read(state, "found", async (name, table) => ({
    after: (await removeSome(named(layout, name), table)) ? [] : null,
    tally: NOTHING,
  }));
