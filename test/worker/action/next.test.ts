import { afterEach, expect, test } from "vitest";
import { env } from "cloudflare:workers";
import { catalogues } from "../../../src/http/documents.ts";
import { DAY_MS } from "../../../src/domain/ids.ts";
import { api, eventually } from "../../support/site.ts";
import { consenting, idOf, inArm, mergeBySignIn, next, offer, PHONE, settle } from "./stage.ts";

afterEach(async () => {
  await env.DB.prepare("DELETE FROM settings").run();
  catalogues.forget(env.DB);
});

const read = (topic: string, n: number) => ({
  messageId: `${topic}-${n}-${crypto.randomUUID()}`,
  properties: { url: `https://www.example.org/${topic}/${n}`, topic },
});

test("the ladder goes from the device to what is read, to the address, to the person", async () => {
  const phone = await consenting(PHONE);
  await phone.send("page", { messageId: crypto.randomUUID(), properties: { title: "Home" } });
  const device = await next(phone);
  expect(device.body).toMatchObject({
    action: { id: "get-the-app" },
    stage: "device",
    why: ["uses a phone with iOS", "the app wasn't seen yet"],
  });
  for (let n = 0; n < 3; n++) await phone.send("page", read("transfers", n));
  const activity = await next(phone);
  expect(activity.body).toMatchObject({
    action: { id: "topic-survey", title: "You follow transfers closely" },
    stage: "activity",
    why: ["read 3 pages about transfers"],
  });
  await phone.send("identify", {
    messageId: crypto.randomUUID(),
    traits: { email: "ladder@example.org" },
  });
  expect((await next(phone)).body).toMatchObject({
    action: { id: "confirm-email" },
    stage: "identified",
  });
  await phone.send("track", {
    messageId: crypto.randomUUID(),
    event: "Order Completed",
    properties: { revenue: 40 },
  });
  await mergeBySignIn([phone]);
  expect((await next(phone)).body).toMatchObject({
    action: { id: "renewal" },
    stage: "person",
    why: ["gave a user id", "ordered 1 time"],
  });
});

test("whoever comes by a newsletter's link is asked softly, and not taken for its subscriber", async () => {
  const reader = await consenting();
  await reader.send("page", {
    messageId: crypto.randomUUID(),
    context: {
      page: { url: "https://www.example.org/?mc_eid=abc123def4&utm_medium=email", path: "/" },
    },
  });
  expect((await next(reader)).body).toMatchObject({
    action: { id: "newsletter-reader" },
    stage: "device",
    why: [
      "came by mailchimp, email",
      "an e-mail address isn't known yet",
      "a user id isn't known yet",
    ],
  });
});

test("without consent to personalization there is no hint, and after a withdrawal none in the next answer", async () => {
  await offer([{}]);
  const browser = await consenting();
  await browser.consent({ choices: { measurement: true, personalization: false } });
  expect((await next(browser)).body).toMatchObject({ action: null, hint: null, meter: null });
  await browser.consent({ choices: { personalization: true } });
  expect(idOf(await next(browser))).toBe("anyone");
  await browser.consent({ choices: { personalization: false } });
  expect((await next(browser)).body).toMatchObject({ action: null, hint: null });
});

test("a withdrawal on one device silences the other devices of the same verified person", async () => {
  await offer([{}]);
  const [laptop, phone] = [await consenting(), await consenting(PHONE)];
  await mergeBySignIn([laptop, phone]);
  expect(idOf(await next(laptop))).toBe("anyone");
  await phone.consent({ choices: { personalization: false } });
  expect((await next(laptop)).body).toMatchObject({ action: null, hint: null });
});

test("nothing is shown above the visitor's own assurance: typing somebody's address opens nothing", async () => {
  await offer([
    { id: "secret", stage: "person", assurance: "verified", value: 9 },
    { id: "confirmed", stage: "identified", assurance: "verified", value: 5 },
    { id: "open", value: 1 },
  ]);
  const [member, typist] = [await consenting(), await consenting()];
  const email = "secret@example.org";
  await member.send("identify", { messageId: crypto.randomUUID(), traits: { email } });
  await mergeBySignIn([member]);
  expect(idOf(await next(member))).toBe("secret");
  await typist.send("identify", { messageId: crypto.randomUUID(), traits: { email } });
  await eventually(async () => {
    const { body } = await api(`/people/${typist.visitor}`);
    return (body["visitors"] as unknown[] | undefined)?.length === 2;
  });
  expect(idOf(await next(typist))).toBe("open");
});

test("a hint needs the purposes that its action names", async () => {
  await offer([{ purposes: ["advertising"] }]);
  const browser = await consenting();
  expect(idOf(await next(browser))).toBe("anyone");
  const careful = await consenting();
  await careful.consent({ choices: { advertising: false } });
  expect(idOf(await next(careful))).toBeNull();
});

test("caps hold when many pages ask at once", async () => {
  await offer([{ cap: 2, coolDownHours: 0 }]);
  const browser = await consenting();
  const slots = Array.from({ length: 12 }, (_, n) => `slot-${n}`);
  const now = Date.now();
  const said = await Promise.all(slots.map((slot) => next(browser, slot, now)));
  expect(said.filter((each) => idOf(each) !== null)).toHaveLength(1);
  // Closed and asked again, in many slots at once: one more, and then the cap is reached.
  const [given] = said.filter((each) => idOf(each) !== null);
  await settle(browser, given?.body["hint"], "dismissed");
  const again = await Promise.all(slots.map((slot) => next(browser, slot, now + 1_000)));
  expect(again.filter((each) => idOf(each) !== null)).toHaveLength(1);
  const [second] = again.filter((each) => idOf(each) !== null);
  await settle(browser, second?.body["hint"], "dismissed");
  expect(idOf(await next(browser, "slot-0", now + 2_000))).toBeNull();
});

test("a page is told what to show, not what it is worth or whom it is for", async () => {
  await offer([{ id: "one", image: "/one.png", value: 7, lever: 2 }]);
  const { body } = await next(await consenting());
  expect(Object.keys(body["action"] as object).sort()).toEqual([
    "href",
    "id",
    "image",
    "label",
    "text",
    "title",
  ]);
});

test("an open hint stays in its slot, without another being made", async () => {
  await offer([{ id: "one" }, { id: "two" }]);
  const browser = await consenting();
  const first = await next(browser);
  const again = await next(browser);
  expect(again.body).toMatchObject({ hint: first.body["hint"], action: first.body["action"] });
});

test("whoever is known better keeps the open hint until something better fits", async () => {
  await offer([{ id: "always" }, { id: "reader", stage: "activity", value: 5, slots: ["side"] }]);
  const browser = await consenting();
  const [hero, side] = [await next(browser), await next(browser, "side")];
  expect(idOf(side)).toBeNull();
  for (let n = 0; n < 3; n++) await browser.send("page", read("youth", n));
  expect((await next(browser)).body).toMatchObject({
    hint: hero.body["hint"],
    action: { id: "always" },
    stage: "activity",
  });
  expect(idOf(await next(browser, "side"))).toBe("reader");
});

test("a merge keeps caps and cool-downs, and undoing it gives each side its own back", async () => {
  await offer([{ cap: 1, coolDownHours: 48 }]);
  const [shown, fresh] = [await consenting(), await consenting()];
  expect(idOf(await next(shown))).toBe("anyone");
  const person = await mergeBySignIn([shown, fresh]);
  expect(idOf(await next(fresh))).toBeNull();
  const undone = await api(`/merges/${person.merges[0]?.id}/undo`, undefined, {});
  expect(undone.status).toBe(200);
  await eventually(async () => {
    const { body } = await api(`/people/${fresh.visitor}`);
    return (body["visitors"] as unknown[] | undefined)?.length === 1;
  });
  expect(idOf(await next(fresh))).toBe("anyone");
  expect(idOf(await next(shown, "other"))).toBeNull();
});

test("a held-out person never sees a hint; merged from both arms nobody does, until the undo", async () => {
  await offer([{ holdOut: 0.3 }]);
  const [held, free] = [await inArm(true, 0.3), await inArm(false, 0.3)];
  for (let n = 0; n < 5; n++) expect(idOf(await next(held, `slot-${n}`))).toBeNull();
  const person = await mergeBySignIn([held, free]);
  expect(idOf(await next(free))).toBeNull();
  expect(idOf(await next(held))).toBeNull();
  await api(`/merges/${person.merges[0]?.id}/undo`, undefined, {});
  await eventually(async () => {
    const { body } = await api(`/people/${free.visitor}`);
    return (body["visitors"] as unknown[] | undefined)?.length === 1;
  });
  expect(idOf(await next(free))).toBe("anyone");
  expect(idOf(await next(held))).toBeNull();
});

test("the reading meter counts a person's pages on all devices that are proven to be theirs", async () => {
  await offer([{}], { meter: { topics: ["news"], days: 30, limit: 5 } });
  const [laptop, phone] = [await consenting(), await consenting(PHONE)];
  for (let n = 0; n < 3; n++) await laptop.send("page", read("news", n));
  for (let n = 0; n < 1; n++) await phone.send("page", read("news", n));
  expect((await next(phone)).body).toMatchObject({ meter: { read: 1, left: 4, limit: 5 } });
  await mergeBySignIn([laptop, phone]);
  expect((await next(phone)).body).toMatchObject({ meter: { read: 4, left: 1 } });
  // Cookies cleared: a new visitor, until the person signs in again.
  const cleared = await consenting();
  expect((await next(cleared)).body).toMatchObject({ meter: { read: 0 } });
  const listed = await eventually(async () => {
    const { body } = await api("/reports/meter");
    const people = body["people"] as { id: string }[];
    return people.find(({ id }) => id === laptop.visitor || id === phone.visitor) ?? null;
  });
  expect(listed).toMatchObject({ read: 4, left: 1 });
});

test("the event an action is for counts as a take of what was shown, and only of that", async () => {
  await offer([{ success: "Survey Answered", cap: 1, windowHours: 1 }]);
  const browser = await consenting();
  const given = await next(browser);
  await settle(browser, given.body["hint"], "shown");
  await browser.send("track", { messageId: crypto.randomUUID(), event: "Something Else" });
  await browser.send("track", { messageId: crypto.randomUUID(), event: "Survey Answered" });
  const rows = await eventually(async () => {
    const { results } = await env.DB.prepare("SELECT outcome FROM hints WHERE hint = ?1")
      .bind(given.body["hint"])
      .all<{ outcome: string }>();
    return results.length === 2 ? results.map(({ outcome }) => outcome).sort() : null;
  });
  expect(rows).toEqual(["shown", "taken"]);
});

test("what was shown and not acted on in its window is expired when something is given next", async () => {
  await offer([{ windowHours: 1, coolDownHours: 0 }]);
  const browser = await consenting();
  const start = Date.now();
  const first = await next(browser, "hero", start);
  await settle(browser, first.body["hint"], "shown", start);
  const second = await next(browser, "hero", start + DAY_MS);
  expect(second.body["hint"]).not.toBe(first.body["hint"]);
  await eventually(async () => {
    const row = await env.DB.prepare("SELECT at FROM hints WHERE hint = ?1 AND outcome = 'expired'")
      .bind(first.body["hint"])
      .first<{ at: number }>();
    return row?.at === start + 3_600_000;
  });
});
