/** What officers decide about who is who: with their reasons, told in the history, and taken back. */
import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { identifierKeys as sources } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, Browser, MARKETER_TOKEN, OFFICER_TOKEN, server } from "../../support/site.ts";

interface Person {
  id: string;
  visitors: { id: VisitorId }[];
  identifiers: { kind: string; value: string; state: string; reason: string | null }[];
  merges: {
    id: string;
    why: string | null;
    rules: number;
    undone: Record<string, unknown> | null;
  }[];
  separate: VisitorId[];
  history: { op: string; by: string; because: string; evidence: string }[];
}

let n = 0;
/** Two records of the site's own, each a visitor of its own. */
async function two() {
  const names = [`decide-${++n}`, `decide-${++n}`] as const;
  const ids = await Promise.all(names.map((name) => sources.sourceVisitor("anonymous_id", name)));
  const [a, b] = ids as [VisitorId, VisitorId];
  const says = async (which: 0 | 1, email?: string): Promise<void> => {
    const said = await server(email === undefined ? "track" : "identify", {
      messageId: `${names[which]}-${++n}`,
      anonymousId: names[which],
      event: "Seen",
      context: { traits: { email }, consent: { categoryPreferences: ALL } },
    });
    expect(said.body).toMatchObject({ accepted: 1 });
    await settle(ids);
  };
  await says(0);
  await says(1);
  return { a, b, says, rest: () => settle(ids) };
}
const personOf = async (id: string): Promise<Person> =>
  (await api(`/people/${id}`)).body as unknown as Person;
const officer = (path: string, body?: unknown, method?: string) =>
  api(path, OFFICER_TOKEN, body, method);

test("after the undo of a forced merge they are kept apart as before, and the history says who, when and why", async () => {
  const { a, b, says, rest } = await two();
  await officer("/separate", { a, b, why: "two sisters" });
  const forced = await officer("/merges", { a, b, force: true, why: "the same card" });
  expect(forced.status).toBe(200);
  await rest();
  const one = await personOf(a);
  expect(one.separate).toEqual([]);
  expect(one.merges).toMatchObject([{ why: "the same card", rules: expect.any(Number) }]);
  const path = `/merges/${one.merges[0]!.id}/undo`;
  expect((await officer(path, { dryRun: true, why: "sisters after all" })).status).toBe(200);
  expect((await officer(path, { why: "sisters after all" })).status).toBe(200);
  await rest();
  const left = await personOf(a);
  expect(left.separate).toEqual([b]);
  expect((await personOf(b)).separate).toEqual([a]);
  expect(left.history.map(({ op, because }) => [op, because])).toEqual([
    ["undo", "the merge was taken back: sisters after all"],
    ["merge", "officer decided that they are one person: the same card"],
    ["separate", "these are two, whatever a machine finds: two sisters"],
  ]);
  expect(left.merges[0]?.undone).toMatchObject({
    by: "officer",
    because: "the merge was taken back: sisters after all",
    severed: false,
  });
  const email = `sisters-${++n}@example.org`;
  await says(0, email);
  await says(1, email);
  expect((await personOf(a)).visitors.map(({ id }) => id)).toEqual([a]);
});

test("who is no longer kept apart is joined by what both said, and the history tells both decisions", async () => {
  const { a, b, says, rest } = await two();
  const email = `apart-${++n}@example.org`;
  await says(0, email);
  await officer("/separate", { a, b });
  await says(1, email);
  expect((await personOf(b)).identifiers).toMatchObject([
    { kind: "anonymous_id" },
    { kind: "email", state: "refused", reason: "separate" },
  ]);
  const query = new URLSearchParams({ a, b, why: "they wrote to us" });
  expect((await officer(`/separate?${query}`, undefined, "DELETE")).body).toEqual({
    people: [a, b],
  });
  await rest();
  const one = await personOf(a);
  expect(one.visitors.map(({ id }) => id).sort()).toEqual([a, b].sort());
  expect(one.separate).toEqual([]);
  // Apart by the officer alone: that both said the same changed nothing of it.
  const ops = one.history.map(({ op }) => op);
  expect(ops).toEqual(["merge", "unseparate", "separate"]);
  expect(one.history[1]).toMatchObject({
    by: "officer",
    because: expect.stringContaining("they wrote to us"),
  });
  const again = await officer(`/separate?${query}`, undefined, "DELETE");
  expect([again.status, again.body]).toEqual([200, { people: [one.id] }]);
  expect((await personOf(a)).history.map(({ op }) => op)).toEqual(ops);
});

test("that two are kept apart no longer is answered the same when it is said again, and not where it never was said, or was taken back", async () => {
  const { a, b, rest } = await two();
  const taken = () => officer(`/separate?a=${a}&b=${b}`, undefined, "DELETE");
  expect((await taken()).status).toBe(404);
  await officer("/separate", { a, b });
  const first = await taken();
  expect([first.status, first.body]).toEqual([200, { people: [a, b] }]);
  expect(await taken()).toEqual(first);
  expect((await officer(`/separate?a=${b}&b=${a}`, undefined, "DELETE")).body).toEqual({
    people: [b, a],
  });
  await rest();
  const { history } = await personOf(a);
  expect(history.map(({ op }) => op)).toEqual(["unseparate", "separate"]);
});

test("one word that two people are two no more is one for all of their devices, whichever of them said what both share", async () => {
  const { a, b, says, rest } = await two();
  const tablet = await two();
  const email = `tablets-${++n}@example.org`;
  expect((await officer("/merges", { a, b: tablet.a })).status).toBe(200);
  await officer("/separate", { a, b });
  await says(1, email);
  await tablet.says(0, email);
  const ids = [a, b, tablet.a];
  await settle(ids);
  expect((await personOf(tablet.a)).visitors).toHaveLength(2);
  expect((await officer(`/separate?a=${a}&b=${b}`, undefined, "DELETE")).status).toBe(200);
  await Promise.all([rest(), tablet.rest()]);
  await settle(ids);
  const one = await personOf(a);
  expect(one.visitors.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(one.history.filter(({ op }) => op === "unseparate")).toHaveLength(1);
});

test("a word that is said again while it stands is told once, and anew where something came between or it is about another address", async () => {
  const { a, b, says, rest } = await two();
  const separate = (why?: string) => officer("/separate", { a, b, why });
  const ops = async (id: string) => (await personOf(id)).history.map(({ op }) => op);
  for (let times = 0; times < 2; times++) await separate();
  await rest();
  for (const id of [a, b]) expect(await ops(id)).toEqual(["separate"]);
  await separate("two sisters");
  expect((await officer("/merges", { a, b, force: true })).status).toBe(200);
  const [merge] = (await personOf(a)).merges;
  await officer(`/merges/${merge!.id}/undo`, {});
  await officer(`/separate?a=${a}&b=${b}`, undefined, "DELETE");
  await separate("two sisters");
  await rest();
  for (const id of [a, b])
    expect((await ops(id)).filter((op) => op.includes("separate"))).toEqual([
      "separate",
      "unseparate",
      "separate",
      "separate",
    ]);

  const addresses = [`one-${++n}@example.org`, `other-${++n}@example.org`];
  for (const email of addresses) await says(0, email);
  for (const email of [...addresses, ...addresses])
    await officer(`/people/${a}/permissions`, {
      identifier: `email:${email}`,
      channel: "email",
      state: "suppressed",
    });
  expect((await ops(a)).filter((op) => op === "suppress")).toHaveLength(2);
  for (const sharing of ["shared", "shared", "personal", "shared"])
    await officer(`/devices/${a}`, { sharing }, "PUT");
  expect((await ops(a)).filter((op) => op === "device")).toHaveLength(3);
});

test("what isn't a device's parts it from whom it joined, joins it with nobody when said again, and is the others' still", async () => {
  const { a, b, says, rest } = await two();
  const other = await two();
  const email = `mistaken-${++n}@example.org`;
  await says(0, email);
  await says(1, email);
  await other.says(0, email);
  await settle([a, b, other.a]);
  expect((await personOf(a)).visitors).toHaveLength(3);
  const path = `/devices/${a}/identifiers`;
  const said = { identifier: `email:${email}`, own: false, why: "a typo at the till" };
  const { body } = await officer(path, said, "PUT");
  expect(body).toMatchObject({ visitor: a, kind: "email", own: false });
  const all = [a, b, other.a, other.b];
  await settle(all);
  const alone = await personOf(a);
  expect(alone.visitors.map(({ id }) => id)).toEqual([a]);
  expect(alone.identifiers).toMatchObject([
    { kind: "anonymous_id" },
    { kind: "email", value: email, state: "refused", reason: "disowned" },
  ]);
  expect(alone.history.map(({ op }) => op)).not.toContain("refuse");
  expect(alone.history).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        op: "disown",
        by: "officer",
        because: "this e-mail address isn't this device's: a typo at the till",
      }),
      expect.objectContaining({
        op: "undo",
        by: "officer",
        because: "the identifier that joined them isn't that device's: a typo at the till",
      }),
    ]),
  );
  const theirs = await personOf(b);
  expect(theirs.visitors.map(({ id }) => id).sort()).toEqual([b, other.a].sort());
  expect(theirs.identifiers).toContainEqual(
    expect.objectContaining({ kind: "email", state: "settled" }),
  );

  // Said again it is no surer than it was; and said twice by the officer it is said once.
  expect((await officer(path, said, "PUT")).body).toMatchObject({ merges: [] });
  await other.says(1, email);
  await settle(all);
  expect((await personOf(b)).visitors).toHaveLength(3);
  expect((await personOf(a)).visitors).toHaveLength(1);

  expect((await officer(path, { ...said, own: true }, "PUT")).status).toBe(200);
  await settle(all);
  await rest();
  expect((await personOf(a)).visitors.map(({ id }) => id).sort()).toEqual(all.sort());
});

test("what isn't a device's by an officer's word is for officers to say, of what the device said, and of what names a person", async () => {
  const { a, says } = await two();
  const email = `known-${++n}@example.org`;
  await says(0, email);
  const put = (body: unknown, token = OFFICER_TOKEN, id: string = a) =>
    api(`/devices/${id}/identifiers`, token, body, "PUT");
  const said = { identifier: `email:${email}`, own: false };
  expect((await put(said, MARKETER_TOKEN)).status).toBe(403);
  expect((await put({ ...said, identifier: "email:nobody@example.org" })).status).toBe(404);
  expect((await put(said, OFFICER_TOKEN, "nobody")).status).toBe(404);
  expect((await put({ identifier: `anonymous_id:x`, own: false })).status).toBe(422);
  expect((await put({ identifier: said.identifier })).status).toBe(422);
});

test("who forces a merge that somebody's later word calls off is told so, and not to wait", async () => {
  const { a, b, rest } = await two();
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const said = await new Browser().call(
    "/_u/api/separate",
    { a, b },
    { authorization: `Bearer ${OFFICER_TOKEN}`, "usher-now": later },
  );
  expect(said.status).toBe(200);
  const forced = await officer("/merges", { a, b, force: true });
  expect(forced.status).toBe(409);
  expect(forced.body).toMatchObject({ error: { code: "conflict" } });
  await rest();
  expect((await personOf(a)).separate).toEqual([b]);
});
