/** What runs by the clock: each job of cron, and an import that nobody watches. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { jobsOf, NIGHTLY, type NightlyPorts } from "../../../src/cron.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import { continueExports, fileOf } from "../../../src/http/export/jobs.ts";
import { resumeImports } from "../../../src/http/import/jobs.ts";
import {
  type ImportJob,
  loadFile,
  loadJob,
  saveFile,
  saveJob,
  UNSTARTED,
} from "../../../src/http/import/store.ts";
import * as exported from "../../../src/out/exports.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { settle } from "../../support/objects.ts";
import { unseen } from "../../support/outside.ts";
import { api, OFFICER_TOKEN } from "../../support/site.ts";
import { filed } from "../../worker/out/stage.ts";
import { idsOf, type Operation, signIn, type Two, twoDevices, wasSent } from "../operation.ts";

/** Bodies that the site's own systems were sent. */
const posted: string[] = [];

const ports = (): NightlyPorts => ({
  ...nightlyPorts(env, (work) => createExecutionContext().waitUntil(work)),
  async post(_url, init) {
    posted.push(String(init.body));
    return new Response(null, { status: 200 });
  },
});

const MINUTE = 60_000;
const HOUR_MS = 60 * MINUTE;
const start = Date.now();
/** Today is over for it, and what came a moment ago came yesterday. */
const at = start + DAY_MS + 2 * HOUR_MS;
/** Goes on with each event: webhooks are sent what came since the time before. */
let minute = 0;
const minutes = (): number => start + minute * MINUTE;

const OFTEN = "*/5 * * * *";

interface Town extends Two {
  sent: string[];
}

let town: Town | null = null;

/** Everything that jobs work with: two devices of one person, and a system that is told of what happens. */
async function settleDown(): Promise<Town> {
  const two = await twoDevices("town");
  for (const [n, browser] of two.devices.entries()) await signIn(browser, two.name, n);
  await settle(idsOf(two).map(String));
  const hook = { id: "crm", url: "https://crm.example.org/usher", purpose: "measurement" };
  await api("/webhooks", OFFICER_TOKEN, { hooks: [hook] }, "PUT");
  await jobsOf(ports(), DEFAULT_POLICY, OFTEN, start)["webhooks"]?.();
  return { ...two, sent: wasSent(two.name) };
}

/** One job of cron, run again as cron does until it has passed; there is something new for it each time. */
const jobNamed = (job: string, cron: string): Operation<Town & { latest: string }> => ({
  what: `cron's job ${job}`,
  async prepare(name) {
    town ??= await settleDown();
    const latest = `${job}-${name}`;
    town.sent.push(latest);
    await town.devices[0].send("track", { messageId: latest, event: "Looked" });
    await settle(idsOf(town).map(String));
    await BEFORE[job]?.(latest);
    return { ...town, latest };
  },
  async act() {
    for (let tries = 0; tries < 3; tries++) {
      // What wasn't sent waits for five minutes.
      const now = job === "webhooks" ? minutes() + MINUTE / 2 + tries * 6 * MINUTE : at;
      const run = jobsOf(ports(), DEFAULT_POLICY, cron, now)[job];
      if (!run) throw new Error("there is no such job");
      const done = await run().then(
        () => true,
        () => false,
      );
      if (done) return;
    }
    throw new Error("it never passed");
  },
  account: (world) => ({ humans: [idsOf(world)], sent: world.sent }),
  holds: async ({ latest, sent }) => AFTER[job]?.(latest, sent),
});

/** What else each needs, so that there is something to do. */
const BEFORE: Record<string, (latest: string) => Promise<unknown> | undefined> = {
  // It looks at all days again.
  files: () => env.EXPORTS?.delete("run.json"),
  webhooks(latest) {
    minute += 7;
    return env.DB.prepare("UPDATE events SET landed = ?1 WHERE id = ?2")
      .bind(Math.floor(minutes() / 1000), latest)
      .run();
  },
};

/** What each has to have done in the end. */
const AFTER: Record<string, (latest: string, sent: readonly string[]) => Promise<void> | void> = {
  webhooks(latest) {
    expect(posted.filter((body) => body.includes(`"${latest}"`)).length).toBeGreaterThan(0);
  },
  async files(_, sent) {
    const lines = [...(await filed())].filter(([key]) => key.includes("purpose=measurement/"));
    const ids = lines.flatMap(([, file]) => file.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(sent.toSorted());
  },
  anchors: verifies,
  retention: verifies,
  "figures-yesterday": agrees,
};

async function verifies(): Promise<void> {
  expect((await api("/receipts/verify")).body).toMatchObject({ ok: true });
}

async function agrees(_: string, sent: readonly string[]): Promise<void> {
  const { body } = await api("/reports/overview", undefined, undefined);
  expect(body["events"]).toBe(sent.length);
}

const names = (cron: string): string[] => Object.keys(jobsOf(ports(), DEFAULT_POLICY, cron, at));

/** Every job that there is. */
export const cronJobs: readonly Operation<Town & { latest: string }>[] = [
  "*/5 * * * *",
  NIGHTLY,
].flatMap((cron) => names(cron).map((job) => jobNamed(job, cron)));

const bucket = env.KEYS;

interface Left extends Town {
  jobs: readonly exported.ExportJob[];
}

const KINDS = ["events", "people"] as const;

/** Whoever made them in the console is gone. */
export const exportsLeft: Operation<Left> = {
  what: "exports that somebody began and left",
  async prepare() {
    town ??= await settleDown();
    const jobs = KINDS.map((kind, n): exported.ExportJob => ({
      ...exported.UNSTARTED,
      id: `${start}-${String(++exports).padStart(8, "0")}`,
      kind,
      action: null,
      purpose: "measurement",
      from: dayOf(start) - 1,
      to: dayOf(start) + 1,
      started: start + n,
      by: "officer",
      at: 0,
      tries: 0,
    }));
    for (const job of jobs) await exported.saveJob(bucket, job, null);
    return { ...town, jobs };
  },
  /** Cron, a minute apart: whoever died at one is waited for no longer. */
  async act({ jobs }) {
    const isDone = async ({ id }: exported.ExportJob): Promise<boolean> =>
      (await exported.loadJob(bucket, id))?.job.state === "done";
    try {
      for (let minute = 0; minute < 4; minute++) {
        vi.useFakeTimers({ toFake: ["Date"], now: start + minute * MINUTE });
        await continueExports({ ...ports(), now: start }).catch(() => undefined);
        const done = await unseen(() => Promise.all(jobs.map(isDone)));
        if (done.every(Boolean)) return;
      }
    } finally {
      vi.useRealTimers();
    }
  },
  account: (world) => ({ humans: [idsOf(world)], sent: world.sent }),
  async holds({ jobs, sent }) {
    for (const { id, kind } of jobs) {
      const job = (await exported.loadJob(bucket, id))?.job;
      expect(job).toMatchObject({ state: "done" });
      const text = await new Response(fileOf(bucket, job!, start)).text();
      const lines = text.trim().split("\n");
      if (kind === "people") expect(lines).toHaveLength(1);
      else expect(lines.map((line) => JSON.parse(line).id).toSorted()).toEqual(sent.toSorted());
      // Nobody's data lies in a file of which the log doesn't say so.
      const log = env.DB.prepare("SELECT count(*) AS n FROM audit WHERE subject = ?1").bind(id);
      expect(await log.first("n")).toBeGreaterThan(0);
      await exported.removeParts(bucket, id);
      await bucket.delete(exported.jobAt(id));
    }
  },
};

let exports = 0;

export interface Abandoned {
  id: string;
  name: string;
}

let jobs = 0;

/** As a run leaves it that was killed before its first row. */
export async function abandoned(
  name: string,
  kind: ImportJob["kind"],
  text: string,
): Promise<Abandoned> {
  const now = Date.now();
  const id = `${now}-${(++jobs).toString(16).padStart(8, "0")}`;
  const bytes = new TextEncoder().encode(text);
  await saveFile(bucket, id, bytes);
  await saveJob(
    bucket,
    {
      id,
      kind,
      origin: name,
      country: null,
      name: "file.csv",
      bytes: bytes.length,
      ...UNSTARTED,
      started: now,
      at: now - MINUTE,
      by: "marketer",
      invalid: [],
      dropped: [],
    },
    null,
  );
  return { id, name };
}

/** Cron, a minute apart, with so few rows a run that a file takes several. */
export async function runs({ id }: Abandoned): Promise<void> {
  for (let minute = 0; minute < 12; minute++) {
    const now = Date.now() + minute * MINUTE;
    const budget = { rows: 1, until: Number.POSITIVE_INFINITY };
    await resumeImports({ ...ports(), now }, budget).catch(() => undefined);
    const file = await loadFile(bucket, id).catch(() => "unknown" as const);
    if (file === null) return;
    if (file !== "unknown") await file.cancel();
  }
}

export async function isThrough(
  { id }: Abandoned,
  accepted: number,
  invalid: number,
): Promise<void> {
  const job = (await loadJob(bucket, id))?.job;
  expect(job).toMatchObject({ state: "done", accepted, idle: true });
  expect(job?.invalid).toHaveLength(invalid);
  expect(await loadFile(bucket, id)).toBeNull();
}

/** Spend is put away by the thousand. */
const ROWS = 1_002;

export const spend: Operation<Abandoned> = {
  what: "an import of spend that takes two runs",
  prepare: (name) =>
    abandoned(
      name,
      "spend",
      `date,channel,campaign,cost\nno date,x,y,1\n${Array.from(
        { length: ROWS },
        (_, n) => `2026-11-01,${name},c${n},0.01`,
      ).join("\n")}`,
    ),
  act: runs,
  account: () => ({ humans: [], sent: [] }),
  async holds(world) {
    await isThrough(world, ROWS, 1);
    const sum = await env.DB.prepare(
      "SELECT count(*) AS n, sum(cost_cents) AS cents FROM spend WHERE channel = ?",
    )
      .bind(world.name)
      .first();
    expect(sum).toEqual({ n: ROWS, cents: ROWS });
  },
};
