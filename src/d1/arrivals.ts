/** The newest tracked events as the setup check looks at them: their properties, and orders that came twice. A sample, bounded. */
import type { Day } from "../domain/ids.ts";
import { isObject } from "../domain/json.ts";
import type { SetupFacts, Sought } from "../domain/setup/facts.ts";
import { type PropertyType, type SeenEvent, typeOf, type ViewType } from "../domain/setup/plan.ts";
import { asking, byParts, gather, overShards } from "./shards.ts";

/** Events read for their properties, and for their order numbers. */
const SAMPLE = 1_500;
const ORDERS = 20_000;
/** Events looked through for them, the newest: where hardly anything is tracked, looking for it would read every page view. */
const LOOKED_THROUGH = 40_000;
const NEWEST = `(SELECT * FROM events WHERE day BETWEEN ?1 AND ?2 ORDER BY day DESC LIMIT ${LOOKED_THROUGH})`;
const LINES = 20;

/** What arrived of each tracked event, or of each page or screen that has a name, the most frequent first. Days both included. */
export async function readSeen(
  db: D1Database,
  from: Day,
  to: Day,
  view?: ViewType,
): Promise<SeenEvent[]> {
  const results = await gather(
    db,
    asking<{ day: Day; name: string; props: string | null }>(
      `SELECT day, name, data -> '$.props' AS props FROM ${NEWEST}
       WHERE type = '${view ?? "track"}' AND name IS NOT NULL AND name <> '' ORDER BY day DESC LIMIT ${SAMPLE}`,
      from,
      to,
    ),
    byParts(({ day }) => -day),
    SAMPLE,
  );
  const events = new Map<
    string,
    { sample: number; properties: Map<string, { times: number; types: Set<PropertyType> }> }
  >();
  for (const { name, props } of results) {
    const event = events.get(name) ?? { sample: 0, properties: new Map() };
    events.set(name, event);
    event.sample++;
    const sent: unknown = props === null ? {} : JSON.parse(props);
    for (const [property, value] of Object.entries(isObject(sent) ? sent : {})) {
      const known = event.properties.get(property) ?? { times: 0, types: new Set() };
      event.properties.set(property, known);
      known.times++;
      known.types.add(typeOf(value));
    }
  }
  return [...events]
    .map(([name, { sample, properties }]) => ({
      name,
      ...(view === undefined ? {} : { type: view }),
      sample,
      properties: [...properties].map(([property, { times, types }]) => ({
        name: property,
        times,
        types: [...types],
      })),
    }))
    .toSorted((a, b) => b.sample - a.sample);
}

export interface Doubled {
  event: string;
  orders: number;
  channels: string[];
}

const ORDERED = `SELECT DISTINCT name AS event, channel, coalesce(data ->> '$.props.order_id',
    data ->> '$.props.orderId', data ->> '$.props.transaction_id') AS number
  FROM (SELECT name, channel, data FROM ${NEWEST} WHERE type = 'track' LIMIT ${ORDERS})
  WHERE number IS NOT NULL`;

/**
 * Orders of which more than one event came, though under different message ids. Days both included. A browser and a server
 * that name one order are two visitors, and may lie in two databases.
 */
export async function readDoubled(db: D1Database, from: Day, to: Day): Promise<Doubled[]> {
  const found = await overShards(db, (shard) =>
    shard.prepare(ORDERED).bind(from, to).all<{ event: string; channel: string; number: string }>(),
  );
  const orders = Map.groupBy(
    found.flatMap(({ results }) => results),
    ({ event, number }) => JSON.stringify([event, number]),
  );
  const twice = Map.groupBy(
    [...orders.values()].filter((order) => new Set(order.map(({ channel }) => channel)).size > 1),
    (order) => order[0]?.event ?? "",
  );
  return Array.from(twice, ([event, each]) => ({
    event,
    orders: each.length,
    channels: [...new Set(each.flat().map(({ channel }) => channel))].toSorted(),
  }))
    .toSorted((a, b) => b.orders - a.orders)
    .slice(0, LINES);
}

const PATH = "data ->> '$.page.path'";

/** What is looked for, as `pagePath` spells pages: the home page's path is one slash. */
const WANTED = {
  pages: {
    types: ["page"],
    value: `CASE WHEN ${PATH} = '/' THEN '/' ELSE rtrim(${PATH}, '/') END`,
  },
  events: { types: ["track"], value: "name" },
  /** As `planName` calls them. */
  views: { types: ["page", "screen"], value: "'[' || type || '] ' || name" },
} as const;

/** Which of these pages somebody looked at, or which of these events were tracked or views named, among the newest. Days both included. */
export async function seek(
  db: D1Database,
  what: keyof typeof WANTED,
  { from, to }: { from: Day; to: Day },
  values: readonly string[],
): Promise<Sought> {
  const { types, value } = WANTED[what];
  const isOf = `type IN (${types.map((type) => `'${type}'`).join(", ")})`;
  const found = await overShards(db, async (shard) => {
    const [seen, looked] = await shard.batch([
      shard
        .prepare(
          `SELECT DISTINCT value FROM (SELECT ${value} AS value FROM ${NEWEST} WHERE ${isOf})
           WHERE value IN (SELECT value FROM json_each(?3))`,
        )
        .bind(from, to, JSON.stringify(values)),
      shard.prepare(`SELECT count(*) AS events FROM ${NEWEST}`).bind(from, to),
    ]);
    const events = ((looked?.results ?? []) as { events: number }[])[0]?.events ?? 0;
    return { seen: (seen?.results ?? []) as { value: string }[], events };
  });
  return {
    seen: new Set(found.flatMap((each) => each.seen.map((one) => one.value))),
    events: found.reduce((sum, { events }) => sum + events, 0),
    whole: found.every(({ events }) => events < LOOKED_THROUGH),
  };
}

/** A reload takes longer, two tags of one page don't. */
const TWICE_MS = 2_000;
const REPEATED = `SELECT path, times, views FROM (
    SELECT path, count(*) FILTER (WHERE apart <= ${TWICE_MS}) AS times, sum(count(*)) OVER () AS views FROM (
      SELECT ${PATH} AS path, at - lag(at) OVER (PARTITION BY visitor, ${PATH} ORDER BY at) AS apart
      FROM ${NEWEST} WHERE type = 'page' AND ${PATH} IS NOT NULL)
    GROUP BY path)
  ORDER BY times DESC, path LIMIT ${LINES}`;

/** Views of one page by one visitor within two seconds, under different message ids. Days both included. */
export async function readRepeated(
  db: D1Database,
  from: Day,
  to: Day,
): Promise<SetupFacts["repeated"]> {
  const found = await overShards(db, async (shard) => {
    const { results } = await shard
      .prepare(REPEATED)
      .bind(from, to)
      .all<{ path: string; times: number; views: number }>();
    return results;
  });
  return {
    pages: found
      .flat()
      .filter(({ times }) => times > 0)
      .map(({ path, times }) => ({ path, times }))
      .toSorted((a, b) => b.times - a.times)
      .slice(0, LINES),
    of: found.reduce((sum, pages) => sum + (pages[0]?.views ?? 0), 0),
  };
}
