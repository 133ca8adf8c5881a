/**
 * How long a merge and its undoing take for persons with few and with very many events.
 *
 *     merge [--sizes 10,1000,100000] [--times 9] [--apart 9]
 *
 * Two persons of each size, joined and parted again over the API, so what is measured is what an officer waits for.
 * The sizes take turns, so that a slow moment of the machine hits all; a ratio is that of medians. Ten thousand events a
 * day of receipt is the most a visitor may send, so that larger ones are spread over days, `apart` days from one another: nine is the
 * memory for message ids, which travels with a visitor.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { testBindings } from "../support/bindings.ts";
import { ALL, fromServer } from "./messages.ts";
import { start } from "./runtime.ts";

const DAY_MS = 86_400_000;
const PER_DAY = 10_000;
const PER_BATCH = 2_500;
const GAP_MS = 700;
/** Objects hand over so many events at a time, every eight seconds. */
const LANDING_MS = 480_000;

interface Pair {
  size: number;
  a: string;
  b: string;
  merges: number[];
  undos: number[];
}

export interface Merging {
  /** Milliseconds by number of events, medians. */
  merge: Record<string, number>;
  undo: Record<string, number>;
  /** Against the smallest. */
  ratios: { merge: Record<string, number>; undo: Record<string, number> };
  events: { accepted: number; landed: number };
}

export const run = async (args: string[]): Promise<Merging> => {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: "string" },
      times: { type: "string" },
      apart: { type: "string" },
    },
  });
  const sizes = (values.sizes ?? "10,1000,100000").split(",").map(Number);
  const times = Number(values.times ?? 9);
  const apart = Number(values.apart ?? 9);
  const runtime = await start([{ name: "usher", entry: "src/worker.ts", objects: ["Person"] }]);
  try {
    const site = new Site(runtime.urls.get("usher") as URL);
    let accepted = 0;
    const pairs: Pair[] = [];
    for (const size of sizes) {
      const [one, other] = [`one-${size}`, `other-${size}`];
      accepted += await site.seed(one, size, apart);
      accepted += await site.seed(other, size, apart);
      pairs.push({
        size,
        a: await site.personOf(one),
        b: await site.personOf(other),
        merges: [],
        undos: [],
      });
    }
    const db = await runtime.miniflare.getD1Database("DB", "usher");
    let landed = 0;
    const until = Date.now() + LANDING_MS;
    while (landed < accepted && Date.now() < until) {
      await pause(1_000);
      landed = (await db.prepare("SELECT count(*) AS n FROM events").first<number>("n")) ?? 0;
    }
    // The first time of each is for warming up.
    for (let time = 0; time <= times; time++)
      for (const pair of pairs) {
        const [merge, merged] = await timed(() => site.merge(pair.a, pair.b));
        // A person that has just moved acknowledges it first; an officer takes longer than that to think.
        await pause(GAP_MS);
        const [undo] = await timed(() => site.undo(merged));
        await pause(GAP_MS);
        if (time === 0) continue;
        pair.merges.push(merge);
        pair.undos.push(undo);
      }
    return { ...summed(pairs), events: { accepted, landed } };
  } finally {
    await runtime.dispose();
  }
};

const rounded = (number: number): number => Math.round(number * 100) / 100;

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

async function timed<T>(work: () => Promise<T>): Promise<[milliseconds: number, result: T]> {
  const from = performance.now();
  const result = await work();
  return [performance.now() - from, result];
}

function summed(pairs: readonly Pair[]): Pick<Merging, "merge" | "undo" | "ratios"> {
  const of = (take: (pair: Pair) => readonly number[]) => {
    const medians = pairs.map((pair) => [String(pair.size), median(take(pair))] as const);
    const least = medians[0]?.[1] ?? 1;
    return {
      times: Object.fromEntries(medians.map(([size, time]) => [size, rounded(time)])),
      ratios: Object.fromEntries(medians.map(([size, time]) => [size, rounded(time / least)])),
    };
  };
  const [merge, undo] = [of((pair) => pair.merges), of((pair) => pair.undos)];
  return {
    merge: merge.times,
    undo: undo.times,
    ratios: { merge: merge.ratios, undo: undo.ratios },
  };
}

class Site {
  private readonly url: URL;

  constructor(url: URL) {
    this.url = url;
  }

  private async call<T>(
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<T> {
    const response = await fetch(new URL(path, this.url), {
      method: body === undefined ? "GET" : "POST",
      headers,
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  private api<T>(path: string, body?: object): Promise<T> {
    const headers = {
      authorization: `Bearer ${testBindings.OWNER_TOKEN}`,
      "content-type": "application/json",
    };
    return this.call(path, headers, body === undefined ? undefined : JSON.stringify(body));
  }

  /** The last events are today's, the others so many days before. */
  async seed(anonymousId: string, events: number, apart: number): Promise<number> {
    const days = Math.ceil(events / PER_DAY);
    let accepted = 0;
    for (let from = 0; from < events; from += PER_BATCH) {
      const day = Math.floor(from / PER_DAY);
      const now = new Date(Date.now() - (days - 1 - day) * apart * DAY_MS).toISOString();
      const batch = Array.from({ length: Math.min(PER_BATCH, events - from) }, (_, at) => ({
        type: "track",
        messageId: `${anonymousId}-${from + at}`,
        anonymousId,
        event: `Event ${at % 20}`,
      }));
      const { headers, body } = fromServer({
        context: { consent: { categoryPreferences: ALL } },
        batch,
      });
      const said = await this.call<{ accepted: number }>(
        "/_u/v1/batch",
        { ...headers, "usher-now": now },
        body,
      );
      accepted += said.accepted;
    }
    if (accepted !== events) throw new Error(`${accepted} of ${events} events were accepted`);
    return accepted;
  }

  /** The identifier reaches the index with the outbox. */
  async personOf(anonymousId: string): Promise<string> {
    for (let tries = 0; tries < 60; tries++) {
      const { people } = await this.api<{ people: { id: string }[] }>(
        `/_u/api/people?identifier=anonymous_id:${anonymousId}`,
      );
      const [person] = people;
      if (person) return person.id;
      await pause(500);
    }
    throw new Error(`nobody is called ${anonymousId}`);
  }

  async merge(a: string, b: string): Promise<string> {
    const { merge } = await this.api<{ merge: string }>("/_u/api/merges", { a, b });
    return merge;
  }

  undo(merge: string): Promise<unknown> {
    return this.api(`/_u/api/merges/${encodeURIComponent(merge)}/undo`, {});
  }
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await run(process.argv.slice(2)))}\n`);
