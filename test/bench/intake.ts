/**
 * Intake against floors, in one run on one workerd: throughput and latency as ratios, never as absolute times.
 *
 *     intake [--rounds 3] [--seconds 2] [--connections 16] [--visitors 200] [--warm 4000] [--only server,refused,floor-object,…]
 *
 * Rounds go through the paths one after the other, so that a slow moment of the machine hits all; figures are medians. First
 * those that answer and leave nothing behind, then those that write.
 * Rows are counted afterwards, the product's in D1 and the floors' where they write them. `refused` is a browser that hasn't chosen, against the answer alone, and against a
 * Worker that reads the same body and answers with the same bytes.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { load, type Measured, request } from "./load.ts";
import {
  ALL,
  type Body,
  fromBrowser,
  fromServer,
  MEASUREMENT,
  message,
  visiting,
  withKey,
} from "./messages.ts";
import { cpuSeconds, start } from "./runtime.ts";

interface Path {
  name: string;
  worker: "usher" | "floors";
  at: string;
  /** Events in one request. */
  size: number;
  /** Whether they come to D1 by and by. */
  lands: boolean;
  /** Where a floor writes a row for each request. */
  writes: readonly ("object" | "d1")[];
  /** Each visitor is new, sends five events and doesn't come back. Else the same ones come again. */
  visits: boolean;
  body: (visitor: string, n: number) => Body;
}

const batchOf = (visitor: string, n: number): Record<string, unknown> => ({
  batch: Array.from({ length: BATCH }, (_, at) => message(visitor, n * BATCH + at, MEASUREMENT)),
});
const BATCH = 5;

const bare = (name: string, ...writes: Path["writes"]): Path => ({
  name: `floor-${name}`,
  worker: "floors",
  at: `/${name}`,
  size: 1,
  lands: false,
  writes,
  visits: false,
  body: (visitor, n) => fromServer(message(visitor, n, MEASUREMENT)),
});

const own = (name: string, parts: Partial<Path> & Pick<Path, "body">): Path => ({
  name,
  worker: "usher",
  at: "/_u/v1/track",
  size: 1,
  lands: true,
  writes: [],
  visits: false,
  ...parts,
});

const asVisits = (path: Path): Path => ({ ...path, name: `${path.name}-visits`, visits: true });

const paths = (cookies: ReadonlyMap<string, string>): readonly Path[] => [
  bare("nothing"),
  bare("read"),
  bare("refuse"),
  bare("object", "object"),
  bare("carry", "object"),
  bare("collector", "object", "d1"),
  { ...bare("same"), lands: true },
  bare("both", "object", "d1"),
  bare("d1", "d1"),
  own("server", { body: (visitor, n) => fromServer(message(visitor, n, MEASUREMENT)) }),
  own("server-all", { body: (visitor, n) => fromServer(message(visitor, n, ALL)) }),
  own("browser", {
    body: (visitor, n) =>
      fromBrowser(withKey(message(visitor, n)), cookies.get(visitor.replace(/^.*\//, "")) ?? ""),
  }),
  own("batch", {
    at: "/_u/v1/batch",
    size: BATCH,
    body: (visitor, n) => fromServer(batchOf(visitor, n)),
  }),
  own("refused", {
    lands: false,
    body: (visitor, n) => fromBrowser(withKey(message(visitor, n)), ""),
  }),
  asVisits(bare("object", "object")),
  asVisits(bare("both", "object", "d1")),
  asVisits(own("server", { body: (visitor, n) => fromServer(message(visitor, n, MEASUREMENT)) })),
  asVisits(own("server-all", { body: (visitor, n) => fromServer(message(visitor, n, ALL)) })),
];

/** Who sends a path's nth request, and which of their messages it is. */
function senderOf({ visits }: Path, n: number, visitors: readonly string[]): [string, number] {
  if (visits) return visiting(n);
  return [visitors[n % visitors.length] as string, Math.floor(n / visitors.length)];
}

/** Answered by the Worker alone: no object, no row. */
const leavesNothing = ({ name }: Path): boolean =>
  ["floor-nothing", "floor-read", "floor-refuse", "refused"].includes(name);

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};
const rounded = (number: number): number => Math.round(number * 1_000) / 1_000;

/** With the CPU that workerd used for one request, in microseconds, landing in D1 included. */
interface Timed extends Measured {
  cpu: number;
}

export interface Intake {
  /** Requests a second and milliseconds; for orientation, from this machine in this run. */
  figures: Record<string, Pick<Timed, "perSecond" | "p50" | "p99" | "cpu">>;
  ratios: Record<string, number>;
  events: { accepted: number; landed: number; failed: number };
  /** Rows that the floors' answers spoke of, and those that are there. */
  floors: { answered: number; kept: number };
}

export const run = async (args: string[]): Promise<Intake> => {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string" },
      seconds: { type: "string" },
      connections: { type: "string" },
      visitors: { type: "string" },
      warm: { type: "string" },
      only: { type: "string" },
    },
  });
  const rounds = Number(values.rounds ?? 3);
  const seconds = Number(values.seconds ?? 2);
  const connections = Number(values.connections ?? 16);
  const visitors = Array.from({ length: Number(values.visitors ?? 200) }, (_, n) => `v${n}`);
  const warm = Number(values.warm ?? 4_000);

  const runtime = await start([
    { name: "usher", entry: "src/worker.ts", objects: ["Person"] },
    { name: "floors", entry: "test/bench/floors.ts", objects: ["Floor"] },
  ]);
  try {
    const urlOf = (worker: string): URL => runtime.urls.get(worker) as URL;
    await fetch(new URL("/table", urlOf("floors")));
    const cookies = await consented(urlOf("usher"), visitors);
    const measured = new Map<string, Timed[]>();
    let [accepted, failed, answered] = [0, 0, 0];
    const sent = new Map<string, number>();
    const sendTo = async (path: Path, count: number): Promise<Measured> => {
      const from = sent.get(path.name) ?? 0;
      sent.set(path.name, from + count);
      const url = urlOf(path.worker);
      const requests = Array.from({ length: count }, (_, at) => {
        const [visitor, n] = senderOf(path, from + at, visitors);
        const { headers, body } = path.body(`${path.name}/${visitor}`, n);
        return request(url, path.at, headers, body);
      });
      const result = await load({ url, requests, connections });
      if (path.lands) accepted += (count - result.failed) * path.size;
      answered += (count - result.failed) * path.writes.length;
      failed += result.failed;
      return result;
    };
    const only = values.only?.split(",");
    const all = paths(cookies).filter(({ name }) => only?.includes(name) ?? true);
    const counts = new Map<string, number>();
    const warmUp = async (path: Path): Promise<void> => {
      // Every visitor once, so that no object is new in what is measured, and until V8 has compiled what is called often, as
      // in an isolate that has been serving for some seconds; then how many fit into the time.
      await sendTo(path, Math.max(warm, visitors.length));
      const { perSecond } = await sendTo(path, visitors.length * 2);
      counts.set(path.name, Math.ceil(perSecond * seconds));
    };
    const measure = async (path: Path): Promise<void> => {
      const before = await cpuSeconds();
      const count = counts.get(path.name) ?? 1;
      const result = await sendTo(path, count);
      // What a path leaves to do later is its own cost, not that of the next one. Counting rows would be a cost, too.
      if (path.lands) await pause(LANDING_MS);
      const cpu = (((await cpuSeconds()) - before) * 1e6) / count;
      measured.set(path.name, [...(measured.get(path.name) ?? []), { ...result, cpu }]);
    };
    const db = await runtime.miniflare.getD1Database("DB", "usher");
    // Objects look after what they keep forty seconds later, so that who is compared with an answer alone comes first.
    for (const group of [all.filter(leavesNothing), all.filter((path) => !leavesNothing(path))]) {
      for (const path of group) await warmUp(path);
      await landedOf(db, accepted);
      for (let round = 0; round < rounds; round++) for (const path of group) await measure(path);
    }
    const landed = await landedOf(db, accepted);
    const kept = await keptBy(urlOf("floors"), db, all, visitors, sent);
    return {
      ...summed(measured),
      events: { accepted, landed, failed },
      floors: { answered, kept },
    };
  } finally {
    await runtime.dispose();
  }
};
async function consented(
  url: URL,
  visitors: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const cookies = new Map<string, string>();
  for (const visitor of visitors) {
    const { headers, body } = fromBrowser({ accept: "all" }, "");
    const response = await fetch(new URL("/_u/consent", url), { method: "POST", headers, body });
    const pairs = response.headers.getSetCookie().map((line) => line.split(";", 1)[0] ?? "");
    cookies.set(visitor, pairs.join("; "));
  }
  return cookies;
}

interface Counting {
  prepare(sql: string): { first<T>(column: string): Promise<T | null> };
}

/** What was accepted is brought to D1 after a second, many visitors' at once. */
const LANDING_MS = 2_500;

/** Objects hand over after some seconds; what isn't there a minute later is lost. */
async function landedOf(db: Counting, expected: number): Promise<number> {
  let landed = 0;
  for (let tries = 0; tries < 60; tries++) {
    landed = (await db.prepare("SELECT count(*) AS n FROM events").first<number>("n")) ?? 0;
    if (landed >= expected) break;
    await pause(1_000);
  }
  return landed;
}

/** Rows that the floors wrote, in all their objects and in D1. */
async function keptBy(
  url: URL,
  db: Counting,
  all: readonly Path[],
  visitors: readonly string[],
  sent: ReadonlyMap<string, number>,
): Promise<number> {
  let kept = (await db.prepare("SELECT count(*) AS n FROM floor").first<number>("n")) ?? 0;
  for (const path of all.filter(({ writes }) => writes.includes("object"))) {
    const senders = Array.from(
      { length: sent.get(path.name) ?? 0 },
      (_, n) => senderOf(path, n, visitors)[0],
    );
    for (const visitor of new Set(senders)) {
      const of = new URLSearchParams({ of: `${path.name}/${visitor}` });
      kept += (await (await fetch(new URL(`/count?${of}`, url))).json()) as number;
    }
  }
  return kept;
}

/** A ratio of each round, then their median: the rounds' own speed falls out. */
function summed(
  measured: ReadonlyMap<string, readonly Timed[]>,
): Pick<Intake, "figures" | "ratios"> {
  const figures = Object.fromEntries(
    [...measured].map(([name, results]) => [
      name,
      {
        perSecond: Math.round(median(results.map((result) => result.perSecond))),
        p50: rounded(median(results.map((result) => result.p50))),
        p99: rounded(median(results.map((result) => result.p99))),
        cpu: Math.round(median(results.map((result) => result.cpu))),
      },
    ]),
  );
  const ratio = (
    name: string,
    floor: string,
    what: "perSecond" | "p50" | "p99" | "cpu",
  ): number => {
    const floors = measured.get(floor) ?? [];
    return rounded(
      median(
        (measured.get(name) ?? []).map((result, at) => result[what] / (floors[at]?.[what] ?? 1)),
      ),
    );
  };
  const ratios: Record<string, number> = {};
  const isMeasured = (name: string): boolean => measured.has(name);
  for (const name of ["server", "server-all", "browser", "batch"].filter(isMeasured))
    for (const floor of [
      "floor-object",
      "floor-carry",
      "floor-collector",
      "floor-same",
      "floor-both",
      "floor-d1",
    ].filter(isMeasured)) {
      const size = name === "batch" ? BATCH : 1;
      ratios[`${name} events/s ÷ ${floor}`] = rounded(ratio(name, floor, "perSecond") * size);
      ratios[`${name} CPU ÷ ${floor}`] = rounded(ratio(name, floor, "cpu") / size);
      if (floor === "floor-d1") continue;
      ratios[`${name} p50 ÷ ${floor}`] = ratio(name, floor, "p50");
      ratios[`${name} p99 ÷ ${floor}`] = ratio(name, floor, "p99");
    }
  for (const name of ["server-visits", "server-all-visits"].filter(isMeasured))
    for (const floor of ["floor-object-visits", "floor-both-visits"].filter(isMeasured))
      for (const [what, word] of [
        ["perSecond", "events/s"],
        ["cpu", "CPU"],
        ["p99", "p99"],
      ] as const)
        ratios[`${name} ${word} ÷ ${floor}`] = ratio(name, floor, what);
  for (const floor of ["floor-carry", "floor-collector", "floor-same"].filter(isMeasured)) {
    if (!isMeasured("floor-object")) continue;
    ratios[`${floor} events/s ÷ floor-object`] = ratio(floor, "floor-object", "perSecond");
    ratios[`${floor} p99 ÷ floor-object`] = ratio(floor, "floor-object", "p99");
  }
  for (const floor of ["floor-nothing", "floor-read", "floor-refuse"].filter(isMeasured)) {
    if (!isMeasured("refused")) continue;
    ratios[`refused CPU ÷ ${floor}`] = ratio("refused", floor, "cpu");
    ratios[`refused p50 ÷ ${floor}`] = ratio("refused", floor, "p50");
    ratios[`${floor} requests/s ÷ refused`] = ratio(floor, "refused", "perSecond");
  }
  return { figures, ratios };
}

if (import.meta.main)
  process.stdout.write(`${JSON.stringify(await run(process.argv.slice(2)), null, 1)}\n`);
