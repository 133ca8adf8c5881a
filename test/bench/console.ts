/**
 * What every page of the console costs on a large site: its time on the server and the rows it reads, against the rows it
 * shows.
 *
 *     console [--people 100000] [--events 2000000] [--rounds 7]
 *
 * The database is filled by SQL, daily figures as cron makes them; one person with a long journey comes over the wire, since
 * a person is an object. Each page is asked for in turn, round by round; the time is the median, the request's way over
 * loopback included. Rows read are those that D1 says it read.
 */
import { parseArgs } from "node:util";
import { testBindings } from "../support/bindings.ts";
import { DAYS, type Seeded, seed } from "./console-seed.ts";
import { ALL, fromServer, message } from "./messages.ts";
import { start } from "./runtime.ts";

const GOAL_MS = 300;
const ORIGIN = "http://localhost:8787";
/** Events of the person whose page is looked at, and over how many days. */
const JOURNEY = 3_000;
const JOURNEY_DAYS = 60;
const DAY_MS = 86_400_000;

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
}

interface Site {
  url: URL;
  cookie: string;
}

async function signIn(url: URL): Promise<Site> {
  const answer = await fetch(new URL("/_u/console/sign-in", url), {
    method: "POST",
    redirect: "manual",
    headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ token: testBindings.OWNER_TOKEN, to: "/_u/console/" }),
  });
  const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
  if (answer.status !== 303) throw new Error(`signing in answered ${answer.status}`);
  return { url, cookie };
}

/** Somebody with a long journey on a server record. Gives the person's id. */
async function somebody(url: URL, now: number): Promise<string> {
  const all = Array.from({ length: JOURNEY }, (_, n) => ({
    ...message("bench-person", n, ALL),
    timestamp: new Date(now - Math.floor((n * JOURNEY_DAYS) / JOURNEY) * DAY_MS).toISOString(),
  }));
  const post = async (path: string, body: unknown): Promise<void> => {
    const { headers, body: text } = fromServer(body as never);
    const answer = await fetch(new URL(path, url), { method: "POST", headers, body: text });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    await answer.arrayBuffer();
  };
  for (let at = 0; at < all.length; at += 500)
    await post("/_u/v1/batch", { batch: all.slice(at, at + 500) });
  await post("/_u/v1/identify", {
    ...message("bench-person", JOURNEY, ALL),
    type: "identify",
    userId: "bench-user",
    traits: { email: "bench@example.org" },
  });
  const headers = { authorization: `Bearer ${testBindings.OWNER_TOKEN}` };
  for (let tries = 0; tries < 200; tries++) {
    const asked = new URL("/_u/api/people?identifier=user_id:bench-user", url);
    const found = (await (await fetch(asked, { headers })).json()) as { people?: { id: string }[] };
    const id = found.people?.[0]?.id;
    if (id) return id;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error("the person never landed");
}

/** Pages that need something of their own to look at; those without an address here are named as not measured. */
const filled = (path: string, person: string): string =>
  path
    .replace("people/:id", `people/${person}`)
    .replace("actions/:id", "actions/get-the-app")
    .replace("performance/:id", "performance/get-the-app")
    .replace("versions/:version", "versions/1")
    .replace("draft/:area", "draft/purposes")
    .replace("receipts/:visitor/:seq", `receipts/v${"a".repeat(25)}/1`);

const variants = (person: string): string[] => [
  "/_u/console/?from=DAY90",
  "/_u/console/people?stage=person",
  "/_u/console/people?next=Get+the+app",
  "/_u/console/people?q=bench%40example.org",
  "/_u/console/people?q=vaa",
  `/_u/console/people/${person}?cursor=CURSOR`,
  `/_u/console/audit?whose=${person}`,
  "/_u/console/attribution?from=DAY90",
  "/_u/console/performance?from=DAY90",
];

async function look({ url, cookie }: Site, path: string, count: boolean) {
  const began = performance.now();
  const answer = await fetch(new URL(path, url), {
    redirect: "manual",
    headers: { cookie, ...(count ? { "bench-count": "yes" } : {}) },
  });
  const page = await answer.text();
  return { answer, page, took: performance.now() - began };
}

const shownOn = (page: string): number => {
  const main = page.slice(page.indexOf("<main"));
  return (main.match(/<(?:tr|li|dd)[ >]/g) ?? []).length;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function measure(site: Site, paths: readonly string[], rounds: number): Promise<PageCost[]> {
  const times = new Map<string, number[]>(paths.map((path) => [path, []]));
  // The first look at each warms what an isolate keeps; it isn't counted.
  for (let round = 0; round <= rounds; round++)
    for (const path of paths) {
      const { took } = await look(site, path, false);
      if (round > 0) times.get(path)?.push(took);
    }
  const costs: PageCost[] = [];
  for (const path of paths) {
    const { answer, page } = await look(site, path, true);
    costs.push({
      page: path,
      status: answer.status,
      median: Math.round(median(times.get(path) ?? []) * 10) / 10,
      rowsRead: Number(answer.headers.get("bench-rows")),
      rowsShown: shownOn(page),
      calls: Number(answer.headers.get("bench-calls")),
      bytes: page.length,
      worst: answer.headers.get("bench-worst") ?? "",
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
    [{ name: "console", entry: "test/bench/console-worker.ts", objects: ["Person"] }],
    { variables: { SITE_ORIGINS: ORIGIN } },
  );
  try {
    const url = runtime.urls.get("console");
    if (!url) throw new Error("the Worker has no address");
    await seed((await runtime.miniflare.getD1Database("DB", "console")) as Seeded, now, size);
    process.stderr.write("console: counting the days\n");
    const today = Math.floor(now / DAY_MS);
    for (let back = 0; back <= DAYS; back++)
      await fetch(new URL(`/__bench/rollup?day=${today - back}`, url), { method: "POST" });
    // Twice: learning comes first, and what is kept of long reports is made of it.
    for (let times = 0; times < 2; times++)
      await fetch(new URL("/__bench/cron", url), { method: "POST" });
    const person = await somebody(url, now);
    const site = await signIn(url);

    const first = await look(site, `/_u/console/people/${person}`, false);
    const cursor = /\?cursor=([^"#]+)/.exec(first.page)?.[1] ?? "";
    const day90 = new Date(now - (DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
    const pages = (await (await fetch(new URL("/__bench/pages", url))).json()) as string[];
    const paths = [
      ...pages.filter((path) => !/\.\w+$/.test(path)).map((path) => filled(path, person)),
      ...variants(person).map((path) => path.replace("DAY90", day90).replace("CURSOR", cursor)),
    ];
    const measured = paths.filter((path) => !path.includes(":") && !path.endsWith("sign-in"));
    const costs = await measure(site, measured, Number(values.rounds));
    print(costs);
    const answered = costs.filter(({ status }) => status === 200);
    return {
      ...size,
      goal: GOAL_MS,
      within: answered.every(({ median: ms }) => ms < GOAL_MS),
      slowest: answered.toSorted((a, b) => b.median - a.median)[0],
      notMeasured: [
        ...paths.filter((path) => path.includes(":")),
        ...costs.filter(({ status }) => status !== 200).map(({ page }) => page),
      ],
      pages: costs,
    };
  } finally {
    await runtime.dispose();
  }
}
