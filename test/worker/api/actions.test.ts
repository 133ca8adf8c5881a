import { beforeEach, expect, test } from "vitest";
import type { Catalogue } from "../../../src/domain/action/catalogue.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import { dayName, dayOf } from "../../../src/domain/ids.ts";
import { addDrops } from "../../../src/d1/counters.ts";
import { saveSetting } from "../../../src/d1/settings.ts";
import type { Json } from "../../../src/domain/json.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { rollUp } from "../../../src/d1/rollups.ts";
import { apiRoutes } from "../../../src/http/api/routes.ts";
import { clear, db, event, landing, NOON, stubs, visitor } from "../d1/books.ts";
import { contextOf, send, Village } from "./stage.ts";

beforeEach(clear);

async function call<T>(method: string, path: string, body?: unknown, token = "the-marketer") {
  const answer = await send(
    apiRoutes,
    contextOf(new Village()),
    new Request(`https://www.example.org/_u/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  return { status: answer.status, body: await answer.json<T>() };
}

const [app] = STARTER_CATALOGUE.actions;

test("a site begins with the starting catalogue, and what a marketer saves takes its place", async () => {
  expect((await call("GET", "actions")).body).toMatchObject(STARTER_CATALOGUE);
  const saved = await call<Catalogue>("PUT", "actions", { actions: [{ ...app, lever: 3 }] });
  expect(saved).toMatchObject({ status: 200, body: { version: 2, actions: [{ lever: 3 }] } });
  expect((await call("GET", "actions")).body).toMatchObject({
    ...saved.body,
    insight: {
      lookedAt: 0,
      actions: [
        {
          id: "get-the-app",
          sentence: "Whoever uses a phone, and hasn't been seen in the app.",
          people: 0,
        },
      ],
    },
  });
});

test("what was read can be sent back; what was read before somebody else saved can't", async () => {
  const read = (await call<Catalogue>("GET", "actions")).body;
  expect((await call("PUT", "actions", read)).status).toBe(200);
  expect((await call("PUT", "actions", read)).status).toBe(409);
  expect((await call<Catalogue>("GET", "actions")).body.version).toBe(2);
});

test.each([
  [{ ...app, prior: 1 }, "actions.0.prior"],
  [{ ...app, href: "javascript:alert(1)" }, "actions.0.href"],
  [{ ...app, href: "//evil.example" }, "actions.0.href"],
  [{ ...app, stage: "fan" }, "actions.0.stage"],
  [{ ...app, conditions: { mood: "good" } }, "actions.0.conditions.mood"],
  [{ ...app, cap: 0.5 }, "actions.0.cap"],
])("an action with a fault is refused with its place: %#", async (action, path) => {
  const { status, body } = await call("PUT", "actions", { actions: [action] });
  expect(status).toBe(422);
  expect(body).toMatchObject({ error: { code: "invalid", path } });
});

test.each([
  [{ start: "2026-12-01", end: "2026-11-30" }, "end", "must not be before start"],
  [
    { start: "2026-11-22T08:00:00Z", end: "2026-11-22T08:00:00Z" },
    "end",
    "must not be before start",
  ],
  [{ start: "2026-02-31" }, "start", "must be a day that there is"],
  [{ end: "2026-09-31T08:00:00Z" }, "end", "must be a day that there is"],
  [
    { purposes: ["measurement", "nonsense"] },
    "purposes.1",
    "must be one of necessary, measurement, personalization, recognition, advertising",
  ],
  [{ title: "Hello {nonsense}" }, "title", "only {topic} can stand in braces"],
  [{ text: "Read on about {topic}" }, "text", "{topic} needs a condition on what is read"],
  [{ label: "More about {topic}" }, "label", "nothing can stand in braces here"],
  [
    { conditions: { knows: ["email", "e_mail"] } },
    "conditions.knows.1",
    "must be user_id, email, phone, crm, social:… or esp:…",
  ],
  [
    { conditions: { lacks: ["push"] } },
    "conditions.lacks.0",
    "must be user_id, email, phone, crm, social:… or esp:…",
  ],
  [{ conditions: { os: ["iPhone"] } }, "conditions.os.0", "is called iOS"],
  [
    { conditions: { did: [{ event: "Goal" }] } },
    "conditions.did.0.atLeast",
    "must say at least or at most how many",
  ],
  [
    { conditions: { sessions: {} } },
    "conditions.sessions.atLeast",
    "must say at least or at most how many",
  ],
  [
    { conditions: { meter: { atLeast: 3 } } },
    "conditions.meter",
    "needs a reading meter in the catalogue",
  ],
  [{ channel: "sms", persona: "work" }, "persona", "can be asked for by e-mail alone"],
  [{ channel: "site", persona: "work" }, "persona", "can be asked for by e-mail alone"],
])("an action that can't work is refused with its place: %j", async (changes, at, message) => {
  const actions = [app, { ...app, id: "other", ...changes }];
  expect(await call("PUT", "actions", { actions })).toEqual({
    status: 422,
    body: { error: { code: "invalid", message, path: `actions.1.${at}` } },
  });
});

test("an action may last one day, ask for a purpose of the policy and name the topic that is read", async () => {
  const action = {
    ...app,
    start: "2026-11-22",
    end: "2026-11-22",
    purposes: ["advertising"],
    text: "Read on about {topic}",
    conditions: { reads: { topic: "*", atLeast: 2 } },
  };
  expect((await call("PUT", "actions", { actions: [action] })).status).toBe(200);
});

test.each([
  ["https://127.0.0.1/x", "must be a name, not a number"],
  ["https://2130706433/x", "must be a name, not a number"],
  ["https://localhost/", "must be reachable from the internet"],
  ["https://crm.example.com:8443/in", "must not name a port"],
])("the list goes to no system at %s", async (url, message) => {
  const webhooks = [
    { id: "mail", url: "https://mail.example.com/in", channels: ["email"] },
    { id: "crm", url, channels: ["sms"] },
  ];
  expect(await call("PUT", "actions", { actions: [app], webhooks })).toEqual({
    status: 422,
    body: { error: { code: "invalid", message, path: "webhooks.1.url" } },
  });
});

test("what was saved before the rules stays in force and holds nobody up who changes something else", async () => {
  const { body: read } = await call<Catalogue>("PUT", "actions", { actions: [app] });
  const old = { ...read.actions[0], id: "old", purposes: ["of-before"], start: "2026-02-31" };
  const webhooks = [{ id: "crm", url: "https://localhost/", channels: ["sms"], secret: 1 }];
  const document = { ...read, version: 3, actions: [old], webhooks } as unknown as Json;
  await saveSetting(db, "catalogue", { version: 3, document, author: "test", at: NOON });
  const { body: stored } = await call<Catalogue>("GET", "actions");
  expect(stored).toMatchObject({ actions: [{ id: "old" }], webhooks: [{ id: "crm" }] });
  const actions = [...stored.actions, app];
  expect((await call("PUT", "actions", { ...stored, actions })).status).toBe(200);
  const changed = [{ ...stored.actions[0], label: "Changed" }];
  expect((await call("PUT", "actions", { actions: changed })).status).toBe(422);
});

test("two actions can't have one id", async () => {
  expect((await call("PUT", "actions", { actions: [app, app] })).status).toBe(422);
});

test("the catalogue is the marketer's", async () => {
  expect((await call("GET", "actions", undefined, "the-officer")).status).toBe(403);
});

test("the overview adds up what was rolled up and what came today, beside what was dropped", async () => {
  const yesterday = NOON - 86_400_000;
  const jane = visitor("jane");
  await createLedger(db, stubs).land(
    landing({
      events: [
        { visitor: jane, event: event("y1", { at: yesterday, valueCents: 1_050 }) },
        { visitor: jane, event: event("t1", { campaign: { source: "news", medium: "email" } }) },
        { visitor: visitor("john"), event: event("t2", { type: "identify", name: null }) },
      ],
    }),
  );
  await rollUp(db, dayOf(yesterday));
  await addDrops(db, [{ day: dayOf(NOON), reason: "consent", regime: "opt-in", count: 4 }]);
  expect((await call("GET", "reports/overview")).body).toMatchObject({
    to: dayName(dayOf(NOON)),
    events: 3,
    orders: 1,
    revenue: 10.5,
    days: [
      { day: dayName(dayOf(yesterday)), events: 1, visitors: 1 },
      { day: dayName(dayOf(NOON)), events: 2, visitors: 2 },
    ],
    campaigns: [{ source: "news", medium: "email", name: null, events: 1 }],
    dropped: [{ reason: "consent", regime: "opt-in", count: 4 }],
  });
  const day = dayName(dayOf(yesterday));
  expect((await call("GET", `reports/overview?from=${day}&to=${day}`)).body).toMatchObject({
    events: 1,
    dropped: [],
  });
  expect((await call("GET", "reports/setup")).body).toMatchObject({
    recorded: 3,
    dropped: 4,
    droppedShare: 4 / 7,
    identifies: 1,
  });
});

test("a report over no range that there is, or too long a one, or by what it doesn't know, is refused", async () => {
  const refusal = async (report: string, range: string) => {
    const { status, body } = await call<{ error: unknown }>("GET", `reports/${report}?${range}`);
    return [status, body.error];
  };
  const wrong = (path: string, message: string) => [422, { code: "invalid", message, path }];
  const noDay = "must be a day that there is, like 2026-11-22";
  for (const report of ["overview", "setup", "actions", "attribution", "segments"]) {
    expect(await refusal(report, "from=yesterday")).toEqual(wrong("from", noDay));
    expect(await refusal(report, "from=2026-02-31")).toEqual(wrong("from", noDay));
    expect(await refusal(report, "from=2026-09-01&to=2026-09-31")).toEqual(wrong("to", noDay));
    expect(await refusal(report, "from=2026-02-02&to=2026-02-01")).toEqual(
      wrong("from", "must not be later than to: the range is reversed"),
    );
    expect(await refusal(report, "from=9999-01-01")).toEqual(
      wrong("from", "must not be later than today"),
    );
    expect(await refusal(report, "from=2020-01-01")).toEqual(
      wrong("from", "must be a range of at most 400 days"),
    );
  }
  // Before anything is kept for advertising.
  expect(await refusal("attribution", "from=2024-06-01&to=2024-06-30")).toEqual(
    wrong("to", expect.stringMatching(/^must not be before \d{4}-\d{2}-\d{2}: nothing earlier/)),
  );
  expect(await refusal("attribution", "by=source")).toEqual(
    wrong("by", "must be one of channel, campaign"),
  );
});
