import { expect, test } from "vitest";
import {
  ALL,
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  server,
} from "../../support/site.ts";
import { pageOf, signedIn } from "./session.ts";

interface Side {
  person: string;
  addresses: { value: string; side: string | null; permissions: { channel: string }[] }[];
  devices: { life: string | null; sharing: string }[];
  matters: { life: string | null; topics: { topic: string; times: number }[] }[];
  rather: { life: string; channel: string; address: string; why: string[] }[];
}

async function typed(email: string, id: string): Promise<string> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", { messageId: id, traits: { email } });
  const properties = { topic: topicOf(email) };
  await browser.send("page", { messageId: `${id}-read`, name: "Article", properties });
  return browser.visitor ?? "";
}

const topicOf = (email: string): string => (email.includes("acme") ? "hospitality" : "transfers");

const sides = async (person: string): Promise<Side[]> =>
  (await api(`/people/${person}/sides`, MARKETER_TOKEN)).body["sides"] as Side[];

test("both sides of a life stand side by side, with their addresses and devices and where each would rather be asked", async () => {
  await server("batch", {
    batch: [
      {
        type: "identify",
        userId: "sides-jane",
        messageId: "sides-jane-1",
        traits: { email: "jane.sides@gmail.com" },
        context: { consent: ALL },
      },
      {
        type: "track",
        event: "Email Subscribed",
        userId: "sides-jane",
        messageId: "sides-jane-2",
        context: { consent: ALL, traits: { email: "jane.sides@gmail.com" } },
      },
    ],
  });
  const home = await typed("jane.sides@gmail.com", "sides-home");
  const desk = await typed("j.sides@acme-works.example", "sides-desk");
  const [alone] = await sides(desk);
  expect(alone?.addresses.map(({ side }) => side)).toEqual(["work"]);
  expect(alone?.devices).toMatchObject([{ life: "work", sharing: "personal" }]);
  expect(alone?.rather).toEqual([]);

  const officer = await signedIn(OFFICER_TOKEN);
  const form = await officer.formToken();
  const mistyped = await officer.form(`/_u/console/people/${home}/separate`, {
    form,
    other: "email:nobody@sides.example",
    why: "her desk",
  });
  expect(mistyped.status).toBe(422);
  expect(pageOf(mistyped)).toContain("Who: nobody said this identifier.");
  expect(pageOf(mistyped)).toContain('value="her desk"');
  const itself = await officer.form(`/_u/console/people/${home}/separate`, {
    form,
    other: home,
    why: "her desk",
  });
  expect(itself.status).toBe(409);
  expect(pageOf(itself)).toContain("Who: this is the person themselves.");
  expect(pageOf(itself)).toContain('value="her desk"');
  // Whose an identifier is shows once the index knows.
  await eventually(async () => {
    const { status } = await officer.form(`/_u/console/people/${home}/separate`, {
      form,
      other: "email:j.sides@acme-works.example",
      why: "her desk",
    });
    return status === 303;
  });
  const both = await eventually(async () => {
    const found = await sides(home);
    return found.length === 2 && found[0]?.addresses.length ? found : null;
  });
  expect(both.map(({ addresses }) => addresses.map(({ value }) => value))).toEqual([
    ["jane.sides@gmail.com"],
    ["j.sides@acme-works.example"],
  ]);

  // What each side is about is told by what was read on its own devices.
  expect(both.map(({ matters }) => matters)).toEqual([
    [{ life: "private", topics: [{ topic: "transfers", times: 1 }] }],
    [{ life: "work", topics: [{ topic: "hospitality", times: 1 }] }],
  ]);

  const page = pageOf(await officer.call(`/_u/console/people/${home}/sides`));
  expect(page).toContain("On private devices:</span> transfers (1 time)");
  expect(page).toContain("hospitality (1 time)");
  expect(page).toContain("Private life");
  expect(page).toContain("Join with the first");
  const marketer = await signedIn(MARKETER_TOKEN);
  const seen = pageOf(await marketer.call(`/_u/console/people/${home}/sides`));
  expect(seen).toContain("jane.sides@gmail.com");
  expect(seen).not.toContain("Keep apart");
  const tried = await marketer.form(`/_u/console/people/${home}/separate`, {
    form: await marketer.formToken(),
    other: desk,
  });
  expect(tried.status).toBe(403);
});

test("what was read without consent to personalization says nothing of what a side is about", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ choices: { measurement: true, recognition: true } });
  await browser.send("identify", { messageId: "sides-un", traits: { email: "un@acme.example" } });
  await browser.send("page", { messageId: "sides-un-2", properties: { topic: "transfers" } });
  const [side] = await sides(browser.visitor ?? "");
  expect(side?.devices).toMatchObject([{ life: "work" }]);
  expect(side?.matters).toEqual([]);
});
