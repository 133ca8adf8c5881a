/** What an officer begins with, on the running Worker. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { addCounts } from "../../../src/d1/counters.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import { createErasureLedger } from "../../../src/keys/ledger.ts";
import { createRequest } from "../../../src/privacy/requests.ts";
import { identifierKeys as identifiers } from "../../support/identifier-keys.ts";
import { MARKETER_TOKEN, OFFICER_TOKEN, OWNER_TOKEN } from "../../support/site.ts";
import { type Console, pageOf, signedIn } from "./session.ts";

const erasures = createErasureLedger(env.KEYS, identifiers.tombstone);
const ports = { bucket: env.KEYS, identifiers, erasures };
const PATH = "/_u/console/consent";
const now = Date.now();
const today = dayOf(now);
let officer: Console;
let request: string;

beforeAll(async () => {
  const choice = (day: number, reason: string, regime: string, count: number) =>
    ({ kind: "choice", day, reason, regime, count }) as const;
  await addCounts(env.DB, [
    choice(today, "all", "DE", 60),
    choice(today, "some", "DE", 15),
    choice(today, "none", "US-CA", 25),
    choice(today - 7, "all", "DE", 50),
    choice(today - 7, "none", "DE", 50),
    { kind: "drop", day: today, reason: "consent", regime: "opt-in", count: 321 },
    { kind: "drop", day: today, reason: "bot", regime: "opt-in", count: 9 },
    { kind: "error", day: today, reason: "503", regime: "v1/batch", count: 4 },
    { kind: "late", day: today, reason: "minute", regime: "", count: 17 },
  ]);
  const scope = { visitors: [], maybe: [] };
  const made = { kind: "erase", about: "email", by: "officer", scope } as const;
  // Made so long ago that it is past due.
  ({ id: request } = await createRequest(ports, made, now - 40 * DAY_MS));
  await env.DB.prepare(
    "INSERT INTO origins (origin, first_seen, approved_at, approved_by) VALUES ('old-crm', 1, NULL, NULL), ('shop', 1, 2, 'officer')",
  ).run();
  await env.DB.prepare(
    `INSERT INTO suggestions (a, b, at, weight, probability, model, steps, state)
     SELECT 'a' || value, 'b' || value, 1, 9000, 0.99, 1, '[]', 'open' FROM json_each('[1,2,3]')`,
  ).run();
  officer = await signedIn(OFFICER_TOKEN);
});

/** Words without the marks between them. */
const read = (page: string): string =>
  page
    .slice(page.indexOf("<main"))
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");

test("an officer is led to an overview of their own, with the range that was asked for", async () => {
  const said = await officer.call("/_u/console/?from=2026-11-01");
  expect([said.status, said.headers.get("location")]).toEqual([303, `${PATH}?from=2026-11-01`]);
  expect((await (await signedIn(OWNER_TOKEN)).call(PATH)).status).toBe(200);
  expect((await (await signedIn(MARKETER_TOKEN)).call(PATH)).status).toBe(403);
});

test("it says how people answered and where, what wasn't recorded and why, and what was late or failed", async () => {
  const from = new Date(now - 6 * DAY_MS).toISOString().slice(0, 10);
  const words = read(pageOf(await officer.call(`${PATH}?from=${from}`)));
  expect(words).toContain("Agree when asked 75 % of 100 answers, 25 points more than before");
  expect(words).toContain("Not recorded for want of consent 321 of 330 not recorded");
  expect(words).toContain("Late or failed 21");
  expect(words).toContain("v1/batch answered 503");
});

test("it leads to what waits for a decision, the request that is past due, and the proof", async () => {
  const page = pageOf(await officer.call(PATH));
  const words = read(page);
  expect(words).toContain("3 pairs of records that may be of one person");
  expect(words).toContain("1 origin of imported files to approve: old-crm");
  expect(words).toContain("1 past due");
  expect(page).toContain(`href="/_u/console/requests/${request}"`);
  expect(words).toContain("The receipts were never verified");
  await officer.form("/_u/console/receipts/verification", { form: await officer.formToken() });
  expect(read(pageOf(await officer.call(PATH)))).toContain("is as it was made");
});

test("of many regions and many requests none is left out of the figures", async () => {
  const day = today - 60;
  await addCounts(
    env.DB,
    Array.from({ length: 30 }, (_, n) => ({
      kind: "choice" as const,
      day,
      reason: n === 0 ? "none" : "all",
      regime: `US-${n}`,
      count: 10,
    })),
  );
  const scope = { visitors: [], maybe: [] };
  const made = { kind: "erase", about: "email", by: "officer", scope } as const;
  for (let n = 0; n < 25; n++) await createRequest(ports, made, now);
  const on = new Date(day * DAY_MS).toISOString().slice(0, 10);
  const words = read(pageOf(await officer.call(`${PATH}?from=${on}&to=${on}`)));
  expect(words).toContain("Agree when asked 97 % of 300 answers");
  expect(words).toContain("Other regions 100 ");
  expect(words).toContain("Open requests 26 1 past due");
});
