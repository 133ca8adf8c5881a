/** Exports when something is in their way: another driver, a store that refuses, what is gone, what somebody sent. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import { dayOf, type VisitorId } from "../../../src/domain/ids.ts";
import { continueExports, fileOf, lookAtExport } from "../../../src/http/export/jobs.ts";
import {
  type ExportJob,
  jobAt,
  listJobs,
  partAt,
  removeFromExports,
  saveJob,
  UNSTARTED,
} from "../../../src/out/exports.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { settle } from "../../support/objects.ts";
import { api, OWNER_TOKEN } from "../../support/site.ts";
import { clear } from "../d1/books.ts";
import { ALL_FOUR, visitorWith } from "./stage.ts";

const now = Date.now();
const ports = () => ({
  ...nightlyPorts(env as unknown as Env, () => undefined),
  bucket: env.KEYS,
  now,
});

const job = (more: Partial<ExportJob> = {}): ExportJob => ({
  ...UNSTARTED,
  id: `${now}-0a1b2c3d`,
  kind: "events",
  action: null,
  purpose: "measurement",
  from: dayOf(now),
  to: dayOf(now),
  started: now,
  by: "officer",
  at: 0,
  tries: 0,
  ...more,
});

beforeEach(async () => {
  await clear();
  const { objects } = await env.KEYS.list({ prefix: "exports/" });
  await env.KEYS.delete(objects.map(({ key }) => key));
});

const stored = async (): Promise<ExportJob | undefined> => (await listJobs(env.KEYS))[0]?.job;

/** Whoever was at it is taken for dead. */
async function abandoned(): Promise<void> {
  const known = await stored();
  if (known) await env.KEYS.put(jobAt(known.id), JSON.stringify({ ...known, at: 0 }));
}

type Put = (key: string, ...rest: unknown[]) => Promise<unknown>;

/** The bucket, with something before each put. */
const putting = (before: (key: string) => Promise<void>): R2Bucket =>
  new Proxy(env.KEYS, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== "function") return member;
      if (name !== "put") return member.bind(target) as unknown;
      return async (key: string, ...rest: unknown[]) => {
        await before(key);
        return (target.put as unknown as Put).call(target, key, ...rest);
      };
    },
  });

test("a slow one whose export was taken over writes over nothing of it", async () => {
  const { visitor } = await visitorWith({ measurement: true }, ["first"]);
  const names = Array.from({ length: 229 }, (_, n) => `n${n}`);
  await env.DB.prepare(
    `INSERT INTO events (day, visitor, id, at, received, type, name, channel, policy, purposes, data)
     SELECT ?1, ?2, 'x' || value, ?3, ?3, 'track', value, 'web', 1, 'measurement', '{}' FROM json_each(?4)`,
  )
    .bind(dayOf(now), visitor, now, JSON.stringify(names))
    .run();
  await saveJob(env.KEYS, job(), null);
  const came = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow = putting(async (key) => {
    if (!key.includes("/part-")) return;
    came.resolve();
    await gate.promise;
  });
  // Its part ends sooner, as one does whose time is up.
  const first = continueExports({ ...ports(), bucket: slow }, 1);
  await came.promise;
  await abandoned();
  await continueExports(ports());
  gate.resolve();
  await first;
  const done = await stored();
  expect(done).toMatchObject({ state: "done", lines: 230 });
  const text = await new Response(fileOf(env.KEYS, done ?? job(), now)).text();
  expect(text.trim().split("\n")).toHaveLength(230);
});

test("it gets on where the store takes one write a second of the same object, as R2 does", async () => {
  await visitorWith(ALL_FOUR, ["a1"]);
  await saveJob(env.KEYS, job(), null);
  const last = new Map<string, number>();
  const bucket = putting(async (key) => {
    if (Date.now() - (last.get(key) ?? 0) < 1_000) throw new Error("too many writes");
    last.set(key, Date.now());
  });
  const after: Promise<unknown>[] = [];
  const context = { ...ports(), bucket, waitUntil: (work: Promise<unknown>) => after.push(work) };
  await lookAtExport(context as unknown as Parameters<typeof lookAtExport>[0], job().id);
  await Promise.all(after);
  expect(await stored()).toMatchObject({ state: "done", lines: 1 });
});

test("an erased visitor's id in what somebody else sent keeps no export from its end", async () => {
  const gone = (await visitorWith(ALL_FOUR, ["gone"])).visitor ?? "";
  const said = { kind: "erase", identifier: "user_id:nobody-knows", visitors: [gone] };
  expect((await api("/requests", OWNER_TOKEN, said)).body["state"]).toBe("done");
  const other = await visitorWith(ALL_FOUR, []);
  await other.send("track", { messageId: "m1", event: "Hi", properties: { said: gone } });
  await settle([other.visitor ?? ""]);
  await saveJob(env.KEYS, job(), null);
  await continueExports(ports());
  expect(await stored()).toMatchObject({ state: "done", lines: 1, looked: 1 });
});

test("what fails each time ends as failed, and names nobody any more", async () => {
  await visitorWith(ALL_FOUR, ["a1"]);
  await saveJob(env.KEYS, job({ tries: 98, cursor: "2026-11-22.somebody.x" }), null);
  const people = { standing: () => Promise.reject(new Error("always")) };
  const failing = { ...ports(), people } as unknown as ReturnType<typeof ports>;
  for (let n = 0; n < 3; n++) {
    await continueExports(failing);
    await abandoned();
  }
  expect(await stored()).toMatchObject({ state: "failed", cursor: null });
});

test("a purpose that the policy has no more ends what was under way for it", async () => {
  await saveJob(env.KEYS, job({ purpose: "given-up" }), null);
  await continueExports(ports());
  expect(await stored()).toMatchObject({
    state: "failed",
    because: "the policy has no such purpose any more",
  });
});

test("people looked at are those there were", async () => {
  await visitorWith(ALL_FOUR, ["a1"]);
  await saveJob(env.KEYS, job({ kind: "people" }), null);
  await continueExports(ports());
  expect(await stored()).toMatchObject({ state: "done", lines: 1, looked: 1 });
});

test("a file that goes while it is fetched is broken off, and isn't taken for whole", async () => {
  const made = job({ state: "done", doneAt: now, parts: 3 });
  for (const n of [0, 2]) await env.KEYS.put(partAt(made.id, n), `${n}\n`);
  await expect(new Response(fileOf(env.KEYS, made, now)).text()).rejects.toThrow();
});

test("an erasure reaches every export there is, however many were made since", async () => {
  const visitor = "a".repeat(26) as VisitorId;
  const many = Array.from({ length: 205 }, (_, n) =>
    job({ id: `${now + n}-0a1b2c3d`, state: "done", doneAt: now, parts: 1 }),
  );
  await Promise.all(many.map((each) => saveJob(env.KEYS, each, null)));
  const part = partAt(job().id, 0);
  await env.KEYS.put(part, `{"visitor":"${visitor}"}\n{"visitor":"another"}\n`);
  await removeFromExports(env.KEYS, [visitor]);
  expect(await (await env.KEYS.get(part))?.text()).toBe('{"visitor":"another"}\n');
});
