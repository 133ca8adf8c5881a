/** Identifiers that too many say, or that an officer blocked: held back, shown, and let go again. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { settle } from "../../support/objects.ts";
import { identifierKeys as sources } from "../../support/identifier-keys.ts";
import { ALL, api, Browser, MARKETER_TOKEN, OFFICER_TOKEN, server } from "../../support/site.ts";
import { agreed, people, put, starter } from "./officers-rules.ts";
import { identityToken } from "./tokens.ts";

test("a flood on one address is quarantined and shown, joins nobody further, and the owner's proof still counts", async () => {
  await put({ ...starter, flood: { visitors: 3, hours: 1 } });
  const victim = await agreed("203.0.113.7");
  await victim.send("identify", { messageId: "v", traits: { email: "flooded@gmail.com" } });
  await settle([victim.visitor!]);
  const script: Browser[] = [];
  for (let n = 0; n < 6; n++) {
    const one = await agreed(`198.51.100.${20 + n}`);
    await one.send("identify", { messageId: `f${n}`, traits: { email: "flooded@gmail.com" } });
    await settle([one.visitor!, victim.visitor!]);
    script.push(one);
  }
  const { body } = await api("/quarantine", OFFICER_TOKEN);
  expect(body["quarantined"]).toMatchObject([
    { kind: "email", value: "flooded@gmail.com", visitors: 4 },
  ]);
  const joined = (await people("email:flooded@gmail.com"))[0]!;
  expect(joined.visitors).toBe(3);
  const last = (await api(`/people/${script.at(-1)!.visitor}`)).body;
  expect(last["identifiers"]).toMatchObject([{ state: "refused", reason: "quarantined" }]);
  const phone = await agreed("203.0.113.8");
  const context = { identityToken: await identityToken("the-victim", "flooded@gmail.com") };
  await phone.send("identify", { messageId: "p", userId: "the-victim", context });
  await settle([phone.visitor!, victim.visitor!]);
  expect((await people("email:flooded@gmail.com"))[0]!.visitors).toBe(4);
  const { id } = (body["quarantined"] as { id: string }[])[0]!;
  await env.DB.prepare("DELETE FROM match_due").run();
  expect(
    (await api(`/quarantine/${encodeURIComponent(id)}`, OFFICER_TOKEN, undefined, "DELETE")).status,
  ).toBe(200);
  expect((await api("/quarantine", OFFICER_TOKEN)).body).toEqual({ quarantined: [] });
  // What counts for comparing people has changed for everybody who says it.
  const { results } = await env.DB.prepare("SELECT visitor FROM match_due").all();
  expect(results).toContainEqual({ visitor: victim.visitor });
  await put(starter);
});

/** Source records of the site's server: each says the identifier once more, under a name of its own. */
const source = async (
  name: string,
  said: Record<string, unknown>,
  here: Set<VisitorId>,
): Promise<VisitorId> => {
  const context = { consent: { categoryPreferences: ALL } };
  const messageId = `${name}-${crypto.randomUUID()}`;
  const { body } = await server("identify", { messageId, anonymousId: name, ...said, context });
  expect(body).toMatchObject({ accepted: 1 });
  const visitor = await sources.sourceVisitor("anonymous_id", name);
  here.add(visitor);
  await settle([...here]);
  return visitor;
};
const held = async (): Promise<Record<string, unknown>[]> =>
  (await api("/quarantine", OFFICER_TOKEN)).body["quarantined"] as never;
const free = (id: unknown) =>
  api(`/quarantine/${encodeURIComponent(String(id))}`, OFFICER_TOKEN, undefined, "DELETE");
const personsOf = async (visitors: Iterable<string>): Promise<unknown[]> =>
  Promise.all([...visitors].map(async (id) => (await api(`/people/${id}`)).body["id"]));

test("a login that too many tills prove within the hour joins no more of them, is shown, and is released for as many again", async () => {
  await put({ ...starter, flood: { visitors: 3, hours: 1 } });
  const here = new Set<VisitorId>();
  const tills = async (from: number, to: number): Promise<void> => {
    for (let n = from; n <= to; n++) await source(`till-${n}`, { userId: "cashdesk" }, here);
  };
  await tills(1, 9);
  expect(await people("user_id:cashdesk")).toContainEqual(expect.objectContaining({ visitors: 6 }));
  const [flood] = await held();
  expect(flood).toMatchObject({ kind: "user_id", value: "cashdesk", visitors: 7, proven: true });
  const { body } = await api(`/people/${[...here].at(-1)}`);
  expect(body["identifiers"]).toContainEqual(
    expect.objectContaining({ kind: "user_id", state: "refused", reason: "quarantined" }),
  );
  expect((await free(flood?.["id"])).status).toBe(200);
  expect(await held()).toEqual([]);
  expect((await free(flood?.["id"])).status).toBe(200);
  expect((await free("user_id:nobodys")).status).toBe(404);
  await tills(7, 12);
  expect(new Set(await personsOf(here)).size).toBe(1);
  await tills(13, 16);
  expect(await held()).toMatchObject([{ value: "cashdesk", proven: true }]);
  await free((await held())[0]?.["id"]);
  await put(starter);
});

test("a crowd that comes slowly is shown too, and once released joins although it is still as large", async () => {
  await put({ ...starter, maxVisitorsPerIdentifier: 3, flood: { visitors: 3, hours: 1 } });
  const email = "slow@gmail.com";
  const browsers: Browser[] = [];
  const come = async (): Promise<Browser> => {
    const day = browsers.length;
    const headers = { "usher-now": new Date(Date.now() - (12 - day) * 7_200_000).toISOString() };
    const browser = new Browser({ "usher-region": "DE", "cf-connecting-ip": `192.0.2.${day}` });
    await browser.call("/_u/consent", { accept: "all" }, headers);
    await browser.send("identify", { messageId: `slow-${day}`, traits: { email } }, headers);
    browsers.push(browser);
    await settle(browsers.map(({ visitor }) => visitor!));
    return browser;
  };
  for (let n = 0; n < 5; n++) await come();
  expect((await people(`email:${email}`))[0]).toMatchObject({ visitors: 3 });
  const [crowd] = await held();
  expect(crowd).toMatchObject({ value: email, visitors: 4, blocked: false, proven: false });
  const [first, last] = [browsers[0]?.visitor, browsers.at(-1)?.visitor];
  const asked = { a: first, b: last };
  expect((await api("/merge-rules/try", OFFICER_TOKEN, asked)).body).toMatchObject({
    shared: [{ kind: "email", verdict: "refuse", reason: "quarantined" }],
  });
  await api(
    `/quarantine/${encodeURIComponent(String(crowd?.["id"]))}`,
    OFFICER_TOKEN,
    undefined,
    "DELETE",
  );
  expect((await api("/merge-rules/try", OFFICER_TOKEN, asked)).body).toMatchObject({
    shared: [{ kind: "email", verdict: "merge" }],
  });
  const blocked = { values: [], patterns: ["slow@*"], allowed: [] };
  const rules = { ...starter, blocked };
  expect((await api("/merge-rules/try", OFFICER_TOKEN, { ...asked, rules })).body).toMatchObject({
    shared: [{ verdict: "refuse", because: "this e-mail address is blocked: it names nobody" }],
  });
  await come();
  await come();
  expect((await people(`email:${email}`))[0]).toMatchObject({ visitors: 5 });
  expect(await held()).toEqual([]);
  await put(starter);
});

test("a value that an officer blocked names nobody from then on, proven or not, until it is released", async () => {
  const here = new Set<VisitorId>();
  const email = "desk@club.example";
  const before = await source("desk-0", { traits: { email } }, here);
  const call = { identifier: "email:Desk@Club.example", why: "the ticket desk's own" };
  expect((await api("/quarantine", MARKETER_TOKEN, call)).status).toBe(403);
  expect((await api("/quarantine", OFFICER_TOKEN, { identifier: "desk" })).status).toBe(422);
  const { body } = await api("/quarantine", OFFICER_TOKEN, call);
  expect((await api("/quarantine", OFFICER_TOKEN, call)).status).toBe(200);
  expect(await held()).toMatchObject([
    { id: body["blocked"], kind: "email", visitors: 0, blocked: true, proven: true },
  ]);
  const [one, two] = [
    await source("desk-1", { traits: { email } }, here),
    await source("desk-2", { traits: { email } }, here),
  ];
  expect(new Set(await personsOf(here)).size).toBe(3);
  for (const id of [one, two])
    expect((await api(`/people/${id}`)).body["identifiers"]).toMatchObject([
      { kind: "anonymous_id" },
    ]);
  expect((await free(body["blocked"])).status).toBe(200);
  for (const name of ["desk-1", "desk-2"]) await source(name, { traits: { email } }, here);
  expect(new Set(await personsOf([before, one, two])).size).toBe(1);
});

test("the setup check names floods, and not what an officer blocked", async () => {
  const junk = async (): Promise<{ level: string; evidence: string[] }> => {
    const { body } = await api("/reports/setup");
    const findings = body["findings"] as { id: string; level: string; evidence: string[] }[];
    return findings.find(({ id }) => id === "junk-ids") as { level: string; evidence: string[] };
  };
  const { body } = await api("/quarantine", OFFICER_TOKEN, { identifier: "crm:0815" });
  expect((await junk()).level).not.toBe("wrong");
  await put({ ...starter, flood: { visitors: 2, hours: 1, proven: 2 } });
  const here = new Set<VisitorId>();
  for (const n of [1, 2, 3]) await source(`desk-pc-${n}`, { userId: "reception" }, here);
  const found = await junk();
  expect(found.level).toBe("wrong");
  expect(found.evidence.join()).toContain("1 identifier was said by so many");
  for (const { id } of await held()) await free(id);
  expect(body["blocked"]).toMatch(/^crm:/);
  await put(starter);
});

test("a user id that an officer blocked fuses nobody, names no source record, and turns no later sign-in away", async () => {
  const before = await agreed("203.0.113.30");
  await before.send("identify", { messageId: "w-0", userId: "webuser" });
  await settle([before.visitor!]);
  const old = before.visitor;
  const { body } = await api("/quarantine", OFFICER_TOKEN, { identifier: "user_id:webuser" });
  const context = { consent: { categoryPreferences: ALL } };
  const said: VisitorId[] = [];
  for (const name of ["ann", "bob"]) {
    const email = `${name}.web@gmail.com`;
    const browser = await agreed(`203.0.113.${name.length + 30}`);
    await browser.send("identify", { messageId: `w-${name}`, traits: { email } });
    said.push(browser.visitor as VisitorId, await sources.sourceVisitor("email", email));
    const traits = { email };
    const sent = await server("identify", {
      messageId: `ws-${name}`,
      userId: "webuser",
      traits,
      context,
    });
    expect(sent.body).toMatchObject({ accepted: 1 });
    await settle(said);
  }
  expect((await people("email:ann.web@gmail.com"))[0]).toMatchObject({ visitors: 2 });
  expect((await people("email:bob.web@gmail.com"))[0]).toMatchObject({ visitors: 2 });
  expect(new Set(await personsOf(said)).size).toBe(2);
  const alone = await server("identify", { messageId: "ws-none", userId: "webuser", context });
  expect(alone.body).toMatchObject({ accepted: 0, dropped: [{ reason: "blocked" }] });
  await before.send("identify", {
    messageId: "w-real",
    userId: "real",
    context: { identityToken: await identityToken("real", "real@gmail.com") },
  });
  expect(before.visitor).toBe(old);
  await settle([before.visitor!]);
  expect((await api(`/people/${old}`)).body["identifiers"]).toContainEqual(
    expect.objectContaining({ kind: "user_id", value: "real", state: "settled" }),
  );
  await free(body["blocked"]);
});

test("a signed token of a placeholder, or of what an officer blocked, proves nobody", async () => {
  const blocked = {
    values: ["user_id:portal"],
    patterns: ["web-*"],
    allowed: ["noreply@own.example"],
  };
  await put({ ...starter, blocked });
  const tokens = [
    ["undefined", "noreply@shop.org", "device"],
    ["portal", undefined, "device"],
    ["web-7", undefined, "device"],
    ["token-ann", "noreply@shop.org", "person"],
  ] as const;
  for (const [n, [user, email, stage]] of tokens.entries()) {
    const [one, two] = [
      await agreed(`198.51.100.${100 + n}`),
      await agreed(`198.51.100.${110 + n}`),
    ];
    for (const [m, browser] of [one, two].entries()) {
      const context = { identityToken: await identityToken(user, email) };
      await browser.send("page", { messageId: `junk-${n}-${m}`, context });
    }
    await settle([one.visitor!, two.visitor!]);
    const [a, b] = await personsOf([one.visitor!, two.visitor!]);
    expect(a === b, user).toBe(stage === "person");
    expect((await one.call("/_u/next?slot=home")).body).toMatchObject({ stage });
    expect((await people("email:noreply@shop.org")).length).toBe(0);
  }
  const free = await agreed("198.51.100.120");
  const context = { identityToken: await identityToken("owner", "noreply@own.example") };
  await free.send("page", { messageId: "junk-free", context });
  await settle([free.visitor!]);
  expect(await people("email:noreply@own.example")).toHaveLength(1);
  await put(starter);
});
