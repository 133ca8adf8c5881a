import { createHmac } from "node:crypto";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import type { Catalogue } from "../../../src/domain/action/catalogue.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import type { FittingAnswer } from "../../../src/domain/person/people.ts";
import { readConfig } from "../../../src/env.ts";
import { readLink } from "../../../src/http/link-token.ts";
import { saveDocument } from "../../../src/d1/learning.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { deliverHints, readDeliveries, retryNow, secretOf } from "../../../src/http/deliver.ts";
import { contextOf, settle, Village } from "../api/stage.ts";
import { clear, landing, NOON, person, stubs, visitor } from "../d1/books.ts";

beforeEach(clear);

const jane = visitor("jane");
const MINUTE = 60_000;
const letter = { ...STARTER_CATALOGUE.actions[0]!, id: "letter", channel: "email" } as const;
const catalogue: Catalogue = {
  version: 2,
  actions: [letter],
  webhooks: [{ id: "crm", url: "https://crm.example/usher", channels: ["email"], secret: 1 }],
};

/** A village where the letter fits Jane, who may be written to, and a receiver that answers as told. */
async function stage(answers: number[]) {
  const village = new Village();
  const view = await settle(village, jane, { says: [["email", "jane@example.org", "verified"]] });
  const [claim] = view.claims;
  const permit = (state: "granted" | "suppressed") => {
    village.visitors.set(jane, {
      ...view,
      permissions: {
        [claim!.key]: { email: { state, at: NOON, source: "server", proven: true } },
      },
    });
  };
  permit("granted");
  village.fitting = async () => ({
    at: "home" as const,
    home: jane,
    value: {
      visitor: jane,
      trusted: [jane],
      stage: "person",
      segment: null,
      fits: [
        {
          action: "letter",
          why: ["ordered 1 time"],
          topic: null,
          expected: 0.1,
          priority: 1,
          propensity: 1,
        },
      ],
    } satisfies FittingAnswer,
  });
  await createLedger(env.DB, stubs).land(landing({ person: person(jane) }));
  const got: { id: string; signature: string; body: string }[] = [];
  const ports = {
    ...contextOf(village),
    config: readConfig(env),
    catalogue: async () => catalogue,
    serverKey: "the-server-key",
    post: async (_url: string, init: RequestInit) => {
      const headers = new Headers(init.headers);
      got.push({
        id: headers.get("usher-delivery") ?? "",
        signature: headers.get("usher-signature") ?? "",
        body: String(init.body),
      });
      return new Response(null, { status: answers.shift() ?? 200 });
    },
  };
  return { ports, got, permit, village };
}

test("the day's list is sent once, signed with the system's own secret", async () => {
  const { ports, got, village } = await stage([]);
  for (const at of [NOON, NOON + 5 * MINUTE, NOON + 10 * MINUTE]) await deliverHints(ports, at);
  expect(got).toHaveLength(1);
  expect(village.marked).toEqual([`${jane} letter`]);
  const { body, signature } = got[0]!;
  expect(JSON.parse(body)).toMatchObject({
    hints: [{ action: "letter", address: "jane@example.org", why: ["ordered 1 time"] }],
  });
  const seconds = NOON / 1000;
  const secret = await secretOf("the-server-key", catalogue.webhooks![0]!);
  const expected = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  expect(signature).toBe(`t=${seconds},v1=${expected}`);
  await deliverHints(ports, NOON + DAY_MS);
  expect(got).toHaveLength(2);
});

test("of several letters that fit somebody the one that goes first is sent, with all it takes to write it", async () => {
  const { ports, got, village } = await stage([500, 200]);
  const two = {
    ...catalogue,
    actions: [
      { ...letter, id: "other", title: "Other" },
      { ...letter, title: "Read {topic}", href: "/news/{topic}" },
    ],
  };
  const fits = { why: [], topic: "hand ball", expected: 0.1 };
  village.fitting = async () => ({
    at: "home" as const,
    home: jane,
    value: {
      visitor: jane,
      trusted: [jane],
      stage: "person",
      segment: null,
      fits: [
        { ...fits, action: "other", priority: 0.3, propensity: null },
        { ...fits, action: "letter", priority: 0.7, propensity: 0.8 },
      ],
    },
  });
  const sent: unknown[] = [];
  village.sent = async (request) => {
    sent.push(request.as);
    return { at: "home", home: jane, value: true };
  };
  for (const at of [NOON, NOON + 5 * MINUTE])
    await deliverHints({ ...ports, catalogue: async () => two }, at);
  const [refused, taken] = got.map(({ body }) => JSON.parse(body).hints);
  expect(taken).toHaveLength(1);
  expect(taken[0]).toMatchObject({
    action: "letter",
    title: "Read hand ball",
    href: "/news/hand%20ball",
    first: true,
    hint: expect.stringMatching(new RegExp(`^${jane}\\.[a-z2-7]{12}$`)),
  });
  expect(taken[0]).not.toHaveProperty("sending");
  // A page whose taking was never learned of holds the same links.
  expect(refused[0].hint).toBe(taken[0].hint);
  expect(sent).toEqual([{ letter: { hint: taken[0].hint, propensity: 0.8 } }]);
  const { tokenKeys, siteOrigins } = readConfig(env);
  const { origin, searchParams } = new URL(taken[0].link);
  expect(origin).toBe(siteOrigins[0]);
  expect(await readLink(tokenKeys, searchParams.get("t") ?? "", "go")).toMatchObject({
    url: `${origin}/news/hand%20ball`,
    hint: taken[0].hint,
  });
});

test("what wasn't taken is tried again with growing pauses, under the same name, until it is given up", async () => {
  const { ports, got, village } = await stage(Array.from({ length: 20 }, () => 503));
  const tried: number[] = [];
  for (let minute = 0; minute < 11 * 60; minute += 5) {
    const before = got.length;
    await deliverHints(ports, NOON - 12 * 60 * MINUTE + minute * MINUTE);
    if (got.length > before) tried.push(minute);
  }
  expect(tried).toEqual([0, 5, 15, 35, 75, 155, 315, 635]);
  expect(new Set(got.map(({ id }) => id)).size).toBe(1);
  await deliverHints(ports, NOON + 11 * 60 * MINUTE);
  expect(got).toHaveLength(8);
  expect(village.marked).toEqual([]);
});

test("a list that an earlier version left in the middle is done for the day: nobody is written to twice", async () => {
  const { ports, got } = await stage([]);
  const day = dayOf(NOON);
  const left = { day, cursor: `${day}.${NOON}.${jane}`, state: "open", tries: 0, next: 0, log: [] };
  await saveDocument(env.DB, "deliveries", { crm: left }, NOON);
  await deliverHints(ports, NOON);
  expect([got.length, (await readDeliveries(env.DB))["crm"]?.state]).toEqual([0, "done"]);
  await deliverHints(ports, NOON + DAY_MS);
  expect(got).toHaveLength(1);
});

test("a repeated delivery doesn't hold an address whose permission has ended meanwhile", async () => {
  const { ports, got, permit } = await stage([500]);
  await deliverHints(ports, NOON);
  expect(got).toHaveLength(1);
  permit("suppressed");
  await deliverHints(ports, NOON + 5 * MINUTE);
  expect(got).toHaveLength(1);
});

test("a system is sent what its channels carry, and nothing else", async () => {
  const { ports, got } = await stage([]);
  const [crm] = catalogue.webhooks!;
  const phones = { ...catalogue, webhooks: [{ ...crm!, channels: ["sms"] as const }] };
  await deliverHints({ ...ports, catalogue: async () => phones }, NOON);
  expect(got).toHaveLength(0);
});

test("what was given up goes out when somebody asks for it, and every try is remembered", async () => {
  const { ports, got } = await stage(Array.from({ length: 8 }, () => 503));
  for (let n = 0; n < 140; n++) await deliverHints(ports, NOON - 12 * 60 * MINUTE + n * 5 * MINUTE);
  expect(await readDeliveries(env.DB)).toMatchObject({ crm: { state: "given up" } });
  await retryNow(ports, catalogue.webhooks![0]!, NOON);
  expect(got).toHaveLength(9);
  const { crm } = await readDeliveries(env.DB);
  expect(crm).toMatchObject({ state: "done" });
  expect(crm?.log).toHaveLength(9);
  expect(crm?.log.slice(0, 2)).toEqual([
    { at: NOON, hints: 1, taken: true, status: 200 },
    expect.objectContaining({ taken: false, status: 503 }),
  ]);
});

test("a list whose runs are cut off is given up in the end, and keeps no other system waiting", async () => {
  const { ports, got } = await stage([]);
  const [crm] = catalogue.webhooks!;
  const other = { ...crm!, id: "other", url: "https://other.example/usher" };
  const two = async (): Promise<Catalogue> => ({ ...catalogue, webhooks: [crm!, other] });
  const begin = NOON - 12 * 60 * MINUTE;
  const cutOff = (minutes: number): Promise<void> =>
    new Promise((posted) => {
      const post: typeof ports.post = async (to, init) => {
        if (to !== crm!.url) return ports.post(to, init);
        posted();
        return new Promise(() => undefined);
      };
      void deliverHints({ ...ports, catalogue: two, post }, begin + minutes * MINUTE);
    });
  for (const minutes of [0, 5, 15, 35, 75, 155, 315, 635]) await cutOff(minutes);
  expect(got.map(({ id }) => id.split(".")[0])).toEqual(["other"]);
  await deliverHints({ ...ports, catalogue: two }, begin + 640 * MINUTE);
  expect(await readDeliveries(env.DB)).toMatchObject({
    crm: { state: "given up", tries: 8 },
    other: { state: "done" },
  });
});

test("what becomes of one system's list is written down beside what somebody else writes of another's", async () => {
  const { ports } = await stage([]);
  const [crm] = catalogue.webhooks!;
  const other = { ...crm!, id: "other" };
  const late = Promise.withResolvers<void>();
  // Reads what there is, and writes only when the other is done.
  const slow = new Proxy(env.DB, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (name !== "prepare") return typeof member === "function" ? member.bind(target) : member;
      return (sql: string) => {
        if (!sql.startsWith("INSERT INTO learned")) return target.prepare(sql);
        const bind = (...values: unknown[]) => ({
          run: () =>
            late.promise.then(() =>
              target
                .prepare(sql)
                .bind(...values)
                .run(),
            ),
        });
        return { bind };
      };
    },
  });
  const first = retryNow({ ...ports, db: slow }, crm!, NOON);
  await retryNow(ports, other, NOON);
  late.resolve();
  await first;
  expect(await readDeliveries(env.DB)).toMatchObject({
    crm: { state: "done" },
    other: { state: "done" },
  });
});
