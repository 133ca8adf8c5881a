/** What whoever runs the site sees and may do while rows move to other databases. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { NIGHTLY, runCron } from "../../../src/cron.ts";
import type { Env } from "../../../src/env.ts";
import { beginResharding, continueResharding } from "../../../src/d1/resharding.ts";
import { isInPlace, readResharding, type Resharding } from "../../../src/d1/resharding-state.ts";
import { nightlyPorts } from "../../../src/services.ts";
import {
  api,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  OWNER_TOKEN,
  ORIGIN,
  read,
} from "../../support/site.ts";
import { clear } from "../d1/books.ts";
import { exports } from "cloudflare:workers";

beforeEach(async () => {
  await clear();
  await env.KEYS.delete("failing-jobs");
});

const health = async (token: string) =>
  read(
    await exports.default.fetch(`${ORIGIN}/_u/health`, {
      headers: { authorization: `Bearer ${token}` },
    }),
  );

const standing = (more: Partial<Resharding>): Promise<unknown> =>
  env.DB.prepare("INSERT OR REPLACE INTO learned VALUES ('resharding', ?, 0)")
    .bind(
      JSON.stringify({
        step: "copy",
        from: ["DB"],
        to: ["DB_1"],
        began: Date.UTC(2026, 10, 23),
        readers: {},
        expected: {},
        found: {},
        switched: null,
        wrong: null,
        ...more,
      } satisfies Resharding),
    )
    .run();

test("only the owner moves rows, and only to what is bound", async () => {
  expect(await api("/resharding", OWNER_TOKEN)).toMatchObject({
    status: 200,
    body: { step: null, shards: ["DB"] },
  });
  expect((await api("/resharding", OFFICER_TOKEN)).status).toBe(403);
  expect((await api("/resharding", MARKETER_TOKEN, { to: ["DB_1"] })).status).toBe(403);
  expect(await api("/resharding", OWNER_TOKEN, { to: ["DB_1"] })).toMatchObject({
    status: 422,
    body: { error: { path: "to" } },
  });
  expect((await api("/resharding", OWNER_TOKEN, { to: ["KEYS"] })).status).toBe(422);
  expect((await api("/resharding", OWNER_TOKEN, {})).status).toBe(409);
  expect((await api("/resharding", OWNER_TOKEN, { undo: true })).status).toBe(409);
});

test("health says that rows are being moved, and names shards that aren't those they were moved to", async () => {
  await standing({ step: "copy" });
  expect(await health(OFFICER_TOKEN)).toMatchObject({
    status: 200,
    body: { ok: true, resharding: { step: "copy", since: "2026-11-23T00:00:00.000Z" } },
  });
  expect((await health(MARKETER_TOKEN)).body).not.toHaveProperty("resharding");
  await standing({ step: "done" });
  const { status, body } = await health(OFFICER_TOKEN);
  expect({ status, wrong: body["wrong"] }).toEqual({ status: 503, wrong: ["shards"] });
  expect(body).not.toHaveProperty("resharding");
});

test("another database that is bound by hand is told of, once there are events", async () => {
  const ports = nightlyPorts(env as unknown as Env, () => undefined);
  const often = () => runCron(ports, "*/5 * * * *", Date.now());
  await often();
  expect(await readResharding(env.DB)).toBeNull();
  await env.DB.prepare(
    "INSERT INTO events (day, visitor, id, at, received, type, channel, policy, purposes, data) VALUES (1, 'v', 'old', 0, 0, 'page', 'web', 1, 'measurement', '{}')",
  ).run();
  await often();
  const noted = await readResharding(env.DB);
  expect(isInPlace(noted, { names: ["DB"] })).toBe(true);
  expect(isInPlace(noted, { names: ["DB", "DB_1"] })).toBe(false);
  expect((await health(OFFICER_TOKEN)).status).toBe(200);
});

test("meanwhile retention and daily figures wait, and the other jobs run", async () => {
  await env.DB.prepare(
    "INSERT INTO events (day, visitor, id, at, received, type, channel, policy, purposes, data) VALUES (1, 'v', 'old', 0, 0, 'page', 'web', 1, 'measurement', '{}')",
  ).run();
  const ports = nightlyPorts(env as unknown as Env, () => undefined);
  const left = () => env.DB.prepare("SELECT count(*) AS n FROM events").first("n");
  await standing({ step: "figures" });
  await runCron(ports, NIGHTLY, Date.now());
  expect(await left()).toBe(1);
  await standing({ step: "undone" });
  await runCron(ports, NIGHTLY, Date.now());
  expect(await left()).toBe(0);
});

test("what somebody began to move and left is taken back by cron", async () => {
  await applyD1Migrations(env.TEST_DB_1, env.TEST_MIGRATIONS);
  const both = { ...env, DB_1: env.TEST_DB_1, SHARDS: "DB" } as unknown as Env;
  const ports = nightlyPorts(both, () => undefined);
  const began = Date.now() - 2 * 3_600_000;
  await beginResharding(ports.db, ["DB_1"], began);
  await continueResharding(ports.db, began, { most: 1 });
  const landing = () =>
    env.DB.prepare(
      "INSERT INTO events (day, visitor, id, at, received, type, channel, policy, purposes, data) VALUES (1, 'v', 'e', 0, 0, 'page', 'web', 1, 'measurement', '{}')",
    ).run();
  await expect(landing()).rejects.toThrow("moved");
  await runCron(ports, "*/5 * * * *", Date.now());
  expect(await readResharding(env.DB)).toMatchObject({ step: "undone" });
  await landing();
});
