/**
 * What every page of the console costs on a large site: its time on the server and the rows it reads, against the rows it
 * shows.
 *
 *     console [--people 100000] [--events 2000000] [--rounds 7]
 *
 * The database is filled by SQL, daily figures as cron makes them; people whose pages are looked at come over the wire, since
 * a person is an object. Each page is asked for in turn, round by round; the time is the median, the request's way over
 * loopback included. Rows read are those that D1 says it read. It fails when a page has no look, doesn't answer as it should
 * or takes longer than it may.
 */
import { parseArgs } from "node:util";
import { NO_LISTS } from "./console-files.ts";
import { type Look, looksOf } from "./console-looks.ts";
import { DAYS, type Seeded, seed } from "./console-seed.ts";
import { settle, signIn, type Site } from "./console-town.ts";
import { start } from "./runtime.ts";

const GOAL_MS = 300;
const ORIGIN = "http://localhost:8787";
const DAY_MS = 86_400_000;
const CONSOLE = "/_u/console";
/** Long reports are counted ahead a part at a time: runs of cron until they are. */
const CRON_RUNS = 30;

interface PageCost {
  page: string;
  status: number;
  /** Milliseconds. */
  median: number;
  rowsRead: number;
  /** Rows of tables and items of lists on the page, and figures. */
  rowsShown: number;
  calls: number;
  bytes: number;
  /** The statement that read most, with its rows. */
  worst: string;
  file: boolean;
}

async function look(site: Site, { path, form, file }: Look, count: boolean) {
  const { url, cookie } = site;
  const body = form && new URLSearchParams({ ...form, form: site.form });
  const began = performance.now();
  const answer = await fetch(new URL(`${CONSOLE}${path}`, url), {
    method: body ? "POST" : "GET",
    redirect: "manual",
    headers: {
      cookie,
      "sec-fetch-site": "same-origin",
      ...(count ? { "bench-count": "yes" } : {}),
    },
    ...(body ? { body } : {}),
  });
  const begun = performance.now();
  const page = await answer.text();
  return { answer, page, took: (file ? begun : performance.now()) - began };
}

const shownOn = (page: string): number => {
  const main = page.slice(page.indexOf("<main"));
  return (main.match(/<(?:tr|li|dd|option|textarea|input)[ >]/g) ?? []).length;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function measure(site: Site, looks: readonly Look[], rounds: number): Promise<PageCost[]> {
  const times = new Map<Look, number[]>(looks.map((each) => [each, []]));
  // The first look at each warms what an isolate keeps; it isn't counted.
  for (let round = 0; round <= rounds; round++)
    for (const each of looks) {
      const { took } = await look(site, each, false);
      if (round > 0) times.get(each)?.push(took);
    }
  const costs: PageCost[] = [];
  for (const each of looks) {
    const { answer, page } = await look(site, each, true);
    costs.push({
      page: each.path,
      status: answer.status,
      median: Math.round(median(times.get(each) ?? []) * 10) / 10,
      rowsRead: Number(answer.headers.get("bench-rows")),
      rowsShown: each.file ? page.split("\n").length : shownOn(page),
      calls: Number(answer.headers.get("bench-calls")),
      bytes: page.length,
      worst: answer.headers.get("bench-worst") ?? "",
      file: each.file ?? false,
    });
  }
  return costs;
}

function print(costs: readonly PageCost[]): void {
  const line = (cells: readonly (string | number)[]): string =>
    `${String(cells[0]).padEnd(52)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(10))
      .join("")}\n`;
  process.stderr.write(line(["page", "status", "ms", "read", "shown", "ratio", "calls"]));
  for (const { page, status, median: ms, rowsRead, rowsShown, calls } of costs)
    process.stderr.write(
      line([
        page.slice(0, 50),
        status,
        ms,
        rowsRead,
        rowsShown,
        (rowsRead / Math.max(1, rowsShown)).toFixed(1),
        calls,
      ]),
    );
}

/** Every address that answers a GET has its looks, and no look is of something that is gone. */
function requireAll(routes: readonly string[], looks: Readonly<Record<string, Look[]>>): void {
  const known = routes.map((path) => path.slice(CONSOLE.length));
  const wrong = [
    ...known
      .filter((path) => (looks[path] ?? []).length === 0)
      .map((path) => `${path} has no look`),
    ...Object.keys(looks)
      .filter((path) => !known.includes(path))
      .map((path) => `${path} isn't served`),
  ];
  if (wrong.length > 0) throw new Error(`test/bench/console-looks.ts: ${wrong.join("; ")}`);
}

/** Where lists go on after their first page. */
async function cursorsOf(site: Site, paths: readonly string[]): Promise<Map<string, string>> {
  const cursors = new Map<string, string>();
  for (const path of paths) {
    const { page } = await look(site, { path, status: 200 }, false);
    const cursor = /[?&;]cursor=([^"#&]+)/.exec(page)?.[1];
    if (cursor === undefined) throw new Error(`${path} has one page only`);
    cursors.set(path, cursor);
  }
  return cursors;
}

interface Counted {
  page: string;
  /** Of the looks at it while it was counted, milliseconds. */
  median: number;
  worst: number;
  looks: number;
  /** Seconds until the figures stood there. */
  seconds: number;
}

/** A range that nobody asked for yet: what the page that shows how far it is costs meanwhile, and how long it takes. */
async function watchCount(site: Site, path: string): Promise<Counted> {
  const took: number[] = [];
  const began = performance.now();
  for (;;) {
    const found = await look(site, { path, status: 200 }, false);
    took.push(found.took);
    if (!found.page.includes("<progress")) break;
    if (took.length > 1_000) throw new Error(`${path} is never counted`);
    await new Promise((later) => setTimeout(later, 700));
  }
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    page: path,
    median: round(median(took)),
    worst: round(Math.max(...took)),
    looks: took.length,
    seconds: Math.round((performance.now() - began) / 100) / 10,
  };
}

export async function run(args: string[]): Promise<object> {
  const { values } = parseArgs({
    args,
    options: {
      people: { type: "string", default: "100000" },
      events: { type: "string", default: "2000000" },
      rounds: { type: "string", default: "7" },
    },
  });
  const size = { people: Number(values.people), events: Number(values.events) };
  const now = Date.now();
  const runtime = await start(
    [{ name: "console", entry: "test/bench/console-worker.ts", objects: ["Person", "Live"] }],
    { variables: { SITE_ORIGINS: ORIGIN } },
  );
  try {
    const url = runtime.urls.get("console");
    if (!url) throw new Error("the Worker has no address");
    const routes = (await (await fetch(new URL("/__bench/pages", url))).json()) as string[];
    const nobody = { person: "", pair: ["", ""], merge: "", exported: "", erased: "" } as const;
    requireAll(
      routes,
      looksOf({ ...nobody, running: "", address: "", lists: NO_LISTS }, new Map(), now),
    );
    await seed((await runtime.miniflare.getD1Database("DB", "console")) as Seeded, now, size);
    const site = await signIn(url);
    const town = await settle(site, runtime.miniflare, now);
    process.stderr.write("console: counting the days\n");
    const today = Math.floor(now / DAY_MS);
    for (let back = 0; back <= DAYS; back++)
      await fetch(new URL(`/__bench/rollup?day=${today - back}`, url), { method: "POST" });
    process.stderr.write("console: counting what is counted ahead\n");
    // Learning comes first, and what is kept of long reports is made of it.
    for (let times = 0; times < CRON_RUNS; times++)
      await fetch(new URL("/__bench/cron", url), { method: "POST" });

    const day = (back: number): string => new Date(now - back * DAY_MS).toISOString().slice(0, 10);
    const counted = await watchCount(site, `/attribution?from=${day(77)}&to=${day(1)}`);
    process.stderr.write(`console: ${JSON.stringify(counted)}\n`);
    const lists = [
      "/people",
      `/people/${town.person}`,
      "/requests",
      "/merges",
      "/suggestions",
      "/audit",
      "/meter",
    ];
    const looks = Object.values(looksOf(town, await cursorsOf(site, lists), now)).flat();
    const costs = await measure(site, looks, Number(values.rounds));
    print(costs);
    const wrong = costs.filter(({ status }, n) => status !== looks[n]?.status);
    const slow = [...costs, counted].filter(({ median: ms }) => ms >= GOAL_MS);
    if (wrong.length + slow.length > 0) process.exitCode = 1;
    return {
      ...size,
      goal: GOAL_MS,
      within: slow.length === 0,
      slow: slow.map(({ page }) => page),
      wrong: wrong.map(({ page, status }) => `${page} answered ${status}`),
      counted,
      slowest: costs.toSorted((a, b) => b.median - a.median)[0],
      pages: costs,
    };
  } finally {
    await runtime.dispose();
  }
}
