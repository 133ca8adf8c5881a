/**
 * A site's visitors against one database and against four behind one, in the same run: what is accepted is in exactly one
 * of them once, every database has its share, and every reader finds what it is asked for.
 *
 *     shards [--visitors 400] [--events 10] [--rounds 3] [--shards 4] [--queue]
 *
 * With `--queue` both land over a queue of their own, and the balance is that of what came out of it.
 * Rounds alternate, and the ratio is that of each round's two halves. Here all databases run on one thread, so the ratio
 * tells what spreading costs; on the platform each has a thread of its own, and adds its throughput.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { testBindings } from "../support/bindings.ts";
import { load, request } from "./load.ts";
import { ALL, fromServer, message } from "./messages.ts";
import { cpuSeconds, type Runtime, start } from "./runtime.ts";

const CONNECTIONS = 16;
/** What isn't landed by then is lost. */
const GIVE_UP_MS = 90_000;
/** Visitors whose journey is read and compared. */
const JOURNEYS = 25;

interface Counting {
  prepare(sql: string): { first<T>(column: string): Promise<T | null> };
}

/** One Worker with its databases, and what it has accepted so far. */
class Site {
  readonly name: string;
  readonly databases: readonly Counting[];
  private readonly url: URL;
  accepted = 0;

  constructor(name: string, url: URL, databases: readonly Counting[]) {
    this.name = name;
    this.url = url;
    this.databases = databases;
  }

  /** One event of each visitor after the other. Gives events a second, landing included, and the CPU of one. */
  async round(visitors: readonly string[], from: number, events: number): Promise<Round> {
    const requests = Array.from({ length: visitors.length * events }, (_, at) => {
      const visitor = visitors[at % visitors.length] as string;
      const n = from + Math.floor(at / visitors.length);
      const { headers, body } = fromServer(message(visitor, n, ALL));
      return request(this.url, "/_u/v1/track", headers, body);
    });
    const [began, cpu] = [performance.now(), await cpuSeconds()];
    const { failed } = await load({ url: this.url, requests, connections: CONNECTIONS });
    this.accepted += requests.length - failed;
    await this.landed();
    return {
      perSecond: (requests.length * 1_000) / (performance.now() - began),
      cpu: (((await cpuSeconds()) - cpu) * 1e6) / requests.length,
      failed,
    };
  }

  private async landed(): Promise<void> {
    for (const until = Date.now() + GIVE_UP_MS; Date.now() < until; await pause(100))
      if (sum(await this.rows("events")) >= this.accepted) return;
  }

  rows(table: string, what = "*"): Promise<number[]> {
    return Promise.all(
      this.databases.map(
        async (db) =>
          (await db.prepare(`SELECT count(${what}) AS n FROM ${table}`).first("n")) ?? 0,
      ),
    );
  }

  async api(path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(new URL(`/_u/api${path}`, this.url), {
      method: body ? "POST" : "GET",
      headers: {
        authorization: `Bearer ${testBindings.OWNER_TOKEN}`,
        "content-type": "application/json",
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  /** Erases one visitor over the API. True when no database has anything of it but tombstones. */
  async erase(visitor: string): Promise<boolean> {
    const identifier = `anonymous_id:${visitor}`;
    const { people } = await this.api(`/people?identifier=${encodeURIComponent(identifier)}`);
    const [person] = people as { id: string }[];
    if (!person) return false;
    let request = await this.api("/requests", { kind: "erase", identifier });
    for (const until = Date.now() + GIVE_UP_MS; Date.now() < until; await pause(200)) {
      if (request["state"] === "done") break;
      request = await this.api(`/requests/${String(request["id"])}`);
    }
    const left = await Promise.all(
      ["events", "claims", "receipts", "hints"].map((table) =>
        this.rows(`${table} WHERE visitor = '${person.id}'`),
      ),
    );
    const listed = await this.rows(`people WHERE id = '${person.id}'`);
    return request["state"] === "done" && sum([...left.flat(), ...listed]) === 0;
  }

  /** Walks the directory, and reads the journeys of some of those in it. */
  async read(): Promise<{ people: number; journeys: number[] }> {
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page = await this.api(
        `/people?limit=100${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      ids.push(...(page["people"] as { id: string }[]).map(({ id }) => id));
      cursor = page["cursor"] as string | null;
    }
    const journeys: number[] = [];
    for (const id of ids.slice(0, JOURNEYS)) {
      const { events } = await this.api(`/people/${id}/journey?limit=100`);
      journeys.push((events as unknown[]).length);
    }
    return { people: new Set(ids).size, journeys };
  }
}

interface Round {
  perSecond: number;
  cpu: number;
  failed: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const rounded = (number: number): number => Math.round(number * 1_000) / 1_000;
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

export interface Shards {
  visitors: number;
  events: { accepted: number; landed: number; distinct: number; failed: number };
  /** Nothing lost, nothing doubled, everybody listed once, every journey whole: in one database and in several. */
  balanced: boolean;
  /** One visitor was erased over the API, from all of them, and the others' rows stayed. */
  erased: boolean;
  /** Rows of each of the several databases. */
  spread: { events: number[]; people: number[]; claims: number[] };
  /** The largest share of events over the smallest. */
  evenness: number;
  /** Several over one, of each round: events a second until they have landed, and CPU for each. */
  throughputRatio: number;
  cpuRatio: number;
  perSecond: Record<string, number>;
}

export const run = async (args: string[]): Promise<Shards> => {
  const { values } = parseArgs({
    args,
    options: {
      visitors: { type: "string" },
      events: { type: "string" },
      rounds: { type: "string" },
      shards: { type: "string" },
      queue: { type: "boolean", default: false },
    },
  });
  const [events, rounds] = [Number(values.events ?? 10), Number(values.rounds ?? 3)];
  const names = Array.from({ length: Number(values.shards ?? 4) }, (_, n) => `shard-${n}`);
  const visitors = Array.from({ length: Number(values.visitors ?? 400) }, (_, n) => `visitor-${n}`);
  const queued = (site: string) => (values.queue ? { queue: `usher-${site}` } : {});
  const worker = { entry: "src/worker.ts", objects: ["Person"] };
  const runtime = await start([
    { name: "one", ...worker, databases: ["alone"], ...queued("one") },
    { name: "several", ...worker, databases: names, ...queued("several") },
  ]);
  try {
    const one = await siteOf(runtime, "one", 1);
    const several = await siteOf(runtime, "several", names.length);
    const results: { one: Round; several: Round }[] = [];
    const perRound = Math.ceil(events / rounds);
    for (let round = 0; round < rounds; round++) {
      const [first, second] = round % 2 === 0 ? [one, several] : [several, one];
      const times = new Map<string, Round>();
      for (const site of [first, second])
        times.set(site.name, await site.round(visitors, round * perRound, perRound));
      const result = { one: times.get("one") as Round, several: times.get("several") as Round };
      process.stderr.write(`shards: round ${round} ${JSON.stringify(result)}\n`);
      results.push(result);
    }
    return await summed(visitors.length, perRound * rounds, one, several, results);
  } finally {
    await runtime.dispose();
  }
};

async function siteOf({ urls, miniflare }: Runtime, name: string, count: number): Promise<Site> {
  const databases: Counting[] = [];
  for (let place = 0; place < count; place++)
    databases.push(await miniflare.getD1Database(place === 0 ? "DB" : `DB_${place}`, name));
  return new Site(name, urls.get(name) as URL, databases);
}

async function summed(
  visitors: number,
  eventsEach: number,
  one: Site,
  several: Site,
  results: readonly { one: Round; several: Round }[],
): Promise<Shards> {
  const spread = {
    events: await several.rows("events"),
    people: await several.rows("people"),
    claims: await several.rows("claims"),
  };
  const ids = "DISTINCT visitor || id";
  const distinct = sum(await several.rows("events", ids));
  const alone = sum(await one.rows("events"));
  const [found, expected] = [await several.read(), await one.read()];
  const gone = await several.erase("visitor-0");
  const rest = sum(await several.rows("events"));
  const failed = sum(results.map((result) => result.one.failed + result.several.failed));
  const balanced =
    failed === 0 &&
    sum(spread.events) === several.accepted &&
    distinct === several.accepted &&
    alone === one.accepted &&
    sum(await one.rows("events", ids)) === alone &&
    [found, expected].every(
      ({ people, journeys }) =>
        people === visitors && journeys.every((length) => length === eventsEach),
    );
  return {
    visitors,
    events: { accepted: several.accepted, landed: sum(spread.events), distinct, failed },
    balanced,
    erased: gone && rest === sum(spread.events) - eventsEach,
    spread,
    evenness: rounded(Math.max(...spread.events) / Math.max(1, Math.min(...spread.events))),
    throughputRatio: rounded(
      median(results.map((each) => each.several.perSecond / each.one.perSecond)),
    ),
    cpuRatio: rounded(median(results.map((each) => each.several.cpu / (each.one.cpu || 1)))),
    perSecond: {
      one: Math.round(median(results.map((each) => each.one.perSecond))),
      several: Math.round(median(results.map((each) => each.several.perSecond))),
    },
  };
}
