/**
 * Runs of cron as whoever runs the site meets them: a job that fails is told by name in the log, the metrics and the health,
 * until it runs through again; where nothing happened, hardly anything is written.
 */
import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { NIGHTLY, type NightlyPorts, runCron } from "../../../src/cron.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import type { Env } from "../../../src/env.ts";
import { nightlyPorts } from "../../../src/services.ts";
import { settle } from "../../support/objects.ts";
import { surround } from "../../support/outside.ts";
import { api, Browser, MARKETER_TOKEN, OFFICER_TOKEN, ORIGIN, read } from "../../support/site.ts";
import { COMPARING, saveRules } from "../suggest/seen.ts";

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

interface Writes {
  /** Rows that D1 bills. */
  rows: number;
  /** Objects of R2 that were put. */
  objects: string[];
}

/** Counts what is written, until it is asked. */
async function watchWrites(): Promise<() => Writes> {
  let rows = 0;
  const statement = Object.getPrototypeOf(env.DB.prepare("SELECT 1")) as D1PreparedStatement;
  // The platform's own answers to these don't say how much was written.
  vi.spyOn(statement, "first").mockImplementation(async function (
    this: D1PreparedStatement,
    column?: string,
  ) {
    const [row] = (await this.all<Record<string, unknown>>()).results;
    return (column === undefined ? row : row?.[column]) ?? null;
  });
  const put = vi.spyOn(Object.getPrototypeOf(env.KEYS) as R2Bucket, "put");
  const leave = await surround(
    async (what, call) => {
      const answer = await call();
      if (/all|run|batch/.test(what))
        for (const { meta } of [answer].flat() as D1Result[]) rows += meta.rows_written;
      return answer;
    },
    ["d1"],
  );
  return () => {
    const objects = put.mock.calls.map(([key]) => key);
    leave();
    vi.restoreAllMocks();
    return { rows, objects };
  };
}

test("where nothing happened a run writes no row, but once an hour what was learned", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", { messageId: "idle", userId: "idle" });
  await settle([String(browser.visitor)]);
  // Everything that jobs look after is there: a policy that leaves out more than the one before, systems to be told.
  const { body: policy } = await api("/policy");
  const stricter = { ...policy, version: 2, sensitiveTopics: ["health", "news"] };
  await api(`/policy?expected=${String(policy["version"])}`, undefined, stricter, "PUT");
  const hook = { id: "crm", url: "https://crm.example.org/usher", purpose: "measurement" };
  await api("/webhooks", undefined, { hooks: [hook] }, "PUT");
  const webhooks = [{ id: "crm", url: hook.url, channels: ["email"], secret: 1 }];
  await api("/actions", undefined, { ...STARTER_CATALOGUE, version: 0, webhooks }, "PUT");
  await saveRules(COMPARING);

  // Whatever time it is now: what is done once a day isn't, from noon on.
  const start = (dayOf(Date.now()) + 1.5) * DAY_MS;
  const at = async (minute: number): Promise<Writes> => {
    const written = await watchWrites();
    await runCron(whole, OFTEN, start + minute * 60_000);
    return written();
  };
  expect((await at(0)).rows).toBeGreaterThan(10);
  await at(5);
  const idle: Writes = { rows: 0, objects: ["cron-run/often"] };
  for (const minute of [10, 15, 20]) expect(await at(minute)).toEqual(idle);
  // An hour later what landed late is looked for once more, for the older rows.
  expect(await at(65)).toEqual({ ...idle, rows: 2 });
  for (const minute of [70, 75]) expect(await at(minute)).toEqual(idle);
  expect(await at(125)).toEqual({ ...idle, rows: 1 });
  expect(await at(130)).toEqual(idle);
});
