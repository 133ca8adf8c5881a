import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { settle } from "../../support/objects.ts";
import { identifierKeys as sources } from "../../support/identifier-keys.ts";
import {
  ALL,
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  server,
} from "../../support/site.ts";
import { agreed, people, put, starter } from "./officers-rules.ts";
import { identityToken } from "./tokens.ts";

test("the rules are the officer's, versioned, and refused with the place of what is wrong", async () => {
  expect((await api("/merge-rules", OFFICER_TOKEN)).body).toMatchObject({ unique: ["user_id"] });
  expect((await put(starter, MARKETER_TOKEN)).status).toBe(403);
  const wrong = await put({ ...starter, leastAssurance: { default: "asserted", email: "hinted" } });
  expect(wrong.status).toBe(422);
  expect(wrong.body).toMatchObject({ error: { path: "leastAssurance" } });
  const kiosk = await put({ ...starter, devices: { sharedFrom: 5, kioskFrom: 3 } });
  expect(kiosk.body).toMatchObject({ error: { path: "devices" } });
  const saved = await put({ ...starter, version: 1, limits: { default: 9, user_id: 1 } });
  expect(saved).toMatchObject({ status: 200, body: { version: 2, limits: { default: 9 } } });
  expect((await put({ ...starter, version: 1 })).status).toBe(409);
  expect((await put({ ...starter, version: 2 })).body).toMatchObject({ version: 3 });
});

test("a dry run says what the rules would do with two persons, and does nothing", async () => {
  const [a, b] = [await agreed("203.0.113.1"), await agreed("198.51.100.1")];
  await a.send("identify", {
    messageId: "d1",
    userId: "dry-1",
    traits: { email: "dry@gmail.com" },
  });
  await b.send("identify", {
    messageId: "d2",
    userId: "dry-2",
    traits: { email: "dry@gmail.com" },
  });
  const tried = await api("/merge-rules/try", OFFICER_TOKEN, { a: a.visitor, b: b.visitor });
  expect(tried.body).toMatchObject({
    shared: [{ kind: "email", value: "dry@gmail.com", verdict: "refuse", reason: "unique" }],
    decision: { verdict: "refuse", reason: "unique" },
  });
  const rules = { ...starter, unique: [], limits: { default: 5 } };
  const loose = await api("/merge-rules/try", OFFICER_TOKEN, { a: a.visitor, b: b.visitor, rules });
  expect(loose.body).toMatchObject({
    shared: [{ verdict: "merge" }],
    decision: { verdict: "merge" },
  });
});

test("whoever was kept apart for want of assurance is asked again when the owner's claim becomes sure", async () => {
  const leastAssurance = { default: "asserted", email: "verified" };
  expect(await put({ ...starter, leastAssurance })).toMatchObject({ body: { leastAssurance } });
  const email = "surer@gmail.com";
  const owner = await agreed("203.0.113.2");
  await owner.send("identify", { messageId: "k1", traits: { email } });
  await settle([owner.visitor!]);
  await server("identify", {
    messageId: "k2",
    anonymousId: "till-7",
    traits: { email },
    context: { consent: { categoryPreferences: ALL } },
  });
  const till = await sources.sourceVisitor("anonymous_id", "till-7");
  await settle([till, owner.visitor!]);
  expect(await people(`email:${email}`)).toHaveLength(2);
  await owner.send("identify", {
    messageId: "k3",
    userId: "surer",
    context: { identityToken: await identityToken("surer", email) },
  });
  await settle([owner.visitor!, till]);
  expect(await people(`email:${email}`)).toMatchObject([{ visitors: 2 }]);
  await put(starter);
});

test("who says two identifiers of people who can't be one goes with the one that the officer put first", async () => {
  const here = new Set<VisitorId>();
  const till = async (type: string, name: string, said: Record<string, unknown>) => {
    const consent = { categoryPreferences: ALL };
    const messageId = `${type}-${name}`;
    await server(type, { messageId, anonymousId: name, ...said, context: { consent } });
    const visitor = await sources.sourceVisitor("anonymous_id", name);
    here.add(visitor);
    await settle([...here]);
    return visitor;
  };
  const home = async (visitor: string): Promise<unknown> =>
    (await api(`/people/${visitor}`)).body["id"];
  /** Whom somebody joins who has the telephone number of one and the address of the other. */
  const joined = async (name: string, phone: string, isOldest: boolean): Promise<string> => {
    const email = `${name}@gmail.com`;
    if (isOldest) await till("page", name, { properties: { title: "Home" } });
    const called = await till("identify", `${name}-a`, { userId: `${name}-1`, traits: { phone } });
    const mailed = await till("identify", `${name}-b`, { userId: `${name}-2`, traits: { email } });
    const someone = await till("identify", name, { traits: { email, phone } });
    expect(await home(called)).not.toBe(await home(mailed));
    const at = await home(someone);
    return at === (await home(called)) ? "phone" : at === (await home(mailed)) ? "email" : "none";
  };
  expect(await joined("young", "+4930901820", false)).toBe("email");
  expect(await joined("oldest", "+4930901821", true)).toBe("email");
  expect((await put({ ...starter, priority: ["phone", "phone"] })).body).toMatchObject({
    error: { path: "priority" },
  });
  await put({ ...starter, priority: ["phone"] });
  expect(await joined("later", "+4930901822", false)).toBe("phone");
  expect(await joined("first", "+4930901823", true)).toBe("phone");
  await put(starter);
});

test("two persons that an officer holds apart are joined by no machine, and by a human's force", async () => {
  const [a, b] = [await agreed("203.0.113.3"), await agreed("198.51.100.3")];
  for (const [n, browser] of [a, b].entries())
    await browser.send("page", { messageId: `apart-${n}`, properties: { title: "Home" } });
  expect((await api("/separate", MARKETER_TOKEN, { a: a.visitor, b: b.visitor })).status).toBe(403);
  expect((await api("/separate", OFFICER_TOKEN, { a: a.visitor, b: b.visitor })).status).toBe(200);
  for (const [n, browser] of [a, b].entries())
    await browser.send("identify", {
      messageId: `both-${n}`,
      traits: { email: "apart@gmail.com" },
    });
  await settle([a.visitor!, b.visitor!]);
  expect((await api(`/people/${a.visitor}`)).body).toMatchObject({ separate: [b.visitor] });
  expect((await api("/merges", OFFICER_TOKEN, { a: a.visitor, b: b.visitor })).status).toBe(409);
  const forced = await api("/merges", OFFICER_TOKEN, { a: a.visitor, b: b.visitor, force: true });
  expect(forced.status).toBe(200);
  expect((await api(`/people/${a.visitor}`)).body).toMatchObject({ separate: [] });
  expect((await api("/separate", OFFICER_TOKEN, { a: a.visitor, b: b.visitor })).status).toBe(409);
});

test("a merge that was caused at a stated time is told at that time", async () => {
  const browsers = ["203.0.113.60", "198.51.100.60"].map(
    (address) =>
      new Browser({
        "usher-region": "DE",
        "cf-connecting-ip": address,
        "usher-now": "2026-11-01T10:00:00Z",
      }),
  );
  for (const [n, browser] of browsers.entries()) {
    await browser.consent({ accept: "all" });
    await browser.send("identify", {
      messageId: `then-${n}`,
      traits: { email: "then@gmail.com" },
    });
  }
  await settle(browsers.map(({ visitor }) => visitor!));
  const { merges } = (await api(`/people/${browsers[0]?.visitor}`)).body as {
    merges?: { at: string }[];
  };
  expect(merges?.map(({ at }) => at.slice(0, 10))).toEqual(["2026-11-01"]);
});

test("a work address typed where a private one is known leaves two persons, each knowing of the other", async () => {
  const [desk, home] = [await agreed("203.0.113.4"), await agreed("198.51.100.4")];
  await desk.send("identify", { messageId: "w1", traits: { email: "kim@acme-corp.com" } });
  await settle([desk.visitor!]);
  await home.send("identify", { messageId: "w2", traits: { email: "kim@gmail.com" } });
  await home.send("identify", { messageId: "w3", traits: { email: "kim@acme-corp.com" } });
  await settle([desk.visitor!, home.visitor!]);
  const { body } = await api(`/people/${home.visitor}`);
  expect(body).toMatchObject({ separate: [desk.visitor] });
  expect(body["identifiers"]).toContainEqual(
    expect.objectContaining({ value: "kim@acme-corp.com", state: "refused", reason: "separate" }),
  );
  expect((await api(`/people/${desk.visitor}`)).body).toMatchObject({ separate: [home.visitor] });
  expect(await people("email:kim@acme-corp.com")).toHaveLength(1);
});

test("a device on which several people sign in starts a visitor for each, and shows as shared", async () => {
  const tablet = await agreed("203.0.113.5");
  for (const user of ["mum", "dad", "kid"])
    await tablet.send("identify", {
      messageId: `in-${user}`,
      userId: user,
      context: { identityToken: await identityToken(user) },
    });
  await eventually(async () => (await people("user_id:kid")).length === 1);
  const persons = await Promise.all(["mum", "dad", "kid"].map((user) => people(`user_id:${user}`)));
  expect(new Set(persons.flat().map(({ id }) => id)).size).toBe(3);
  const { body } = await api(`/people/${tablet.visitor}`);
  expect(body["visitors"]).toMatchObject([{ sharing: "shared" }]);
  const said = await api(`/devices/${tablet.visitor}`, OFFICER_TOKEN, { sharing: "kiosk" }, "PUT");
  expect(said.body).toMatchObject({ sharing: "kiosk" });
});

test("a browser on which several users sign in without a proof shows as shared, and what is typed there joins nobody", async () => {
  const phone = await agreed("203.0.113.40");
  await phone.send("identify", { messageId: "own", traits: { email: "last@gmail.com" } });
  const tablet = await agreed("203.0.113.41");
  for (const user of ["one", "two", "three"])
    await tablet.send("identify", { messageId: `typed-${user}`, userId: `typed-${user}` });
  await tablet.send("identify", { messageId: "typed", traits: { email: "last@gmail.com" } });
  await settle([phone.visitor as VisitorId, tablet.visitor as VisitorId]);
  const { body } = await api(`/people/${tablet.visitor}`);
  expect(body["visitors"]).toMatchObject([{ sharing: "shared" }]);
  expect(body["id"]).not.toBe((await api(`/people/${phone.visitor}`)).body["id"]);
});

test("on a kiosk not even the first to sign in gets what was done before", async () => {
  const kiosk = await agreed("203.0.113.6");
  await kiosk.send("page", { messageId: "before", properties: { title: "Shop" } });
  const before = kiosk.visitor;
  await api(`/devices/${before}`, OFFICER_TOKEN, { sharing: "kiosk" }, "PUT");
  await kiosk.send("identify", {
    messageId: "in",
    userId: "buyer",
    context: { identityToken: await identityToken("buyer") },
  });
  expect(kiosk.visitor).not.toBe(before);
  const [buyer] = await eventually(async () => {
    const found = await people("user_id:buyer");
    return found.length > 0 ? found : null;
  });
  const journey = (await api(`/people/${buyer?.id}/journey`)).body["events"] as { id: string }[];
  expect(journey.map(({ id }) => id)).toEqual(["in"]);
});

test("an officer who joins a private and a work address is told first, in the dry run too, and may insist", async () => {
  const [home, desk] = [await agreed("203.0.113.5"), await agreed("198.51.100.5")];
  await home.send("identify", { messageId: "o1", traits: { email: "max@gmail.com" } });
  await desk.send("identify", { messageId: "o2", traits: { email: "max@acme-corp.com" } });
  await settle([home.visitor!, desk.visitor!]);
  const both = { a: home.visitor, b: desk.visitor };
  for (const asked of [{ dryRun: true }, {}]) {
    const { status, body } = await api("/merges", OFFICER_TOKEN, { ...both, ...asked });
    expect(status).toBe(409);
    expect(body).toMatchObject({ error: { message: expect.stringContaining("two personas") } });
  }
  expect(await people("email:max@gmail.com")).toMatchObject([{ visitors: 1 }]);
  expect((await api("/merges", OFFICER_TOKEN, { ...both, force: true })).status).toBe(200);
  expect(await people("email:max@acme-corp.com")).toMatchObject([{ visitors: 2 }]);
});
