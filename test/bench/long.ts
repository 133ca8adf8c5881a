/**
 * `npm run bench -- long [--minutes 30] [--rate 40] [--share 0.01] [--seed 1] [--plot FILE.svg]`: mixed load on a platform
 * that fails now and then. People visit, send singly and in batches, sign in on several devices, withdraw, are erased; whoever
 * gets no answer asks again with the same message. At the end the trouble stops, and the books are compared: every message
 * that was accepted is stored once, none that was dropped is, nothing of an erased person is left.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { below, pick, type Random, seeded } from "../sim/random.ts";
import { testBindings } from "../support/bindings.ts";
import { plotLong, type Sample } from "./long-plot.ts";
import { Device, Ledger } from "./long-town.ts";
import { type Runtime, start } from "./runtime.ts";

const WORKER = "troubled";
const DEVICES = 400;
const TRIES = 6;
const USERS = 150;
const SAMPLES = 180;
/** Longer than the outbox's safety alarm. */
const DRAIN_MS = 240_000;
/** After so long a sign-in has reached the index, whatever failed on the way. */
const KNOWN_MS = 60_000;

/** Resident memory of this process's workerd, in MB. */
async function residentMb(): Promise<number> {
  const children = await readFile(
    `/proc/${process.pid}/task/${process.pid}/children`,
    "utf8",
  ).catch(() => "");
  let pages = 0;
  for (const child of children.trim().split(" ")) {
    const stat = await readFile(`/proc/${child}/stat`, "utf8").catch(() => "");
    if (stat.includes("(workerd)"))
      pages += Number((await readFile(`/proc/${child}/statm`, "utf8")).split(" ")[1]);
  }
  return (pages * 4_096) / 1_048_576;
}

async function stored({
  miniflare,
}: Runtime): Promise<{ rows: number; ids: Set<string>; twice: number }> {
  const db = await miniflare.getD1Database("DB", WORKER);
  const ids = new Set<string>();
  let rows = 0;
  const days = await db.prepare("SELECT DISTINCT day FROM events").all<{ day: number }>();
  for (const { day } of days.results) {
    // One message lies under one visitor; were it under two, it would come twice here.
    const { results } = await db
      .prepare("SELECT id FROM events WHERE day = ?")
      .bind(day)
      .all<{ id: string }>();
    rows += results.length;
    for (const { id } of results) ids.add(id);
  }
  return { rows, ids, twice: rows - ids.size };
}

const countStored = async ({ miniflare }: Runtime): Promise<number> => {
  const db = await miniflare.getD1Database("DB", WORKER);
  return (await db.prepare("SELECT count(*) AS n FROM events").first<{ n: number }>())?.n ?? 0;
};

const pause = (ms: number): Promise<unknown> => new Promise((later) => setTimeout(later, ms));

const officer = (url: URL, path: string, body?: unknown): Promise<Record<string, unknown> | null> =>
  fetch(new URL(`/_u/api${path}`, url), {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${testBindings.OFFICER_TOKEN}`,
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
    .then(async (response) =>
      response.ok ? ((await response.json()) as Record<string, unknown>) : null,
    )
    .catch(() => null);

class Town {
  readonly ledger = new Ledger();
  readonly erasures: string[] = [];
  private readonly random: Random;
  private readonly url: URL;
  private devices: Device[] = [];
  private made = 0;
  private users = 0;

  constructor(random: Random, url: URL) {
    this.random = random;
    this.url = url;
    for (let n = 0; n < DEVICES; n++) this.devices.push(this.arrive());
  }

  private arrive(): Device {
    return new Device(`d${++this.made}`, this.url, this.ledger);
  }

  /** One thing that one of them does. */
  async act(): Promise<void> {
    const free = this.devices.filter((device) => !device.busy && !device.gone);
    if (free.length === 0) return;
    const device = pick(this.random, free);
    device.busy = true;
    try {
      await this.choose(device);
    } finally {
      device.busy = false;
    }
  }

  private choose(device: Device): Promise<void> {
    const dice = this.random();
    if (device.consent === "none")
      return dice < 0.5
        ? device.choose("all")
        : dice < 0.6
          ? device.choose("none")
          : device.visit(this.random);
    if (device.consent === "withdrawn")
      return dice < 0.1 ? device.choose("all") : device.visit(this.random);
    if (dice < 0.12)
      return device.signIn(`u${Math.floor(this.users / 1_000)}-${below(this.random, USERS)}`);
    if (dice < 0.14) return device.choose("none");
    if (dice < 0.2) return device.next();
    if (dice < 0.203) return this.erase(device);
    this.users++;
    return device.visit(this.random);
  }

  /** All devices of one user; others come in their place. */
  private async erase({ user }: Device): Promise<void> {
    if (user === null) return;
    const theirs = this.devices.filter((each) => each.user === user);
    // Who is in the middle of a call might be told yes after the erasure, and who has just signed in may not be known to be
    // this user yet; then it can't be said what must be left.
    if (theirs.filter((each) => each.busy).length > 1) return;
    if (theirs.some((each) => Date.now() - each.since < KNOWN_MS)) return;
    for (const each of theirs) each.gone = true;
    const request = { kind: "erase", identifier: `user_id:${user}` };
    let asked = await officer(this.url, "/requests", request);
    // As an officer does who wasn't answered.
    for (let tries = 1; !asked && tries < TRIES; tries++)
      asked = await officer(this.url, "/requests", request);
    if (typeof asked?.["id"] === "string") this.erasures.push(asked["id"]);
    const past = this.ledger.past.get(user) ?? [];
    this.ledger.past.delete(user);
    for (const id of [...theirs.flatMap((each) => each.sent), ...past])
      if (this.ledger.fates.get(id) === "accepted")
        this.ledger.fates.set(id, asked ? "erased" : "unknown");
    this.devices = [
      ...this.devices.filter((each) => !theirs.includes(each)),
      ...theirs.map(() => this.arrive()),
    ];
  }
}

export async function run(args: string[]): Promise<object> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: "string", default: "30" },
      rate: { type: "string", default: "40" },
      share: { type: "string", default: "0.01" },
      seed: { type: "string", default: "1" },
      plot: { type: "string" },
    },
  });
  const minutes = Number(values.minutes);
  const runtime = await start([
    { name: WORKER, entry: "test/bench/troubled-worker.ts", objects: ["Person"] },
  ]);
  try {
    const url = runtime.urls.get(WORKER);
    if (!url) throw new Error("the Worker has no address");
    const trouble = async (share: number): Promise<number> => {
      const response = await fetch(new URL(`/__long/trouble?share=${share}`, url), {
        method: "POST",
      });
      return ((await response.json()) as { faults: number }).faults;
    };
    const cron = (): Promise<unknown> =>
      runtime.miniflare
        .getWorker(WORKER)
        .then((worker) => worker.scheduled({ cron: "*/5 * * * *" }))
        .catch(() => undefined);

    const town = new Town(seeded(Number(values.seed)), url);
    const samples: Sample[] = [];
    const began = Date.now();
    const ends = began + minutes * 60_000;
    await trouble(Number(values.share));
    const underWay = new Set<Promise<void>>();
    let nextSample = began;
    let nextCron = began + 60_000;
    while (Date.now() < ends) {
      if (underWay.size < 32) {
        const act: Promise<void> = town.act().finally(() => underWay.delete(act));
        underWay.add(act);
      }
      if (Date.now() >= nextSample) {
        nextSample += (minutes * 60_000) / SAMPLES;
        const landed = await countStored(runtime);
        samples.push({
          minute: (Date.now() - began) / 60_000,
          memory: await residentMb(),
          accepted: town.ledger.accepted().size,
          landed,
        });
      }
      if (Date.now() >= nextCron) {
        nextCron += 60_000;
        await cron();
      }
      await pause(1_000 / Number(values.rate));
    }
    await Promise.all(underWay);
    const faults = await trouble(0);

    const accepted = town.ledger.accepted();
    let end = await stored(runtime);
    let open: string[] = town.erasures;
    const drainUntil = Date.now() + DRAIN_MS;
    const missing = (): string[] => [...accepted].filter((id) => !end.ids.has(id));
    while ((missing().length > 0 || open.length > 0) && Date.now() < drainUntil) {
      await pause(2_000);
      await cron();
      const states = await Promise.all(
        open.map(async (id) => [id, (await officer(url, `/requests/${id}`))?.["state"]] as const),
      );
      open = states.filter(([, state]) => state !== "done").map(([id]) => id);
      end = await stored(runtime);
    }
    const drainSeconds = Math.round((Date.now() - ends) / 1_000);
    samples.push({
      minute: (Date.now() - began) / 60_000,
      memory: await residentMb(),
      accepted: accepted.size,
      landed: end.rows,
    });

    const withFate = (fate: string): string[] =>
      [...town.ledger.fates].filter(([, each]) => each === fate).map(([id]) => id);
    const memory = (from: number, to: number): number =>
      median(
        samples
          .filter(({ minute }) => minute >= from * minutes && minute < to * minutes)
          .map((each) => each.memory),
      );
    const result = {
      minutes,
      seed: Number(values.seed),
      calls: town.ledger.asked,
      askedAgain: town.ledger.again,
      neverAnswered: town.ledger.failed,
      faults,
      accepted: accepted.size,
      stored: end.rows,
      lost: missing().length,
      doubled: end.twice,
      storedThoughDropped: withFate("dropped").filter((id) => end.ids.has(id)).length,
      acceptedAgainstConsent: town.ledger.against,
      leftOfErased: withFate("erased").filter((id) => end.ids.has(id)).length,
      erasures: town.erasures.length,
      erasuresOpen: open.length,
      drainSeconds,
      memoryMb: {
        secondQuarter: Math.round(memory(0.25, 0.5)),
        lastQuarter: Math.round(memory(0.75, 1)),
      },
    };
    if (values.plot) await writeFile(values.plot, plotLong(samples, result));
    return result;
  } finally {
    await runtime.dispose();
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
