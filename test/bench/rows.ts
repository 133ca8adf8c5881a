/**
 * Rows written per event, in D1 and in the objects, as billed: index entries, deletes and alarms counted.
 *
 *     rows [--visitors 200] [--only server-all/burst] [--devices]
 *
 * Every scenario waits until its objects have handed over what they hold, and checks that each accepted event is in D1
 * exactly once. Events only are counted: a browser's consent was given, and had landed, before; `first-visit` counts it.
 * `--devices`: while devices are compared by where they are seen.
 * The daily counter of drops holds no event and is written once for many: the budget of none leaves it out.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Books, sum } from "./books.ts";
import { type Runtime, start } from "./runtime.ts";
import { type Sender, SENDERS, Site } from "./site.ts";

/** Connections at once. */
const AT_ONCE = 24;
/** Between two events of one visitor when they are spread: five of them within half a minute. */
const SPREAD_MS = 6_000;
/** Between the first events of two visitors, so that not all come at once. */
const STAGGER_MS = 28;

export interface Figures {
  events: number;
  landed: boolean;
  d1: number;
  objects: number;
  together: number;
  objectRequests: number;
  d1Calls: number;
  workerRequests: number;
  /** Operations on the key store: those that change, and those that read. */
  bucketWrites: number;
  bucketReads: number;
  breakdown: Record<string, number>;
  budget?: number;
  within?: boolean;
}

/** Adds what comes later; `sum += await …` would lose what others added meanwhile. */
class Tally {
  total = 0;

  async add(count: Promise<number>): Promise<void> {
    const more = await count;
    this.total += more;
  }
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

interface Scenario {
  name: string;
  budget?: number;
  /** What was there before the counting starts. */
  before?: (site: Site, visitors: readonly string[]) => Promise<void>;
  run: (site: Site, visitors: readonly string[]) => Promise<number>;
}

const consentOf = async (site: Site, visitors: readonly string[]): Promise<void> =>
  each(visitors, (visitor) => site.consent(visitor));

/** Sends `count` to each visitor, one visitor's calls one after the other. */
async function burst(
  site: Site,
  visitors: readonly string[],
  calls: number,
  size = 1,
): Promise<number> {
  const accepted = new Tally();
  await each(visitors, async (visitor) => {
    for (let n = 0; n < calls; n++) await accepted.add(site.send(visitor, n * size, size));
  });
  return accepted.total;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "burst",
    budget: 2.6,
    before: consentOf,
    run: (site, visitors) => burst(site, visitors, 5),
  },
  {
    name: "spread",
    budget: 2.6,
    before: consentOf,
    run: async (site, visitors) => {
      const accepted = new Tally();
      const from = Date.now();
      // Each visitor by its own clock, so that a slow machine doesn't stretch the pauses.
      await Promise.all(
        visitors.map(async (visitor, nth) => {
          for (let n = 0; n < 5; n++) {
            await pause(Math.max(0, from + nth * STAGGER_MS + n * SPREAD_MS - Date.now()));
            await accepted.add(site.send(visitor, n, 1));
          }
        }),
      );
      return accepted.total;
    },
  },
  {
    name: "batch",
    budget: 1.5,
    before: consentOf,
    run: (site, visitors) => burst(site, visitors, 1, 10),
  },
  { name: "lone", budget: 6, before: consentOf, run: (site, visitors) => burst(site, visitors, 1) },
  {
    name: "first-visit",
    run: async (site, visitors) => {
      await consentOf(site, visitors);
      return burst(site, visitors, 5);
    },
  },
  {
    name: "duplicate",
    budget: 0,
    before: async (site, visitors) => {
      await consentOf(site, visitors);
      await burst(site, visitors, 1, 10);
    },
    run: (site, visitors) => burst(site, visitors, 1, 10),
  },
  {
    name: "refusal",
    budget: 0,
    run: async (site, visitors) => {
      const accepted = new Tally();
      await each(visitors, (visitor) => accepted.add(site.send(visitor, 0, 1, true)));
      return accepted.total;
    },
  },
];

async function measure(
  site: Site,
  scenario: Scenario,
  visitors: readonly string[],
): Promise<Figures> {
  if (scenario.before) {
    await scenario.before(site, visitors);
    await site.quiet();
  }
  const { landed: already } = await site.counts();
  await site.reset();
  const accepted = await scenario.run(site, visitors);
  const { books, landed } = await site.quiet();
  const added = landed.events - already.events;
  return figures(scenario, books, accepted, visitors.length, {
    exactly: added === accepted && landed.events === landed.ids,
  });
}

function figures(
  { budget, name }: Scenario,
  books: Books,
  accepted: number,
  visitors: number,
  { exactly }: { exactly: boolean },
): Figures {
  // What is dropped is counted by the call's messages, so that nothing is divided by nothing.
  const events = accepted > 0 ? accepted : name === "duplicate" ? visitors * 10 : visitors;
  const per = (count: number): number => Math.round((count / events) * 1_000) / 1_000;
  const breakdown = { ...prefixed("object", books.objects), ...prefixed("d1", books.d1.written) };
  const [objects, d1] = [per(sum(books.objects)), per(sum(books.d1.written))];
  const together = per(sum(books.objects) + sum(books.d1.written));
  return {
    events,
    landed: exactly,
    d1,
    objects,
    together,
    objectRequests: per(sum(books.requests)),
    d1Calls: per(books.d1.calls),
    workerRequests: per(books.workerRequests),
    bucketWrites: per((books.bucket["put"] ?? 0) + (books.bucket["list"] ?? 0)),
    bucketReads: per((books.bucket["get"] ?? 0) + (books.bucket["head"] ?? 0)),
    breakdown: Object.fromEntries(
      Object.entries(breakdown).map(([what, count]) => [what, per(count)]),
    ),
    ...(budget === undefined
      ? {}
      : {
          budget,
          within: together - per(books.d1.written["insert counters"] ?? 0) <= budget && exactly,
        }),
  };
}

const prefixed = (prefix: string, counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([what, count]) => [`${prefix} ${what}`, count]));

export type Rows = Record<string, Record<string, Figures>>;

export const run = async (args: string[]): Promise<Rows> => {
  const { values } = parseArgs({
    args,
    options: {
      visitors: { type: "string" },
      only: { type: "string" },
      devices: { type: "boolean", default: false },
    },
  });
  const count = Number(values.visitors ?? 200);
  const chosen = (sender: Sender): Scenario[] =>
    SCENARIOS.filter(
      ({ name }) =>
        (values.only === undefined || `${sender}/${name}`.includes(values.only)) &&
        (name !== "first-visit" || sender === "browser"),
    );
  const senders = SENDERS.filter((sender) => chosen(sender).length > 0);
  // One Worker each, side by side: most of the time is waiting.
  const rows = await Promise.all(
    senders.map(
      async (sender) =>
        [sender, await measureAll(sender, chosen(sender), count, values.devices)] as const,
    ),
  );
  return Object.fromEntries(rows);
};

async function measureAll(
  sender: Sender,
  scenarios: readonly Scenario[],
  count: number,
  comparesDevices: boolean,
): Promise<Record<string, Figures>> {
  const runtime: Runtime = await start([
    { name: "usher", entry: "test/bench/counted-worker.ts", objects: ["Person"] },
  ]);
  try {
    const site = new Site(sender, runtime.urls.get("usher") as URL);
    if (comparesDevices) await site.compareDevices();
    const found: Record<string, Figures> = {};
    for (const scenario of scenarios) {
      const visitors = Array.from({ length: count }, (_, n) => `${sender}-${scenario.name}-${n}`);
      found[scenario.name] = await measure(site, scenario, visitors);
      process.stderr.write(`${sender}/${scenario.name} ${JSON.stringify(found[scenario.name])}\n`);
    }
    return found;
  } finally {
    await runtime.dispose();
  }
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await run(process.argv.slice(2)))}\n`);
