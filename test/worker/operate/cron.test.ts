/** A job of cron that fails: told by name in the log, the metrics and the health, until it runs through again. */
import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { NIGHTLY, type NightlyPorts, runCron } from "../../../src/cron.ts";
import type { Env } from "../../../src/env.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { api, MARKETER_TOKEN, OFFICER_TOKEN, ORIGIN, read } from "../../support/site.ts";

const OFTEN = "*/5 * * * *";
beforeEach(() => env.KEYS.delete("failing-jobs"));

const lines: string[] = [];
const ports = (post: NightlyPorts["post"]): NightlyPorts => ({
  ...nightlyPorts(env as unknown as Env, () => undefined),
  collector: { endpoint: "https://otel.example.org", headers: {} },
  post,
  log: (message, fields) => void lines.push(JSON.stringify({ message, ...fields })),
});
const broken = ports(() => Promise.reject(new TypeError("jane@example.org is in this")));
const whole = ports(() => Promise.resolve(new Response()));

const health = async (token?: string) =>
  read(
    await exports.default.fetch(
      `${ORIGIN}/_u/health`,
      token ? { headers: { authorization: `Bearer ${token}` } } : {},
    ),
  );

test("a job that fails is named, by its error's name alone, and the others run", async () => {
  lines.length = 0;
  const at = Date.now();
  await expect(runCron(broken, OFTEN, at)).rejects.toThrow("jobs of cron failed: metrics");
  expect(lines).toEqual(['{"message":"a job of cron failed","job":"metrics","error":"TypeError"}']);
  expect(await health()).toMatchObject({
    status: 503,
    body: { ok: false, wrong: ["cron:metrics"] },
  });
  await expect(runCron(broken, OFTEN, at + 300_000)).rejects.toThrow();
  expect((await health(OFFICER_TOKEN)).body).toMatchObject({
    cron: [{ job: "metrics", failingSince: new Date(at).toISOString() }],
  });
  expect(JSON.stringify((await api("/metrics", MARKETER_TOKEN)).body)).toMatch(
    /"usher\.cron\.failed".*"metrics".*"asInt":"2"/,
  );
});

test("a run of the night doesn't take back what another schedule failed at; a run that goes through does", async () => {
  await expect(runCron(broken, OFTEN, Date.now())).rejects.toThrow();
  await runCron(whole, NIGHTLY, Date.now());
  expect((await health()).status).toBe(503);
  await runCron(whole, OFTEN, Date.now());
  expect((await health()).body).toMatchObject({ ok: true });
});

test("without a policy nothing can run, and that is what is told", async () => {
  const blind = { ...whole, policy: () => Promise.reject(new Error("down")) };
  await expect(runCron(blind, OFTEN, Date.now())).rejects.toThrow("jobs of cron failed: policy");
  expect((await health()).body).toMatchObject({ wrong: ["cron:policy"] });
  await runCron(whole, OFTEN, Date.now());
  expect((await health()).body).toMatchObject({ ok: true });
});
