/** Whoever says that an address isn't to be written to says it of the address: everybody who has it is told. */
import { exports } from "cloudflare:workers";
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
import { identityToken } from "./tokens.ts";

const context = { consent: { categoryPreferences: ALL } };
const mailOf = (name: string): string => `${name}@fans-mail.example`;

const track = async (name: string, event: string, more: Record<string, unknown> = {}) => {
  const { status } = await server("track", { userId: name, event, context, ...more });
  expect(status).toBe(200);
};

/** A member known to the site's server by this address. */
async function member(name: string, email = mailOf(name)): Promise<string> {
  await server("identify", { userId: name, traits: { email }, context });
  const visitor = await keys.sourceVisitor("user_id", name);
  await settle([visitor]);
  return visitor;
}

/** One who signed up for the newsletter. */
async function reader(name: string, email = mailOf(name)): Promise<string> {
  const visitor = await member(name, email);
  await track(name, "Newsletter Subscribed");
  expect(await permission(visitor)).toMatchObject({ channel: "email", state: "granted" });
  return visitor;
}

async function permission(visitor: string, value?: string) {
  await settle([visitor]);
  const known = (await api(`/people/${visitor}`)).body["identifiers"] as {
    kind: string;
    value: string;
    permissions: { channel: string; state: string; source: string }[];
  }[];
  return known.find((each) => each.kind === "email" && (!value || each.value === value))
    ?.permissions[0];
}

const importing = async (csv: string, origin = "blacklist") =>
  read(
    await exports.default.fetch(`${ORIGIN}/_u/api/import?kind=people&origin=${origin}`, {
      method: "POST",
      headers: { authorization: `Bearer ${MARKETER_TOKEN}`, "content-type": "text/csv" },
      body: csv,
    }),
  );

test("a refusal in an imported file reaches whoever has the address, and nobody else", async () => {
  const [ada, bea] = [await reader("ada"), await reader("bea")];
  const file = `email,permission_email\n${mailOf("ada")},no\n${mailOf("bea")},yes\n`;
  expect((await importing(file)).body).toMatchObject({ accepted: 2 });
  expect(await permission(ada)).toMatchObject({ state: "suppressed", source: "import:blacklist" });
  expect(await permission(bea)).toMatchObject({ state: "granted" });
});

test("an address that somebody else's message names is unsubscribed wherever it is known", async () => {
  const cleo = await reader("cleo");
  const said = [{ key: mailOf("cleo"), type: "EMAIL", status: "UNSUBSCRIBED" }];
  await track("somebody-else", "Settings Saved", {
    context: { ...context, messaging_subscriptions: said },
  });
  expect(await permission(cleo)).toMatchObject({ state: "suppressed", source: "unsubscribe" });
});

test("a mail service's report is about the address in its properties, also where nobody was asked for consent", async () => {
  const [dan, eva, fay] = [await reader("dan"), await reader("eva"), await reader("fay")];
  const report = (event: string, more: object) =>
    server("track", { anonymousId: "esp-feed", event, ...more });
  await report("Email Marked as Spam", { properties: { email: mailOf("Dan") } });
  await report("Email Bounced", { context: { traits: { email: mailOf("eva") } } });
  expect(await permission(dan)).toMatchObject({ state: "suppressed", source: "complaint" });
  expect(await permission(eva)).toMatchObject({ state: "suppressed", source: "bounce" });
  await report("Unsubscribed", { context, properties: { email: mailOf("nobody") } });
  expect(await permission(fay)).toMatchObject({ state: "granted" });
});

test("whoever refused to be measured is unsubscribed all the same", async () => {
  const hal = await reader("hal");
  const refused = { consent: { categoryPreferences: { measurement: false } } };
  const { body } = await server("track", {
    userId: "hal",
    event: "Unsubscribed",
    context: refused,
  });
  expect(body).toMatchObject({ dropped: [{ reason: "consent" }] });
  await settle([hal]);
  expect(await permission(hal)).toMatchObject({ state: "suppressed", source: "unsubscribe" });
});

test("who has two addresses and unsubscribes the one keeps the other", async () => {
  const gus = await member("gus");
  await member("gus", mailOf("gus-two"));
  await track("gus", "Newsletter Subscribed");
  await track("gus", "Unsubscribed", { properties: { email: mailOf("gus-two") } });
  expect(await permission(gus, mailOf("gus-two"))).toMatchObject({ state: "suppressed" });
  expect(await permission(gus, mailOf("gus"))).toMatchObject({ state: "granted" });
});

test.each(["Unsubscribed", "Email Marked as Spam", "Email Bounced"])(
  "a second user of one address, kept apart from the first, says %s for both",
  async (event) => {
    const name = event.replaceAll(" ", "-").toLowerCase();
    const first = await reader(`first-${name}`, mailOf(name));
    const second = await member(`second-${name}`, mailOf(name));
    await settle([first, second]);
    expect((await api(`/people/${second}`)).body["identifiers"]).toContainEqual(
      expect.objectContaining({ kind: "email", state: "refused", reason: "unique" }),
    );
    await track(`second-${name}`, event);
    await settle([second]);
    expect(await permission(first)).toMatchObject({ state: "suppressed" });
  },
);

test("two people who share an address after an undo both fall silent when one of them unsubscribes", async () => {
  const email = mailOf("shared");
  const site = async (source: string): Promise<string> => {
    await server("identify", { anonymousId: source, traits: { email }, context });
    return keys.sourceVisitor("anonymous_id", source);
  };
  const both = [await site("till-1"), await site("till-2")];
  await settle(both);
  for (const anonymousId of ["till-1", "till-2"])
    await server("track", { anonymousId, event: "Newsletter Subscribed", context });
  await settle(both);
  const [left = "", right = ""] = both;
  const [edge] = (await api(`/people/${left}`)).body["merges"] as { id: string }[];
  await api(`/merges/${edge?.id}/undo`, OFFICER_TOKEN, {});
  await settle(both);
  expect(await permission(left)).toMatchObject({ state: "granted" });
  await server("track", { anonymousId: "till-2", event: "Unsubscribed", context });
  await settle(both);
  expect(await permission(right)).toMatchObject({ state: "suppressed" });
  expect(await permission(left)).toMatchObject({ state: "suppressed" });
});

test("a browser silences nobody by an address that it types, and everybody by one that it proves", async () => {
  const ines = await reader("ines");
  const signIn = async (claims: Record<string, unknown>, n: number): Promise<Browser> => {
    const browser = new Browser({ "usher-region": "DE", "cf-connecting-ip": `198.51.100.9${n}` });
    await browser.consent({ accept: "all" });
    await browser.send("identify", claims);
    await settle([browser.visitor!, ines]);
    return browser;
  };
  const unsubscribe = async (browser: Browser) => {
    await browser.send("track", {
      event: "Newsletter Unsubscribed",
      properties: { email: mailOf("ines") },
      context: {
        messaging_subscriptions: [{ key: mailOf("ines"), type: "EMAIL", status: "UNSUBSCRIBED" }],
      },
    });
    await settle([browser.visitor!]);
  };
  const typed = { userId: "a-stranger", traits: { email: mailOf("ines") } };
  await unsubscribe(await signIn(typed, 1));
  expect(await permission(ines)).toMatchObject({ state: "granted" });
  const token = await identityToken("ines-too", mailOf("ines"));
  await unsubscribe(await signIn({ userId: "ines-too", context: { identityToken: token } }, 2));
  expect(await permission(ines)).toMatchObject({ state: "suppressed" });
});

test("who signs up again after all is written to again, whatever the same file says once more", async () => {
  const jan = await reader("jan");
  const file = `email,permission_email\n${mailOf("jan")},no\n`;
  await importing(file);
  expect(await permission(jan)).toMatchObject({ state: "suppressed" });
  await track("jan", "Newsletter Subscribed");
  expect(await permission(jan)).toMatchObject({ state: "granted" });
  expect((await importing(file)).body).toMatchObject({ accepted: 1 });
  expect(await permission(jan)).toMatchObject({ state: "granted" });
});

test("a list of an approved origin brings nobody back who has unsubscribed, and others in", async () => {
  const lea = await reader("lea");
  await track("lea", "Unsubscribed");
  await settle([lea]);
  await api("/origins/bought/approve", OFFICER_TOKEN, {});
  const rows = [mailOf("lea"), mailOf("mo")].map((email) => `${email},yes,yes,yes`);
  const header = "email,consent_measurement,consent_recognition,permission_email";
  expect((await importing([header, ...rows].join("\n"), "bought")).body).toMatchObject({
    accepted: 2,
  });
  const [again = "", other = ""] = await Promise.all(
    ["lea", "mo"].map((name) => keys.sourceVisitor("email", `import\0bought\0${mailOf(name)}`)),
  );
  expect((await permission(again))?.state).not.toBe("granted");
  expect(await permission(other)).toMatchObject({ state: "granted", source: "import:bought" });
});

test("nor does a list about somebody whom nobody asked", async () => {
  const ned = await reader("ned");
  await track("ned", "Email Marked as Spam");
  await settle([ned]);
  await api("/origins/bought/approve", OFFICER_TOKEN, {});
  await importing(`email,permission_email\n${mailOf("ned")},yes\n`, "bought");
  const row = await keys.sourceVisitor("email", `import\0bought\0${mailOf("ned")}`);
  expect((await permission(row))?.state).not.toBe("granted");
});
