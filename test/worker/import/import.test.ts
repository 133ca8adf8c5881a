import { exports } from "cloudflare:workers";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { identifierKeys as keys } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import {
  ALL,
  api,
  Browser,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  ORIGIN,
  read,
  server,
} from "../../support/site.ts";

const send = async (query: string, csv: string, token = MARKETER_TOKEN) =>
  read(
    await exports.default.fetch(`${ORIGIN}/_u/api/import?${query}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "text/csv" },
      body: csv,
    }),
  );

const approve = (origin: string, token = OFFICER_TOKEN) =>
  api(`/origins/${encodeURIComponent(origin)}/approve`, token, {});

interface Identifier {
  value: string;
  state: string;
  reason: string | null;
  permissions: { channel: string; state: string; source: string }[];
}

const found = async (identifier: string) => {
  const { body } = await api(`/people?identifier=${encodeURIComponent(identifier)}`);
  return body["people"] as { id: string; visitors: number }[];
};
const personOf = async (identifier: string) => {
  const [first] = await found(identifier);
  return (await api(`/people/${first?.id}`)).body as unknown as {
    id: string;
    visitors: { id: string; origin: string }[];
    identifiers: Identifier[];
    traits: Record<string, unknown>;
  };
};
const sourceOf = (kind: "user_id" | "email", origin: string, value: string) =>
  keys.sourceVisitor(kind, `import\0${origin}\0${value}`);

const PEOPLE = `user_id,email,first name,zip,consent_measurement,consent_recognition,permission_email
fan-1,Ann@Fans.example,ANN,79 098,yes,yes,yes
fan-2,not an address,Bob,1,yes,yes,yes
,cem@fans.example,Cem,2,yes,yes,no
null,dee@fans.example,Dee,3,yes,yes,yes
fan-5,eve@fans.example,Eve`;

test("known people come in by rows; what is wrong is told by its line, and never what was there", async () => {
  const { status, body } = await send("kind=people&origin=crm-a", PEOPLE);
  expect(status).toBe(200);
  expect(body).toEqual({
    accepted: 2,
    invalid: [
      { line: 3, message: "email isn't an e-mail address" },
      { line: 5, message: "user_id is a placeholder that names nobody" },
      { line: 6, message: "has 3 fields, the header has 7" },
    ],
    dropped: [],
    counts: { invalid: 3, dropped: 0 },
    next: null,
    approved: false,
  });
  await settle([await sourceOf("user_id", "crm-a", "fan-1")]);
  const ann = await personOf("email:ann@fans.example");
  expect(ann.traits).toMatchObject({ firstName: "Ann", postalCode: "79098" });
  expect(ann.visitors).toMatchObject([{ origin: "import" }]);
  expect(ann.identifiers.map(({ value }) => value).sort()).toEqual(["ann@fans.example", "fan-1"]);
});

test("more rows than are told one by one are counted all the same", async () => {
  const bad = Array.from({ length: 1_200 }, () => "x,google,brand,1").join("\n");
  const { body } = await send("kind=spend", `date,channel,campaign,cost\n${bad}`);
  expect(body).toMatchObject({ accepted: 0, counts: { invalid: 1_200, dropped: 0 } });
  expect(body["invalid"]).toHaveLength(1_000);
});

test("the same file again changes nothing", async () => {
  const before = await personOf("email:ann@fans.example");
  expect((await send("kind=people&origin=crm-a", PEOPLE)).body).toMatchObject({ accepted: 2 });
  await settle([before.id]);
  expect(await personOf("email:ann@fans.example")).toEqual(before);
});

test("before an officer approves the origin its consent links nobody and its permissions don't count; after, they do", async () => {
  const fan = new Browser({ "usher-region": "DE" });
  await fan.consent({ accept: "all" });
  await fan.send("identify", { messageId: "sign-up", traits: { email: "ann@fans.example" } });
  const imported = await sourceOf("user_id", "crm-a", "fan-1");
  await settle([fan.visitor!, imported]);
  expect((await personOf("user_id:fan-1")).visitors).toHaveLength(1);
  const permission = async () =>
    (await personOf("user_id:fan-1")).identifiers.find(({ value }) => value === "ann@fans.example")
      ?.permissions;
  expect(await permission()).toEqual([]);

  expect((await approve("crm-a", MARKETER_TOKEN)).status).toBe(403);
  expect((await approve("crm-a")).body).toMatchObject({
    origin: "crm-a",
    approved: { by: "officer" },
  });
  expect((await send("kind=people&origin=crm-a", PEOPLE)).body).toMatchObject({
    accepted: 2,
    approved: true,
  });
  await settle([fan.visitor!, imported]);
  expect((await personOf("user_id:fan-1")).visitors).toHaveLength(2);
  expect(await permission()).toMatchObject([
    { channel: "email", state: "granted", source: "import:crm-a" },
  ]);
});

test("what an approved list says a child agreed to counts for nothing, told by age or by birthday", async () => {
  await approve("crm-k");
  const { body } = await send(
    "kind=people&origin=crm-k",
    `user_id,age,birthday,consent_measurement,consent_recognition
kid-1,9,,yes,yes
kid-2,,2020-05-01,yes,yes
grown,40,1985-05-01,yes,yes`,
  );
  expect(body).toMatchObject({ accepted: 3, approved: true });
  const visitors = await Promise.all(
    ["kid-1", "kid-2", "grown"].map((id) => sourceOf("user_id", "crm-k", id)),
  );
  await settle(visitors);
  const purposes = await Promise.all(
    visitors.map(async (visitor) => {
      const journey = await api(`/people/${visitor}/journey`);
      return (journey.body["events"] as { purposes: string[] }[]).flatMap((each) => each.purposes);
    }),
  );
  expect(purposes).toEqual([[], [], ["measurement", "recognition"]]);
  const { body: kept } = await api(`/receipts?visitor=${visitors[0]}`, OFFICER_TOKEN);
  expect(kept["receipts"]).toEqual([]);
});

test("consent and refusals of an approved origin leave a receipt each, and what is said again leaves none", async () => {
  const importAs = (origin: string, said: string, city = "Bonn") =>
    send(
      `kind=people&origin=${origin}`,
      `user_id,city,consent_measurement,consent_recognition\nproven-1,${city},${said},${said}`,
    );
  const receiptsOf = async (origin: string) => {
    const visitor = await sourceOf("user_id", origin, "proven-1");
    const { body } = await api(`/receipts?visitor=${visitor}`, OFFICER_TOKEN);
    return body["receipts"] as {
      kind: string;
      body: { method: string; purposes: { purpose: string; granted: boolean }[] };
    }[];
  };
  await importAs("crm-p", "yes");
  expect(await receiptsOf("crm-p")).toEqual([]);
  await approve("crm-p");
  for (const said of ["yes", "yes", "no", "no"]) await importAs("crm-p", said);
  // Somebody moved, and said nothing new.
  await importAs("crm-p", "no", "Ulm");
  const visitor = await sourceOf("user_id", "crm-p", "proven-1");
  const receipts = await receiptsOf("crm-p");
  expect(receipts.map(({ kind }) => kind)).toEqual(["grant", "withdrawal"]);
  expect(receipts.map(({ body }) => body.method)).toEqual(["import", "import"]);
  const isGranted = { purpose: "measurement", granted: true };
  expect(receipts[0]!.body.purposes).toContainEqual(expect.objectContaining(isGranted));
  expect(receipts[1]!.body.purposes).not.toContainEqual(expect.objectContaining(isGranted));
  await settle([visitor]);
  expect(await receiptsOf("crm-p")).toEqual(receipts);
  expect((await api("/receipts/verify", OFFICER_TOKEN)).body).toMatchObject({ faults: [] });
});

test("a refusal to be contacted counts from anywhere, and no later grant of another source undoes it", async () => {
  const cem = await sourceOf("email", "crm-a", "cem@fans.example");
  await approve("crm-b");
  await send(
    "kind=people&origin=crm-b",
    "email,consent_measurement,consent_recognition,permission_email\ncem@fans.example,yes,yes,yes",
  );
  await settle([cem, await sourceOf("email", "crm-b", "cem@fans.example")]);
  const { identifiers, visitors } = await personOf("email:cem@fans.example");
  expect(visitors).toHaveLength(2);
  expect(identifiers[0]?.permissions).toMatchObject([{ channel: "email", state: "suppressed" }]);
});

test("offline events come in under consent alone, twice is once, and two equal rows are two", async () => {
  const csv =
    "event,timestamp,user_id,gate,consent_measurement\n" +
    "Ticket Scanned,2026-11-01T15:30:00Z,scan-1,N4,yes\n" +
    "Ticket Scanned,2026-11-01T15:30:00Z,scan-1,N4,yes\n" +
    "Ticket Scanned,2026-11-02T15:30:00Z,scan-2,N4,no\n" +
    "Ticket Scanned,then,scan-1,N4,yes";
  const held = await send("kind=events&origin=gates", csv);
  expect(held.body).toMatchObject({ accepted: 0, approved: false });
  expect(held.body["dropped"]).toHaveLength(3);
  await approve("gates");
  const answer = {
    accepted: 2,
    invalid: [{ line: 5, message: "has a timestamp that isn't one, such as 2026-11-22T08:00:00Z" }],
    dropped: [{ line: 4, message: "isn't kept: consent" }],
  };
  expect((await send("kind=events&origin=gates", csv)).body).toMatchObject(answer);
  expect((await send("kind=events&origin=gates", csv)).body).toMatchObject(answer);
  const source = await keys.sourceVisitor("user_id", "scan-1");
  await settle([source]);
  const journey = (await api(`/people/${source}/journey`)).body["events"] as Record<
    string,
    unknown
  >[];
  expect(journey).toMatchObject([
    { name: "Ticket Scanned", channel: "offline", at: "2026-11-01T15:30:00.000Z" },
    { name: "Ticket Scanned", channel: "offline" },
  ]);
});

test("ad spend is a row a day, channel and campaign, and a corrected file corrects it", async () => {
  const csv = (cost: string) =>
    `date,channel,campaign,cost,clicks\n2026-11-01,Google,brand,${cost},10\nx,google,brand,1,1`;
  expect((await send("kind=spend", csv("12.50"))).body).toMatchObject({
    accepted: 1,
    invalid: [{ line: 3, message: "has no date like 2026-11-22" }],
  });
  await send("kind=spend", csv("13.50"));
  const { results } = await env.DB.prepare("SELECT * FROM spend").all();
  expect(results).toEqual([
    {
      day: 20758,
      channel: "google",
      campaign: "brand",
      cost_cents: 1350,
      impressions: 0,
      clicks: 10,
    },
  ]);
});

test("rows of one day, channel and campaign add up, and the file again, or its rest, doubles nothing", async () => {
  const csv = [
    "date,channel,campaign,cost,impressions,currency",
    "2026-11-02,google,sum,12.3456,5,EUR",
    "2026-11-02,google,sum,0.125,5,EUR",
    '2026-11-02,google,sum,"1,234",5,EUR',
    "2026-09-31,google,sum,1,5,EUR",
    "2026-11-02,Google,sum,100.005,5,EUR",
    "2026-11-02,google,sum,1,5,USD",
  ].join("\n");
  const sums = async () =>
    (await env.DB.prepare("SELECT cost_cents, impressions FROM spend WHERE campaign = 'sum'").all())
      .results;
  const first = await send("kind=spend", csv);
  expect(first.body).toMatchObject({
    accepted: 3,
    invalid: [{ line: 4 }, { line: 5 }, { line: 7 }],
  });
  expect(await sums()).toEqual([{ cost_cents: 11_249, impressions: 15 }]);
  expect((await send("kind=spend", csv)).body).toEqual(first.body);
  expect((await send("kind=spend&from=6", csv)).body).toMatchObject({ accepted: 1 });
  expect(await sums()).toEqual([{ cost_cents: 11_249, impressions: 15 }]);

  // More rows than are put away at once; gone on with in the middle, as one that was cut off is.
  const rows = Array.from({ length: 1_500 }, () => "2026-11-02,google,sum,0.01,1,EUR");
  const long = ["date,channel,campaign,cost,impressions,currency", ...rows].join("\n");
  for (const from of [2, 1_002, 700]) {
    await send(`kind=spend&from=${from}`, long);
    expect(await sums()).toEqual([{ cost_cents: 1_500, impressions: 1_500 }]);
  }
});

test("a file is the marketer's, of a kind, from a named place, and may be gone on with", async () => {
  expect((await send("kind=people", "email\n", OFFICER_TOKEN)).status).toBe(403);
  expect((await send("kind=cats", "email\n")).body).toMatchObject({ error: { path: "kind" } });
  expect((await send("kind=people&origin=%3Cb%3E", "email\n")).status).toBe(422);
  expect((await send("kind=people&country=XX", "email\n")).body).toMatchObject({
    error: { path: "country" },
  });
  const rest = await send("kind=people&origin=crm-a&from=6", PEOPLE);
  expect(rest.body).toMatchObject({ accepted: 0, invalid: [{ line: 6 }] });
});

test("sign-ups and unsubscriptions are remembered by address and channel; what a server knows outweighs what is typed", async () => {
  const fan = new Browser({ "usher-region": "DE" });
  await fan.consent({ accept: "all" });
  await fan.send("identify", { messageId: "p1", traits: { email: "gil@fans.example" } });
  await fan.send("track", { messageId: "p2", event: "Newsletter Signed Up" });
  const permissions = async () =>
    (await personOf("email:gil@fans.example")).identifiers[0]?.permissions;
  await settle([fan.visitor!]);
  expect(await permissions()).toMatchObject([
    { channel: "email", state: "granted", source: "sign-up" },
  ]);
  const context = {
    consent: { categoryPreferences: ALL },
    messaging_subscriptions: [{ key: "gil@fans.example", type: "EMAIL", status: "UNSUBSCRIBED" }],
  };
  await server("identify", {
    messageId: "p3",
    anonymousId: "esp",
    traits: { email: "gil@fans.example" },
    context,
  });
  await settle([fan.visitor!, await keys.sourceVisitor("anonymous_id", "esp")]);
  expect(await permissions()).toMatchObject([{ channel: "email", state: "suppressed" }]);
  await fan.send("track", { messageId: "p4", event: "Newsletter Signed Up" });
  expect(await permissions()).toMatchObject([{ channel: "email", state: "suppressed" }]);
});
