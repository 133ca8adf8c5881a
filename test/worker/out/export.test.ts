import { env, exports } from "cloudflare:workers";
import Papa from "papaparse";
import { beforeEach, expect, test } from "vitest";
import { dayName, dayOf } from "../../../src/domain/ids.ts";
import { api, MARKETER_TOKEN, ORIGIN, OWNER_TOKEN } from "../../support/site.ts";
import { settle } from "../../support/objects.ts";
import { clear } from "../d1/books.ts";
import { ALL_FOUR, DAY_MS, leaving, namesIn, visitorWith } from "./stage.ts";

beforeEach(clear);

const today = dayName(dayOf(Date.now()));

test("an export has what a purpose allows now, and nothing that was recorded under others alone", async () => {
  await visitorWith(ALL_FOUR, ["A1", "A2"]);
  await visitorWith({ measurement: true }, ["B1"]);
  const measured = await leaving("events.ndjson?purpose=measurement");
  expect(namesIn(measured.lines)).toEqual(["A1", "A2", "B1"]);
  expect(measured.next).toBeNull();
  expect(measured.lines[0]).toMatchObject({ type: "track", day: today, policy: 1 });
  expect(measured.lines[0]).not.toHaveProperty("sealed");
  const advertised = await leaving("events.ndjson?purpose=advertising");
  expect(namesIn(advertised.lines)).toEqual(["A1", "A2"]);
});

test("who withdrew meanwhile is left out, whatever was recorded before, and comes back with a new yes alone", async () => {
  const jane = await visitorWith(ALL_FOUR, ["J1"]);
  await visitorWith(ALL_FOUR, ["K1"]);
  await jane.consent({ choices: { advertising: false } });
  expect(namesIn((await leaving("events.ndjson?purpose=advertising")).lines)).toEqual(["K1"]);
  expect(namesIn((await leaving("events.ndjson?purpose=measurement")).lines)).toEqual(["J1", "K1"]);
  await jane.consent({ accept: "none" });
  expect(namesIn((await leaving("events.ndjson?purpose=measurement")).lines)).toEqual(["K1"]);
});

test("click ids leave under the purpose that opens them alone", async () => {
  const jane = await visitorWith(ALL_FOUR, []);
  await jane.send("page", {
    messageId: "clicked",
    context: { page: { url: "https://www.example.org/?gclid=Secret-123", path: "/" } },
  });
  await settle([jane.visitor ?? ""]);
  const text = async (purpose: string) =>
    JSON.stringify((await leaving(`events.ndjson?purpose=${purpose}`)).lines);
  expect(await text("advertising")).toContain("Secret-123");
  expect(await text("measurement")).not.toContain("Secret-123");
  expect(JSON.stringify((await leaving("people.ndjson?purpose=measurement")).lines)).not.toContain(
    "Secret-123",
  );
});

test("a cut export goes on after the last line that arrived, without gap or repetition", async () => {
  for (const name of ["a", "b", "c"])
    await visitorWith({ measurement: true }, [`${name}1`, `${name}2`, `${name}3`]);
  const { lines } = await leaving("events.ndjson?purpose=measurement");
  expect(lines).toHaveLength(9);
  for (let cut = 0; cut < lines.length; cut++) {
    const { day, visitor, id } = lines[cut]!;
    const after = encodeURIComponent(`${day}.${visitor}.${id}`);
    const rest = await leaving(`events.ndjson?purpose=measurement&after=${after}`);
    expect(rest.lines).toEqual(lines.slice(cut + 1));
  }
});

test("an answer has an end: it says where to go on, and the pages together are everything once", async () => {
  const many = 450;
  const jane = await visitorWith({ measurement: true }, []);
  await env.DB.batch(
    Array.from({ length: many }, (_, n) =>
      env.DB.prepare(
        `INSERT INTO events (day, visitor, id, at, received, type, name, channel, policy, purposes, data)
        VALUES (?1, ?2, ?3, 0, 0, 'track', 'Row', 'web', 1, 'measurement', '{}')`,
      ).bind(dayOf(Date.now()), jane.visitor, `row-${String(n).padStart(4, "0")}`),
    ),
  );
  const all = await leaving("events.ndjson?purpose=measurement");
  expect(all.lines).toHaveLength(many);
  expect(new Set(all.lines.map(({ id }) => id)).size).toBe(many);
});

test("a range of days is kept to", async () => {
  await visitorWith({ measurement: true }, ["Now"]);
  const yesterday = dayName(dayOf(Date.now() - DAY_MS));
  expect((await leaving(`events.ndjson?purpose=measurement&from=${today}`)).lines).toHaveLength(1);
  expect((await leaving(`events.ndjson?purpose=measurement&to=${yesterday}`)).lines).toEqual([]);
});

test("profiles leave with identifiers only of those who allow to be recognised", async () => {
  const jane = await visitorWith(ALL_FOUR, ["J1"]);
  await jane.send("identify", {
    messageId: "jane-says",
    userId: "jane",
    traits: { email: "jane@club.example.org", plan: "season" },
  });
  await settle([jane.visitor ?? ""]);
  const kate = await visitorWith({ measurement: true }, ["K1"]);
  const { lines } = await leaving("people.ndjson?purpose=measurement");
  const of = (visitor: string | null) => lines.find(({ person }) => person === visitor);
  expect(of(jane.visitor)).toMatchObject({
    stage: "identified",
    events: 2,
    identifiers: expect.arrayContaining([
      expect.objectContaining({ kind: "email", value: "jane@club.example.org" }),
    ]),
    traits: { plan: "season" },
  });
  expect(of(kate.visitor)).toMatchObject({ stage: "device", identifiers: [], traits: {} });
  await jane.consent({ choices: { recognition: false } });
  const after = JSON.stringify((await leaving("people.ndjson?purpose=measurement")).lines);
  expect(after).not.toContain("jane@club.example.org");
  expect(after).toContain(jane.visitor);
});

/** What a table says, by its columns. */
function rowsOf(text: string): Record<string, string>[] {
  const [header = [], ...rows] = Papa.parse<string[]>(text.trimEnd()).data;
  return rows.map((row) => Object.fromEntries(header.map((name, n) => [name, row[n] ?? ""])));
}

test("an address that mustn't be written to is marked as lines of JSON, and left out of the table, wherever else it was said", async () => {
  const jane = await visitorWith(ALL_FOUR, ["J1"]);
  await jane.send("identify", {
    messageId: "jane-says",
    traits: {
      email: "jane@club.example.org",
      contact: { mail: ["Jane@Club.example.org "] },
      plan: "=1+1\nx",
    },
  });
  const word = (event: string) => jane.send("track", { messageId: event, event });
  await word("Newsletter Subscribed");
  await settle([jane.visitor ?? ""]);
  const profile = async () => {
    const { lines } = await leaving("people.ndjson?purpose=measurement");
    return lines.find(({ person }) => person === jane.visitor) as unknown as {
      identifiers: { kind: string; mayContact: string[] }[];
      traits: object;
    };
  };
  const table = async () => {
    const answer = await exports.default.fetch(
      `${ORIGIN}/_u/api/export/people.csv?purpose=measurement`,
      { headers: { authorization: `Bearer ${OWNER_TOKEN}` } },
    );
    expect(answer.headers.get("usher-cursor")).toBeNull();
    const text = await answer.text();
    return { text, row: rowsOf(text).find(({ person }) => person === jane.visitor) };
  };
  const mail = (said: Awaited<ReturnType<typeof profile>>) =>
    said.identifiers.find(({ kind }) => kind === "email");
  expect(mail(await profile())?.mayContact).toEqual(["email"]);
  expect((await table()).row).toMatchObject({
    stage: "identified",
    email: "jane@club.example.org",
    sms: "",
    withheld: "0",
    traits: JSON.stringify({ plan: "=1+1\nx" }),
  });
  await word("Newsletter Unsubscribed");
  await settle([jane.visitor ?? ""]);
  const after = await profile();
  expect(mail(after)).toMatchObject({
    value: "jane@club.example.org",
    mayContact: [],
    permissions: [{ channel: "email", state: "suppressed" }],
  });
  expect(after.traits).toEqual({ plan: "=1+1\nx" });
  const { text, row } = await table();
  expect(row).toMatchObject({ email: "", withheld: "1" });
  expect(text.toLowerCase()).not.toContain("jane@club");
});

test("exports are the officer's, and a purpose has to be said", async () => {
  const status = async (path: string, token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await exports.default.fetch(`${ORIGIN}/_u/api/export/${path}`, { headers });
    await answer.arrayBuffer();
    return answer.status;
  };
  for (const path of ["events.ndjson", "people.ndjson", "people.csv"]) {
    expect(await status(`${path}?purpose=measurement`, MARKETER_TOKEN)).toBe(403);
    expect(await status(`${path}?purpose=measurement`, "nobody")).toBe(401);
    expect(await status(`${path}?purpose=measurement`, OWNER_TOKEN)).toBe(200);
    for (const query of [
      "",
      "?purpose=necessary",
      "?purpose=everything",
      "?purpose=measurement&after=x",
      "?purpose=measurement&from=yesterday",
      "?purpose=measurement&from=2026-02-31",
      "?purpose=measurement&from=2026-11-02&to=2026-11-01",
    ])
      expect((await api(`/export/${path}${query}`)).status, query).toBe(422);
  }
});
