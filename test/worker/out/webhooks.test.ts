import { createHmac } from "node:crypto";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { clearLog, deliverEvents } from "../../../src/out/webhooks.ts";
import { settle } from "../../support/objects.ts";
import {
  api,
  type Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  server,
} from "../../support/site.ts";
import { clear } from "../d1/books.ts";
import { ALL_FOUR, DAY_MS, people, policy, visitorWith } from "./stage.ts";

const MINUTE = 60_000;
const start = Date.now();
const url = "https://crm.example.org/usher";

interface Got {
  id: string;
  signature: string;
  body: string;
  events: { name: string; visitor: string }[];
}

let got: Got[] = [];
let mine = new Set<string>();
let answers: (number | "lost")[] = [];

beforeEach(async () => {
  await clear();
  got = [];
  mine = new Set();
  answers = [];
});

const ports = {
  db: env.DB,
  people,
  serverKey: "the-server-key",
  async post(_url: string, init: RequestInit) {
    const headers = new Headers(init.headers);
    const body = String(init.body);
    const { events } = JSON.parse(body) as Pick<Got, "events">;
    got.push({
      id: headers.get("usher-delivery") ?? "",
      signature: headers.get("usher-signature") ?? "",
      body,
      events,
    });
    const status = answers.shift() ?? 200;
    if (status === "lost") throw new Error("the connection was lost");
    return new Response(null, { status });
  },
};

const run = (minutes: number) => deliverEvents(ports, policy, start + minutes * MINUTE);
const put = (hooks: object[], token = OFFICER_TOKEN) => api("/webhooks", token, { hooks }, "PUT");
const hook = { id: "crm", url, purpose: "measurement" };
/** Of the visitors of this test: an object of the test before may still land what it had. */
const names = (): string[][] =>
  got
    .map(({ events }) => events.filter(({ visitor }) => mine.has(visitor)))
    .filter((events) => events.length > 0)
    .map((events) => events.map(({ name }) => name));
const log = async (token = OFFICER_TOKEN) => {
  const { hooks } = (await api("/webhooks", token)).body as {
    hooks: { signedWith: string | null; deliveries: Record<string, unknown>[] }[];
  };
  return hooks[0]!;
};

/** Says it, and has it land in that minute of the test's own clock. */
async function say(minute: number, browser: Browser, ...events: string[]): Promise<void> {
  for (const event of events)
    await browser.send("track", { messageId: `${browser.visitor}-${event}`, event });
  await settle([browser.visitor ?? ""]);
  mine.add(browser.visitor ?? "");
  await landedIn(
    minute,
    "visitor = ?2 AND name IN (SELECT value FROM json_each(?3))",
    browser.visitor,
    JSON.stringify(events),
  );
}

/** The test's own clock has its minutes, however long the machine takes for them. */
async function landedIn(minute: number, which: string, ...values: unknown[]): Promise<void> {
  await env.DB.prepare(`UPDATE events SET landed = ?1 WHERE ${which}`)
    .bind(Math.floor(start / 1000) + minute * 60, ...values)
    .run();
}

async function somebody(
  minute: number,
  choices: Record<string, boolean>,
  ...events: string[]
): Promise<Browser> {
  const browser = await visitorWith(choices, []);
  await say(minute, browser, ...events);
  return browser;
}

test("what comes after a webhook was made is sent once, signed, in the order of arrival", async () => {
  await put([hook]);
  await run(0);
  const jane = await somebody(0.5, ALL_FOUR, "One", "Two");
  await run(1);
  await run(6);
  expect(names()).toEqual([["One", "Two"]]);
  await say(7, jane, "Three");
  await run(11);
  await run(16);
  expect(names()).toEqual([["One", "Two"], ["Three"]]);
  const [first] = got;
  const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(first!.signature)!;
  const secret = createHmac("sha256", "the-server-key").update("event webhook crm 1").digest("hex");
  expect(signature).toBe(
    createHmac("sha256", secret).update(`${seconds}.${first!.body}`).digest("hex"),
  );
  expect(JSON.parse(first!.body)).toMatchObject({
    hook: "crm",
    purpose: "measurement",
    events: [{ visitor: jane.visitor, person: jane.visitor, type: "track" }, {}],
  });
});

test("only what the purpose allows at the moment of sending leaves", async () => {
  await put([{ ...hook, purpose: "advertising" }]);
  await run(0);
  const jane = await somebody(0.5, ALL_FOUR, "Jane's");
  await somebody(0.5, { measurement: true }, "Kate's");
  await somebody(0.5, ALL_FOUR, "Lena's");
  await jane.consent({ choices: { advertising: false } });
  await run(1);
  expect(names()).toEqual([["Lena's"]]);
});

test("what a server recorded under its own consent leaves as recorded, unless the policy has the purpose no longer", async () => {
  for (const [n, purposes] of [
    policy.purposes,
    policy.purposes.filter(({ id }) => id !== "advertising"),
  ].entries()) {
    const id = `crm-${n}`;
    await put([{ ...hook, id, purpose: "advertising" }]);
    await run(0);
    const userId = `from-server-${n}`;
    const said = await server("track", {
      userId,
      event: "Sold",
      context: { consent: { categoryPreferences: { measurement: true, advertising: true } } },
    });
    expect(said.body).toMatchObject({ accepted: 1 });
    await eventually(async () => {
      const { results } = await env.DB.prepare(
        "SELECT visitor FROM events WHERE name = 'Sold'",
      ).all<{
        visitor: string;
      }>();
      for (const { visitor } of results) mine.add(visitor);
      return results.length > n;
    });
    await landedIn(0.5, "name = 'Sold'");
    await deliverEvents(ports, { ...policy, purposes }, start + MINUTE);
  }
  expect(names()).toEqual([["Sold"]]);
});

test("a try that failed is repeated with growing pauses, under the same name, without who withdrew or was erased meanwhile", async () => {
  await put([hook]);
  await run(0);
  const jane = await somebody(0.5, ALL_FOUR, "Jane's");
  const kate = await somebody(0.5, ALL_FOUR, "Kate's");
  await somebody(0.5, ALL_FOUR, "Lena's");
  answers = [503, "lost", 500];
  await run(1);
  await run(5);
  expect(names()).toEqual([expect.objectContaining({ length: 3 })]);
  await jane.consent({ accept: "none" });
  await run(6);
  const erase = { kind: "erase", identifier: "email:nobody@example.org" };
  await api("/requests", OFFICER_TOKEN, { ...erase, visitors: [kate.visitor] });
  await run(16);
  await run(36);
  expect(names().slice(1)).toEqual([
    expect.arrayContaining(["Kate's", "Lena's"]),
    ["Lena's"],
    ["Lena's"],
  ]);
  expect(new Set(got.map(({ id }) => id)).size).toBe(1);
  expect((await log()).deliveries).toMatchObject([{ state: "sent", tries: 4, status: 200 }]);
});

test("what is never taken is given up, what came later goes on, and the officer sends it again", async () => {
  await put([hook]);
  await run(0);
  const jane = await somebody(0.5, ALL_FOUR, "Early");
  answers = Array.from({ length: 8 }, () => 503);
  const tried: number[] = [];
  let at = 1;
  for (; tried.length < 8; at += 5) {
    const before = got.length;
    await run(at);
    if (got.length > before) tried.push(at);
  }
  expect(tried).toEqual([1, 6, 16, 36, 76, 156, 316, 636]);
  await say(at, jane, "Later");
  await run(at + 5);
  expect(names().slice(8)).toEqual([["Later"]]);
  const dead = (await log()).deliveries.find(({ state }) => state === "dead");
  expect(dead).toMatchObject({ tries: 8, status: 503 });
  const path = `/webhooks/crm/deliveries/${String(dead?.["id"])}/again`;
  expect((await api(path, MARKETER_TOKEN, {})).status).toBe(403);
  for (let times = 0; times < 2; times++)
    expect((await api(path, OFFICER_TOKEN, {})).status).toBe(200);
  await run(at + 10);
  expect(names().at(-1)).toEqual(["Early"]);
  expect((await api(path, OFFICER_TOKEN, {})).status).toBe(404);
});

test("what an officer has sent again while its last try is under way isn't given up with that", async () => {
  await put([hook]);
  await run(0);
  await somebody(0.5, ALL_FOUR, "Early");
  answers = [503, 503];
  await run(1);
  await env.DB.prepare("UPDATE deliveries SET tries = 7, next = 0").run();
  const during = async (...args: Parameters<typeof ports.post>): Promise<Response> => {
    const { id } = (await log()).deliveries[0]!;
    const path = `/webhooks/crm/deliveries/${String(id)}/again`;
    expect((await api(path, OFFICER_TOKEN, {})).status).toBe(200);
    return ports.post(...args);
  };
  await deliverEvents({ ...ports, post: during }, policy, start + 2 * MINUTE);
  expect(names()).toEqual([["Early"], ["Early"], ["Early"]]);
  expect((await log()).deliveries).toMatchObject([{ state: "sent" }]);
});

test("a webhook that was killed between sending and noting it sends the same again, under the same name", async () => {
  await put([hook]);
  await run(0);
  await somebody(0.5, ALL_FOUR, "Once");
  let calls = 0;
  for (let nth = 1; nth < 14; nth++) {
    calls = 0;
    const failing = new Proxy(env.DB, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (++calls === nth) throw new Error("D1 is away");
          return member.apply(target, args) as unknown;
        };
      },
    });
    // However long it would wait after that.
    await env.DB.prepare("UPDATE deliveries SET state = 'open', tries = 0, next = 0").run();
    await deliverEvents({ ...ports, db: failing }, policy, start + MINUTE).catch(() => null);
  }
  await run(7);
  expect(new Set(names().flat())).toEqual(new Set(["Once"]));
  expect(new Set(got.map(({ id }) => id)).size).toBe(1);
});

/** A run that is cut off while that system takes its time. */
const cutOff = (minutes: number, at = url): Promise<void> =>
  new Promise((posted) => {
    const post: typeof ports.post = async (to, init) => {
      if (to !== at) return ports.post(to, init);
      posted();
      return new Promise(() => undefined);
    };
    void deliverEvents({ ...ports, post }, policy, start + minutes * MINUTE);
  });

test("a webhook whose runs are cut off waits as one that wasn't taken, is given up, and keeps no other waiting", async () => {
  const other = { ...hook, id: "other", url: "https://other.example.org/usher" };
  await put([hook, other]);
  await run(0);
  const jane = await somebody(0.5, ALL_FOUR, "Once");
  await cutOff(1);
  await cutOff(6);
  expect(names()).toEqual([["Once"]]);
  // It may still be under way.
  await run(7);
  expect(names()).toEqual([["Once"]]);
  for (const minutes of [16, 36, 76, 156, 316, 636]) await cutOff(minutes);
  expect((await log()).deliveries).toMatchObject([{ state: "dead", tries: 8 }]);
  await say(640, jane, "Later");
  await run(645);
  expect(
    names()
      .flat()
      .filter((name) => name === "Later"),
  ).toHaveLength(2);
});

test("a webhook that can't be sent keeps no other from being sent", async () => {
  await put([hook, { ...hook, id: "ads", purpose: "advertising" }]);
  await run(0);
  const jane = await somebody(0.5, { measurement: true }, "Jane's");
  await somebody(0.5, ALL_FOUR, "Kate's");
  const away: typeof people.standing = (visitor) =>
    visitor === jane.visitor ? Promise.reject(new Error("away")) : people.standing(visitor);
  const failing = { ...ports, people: { standing: away } };
  await expect(deliverEvents(failing, policy, start + MINUTE)).rejects.toThrow("crm");
  expect(names()).toEqual([["Kate's"]]);
});

test("a webhook gets the events that it names, waits while it is off, and forgets with the log", async () => {
  await put([{ ...hook, events: ["Wanted"] }]);
  await run(0);
  const jane = await somebody(0.5, ALL_FOUR, "Wanted", "Other");
  await run(1);
  expect(names()).toEqual([["Wanted"]]);
  await put([{ ...hook, enabled: false }]);
  await say(4, jane, "While off");
  await run(6);
  expect(names()).toHaveLength(1);
  await put([hook]);
  await run(11);
  expect(names()[1]).toEqual(["While off"]);
  await clearLog(env.DB, start + 40 * DAY_MS);
  expect((await log()).deliveries).toEqual([]);
});

test("many events are several deliveries, none is missing and none is twice", async () => {
  await put([hook]);
  await run(0);
  const jane = await visitorWith(ALL_FOUR, []);
  mine.add(jane.visitor ?? "");
  const second = Math.floor(start / 1000);
  await env.DB.prepare(
    `INSERT INTO events (day, visitor, id, at, received, type, name, channel, policy, purposes, data, landed)
     SELECT ?1, ?2, value ->> 0, 0, 0, 'track', value ->> 0, 'web', 1, 'measurement', '{}', value ->> 1 FROM json_each(?3)`,
  )
    .bind(
      Math.floor(start / DAY_MS),
      jane.visitor,
      JSON.stringify(
        Array.from({ length: 330 }, (_, n) => [`e${n}`, second + 1 + Math.floor(n / 30)]),
      ),
    )
    .run();
  await run(1);
  const sent = names().flat();
  expect(sent).toHaveLength(330);
  expect(new Set(sent).size).toBe(330);
  expect(Math.max(...names().map(({ length }) => length))).toBeLessThanOrEqual(100);
});

test("webhooks are the officer's to change, addresses have to be public, secrets are shown to the officer alone", async () => {
  expect((await put([hook], MARKETER_TOKEN)).status).toBe(403);
  for (const wrong of [
    [{ ...hook, url: "https://127.0.0.1/" }],
    [{ ...hook, url: "http://crm.example.org/" }],
    [{ ...hook, purpose: "necessary" }],
    [{ ...hook, purpose: "everything" }],
    [hook, hook],
    [{ ...hook, more: 1 }],
  ])
    expect((await put(wrong)).status).toBe(422);
  expect((await put([hook])).body).toMatchObject({ version: 1, hooks: [{ id: "crm" }] });
  const late = { version: 0, hooks: [] };
  expect((await api("/webhooks", OFFICER_TOKEN, late, "PUT")).status).toBe(409);
  expect((await log()).signedWith).toMatch(/^[0-9a-f]{64}$/);
  expect((await log(MARKETER_TOKEN)).signedWith).toBeNull();
});
