import { beforeAll, beforeEach, expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { settle } from "../../support/objects.ts";
import {
  ALL,
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
} from "../../support/site.ts";
import { books } from "../d1/books.ts";
import { everything, placesOf } from "../privacy/household.ts";
import {
  AUTOMATIC,
  known,
  naming,
  populate,
  runJob,
  somebody,
  suggestions,
  type Told,
  type Traits,
} from "./town.ts";

let run = 0;
let a: VisitorId;
let b: VisitorId;
let jane: Traits;

beforeAll(async () => {
  await populate();
  await runJob();
}, 120_000);

/** The same human twice: in another spelling, and with no identifier in common. */
beforeEach(async () => {
  run++;
  jane = somebody(run);
  const lastName = `${jane["lastName"]?.slice(0, 4)}${jane["lastName"]?.slice(5)}`;
  a = await known(`jane-${run}`, jane);
  b = await known(`other-${run}`, { ...jane, lastName }, ALL, "anonymousId");
});

/** They say something new of themselves. */
const moved = (city: string) => known(`jane-${run}`, { ...jane, city });

const officer = (path: string, body: unknown = {}) => api(path, OFFICER_TOKEN, body);
const about = async (visitor: string, state = "open"): Promise<Told[]> =>
  naming(await suggestions(state), visitor);

async function found(): Promise<Told> {
  await runJob();
  const [suggestion] = await about(a);
  if (!suggestion) throw new Error("nothing was suggested");
  return suggestion;
}

const historyOf = async (visitor: string) =>
  (await api(`/people/${visitor}/history`, OFFICER_TOKEN)).body["history"] as {
    op: string;
    by: string;
    because: string;
    evidence: string;
    visitors: string[];
  }[];

test("two records of one human are suggested to an officer, with a weight for each field and what differs", async () => {
  const told = await found();
  expect(await about(a)).toHaveLength(1);
  expect(told.people.map(({ id }) => id).toSorted()).toEqual([a, b].toSorted());
  expect(told.probability).toBeGreaterThan(0.9);
  expect(told.reasons.reduce((sum, { bits }) => sum + bits, 0)).toBeCloseTo(told.score, 1);
  expect(told.reasons.find(({ field }) => field === "birthday")).toMatchObject({
    because: expect.stringContaining("the date of birth is the same"),
  });
  expect(told.facts.find(({ field }) => field === "birthday")).toEqual({
    field: "birthday",
    a: `${jane["birthday"]?.slice(0, 4)}-…`,
    b: `${jane["birthday"]?.slice(0, 4)}-…`,
    same: true,
  });
  const names = told.facts.find(({ field }) => field === "lastName");
  expect([names?.a, names?.b]).toContain(jane["lastName"]);
  expect((await api("/suggestions", MARKETER_TOKEN)).status).toBe(403);
  expect((await api(`/suggestions/${told.id}/approve`, MARKETER_TOKEN, {})).status).toBe(403);
  expect((await api(`/suggestions/${told.id}/reject`, MARKETER_TOKEN, {})).status).toBe(403);
});

test("nothing that is stored for matching holds a value in the clear", async () => {
  await found();
  const rows = JSON.stringify(await books());
  for (const name of ["lastName", "street", "city", "birthday"])
    expect(rows.toLowerCase()).not.toContain(jane[name]?.toLowerCase());
});

test("an approval joins them on inferred evidence, once; undone, it isn't suggested again", async () => {
  const { id } = await found();
  const dry = await officer(`/suggestions/${id}/approve`, { dryRun: true });
  expect(dry.body).toMatchObject({ state: "open", merge: null });
  const [done, again] = [
    await officer(`/suggestions/${id}/approve`, { why: "she told us at the gate" }),
    await officer(`/suggestions/${id}/approve`),
  ];
  expect(done.body).toMatchObject({ state: "approved", merge: expect.any(String) });
  expect(again.body).toMatchObject({ state: "approved", merge: done.body["merge"] });
  expect((await officer(`/suggestions/${id}/reject`)).status).toBe(409);
  await settle([a, b]);
  const person = await api(`/people/${a}`);
  expect(person.body["visitors"]).toHaveLength(2);
  expect((await historyOf(a))[0]).toMatchObject({
    op: "merge",
    by: "officer",
    evidence: expect.stringMatching(/^inferred, 9\d\.\d %$/),
    because: expect.stringContaining("the officer agreed: she told us at the gate"),
  });
  expect((await about(a, "approved"))[0]?.decided).toMatchObject({
    by: "officer",
    why: "she told us at the gate",
  });

  const undo = await officer(`/merges/${done.body["merge"] as string}/undo`);
  expect(undo.status).toBe(200);
  await settle([a, b]);
  expect((await historyOf(a)).map(({ op }) => op)).toEqual(["undo", "merge"]);
  // Facts that are said anew don't bring it back either.
  await moved("Port Wick");
  await runJob(AUTOMATIC);
  expect(await about(a)).toEqual([]);
  expect((await api(`/people/${a}`)).body["visitors"]).toHaveLength(1);
});

test("a pair whose merge was undone isn't said to be one when it is approved again, and is joined when an officer reconsiders", async () => {
  const { id } = await found();
  const first = await officer(`/suggestions/${id}/approve`);
  await settle([a, b]);
  await officer(`/merges/${first.body["merge"] as string}/undo`);
  await settle([a, b]);
  const again = await officer(`/suggestions/${id}/approve`);
  expect(again.status).toBe(409);
  expect(again.body).toMatchObject({ error: { message: expect.stringContaining("two again") } });
  expect((await api(`/people/${a}`)).body["visitors"]).toHaveLength(1);

  const why = "she came to the office with both cards";
  const done = await officer(`/suggestions/${id}/approve`, { reconsider: true, why });
  expect(done).toMatchObject({ status: 200, body: { state: "approved" } });
  expect(done.body["merge"]).not.toBe(first.body["merge"]);
  await settle([a, b]);
  expect((await api(`/people/${a}`)).body["visitors"]).toHaveLength(2);
  expect((await about(a, "approved"))[0]?.decided).toMatchObject({
    why,
    merge: done.body["merge"],
  });
  expect((await historyOf(a)).map(({ op }) => op)).toEqual(["merge", "undo", "merge"]);
});

test("a pair that was turned down is joined later when an officer says so anew, and the history says both", async () => {
  const { id } = await found();
  await officer(`/suggestions/${id}/reject`, { why: "twins" });
  expect((await officer(`/suggestions/${id}/approve`)).status).toBe(409);
  const again = { reconsider: true, why: "her brother has moved out" };
  const done = await officer(`/suggestions/${id}/approve`, again);
  expect(done).toMatchObject({ status: 200, body: { state: "approved" } });
  await settle([a, b]);
  expect((await api(`/people/${a}`)).body["visitors"]).toHaveLength(2);
  expect((await about(a, "approved"))[0]?.decided).toMatchObject({ why: again.why });
  expect(await about(a, "rejected")).toEqual([]);
  const told = await historyOf(a);
  for (const op of ["reject", "approve", "merge"])
    expect(told.filter((line) => line.op === op).length, op).toBeGreaterThan(0);
  expect(told.find(({ op }) => op === "approve")?.because).toContain("moved out");
});

test("a rejected pair is remembered by whom and why, for every record of the two", async () => {
  const { id } = await found();
  const rejected = await officer(`/suggestions/${id}/reject`, { why: "twins" });
  expect(rejected.body).toEqual({ suggestion: id, state: "rejected" });
  expect((await officer(`/suggestions/${id}/reject`, { why: "again" })).status).toBe(200);
  expect((await officer(`/suggestions/${id}/approve`)).status).toBe(409);
  expect((await about(a, "rejected"))[0]?.decided).toMatchObject({ by: "officer", why: "twins" });
  for (const visitor of [a, b])
    expect(await historyOf(visitor)).toMatchObject([
      { op: "reject", by: "officer", because: expect.stringContaining("twins") },
    ]);
  await moved("Port Wick");
  // Another record of the first of them, joined to it.
  const third = await known(`third-${run}`, { ...jane, gender: "f" }, ALL, "anonymousId");
  await runJob();
  expect(await about(third)).not.toEqual([]);
  expect((await officer("/merges", { a, b: third, force: true })).status).toBe(200);
  await runJob();
  expect(await about(b)).toEqual([]);
  expect((await officer(`/suggestions/${b}.${b}/reject`)).status).toBe(404);
});

test("who withdraws recognition is compared no more, and who never gave it never is", async () => {
  const before = (await books())["match_due"]?.length ?? 0;
  await known(`silent-${run}`, jane, { measurement: true, recognition: false });
  expect((await books())["match_due"]).toHaveLength(before);
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ choices: { measurement: true, recognition: true } });
  await browser.send("identify", { messageId: `typed-${run}`, traits: { ...jane } });
  await settle([browser.visitor ?? ""]);
  await runJob();
  expect(await about(browser.visitor ?? "")).not.toEqual([]);

  await browser.consent({ choices: { recognition: false } });
  // Not shown from that moment on, and nothing of it left after the next run.
  expect(await about(browser.visitor ?? "")).toEqual([]);
  await settle([browser.visitor ?? ""]);
  await runJob();
  const { match_records, match_keys, match_due, suggestions: rows } = await books();
  expect(JSON.stringify([match_records, match_keys, match_due, rows])).not.toContain(
    browser.visitor,
  );
});

test("word of new facts isn't lost when what came with them is carried to the database by the call itself", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", { messageId: `carried-${run}`, traits: { ...jane } });
  for (let n = 0; n < 3; n++)
    await eventually(async () => {
      const sent = await browser.send("track", { messageId: `c-${run}-${n}`, event: "Seen" });
      return sent.body["accepted"] === 1;
    });
  await settle([browser.visitor ?? ""]);
  expect(JSON.stringify((await books())["match_due"])).toContain(browser.visitor);
});

test("kept apart by an officer, they are neither suggested nor joined by rule", async () => {
  const separate = await officer("/separate", { a, b, why: "mother and daughter" });
  expect(separate.status).toBe(200);
  await runJob(AUTOMATIC);
  expect(await about(a)).toEqual([]);
  expect(await historyOf(b)).toMatchObject([
    { op: "separate", by: "officer", because: expect.stringContaining("mother and daughter") },
  ]);
});

test("where the officer's rules say so, they are joined without asking: shown as that, and to be undone for good", async () => {
  const threshold = await api("/merge-rules", OFFICER_TOKEN);
  expect(threshold.body).toMatchObject({ probable: { mergeFrom: null } });
  await runJob(AUTOMATIC);
  await settle([a, b]);
  const merged = await api(`/people/${a}`);
  expect(merged.body["merges"]).toMatchObject([{ by: "policy", probability: expect.any(Number) }]);
  const [automatic] = await about(a, "automatic");
  expect(automatic?.decided).toMatchObject({ by: "policy", why: expect.stringContaining("0.95") });
  expect(automatic?.reasons.length).toBeGreaterThan(3);

  const [edge] = merged.body["merges"] as { id: string }[];
  expect((await officer(`/merges/${edge?.id}/undo`)).status).toBe(200);
  await settle([a, b]);
  await moved("Port Wick");
  await runJob(AUTOMATIC);
  await settle([a, b]);
  expect((await api(`/people/${a}`)).body["visitors"]).toHaveLength(1);
});

test("who typed another's name, joined by an officer's agreement, sees nothing of theirs", async () => {
  const stranger = new Browser({ "usher-region": "DE" });
  await stranger.consent({ accept: "all" });
  await stranger.send("identify", { messageId: `stranger-${run}`, traits: { ...jane } });
  const visitor = stranger.visitor ?? "";
  await settle([visitor]);
  await runJob();
  const told = (await about(visitor)).find(({ id }) => id.includes(a)) as Told;
  expect((await officer(`/suggestions/${told.id}/approve`)).status).toBe(200);
  await settle([visitor, a, b]);
  const file = await stranger.call("/_u/me/export");
  expect((file.body["visitors"] as { id: string }[]).map(({ id }) => id)).toEqual([visitor]);
});

test("an erasure leaves nothing of the matching, and what was learned is learned anew without them", async () => {
  const { id } = await found();
  await officer(`/suggestions/${id}/reject`, { why: "twins" });
  await settle([a, b]);
  const held = await officer("/requests", { kind: "export", identifier: `user_id:jane-${run}` });
  const file = JSON.stringify(held.body);
  expect(held.body).toMatchObject({
    data: {
      probable: [{ state: "rejected", decidedBy: "officer" }],
      visitors: [{ decisions: [{ op: "reject", by: "officer" }] }],
    },
  });
  expect(file).not.toContain(b);
  const kept = (await books())["match_records"] as { visitor: string; keys: string }[];
  const keys = JSON.parse(kept.find(({ visitor }) => visitor === a)?.keys ?? "[]") as string[];
  expect(keys.length).toBeGreaterThan(4);
  const erased = await officer("/requests", { kind: "erase", identifier: `user_id:jane-${run}` });
  expect(erased.status).toBe(200);
  await eventually(async () => {
    const now = await api(`/requests/${erased.body["id"] as string}`, OFFICER_TOKEN);
    await settle([a, b]);
    return now.body["state"] === "done";
  });
  const receipt = await api(`/requests/${erased.body["id"] as string}`, OFFICER_TOKEN);
  expect(receipt.body["removed"]).toMatchObject({
    database: { matching: keys.length + 1, suggestions: 1, mergeLog: 1 },
  });
  const left = placesOf(await everything(), [a]).filter(
    (place) =>
      !/^(d1 (tombstones|audit)|r2 (visitor|erasure)\/|object \w+ hot:(tomb|pointer):)/.test(place),
  );
  expect(left).toEqual([]);
  const learned = (await books())["learned"] as { name: string }[];
  expect(learned.map(({ name }) => name)).not.toContain("matching");
  await runJob();
  expect(((await books())["learned"] as { name: string }[]).map(({ name }) => name)).toContain(
    "matching",
  );
});

test("in the console two people whom the policy keeps apart need a tick, and nothing written is lost without", async () => {
  const other = await known(`other-user-${run}`, { ...jane, city: "Port Wick" });
  await runJob();
  const told = (await about(other)).find(({ id }) => id.includes(a)) as Told;
  const browser = new Browser({ "sec-fetch-site": "same-origin" });
  const sign = new URLSearchParams({ token: OFFICER_TOKEN, to: "" });
  await browser.call("/_u/console/sign-in", sign.toString());
  const path = `/_u/console/suggestions/${told.id}`;
  const one = String((await browser.call(path)).body["text"]);
  expect(one).toContain("one person has one user id; together they would have 2");
  const form = /name="form" value="([^"]+)"/.exec(one)?.[1] ?? "";
  const said = { form, decision: "approve", why: "a second account" };
  const back = await browser.call(path, new URLSearchParams(said).toString());
  expect(back.status).toBe(422);
  expect(back.body["text"]).toContain('value="a second account"');
  expect(back.body["text"]).toMatch(/id="force"[^>]*aria-invalid="true"/);
  const ticked = new URLSearchParams({ ...said, force: "yes" });
  expect((await browser.call(path, ticked.toString())).status).toBe(303);
});

test("in the console an officer reads why, says they are two, and finds the decision again", async () => {
  const { id } = await found();
  const browser = new Browser({ "sec-fetch-site": "same-origin" });
  const sign = new URLSearchParams({ token: OFFICER_TOKEN, to: "" });
  await browser.call("/_u/console/sign-in", sign.toString());
  const read = async (path: string) =>
    String((await browser.call(`/_u/console/suggestions${path}`)).body["text"]);
  expect(await read("")).toContain(id);
  const one = await read(`/${id}`);
  expect(one).toContain("The date of birth is the same");
  expect(one).toContain('class="waterfall"');
  const form = /name="form" value="([^"]+)"/.exec(one)?.[1] ?? "";
  const decide = (said: Record<string, string>) =>
    browser.call(`/_u/console/suggestions/${id}`, new URLSearchParams(said).toString());
  expect((await decide({ decision: "reject" })).status).toBe(403);
  const decided = await decide({ form, decision: "reject", why: "<b>twins</b>" });
  expect(decided.headers.get("location")).toBe("/_u/console/suggestions?done=rejected");
  expect(await read("")).not.toContain(id);
  expect(await read("?state=rejected")).toContain(id);
  expect(await read(`/${id}`)).toContain("&lt;b>twins");
});
