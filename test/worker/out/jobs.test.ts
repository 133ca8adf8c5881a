/** Exports that are begun in the console, left and returned to. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import { dayName, dayOf } from "../../../src/domain/ids.ts";
import { continueExports } from "../../../src/http/export/jobs.ts";
import { jobAt, listJobs, saveJob, sweepExports, UNSTARTED } from "../../../src/out/exports.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { api, MARKETER_TOKEN, OFFICER_TOKEN, OWNER_TOKEN } from "../../support/site.ts";
import { type Console, pageOf, signedIn } from "../console/session.ts";
import { clear } from "../d1/books.ts";
import { ALL_FOUR, leaving, namesIn, visitorWith } from "./stage.ts";

const now = Date.now();
const today = dayName(dayOf(now));
const DATA = "/_u/console/data";
const LISTS = "/_u/console/exports/lists";
const HOUR = 3_600_000;

const ports = () => ({
  ...nightlyPorts(env as unknown as Env, () => undefined),
  bucket: env.KEYS,
  now,
});

beforeEach(async () => {
  await clear();
  const { objects } = await env.KEYS.list({ prefix: "exports/" });
  await env.KEYS.delete(objects.map(({ key }) => key));
});

async function begin(who: Console, path: string, fields: Record<string, string>): Promise<string> {
  const said = await who.form(path, { form: await who.formToken(), ...fields });
  expect(said.status).toBe(303);
  return said.headers.get("location") ?? "";
}

const events = { kind: "events", purpose: "measurement", from: today, to: today };

/** Looks again until it is made. */
async function made(who: Console, path: string): Promise<string> {
  for (;;) {
    const page = pageOf(await who.call(path));
    if (!page.includes("<progress")) return page;
  }
}

const fileAt = async (who: Console, path: string): Promise<{ status: number; lines: string[] }> => {
  const said = await who.call(path);
  return { status: said.status, lines: pageOf(said).split(/\r?\n/).filter(Boolean) };
};

test("an officer's export is made after the answer, and holds what the same call of the API gives", async () => {
  for (const name of ["a", "b", "c"]) await visitorWith(ALL_FOUR, [`${name}1`, `${name}2`]);
  const officer = await signedIn(OFFICER_TOKEN);
  const path = await begin(officer, DATA, events);
  expect(await made(officer, path)).toContain("6 lines");
  const { headers } = await officer.call(`${path}/file.ndjson`);
  expect(headers.get("content-disposition")).toBe(
    `attachment; filename="events-Measurement-${today}-to-${today}.ndjson"`,
  );
  const { lines } = await fileAt(officer, `${path}/file.ndjson`);
  const { lines: said } = await leaving("events.ndjson?purpose=measurement");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(said);
  const people = await begin(officer, DATA, { ...events, kind: "people" });
  expect(await made(officer, people)).toContain("3 lines");
  expect(pageOf(await officer.call(DATA))).toContain("People for Measurement");
  const table = await begin(officer, DATA, { ...events, kind: "people-csv" });
  await made(officer, table);
  const rows = (await fileAt(officer, `${table}/file.csv`)).lines;
  expect([rows.length, rows[0]?.startsWith("person,day,stage,")]).toEqual([4, true]);
  expect((await fileAt(officer, `${table}/file.ndjson`)).status).toBe(404);
});

test("each role sees its own exports and not the other's, whatever address it asks for", async () => {
  await visitorWith(ALL_FOUR, ["a1"]);
  const [officer, marketer] = [await signedIn(OFFICER_TOKEN), await signedIn(MARKETER_TOKEN)];
  const path = await begin(officer, DATA, events);
  await made(officer, path);
  const id = path.slice(DATA.length + 1);
  expect((await marketer.call(path)).status).toBe(403);
  expect((await marketer.call(`${path}/file.ndjson`)).status).toBe(403);
  expect((await marketer.call(`${LISTS}/${id}`)).status).toBe(404);
  expect((await marketer.call(`${LISTS}/${id}/file.csv`)).status).toBe(404);
  const list = await begin(marketer, LISTS, { action: "" });
  await made(marketer, list);
  expect((await officer.call(list)).status).toBe(403);
  expect((await officer.call(`${DATA}/${list.slice(LISTS.length + 1)}`)).status).toBe(404);
  const { status, lines } = await fileAt(marketer, `${list}/file.csv`);
  expect([status, lines[0]?.startsWith("person,stage,")]).toEqual([200, true]);
});

/** Begun by somebody who was gone at once. */
async function left(): Promise<string> {
  const id = `${now}-0a1b2c3d`;
  const day = dayOf(now);
  await saveJob(
    env.KEYS,
    {
      ...UNSTARTED,
      id,
      kind: "events",
      action: null,
      purpose: "measurement",
      from: day,
      to: day,
      started: now,
      by: "officer",
      at: 0,
      tries: 0,
    },
    null,
  );
  return id;
}

/** The bucket whose nth put is the last thing that happens. */
function dying(nth: number): R2Bucket {
  let puts = 0;
  return new Proxy(env.KEYS, {
    get(target, name) {
      if (name === "put" && puts++ >= nth)
        return async () => {
          throw new Error("gone");
        };
      const member = Reflect.get(target, name) as unknown;
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

test("killed anywhere it goes on, for cron or whoever looks, and has every line once", async () => {
  const names = Array.from({ length: 230 }, (_, n) => `n${String(n).padStart(3, "0")}`);
  await visitorWith({ measurement: true }, names.slice(0, 5));
  const [{ lines: first } = { lines: [] }] = [await leaving("events.ndjson?purpose=measurement")];
  const { visitor } = first[0] ?? { visitor: "" };
  // More than a page of rows, so that it takes several parts.
  await env.DB.prepare(
    `INSERT INTO events (day, visitor, id, at, received, type, name, channel, policy, purposes, data)
     SELECT ?1, ?2, 'x' || value, ?3, ?3, 'track', value, 'web', 1, 'measurement', '{}' FROM json_each(?4)`,
  )
    .bind(dayOf(now), visitor, now, JSON.stringify(names.slice(5)))
    .run();
  const id = await left();
  for (let puts = 0; puts < 9; puts++) {
    await continueExports({ ...ports(), bucket: dying(puts) }, 1).catch(() => undefined);
    const [stored] = await listJobs(env.KEYS);
    if (stored?.job.state !== "running") break;
    await env.KEYS.put(jobAt(id), JSON.stringify({ ...stored.job, at: 0 }));
  }
  const [done] = await listJobs(env.KEYS);
  expect(done?.job).toMatchObject({ state: "done", parts: 2, lines: 230, share: 1 });
  const officer = await signedIn(OFFICER_TOKEN);
  const { lines } = await fileAt(officer, `${DATA}/${id}/file.ndjson`);
  const found = lines.map((line) => (JSON.parse(line) as { name: string }).name);
  expect(found.toSorted()).toEqual(names);
});

test("an erasure takes its lines out of files that are there, and stops lists of addresses", async () => {
  await visitorWith(ALL_FOUR, ["kept"]);
  const jane = await visitorWith(ALL_FOUR, ["gone"]);
  const [officer, marketer] = [await signedIn(OFFICER_TOKEN), await signedIn(MARKETER_TOKEN)];
  const path = await begin(officer, DATA, events);
  const table = await begin(officer, DATA, { ...events, kind: "people-csv" });
  const list = await begin(marketer, LISTS, { action: "" });
  expect(await made(officer, path)).toContain("2 lines");
  await made(officer, table);
  await made(marketer, list);
  const erased = await api("/requests", OWNER_TOKEN, {
    kind: "erase",
    identifier: "user_id:nobody-knows",
    visitors: [jane.visitor],
  });
  expect(erased.body["state"]).toBe("done");
  const { lines } = await fileAt(officer, `${path}/file.ndjson`);
  expect(namesIn(lines.map((line) => JSON.parse(line)))).toEqual(["kept"]);
  expect((await fileAt(officer, `${table}/file.csv`)).lines).toHaveLength(2);
  expect(pageOf(await marketer.call(list))).toContain("Somebody was erased meanwhile");
  expect((await marketer.call(`${list}/file.csv`)).status).toBe(404);
  const { objects } = await env.KEYS.list({ prefix: "exports/" });
  for (const { key } of objects)
    expect(await (await env.KEYS.get(key))?.text()).not.toContain(jane.visitor);
});

test("a list can be fetched for an hour, other files for a day; then they are gone, and the page says so", async () => {
  await visitorWith(ALL_FOUR, ["a1"]);
  const [officer, marketer] = [await signedIn(OFFICER_TOKEN), await signedIn(MARKETER_TOKEN)];
  const path = await begin(officer, DATA, events);
  const list = await begin(marketer, LISTS, { action: "" });
  await Promise.all([made(officer, path), made(marketer, list)]);
  const parts = async () =>
    (await env.KEYS.list({ prefix: "exports/" })).objects.filter(({ key }) => /part-/.test(key))
      .length;
  expect(await parts()).toBe(2);
  await sweepExports(env.KEYS, Date.now() + 2 * HOUR);
  expect(await parts()).toBe(1);
  await sweepExports(env.KEYS, Date.now() + 25 * HOUR);
  expect(await parts()).toBe(0);
  const late = { "usher-now": new Date(Date.now() + 25 * HOUR).toISOString() };
  const again = await signedIn(OFFICER_TOKEN, late);
  expect(pageOf(await again.call(path))).toContain("The file is gone");
  expect((await again.call(`${path}/file.ndjson`)).status).toBe(404);
  await sweepExports(env.KEYS, Date.now() + 8 * 24 * HOUR);
  expect((await listJobs(env.KEYS)).length).toBe(0);
});
