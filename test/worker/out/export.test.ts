import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { dayName, dayOf } from "../../../src/domain/ids.ts";
import { api, MARKETER_TOKEN, OWNER_TOKEN } from "../../support/site.ts";
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

test("exports are the officer's, and a purpose has to be said", async () => {
  for (const path of ["events.ndjson", "people.ndjson"]) {
    expect((await leaving(`${path}?purpose=measurement`, MARKETER_TOKEN)).status).toBe(403);
    expect((await leaving(`${path}?purpose=measurement`, "nobody")).status).toBe(401);
    expect((await leaving(`${path}?purpose=measurement`, OWNER_TOKEN)).status).toBe(200);
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
