/** Daily figures, so that a report over months doesn't read months of events. Cron makes them, any number of times. */
import type { Day } from "../domain/ids.ts";
import { CAMPAIGN_CHARACTERS, CAMPAIGN_VALUE } from "./campaign-figures.ts";
import { byParts, overShards, shardsOf, total } from "./shards.ts";
import { chunks, fields } from "./statements.ts";

/**
 * What a figure is by. `total` has one value, the empty one; `event` is `<type>` or `<type>:<name>`; `campaign` as
 * `campaignOf` reads it; `path` counts page views; `channel` and `device` are as events have them. `hint` counts
 * outcomes of hints, and `action` each action's, as `<outcome> <action>`; `stage` counts, as `visitors`, persons by how well they were known on their last visit of that day.
 */
export const DIMENSIONS = [
  "total",
  "event",
  "channel",
  "device",
  "campaign",
  "path",
  "hint",
  "action",
  "stage",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export interface Figure {
  day: Day;
  dimension: Dimension;
  value: string;
  events: number;
  /** Distinct on that day; not to be summed over days. */
  visitors: number;
  orders: number;
  orderCents: number;
}

/** Values kept per day and dimension, the most frequent, and their length: names and paths come from outside, without end. */
const VALUES = 200;
const VALUE_CHARACTERS = 200;

/** Where each dimension stands in an event. */
const PARTS = {
  total: "''",
  event: "type || coalesce(':' || name, '')",
  channel: "channel",
  device: "data ->> '$.device.type'",
  path: "CASE WHEN type = 'page' THEN data ->> '$.page.path' END",
  campaign: CAMPAIGN_VALUE,
} as const;

/**
 * The most frequent values of one dimension on a day; an event without a value for it isn't in it. A pass for each dimension:
 * to spread every event over its dimensions in one pass reads more rows, since what is spread is read as rows, too.
 */
const figuresBy = (dimension: keyof typeof PARTS): string => `WITH seen AS (
    SELECT visitor, substr(${PARTS[dimension]}, 1, ${dimension === "campaign" ? CAMPAIGN_CHARACTERS : VALUE_CHARACTERS}) AS value,
      CASE WHEN type = 'track' THEN data ->> '$.valueCents' END AS cents
    FROM events WHERE day = ?1
  )
  SELECT '${dimension}' AS dimension, value, count(*) AS events, count(DISTINCT visitor) AS visitors,
    count(cents) AS orders, coalesce(sum(cents), 0) AS orderCents
  FROM seen WHERE value IS NOT NULL GROUP BY value ORDER BY events DESC, value LIMIT ${VALUES}`;

const isPart = (dimension: string): dimension is keyof typeof PARTS => dimension in PARTS;

const HINTS = `SELECT 'hint' AS dimension, outcome AS value, count(*) AS events, count(DISTINCT visitor) AS visitors,
    0 AS orders, 0 AS orderCents
  FROM hints WHERE day = ?1 GROUP BY outcome ORDER BY outcome`;

const ACTIONS = `SELECT 'action' AS dimension, outcome || ' ' || action AS value, count(*) AS events,
    count(DISTINCT visitor) AS visitors, 0 AS orders, 0 AS orderCents
  FROM hints WHERE day = ?1 GROUP BY value ORDER BY value LIMIT ${VALUES}`;

/** Persons lie under the day they were last seen on, so they leave a day when they are seen on a later one: the most stays. */
const STAGES = `INSERT INTO rollups (day, dimension, value, events, visitors, orders, order_cents)
  SELECT seen_day, 'stage', stage, 0, count(*), 0, 0 FROM people WHERE seen_day = ?1 GROUP BY stage
  ON CONFLICT (day, dimension, value) DO UPDATE SET visitors = excluded.visitors
  WHERE excluded.visitors > rollups.visitors`;

/** For rows of the columns in their order. */
export const WRITE_FIGURES = `INSERT INTO rollups (day, dimension, value, events, visitors, orders, order_cents)
  SELECT ${fields(7)} FROM json_each(?1) AS item WHERE true
  ON CONFLICT (day, dimension, value) DO UPDATE SET events = excluded.events, visitors = excluded.visitors,
    orders = excluded.orders, order_cents = excluded.order_cents
  WHERE (rollups.events, rollups.visitors, rollups.orders, rollups.order_cents)
    IS NOT (excluded.events, excluded.visitors, excluded.orders, excluded.order_cents)`;

/** What was erased or has fallen off the list since. */
const PRUNE = `DELETE FROM rollups WHERE day = ?1 AND dimension <> 'stage'
  AND (dimension, value) NOT IN (SELECT item.value ->> 1, item.value ->> 2 FROM json_each(?2) AS item)`;

/**
 * What several databases say of the same: a visitor is in one of them, so distinct ones add up. A value that is rare in one
 * and frequent in another counts as far as they name it.
 */
function summed(figures: readonly Figure[][]): Figure[] {
  const [first = [], ...others] = figures;
  if (others.length === 0) return first;
  const sums = new Map<string, Figure>();
  for (const figure of figures.flat()) {
    const key = JSON.stringify([figure.day, figure.dimension, figure.value]);
    const sum = sums.get(key);
    if (!sum) sums.set(key, { ...figure });
    else
      for (const part of ["events", "visitors", "orders", "orderCents"] as const)
        sum[part] += figure[part];
  }
  return [...sums.values()];
}

/** One day's figures as its events and hints say them now: reads each of them once. */
export const figuresOf = async (
  db: D1Database,
  day: Day,
  dimensions: readonly Dimension[] = DIMENSIONS,
): Promise<Figure[]> => summed(await overShards(db, (shard) => figuresIn(shard, day, dimensions)));

async function figuresIn(
  db: D1Database,
  day: Day,
  dimensions: readonly Dimension[] = DIMENSIONS,
): Promise<Figure[]> {
  const statements = [
    ...dimensions.filter(isPart).toSorted().map(figuresBy),
    ...(dimensions.includes("hint") ? [HINTS] : []),
    ...(dimensions.includes("action") ? [ACTIONS] : []),
  ];
  const found = await db.batch<Omit<Figure, "day">>(
    statements.map((statement) => db.prepare(statement).bind(day)),
  );
  return found.flatMap(({ results }) => results).map((figure) => ({ day, ...figure }));
}

/** Keeps how well the day's persons are known. To be made on that day: later they may have moved on. */
export async function rollUpStages(db: D1Database, day: Day): Promise<void> {
  await overShards(db, (shard) => shard.prepare(STAGES).bind(day).run());
}

/** Persons last seen on that day, by stage, as the directory has them now: reads each of them once. */
export const stagesOn = async (db: D1Database, day: Day): Promise<Figure[]> =>
  summed(await overShards(db, (shard) => stagesIn(shard, day)));

export async function stagesIn(db: D1Database, day: Day): Promise<Figure[]> {
  const { results } = await db
    .prepare(
      "SELECT stage AS value, count(*) AS visitors FROM people WHERE seen_day = ?1 GROUP BY stage",
    )
    .bind(day)
    .all<Pick<Figure, "value" | "visitors">>();
  return results.map((each) => ({
    day,
    dimension: "stage",
    events: 0,
    orders: 0,
    orderCents: 0,
    ...each,
  }));
}
/** Makes a day's rollups what its events say; writes only what changed. */
export async function rollUp(db: D1Database, day: Day): Promise<void> {
  await overShards(db, (shard) => rollUpIn(shard, day));
}

async function rollUpIn(db: D1Database, day: Day): Promise<void> {
  const rows = (await figuresIn(db, day)).map((figure) => [
    day,
    figure.dimension,
    figure.value,
    figure.events,
    figure.visitors,
    figure.orders,
    figure.orderCents,
  ]);
  await db.batch([
    ...chunks(rows).map((chunk) => db.prepare(WRITE_FIGURES).bind(chunk)),
    db.prepare(PRUNE).bind(day, JSON.stringify(rows.map((row) => row.slice(0, 3)))),
  ]);
}

/** Rolled-up figures from the first day to the last, both included, by day and then the most frequent first. */
export async function readRollups(db: D1Database, query: RollupQuery): Promise<Figure[]> {
  const all = summed(await overShards(db, (shard) => rollupsIn(shard, query)));
  return shardsOf(db).length === 1 ? all : all.toSorted(inOrder);
}

/** Events of these days, both included; where there are more, at least so many. */
export const countEvents = (
  db: D1Database,
  { from, to }: Pick<RollupQuery, "from" | "to">,
  most: number,
): Promise<number> =>
  total(
    db,
    async (shard) =>
      (await shard
        .prepare("SELECT count(*) FROM (SELECT 1 FROM events WHERE day BETWEEN ?1 AND ?2 LIMIT ?3)")
        .bind(from, to, most)
        .first<number>("count(*)")) ?? 0,
  );

const inOrder = byParts<Figure>(
  ({ day }) => day,
  ({ dimension }) => dimension,
  ({ value }) => value,
);

/** Seeks each day's part of each dimension: the key begins with them. */
const SOUGHT = `json_each(?1) AS asked_day CROSS JOIN json_each(?2) AS asked CROSS JOIN rollups
    ON rollups.day = asked_day.value AND rollups.dimension = asked.value`;
const COLUMNS = "rollups.dimension, rollups.value";

const ROLLUPS = `SELECT rollups.day, ${COLUMNS}, rollups.events, rollups.visitors, rollups.orders,
    rollups.order_cents AS orderCents
  FROM ${SOUGHT} ORDER BY rollups.day, ${COLUMNS}`;

/** Values of a range, of each dimension the most frequent; as many as a list could ever show. */
export const SUMS_MAX = 1_000;
const SUMS = `SELECT ${COLUMNS}, sum(rollups.events) AS events, sum(rollups.visitors) AS visitors,
    sum(rollups.orders) AS orders, sum(rollups.order_cents) AS orderCents
  FROM ${SOUGHT} GROUP BY ${COLUMNS} ORDER BY events DESC, ${COLUMNS} LIMIT ${SUMS_MAX}`;

export interface RollupQuery {
  from: Day;
  to: Day;
  dimensions?: readonly Dimension[];
}

const asked = ({ from, to, dimensions = DIMENSIONS }: RollupQuery): [string, string] => [
  JSON.stringify(Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n)),
  JSON.stringify([...new Set(dimensions)].toSorted()),
];

async function rollupsIn(db: D1Database, query: RollupQuery): Promise<Figure[]> {
  const { results } = await db
    .prepare(ROLLUPS)
    .bind(...asked(query))
    .all<Figure>();
  return results;
}

/** Sums over a range by value, dated its first day; for lists of names, of which each day has many. */
export async function sumRollups(db: D1Database, query: RollupQuery): Promise<Figure[]> {
  const found = await overShards(db, async (shard) => {
    const { results } = await shard
      .prepare(SUMS)
      .bind(...asked(query))
      .all<Omit<Figure, "day">>();
    return results.map((figure) => ({ day: query.from, ...figure }));
  });
  return summed(found);
}

/** Of a day and dimension as many values stand as are kept: there may have been more. */
const FULL = `SELECT dimension FROM rollups WHERE day BETWEEN ?1 AND ?2
    AND dimension IN (SELECT value FROM json_each(?3))
  GROUP BY dimension, day HAVING count(*) >= ${VALUES}`;

/** Of which dimensions `sumRollups` doesn't give every value that came. */
export async function cutDimensions(
  db: D1Database,
  { from, to, dimensions = DIMENSIONS }: RollupQuery,
): Promise<Set<Dimension>> {
  const cut = await overShards(db, (shard) =>
    shard.prepare(FULL).bind(from, to, JSON.stringify(dimensions)).all<{ dimension: Dimension }>(),
  );
  return new Set(cut.flatMap(({ results }) => results.map(({ dimension }) => dimension)));
}
