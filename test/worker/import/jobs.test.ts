/** Who drives an import: whoever looks at it, or cron; never two at once, and never for ever. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import { lookAtImport, resumeImports } from "../../../src/http/import/jobs.ts";
import {
  type ImportJob,
  loadFile,
  loadJob,
  saveFile,
  saveJob,
  sweepImports,
  UNSTARTED,
} from "../../../src/http/import/store.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { cron } from "../../faults/operation.ts";
import { eventually } from "../../support/site.ts";

const bucket = env.KEYS;
const NOW = Date.now();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const AT_ONCE = { rows: 10_000, until: Number.POSITIVE_INFINITY };

const context = (now = NOW, waitUntil: (work: Promise<unknown>) => void = () => undefined) => ({
  ...nightlyPorts(env as unknown as Env, (work) => createExecutionContext().waitUntil(work)),
  now,
  waitUntil,
});

let jobs = 0;
const left = async (
  changes: Partial<ImportJob> = {},
  text = "date,channel,cost\n2026-11-01,jobs,1\nnone,x,1\n2026-11-02,jobs,1\n",
): Promise<string> => {
  const id = `${NOW}-${(++jobs).toString(16).padStart(8, "0")}`;
  await saveFile(bucket, id, new TextEncoder().encode(text));
  const job: ImportJob = {
    id,
    kind: "spend",
    origin: "jobs",
    country: null,
    name: "file.csv",
    bytes: text.length,
    ...UNSTARTED,
    started: NOW,
    at: NOW - MINUTE,
    by: "marketer",
    invalid: [],
    dropped: [],
    ...changes,
  };
  await saveJob(bucket, job, null);
  return id;
};
const jobOf = async (id: string) => (await loadJob(bucket, id))?.job;

test("an import that died is brought through by cron, and its file goes", async () => {
  const id = await left();
  await cron();
  expect(await jobOf(id)).toMatchObject({
    state: "done",
    accepted: 2,
    invalid: [{ line: 3 }],
    by: "marketer",
  });
  expect(await loadFile(bucket, id)).toBeNull();
});

test("what somebody works at is left to them; what was put down goes on at once", async () => {
  const at = Date.now();
  const [held, free] = [await left({ at }), await left({ at, idle: true })];
  // Cron may be late: what counts is when it comes.
  for (const due of [at - 5 * MINUTE, at]) await resumeImports(context(due), { ...AT_ONCE });
  expect(await jobOf(held)).toMatchObject({ state: "running", tries: 1 });
  expect(await jobOf(free)).toMatchObject({ state: "done", accepted: 2 });
  await resumeImports(context(at + MINUTE), { ...AT_ONCE });
  expect(await jobOf(held)).toMatchObject({ state: "done" });
});

test("what a late run of cron takes up is held from that moment on", async () => {
  const at = Date.now();
  const id = await left({ at: at - 10 * MINUTE });
  const said: number[] = [];
  const told = new Proxy(bucket, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (name === "put" && String(args[0]).includes(id))
          said.push((JSON.parse(String(args[1])) as ImportJob).at);
        return member.apply(target, args) as unknown;
      };
    },
  });
  await resumeImports({ ...context(at - 5 * MINUTE), bucket: told }, { ...AT_ONCE });
  expect(said[0]).toBeGreaterThanOrEqual(at);
});

test("files whose imports were never begun keep no other from getting on", async () => {
  const orphans = Array.from(
    { length: 20 },
    (_, n) => `${NOW - DAY}-${String(n).padStart(8, "0")}`,
  );
  for (const orphan of orphans) await saveFile(bucket, orphan, new Uint8Array(1));
  const id = await left();
  await resumeImports(context(), { ...AT_ONCE });
  expect(await jobOf(id)).toMatchObject({ state: "done" });
});

test("two who come at once don't both work, and each row is counted once", async () => {
  const id = await left();
  const left2 = (await loadJob(bucket, id))!;
  const works: Promise<unknown>[] = [];
  await Promise.all([
    resumeImports(context(), { ...AT_ONCE }),
    resumeImports(context(), { ...AT_ONCE }),
    lookAtImport(
      context(NOW, (work) => works.push(work)),
      id,
    ),
  ]);
  await Promise.all(works);
  expect(await jobOf(id)).toMatchObject({ state: "done", accepted: 2, invalid: [{ line: 3 }] });
  // Who was slower finds the document changed, and writes nothing over it.
  expect(await saveJob(bucket, left2.job, left2.etag)).toBeNull();
});

test("one run goes no further than it may, says where it stands, and the next begins there", async () => {
  const rows = Array.from({ length: 2_500 }, (_, n) => `2026-11-03,jobs,c${n},1`);
  const id = await left({}, `date,channel,campaign,cost\n${rows.join("\n")}`);
  const seen: unknown[] = [];
  for (let run = 0; run < 3; run++) {
    await resumeImports(context(), { ...AT_ONCE, rows: 500 });
    const { state, from, accepted, tries, idle } = (await jobOf(id))!;
    seen.push([state, from, accepted, tries, idle]);
  }
  expect(seen).toEqual([
    ["running", 1_002, 1_000, 0, true],
    ["running", 2_002, 2_000, 0, true],
    ["done", 2_002, 2_500, 0, true],
  ]);
});

test("refusals are counted over all runs, however many of them are told", async () => {
  const rows = Array.from(
    { length: 2_500 },
    (_, n) => `${n % 2 ? "2026-11-03" : "x"},jobs,c${n},1`,
  );
  const id = await left({}, `date,channel,campaign,cost\n${rows.join("\n")}`);
  for (let run = 0; run < 2; run++) await resumeImports(context(), { ...AT_ONCE, rows: 1_900 });
  expect(await jobOf(id)).toMatchObject({
    state: "done",
    accepted: 1_250,
    counts: { invalid: 1_250, dropped: 0 },
  });
  expect((await jobOf(id))?.invalid).toHaveLength(1_000);
});

test("one begun before refusals were counted goes on with those it has", async () => {
  const id = await left();
  const { job } = (await loadJob(bucket, id))!;
  const { counts: _, lines: __, ...older } = { ...job, invalid: [{ line: 9, message: "before" }] };
  await bucket.put(`imports/${id}/job.json`, JSON.stringify(older));
  expect(await jobOf(id)).toMatchObject({ counts: { invalid: 1, dropped: 0 }, lines: null });
  await resumeImports(context(), { ...AT_ONCE });
  expect(await jobOf(id)).toMatchObject({ state: "done", counts: { invalid: 2, dropped: 0 } });
});

test("one that never gets on is given up with its reason, and one that isn't CSV at once", async () => {
  const stuck = await left({ tries: 100 });
  const wrong = await left({}, `a,b\n"${"x".repeat(40_000)}`);
  for (let run = 0; run < 2; run++) await resumeImports(context(), { ...AT_ONCE });
  expect(await jobOf(stuck)).toMatchObject({
    state: "failed",
    because: expect.stringContaining("100 tries") as string,
  });
  expect(await jobOf(wrong)).toMatchObject({
    state: "failed",
    because: expect.stringContaining("isn't CSV") as string,
  });
  for (const id of [stuck, wrong]) expect(await loadFile(bucket, id)).toBeNull();
});

test("a file that nothing gets on with goes after two days, and what is told of it after a month", async () => {
  const id = await left({ at: NOW + 60 * DAY });
  await sweepImports(bucket, NOW + DAY);
  expect(await eventually(() => loadFile(bucket, id))).not.toBeNull();
  await sweepImports(bucket, NOW + 3 * DAY);
  expect(await loadFile(bucket, id)).toBeNull();
  expect(await jobOf(id)).toBeDefined();
  await sweepImports(bucket, NOW + 31 * DAY);
  expect(await jobOf(id)).toBeUndefined();
});
