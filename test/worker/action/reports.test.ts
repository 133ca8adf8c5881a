import { beforeEach, expect, test } from "vitest";
import { standing } from "../../../src/domain/action/holdout.ts";
import type { Action, Catalogue } from "../../../src/domain/action/catalogue.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { saveSpend } from "../../../src/d1/imports.ts";
import { saveDocument } from "../../../src/d1/learning.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { actionReport } from "../../../src/http/api/action-report.ts";
import { keepReports, shownAttribution, wholeAttribution } from "../../../src/http/kept.ts";
import { countName } from "../../../src/http/long-reports.ts";
import { catalogues } from "../../../src/http/documents.ts";
import { saveSetting } from "../../../src/d1/settings.ts";
import { dayName, dayOf } from "../../../src/domain/ids.ts";
import type { Json } from "../../../src/domain/json.ts";
import { contextOf, Village } from "../api/stage.ts";
import { clear, db, event, hint, landing, merge, NOON, stubs, visitor } from "../d1/books.ts";

beforeEach(clear);

const range = { from: dayOf(NOON), to: dayOf(NOON) };
const personal = { purposes: ["advertising", "measurement", "personalization"] };
const land = (parts: Parameters<typeof landing>[0]) => createLedger(db, stubs).land(landing(parts));

async function save(actions: Action[]): Promise<void> {
  for (const [version, document] of [STARTER_CATALOGUE, { version: 2, actions }].entries())
    await saveSetting(db, "catalogue", {
      version: version + 1,
      document: document as Catalogue as unknown as Json,
      author: "test",
      at: NOON,
    });
  catalogues.forget(db);
}

test("takes are told apart by action, device and topic, with an interval", async () => {
  const rows = Array.from({ length: 10 }, (_, n) => {
    const of = visitor(`v${n}`);
    const device = n < 6 ? "phone" : "desktop";
    const segment = n < 5 ? "Whoever ordered" : null;
    const given = { device, topic: "transfers", segment, until: NOON + 1_000 };
    return [
      hint(of, "h", { ...given, outcome: "shown" }),
      ...(n < 3 ? [hint(of, "h", { ...given, outcome: "taken", at: NOON + 5 })] : []),
    ];
  }).flat();
  await land({ hints: rows });
  const report = await actionReport(contextOf(new Village()), range);
  const app = report.actions.find(({ id }) => id === "get-the-app");
  expect(app).toMatchObject({
    shown: 10,
    taken: 3,
    expired: 7,
    open: 0,
    rate: 0.3,
    by: {
      device: [
        { value: "phone", shown: 6, taken: 3 },
        { value: "desktop", shown: 4, taken: 0 },
      ],
      topic: [{ value: "transfers", shown: 10 }],
      segment: [
        { value: "Whoever ordered", shown: 5, taken: 3 },
        { value: null, shown: 5, taken: 0 },
      ],
    },
    lift: null,
  });
  expect(app?.interval?.[0]).toBeCloseTo(0.1078, 3);
  expect(app?.interval?.[1]).toBeCloseTo(0.6032, 3);
  expect(report.quiet).toBe(true);
});

test("the lift compares everybody who came by their arm, and leaves out whoever was merged from both", async () => {
  const action = { ...STARTER_CATALOGUE.actions[0]!, holdOut: 0.5, success: "Ordered" };
  await save([action]);
  const ids = Array.from({ length: 400 }, (_, n) => visitor(`p${1_000 + n}`));
  const held = ids.filter((id) => standing(id) < 0.5);
  const free = ids.filter((id) => standing(id) >= 0.5);
  const success = new Set([...free.slice(0, free.length / 2), ...held.slice(0, held.length / 5)]);
  const joined: [(typeof ids)[number], (typeof ids)[number]] = [free.at(-1)!, held.at(-1)!];
  await land({
    events: ids.flatMap((id) => [
      { visitor: id, event: event(`s-${id}`, personal) },
      ...(success.has(id)
        ? [{ visitor: id, event: event(`o-${id}`, { ...personal, name: "Ordered" }) }]
        : []),
    ]),
    merges: [merge(...joined)],
  });
  const lift = async () =>
    (await actionReport(contextOf(new Village()), range)).actions[0]?.lift ?? null;
  const found = await lift();
  expect(found).toMatchObject({
    leftOut: 1,
    shown: { people: free.length - 1 },
    held: { people: held.length - 1 },
    sampleRatio: { ok: true },
  });
  expect(found?.lift).toBeCloseTo(0.3, 1);
  expect(found?.interval?.[0]).toBeGreaterThan(0.15);
  expect(found?.interval?.[1]).toBeLessThan(0.45);
  await land({ merges: [merge(...joined, { op: "undo", at: NOON + 1 })] });
  expect(await lift()).toMatchObject({ leftOut: 0, shown: { people: free.length } });
});

test("one visit from a channel is one touch, whatever is done on the page where it led", async () => {
  const minute = 60_000;
  const of = visitor("clicker");
  const at = (id: string, minutes: number, more: Parameters<typeof event>[1]) => ({
    visitor: of,
    event: event(id, { ...personal, at: NOON + minutes * minute, ...more }),
  });
  const by = (source: string) => ({ campaign: { source } });
  await land({
    events: [
      ...[0, 1, 25, 50].map((minutes) => at(`a${minutes}`, minutes, by("google"))),
      ...[120, 200].map((minutes) => at(`b${minutes}`, minutes, by("letter"))),
      at("order", 201, { valueCents: 300 }),
    ],
  });
  const { models } = await wholeAttribution(contextOf(new Village()), range, "channel");
  expect(models["linear"]).toEqual([
    expect.objectContaining({ channel: "google", conversions: 1 / 3 }),
    expect.objectContaining({ channel: "letter", conversions: 2 / 3 }),
  ]);
});

test("a marketer chooses the event that counts: each time it happened is an outcome, whatever it is worth", async () => {
  const [phone, laptop, silent] = [visitor("phone"), visitor("laptop"), visitor("silent")];
  const signed = { name: "Signed: Up~now" };
  const google = { campaign: { source: "google" } };
  await land({
    events: [
      { visitor: phone, event: event("t1", { ...personal, ...google }) },
      { visitor: laptop, event: event("s1", { ...personal, ...signed, at: NOON + 10 }) },
      { visitor: laptop, event: event("s2", { ...personal, ...signed, at: NOON + 20 }) },
      { visitor: laptop, event: event("o1", { ...personal, at: NOON + 30, valueCents: 4_000 }) },
      { visitor: silent, event: event("s3", { ...signed, at: NOON + 10, valueCents: 500 }) },
      { visitor: silent, event: event("p1", { ...signed, type: "page", at: NOON + 11 }) },
    ],
    merges: [merge(phone, laptop)],
  });
  const context = contextOf(new Village());
  const report = await wholeAttribution(context, range, "channel", signed.name);
  expect(report).toMatchObject({
    outcome: signed.name,
    outcomes: { all: 3, consented: 2, touched: 1 },
    models: { last: [{ channel: "google", conversions: 1, value: 0 }] },
  });
  const none = await wholeAttribution(context, range, "channel", "Never sent");
  expect(none.outcomes).toEqual({ all: 0, consented: 0, touched: 0 });
  const usual = await wholeAttribution(context, range, "channel");
  expect(usual).toMatchObject({ outcome: null, outcomes: { all: 2, consented: 1, touched: 1 } });
  // Of many events it is counted by parts, kept apart from the rest, and gone on with by cron.
  await db
    .prepare(
      "INSERT INTO rollups (day, dimension, value, events, visitors, orders, order_cents) VALUES (?1, 'total', '', 30000, 1, 0, 0)",
    )
    .bind(dayOf(NOON))
    .run();
  const odd = { from: dayOf(NOON) - 3, to: dayOf(NOON) };
  const key = `${dayName(odd.from)}.${dayName(odd.to)}~${encodeURIComponent(signed.name)}`;
  const begun = { range: odd, begun: NOON, parts: 3, done: 0, data: null, at: 0 };
  await saveDocument(db, countName("attribution", key), begun, NOON);
  await keepReports(context, NOON);
  const { report: kept, counting } = await shownAttribution(context, odd, "channel", signed.name);
  expect([kept?.outcomes, kept?.outcome, counting]).toEqual([report.outcomes, signed.name, null]);
  expect((await shownAttribution(context, odd, "channel")).report).toBeNull();
});

test("attribution knows only journeys under advertising, across the visitors of one person, beside what they cost", async () => {
  const [phone, laptop, silent] = [visitor("phone"), visitor("laptop"), visitor("silent")];
  const paid = { source: "Google", medium: "cpc", name: "Spring" };
  const free = { source: "google", medium: "organic" };
  await land({
    events: [
      { visitor: phone, event: event("t1", { ...personal, campaign: paid }) },
      { visitor: laptop, event: event("t2", { ...personal, at: NOON + 5, campaign: free }) },
      { visitor: laptop, event: event("o1", { ...personal, at: NOON + 10, valueCents: 4_000 }) },
      { visitor: silent, event: event("t3", { campaign: { source: "ads", medium: "cpc" } }) },
      { visitor: silent, event: event("o2", { at: NOON + 10, valueCents: 9_000 }) },
    ],
    merges: [merge(phone, laptop)],
  });
  const day = dayOf(NOON);
  const of = { campaign: "", impressions: 0, clicks: 0 };
  await saveSpend(db, [
    { ...of, day, channel: "google", costCents: 1_000 },
    { ...of, day, channel: "radio", costCents: 500 },
    { ...of, day: day - 1, channel: "google", costCents: 99_900 },
  ]);
  const report = await wholeAttribution(contextOf(new Village()), range, "channel");
  expect(report.outcomes).toEqual({ all: 2, consented: 1, touched: 1 });
  expect(report.coverage).toBe(0.5);
  expect(report.models["linear"]).toEqual([
    {
      channel: "google",
      conversions: 0.5,
      value: 20,
      cost: 10,
      costPerConversion: 20,
      returnOnSpend: 2,
    },
    expect.objectContaining({ channel: "google / organic", conversions: 0.5, cost: 0 }),
    expect.objectContaining({ channel: "radio", conversions: 0, cost: 5 }),
  ]);
  expect(report.models["last"]?.[1]).toMatchObject({ conversions: 1, value: 40 });
  expect(report.paths).toEqual([
    { channels: ["google", "google / organic"], conversions: 1, value: 40, nulls: 0 },
  ]);
  await saveSpend(db, [{ ...of, day, channel: "google", campaign: "spring", costCents: 500 }]);
  const byCampaign = await wholeAttribution(contextOf(new Village()), range, "campaign");
  expect(byCampaign.models["linear"]).toEqual([
    expect.objectContaining({ channel: "google / organic, no campaign", conversions: 0.5 }),
    expect.objectContaining({ channel: "google, no campaign", conversions: 0, cost: 10 }),
    expect.objectContaining({ channel: "google, spring", conversions: 0.5, cost: 5 }),
    expect.objectContaining({ channel: "radio, no campaign", conversions: 0, cost: 5 }),
  ]);
});
