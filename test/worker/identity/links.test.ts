import { env, exports } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import type { Call } from "../../../src/http/context.ts";
import { go } from "../../../src/http/links.ts";
import { servicesFor } from "../../../src/services.ts";
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
import { everything } from "../privacy/household.ts";
import { identityToken } from "./tokens.ts";

const consent = { categoryPreferences: ALL };
const EMAIL = "jane@fans-mail.example";

const links = async (identifier: string, url = `${ORIGIN}/offer?x=1`) => {
  const { body } = await api("/links", MARKETER_TOKEN, { identifier, url, campaign: "renewal" });
  return body as { go: string; open: string; unsubscribe: string };
};

/** Without following, as a reader's program gets it. */
const open = (url: string, method = "GET", headers: Record<string, string> = {}) =>
  exports.default.fetch(url, {
    method,
    redirect: "manual",
    headers: { "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", ...headers },
  });

/** A member who agreed, known to the site's server. */
async function member(userId: string, email: string): Promise<string> {
  await server("identify", {
    messageId: `m-${userId}`,
    userId,
    traits: { email },
    context: { consent },
  });
  const visitor = await keys.sourceVisitor("user_id", userId);
  await settle([visitor]);
  return visitor;
}

async function mailRecord(email: string): Promise<string> {
  return keys.sourceVisitor("email", `mail\0${await keys.key("email", email)}`);
}

const journey = async (id: string) =>
  (await api(`/people/${id}/journey`)).body["events"] as {
    name: string;
    channel: string;
    page?: { url: string };
  }[];

/** Somebody else's browser that lands where the link led. */
async function land(
  location: string,
  n: number,
  place: Record<string, string> = {},
): Promise<Browser> {
  const browser = new Browser({
    "usher-region": "DE",
    "cf-connecting-ip": `198.51.100.${n}`,
    ...place,
  });
  await browser.consent({ accept: "all" });
  await browser.send("page", { messageId: `land-${n}`, context: { page: { url: location } } });
  return browser;
}

test("a click leads on, is told on the journey as mail, and hints who came without joining anybody", async () => {
  const laptop = new Browser({ "usher-region": "DE" });
  await laptop.consent({ accept: "all" });
  await laptop.send("identify", {
    messageId: "jane-in",
    userId: "jane",
    context: { identityToken: await identityToken("jane", EMAIL) },
  });
  const jane = laptop.visitor!;
  await settle([jane]);
  const { go, open: pixel } = await links(`email:${EMAIL}`);
  expect(go).not.toContain("jane");
  const opened = await open(pixel);
  expect(opened.headers.get("content-type")).toBe("image/gif");
  const clicked = await open(go);
  expect(clicked.status).toBe(302);
  const location = clicked.headers.get("location")!;
  expect(location).toContain(`${ORIGIN}/offer?x=1&usher_rid=email`);
  await settle([jane, await mailRecord(EMAIL)]);
  expect(await journey(jane)).toMatchObject([
    { type: "identify" },
    { name: "Email Opened", channel: "email" },
    { name: "Email Link Clicked", channel: "email" },
  ]);

  const phone = await land(location, 1);
  await settle([jane, phone.visitor!]);
  const { body } = await api(`/people/${phone.visitor}`);
  expect(body["visitors"]).toHaveLength(1);
  expect(body["identifiers"]).toMatchObject([
    { kind: "esp:usher", assurance: "hinted", state: "kept", belief: { forwarded: false } },
  ]);
  const [landed] = await journey(phone.visitor!);
  expect(landed?.page?.url).toBe(`${ORIGIN}/offer?x=1`);
  expect((await phone.call("/_u/next?slot=home")).body).toMatchObject({ stage: "device" });
});

test("a sign-in confirms a link, and somebody else's sign-in splits it off as forwarded", async () => {
  const kim = await member("kim", "kim@fans-mail.example");
  const { go } = await links("email:kim@fans-mail.example");
  const location = (await open(go)).headers.get("location")!;
  const [own, friend] = [await land(location, 11), await land(location, 12)];
  const all = [kim, await mailRecord("kim@fans-mail.example"), own.visitor!, friend.visitor!];
  await settle(all);
  for (const [browser, user] of [
    [own, "kim"],
    [friend, "the-friend"],
  ] as const)
    await browser.send("identify", {
      messageId: `in-${user}`,
      userId: user,
      context: { identityToken: await identityToken(user) },
    });
  await settle(all);
  expect((await api(`/people/${own.visitor}`)).body["id"]).toBe(
    (await api(`/people/${kim}`)).body["id"],
  );
  const { body } = await api(`/people/${friend.visitor}`);
  expect(body["visitors"]).toHaveLength(1);
  expect(body["identifiers"]).toContainEqual(
    expect.objectContaining({ kind: "esp:usher", state: "refused", reason: "forwarded" }),
  );
});

test("many devices that follow one link within days make it look forwarded", async () => {
  await member("lou", "lou@fans-mail.example");
  const location = (await open((await links("email:lou@fans-mail.example")).go)).headers.get(
    "location",
  )!;
  const followers = await Promise.all([21, 22, 23, 24, 25].map((n) => land(location, n)));
  await settle(followers.map((each) => each.visitor!));
  const { body } = await api(`/people/${followers[0]!.visitor}`);
  const [hint] = body["identifiers"] as { belief: { confidence: number; forwarded: boolean } }[];
  expect(hint?.belief.forwarded).toBe(true);
  expect(hint?.belief.confidence).toBeLessThan(0.3);
});

test("a link that is followed in several places at once looks forwarded, and no place can be told from what is kept", async () => {
  await member("mo", "mo@fans-mail.example");
  const location = (await open((await links("email:mo@fans-mail.example")).go)).headers.get(
    "location",
  )!;
  const places = [
    { "usher-region": "DE", "cf-connecting-ip": "203.0.113.31" },
    { "usher-region": "FR", "cf-connecting-ip": "192.0.2.32" },
    { "usher-region": "GB", "cf-connecting-ip": "198.18.0.33" },
  ];
  const followers = await Promise.all(places.map((place, n) => land(location, 31 + n, place)));
  await settle(followers.map((each) => each.visitor!));
  const { body } = await api(`/people/${followers[0]!.visitor}`);
  const [hint] = body["identifiers"] as { belief: unknown }[];
  expect(hint?.belief).toMatchObject({
    forwarded: true,
    because: "it was followed in many places at once",
  });
  const kept = JSON.stringify([...(await everything([followers[0]!.visitor!]))]);
  expect(kept).toMatch(/place\\*":\\*"[\w-]{4}\.[\w-]{4}\\*"/);
  expect(kept).not.toContain("203.0.113");
});

test("a forged, changed, foreign or misused link leads nowhere", async () => {
  const { go, open: pixel } = await links(`email:${EMAIL}`);
  const token = new URL(go).searchParams.get("t")!;
  const [payload = "", signature = ""] = token.split("~");
  const evil = btoa(
    JSON.stringify({ does: "go", to: "email:x", url: "https://evil.example/" }),
  ).replaceAll("=", "");
  const forged = [
    `${evil}~${signature}`,
    `${payload}~t1.${"A".repeat(43)}`,
    `${payload}~t9.${signature.slice(3)}`,
    payload,
    "",
    new URL(pixel).searchParams.get("t")!,
    `${token}&u=https://evil.example/`.replace("&", "%26"),
  ];
  for (const each of forged) {
    const answer = await open(`${ORIGIN}/_u/go?t=${each}`);
    expect([answer.status, answer.headers.get("location")]).toEqual([404, null]);
  }
  expect((await open(`${go}&url=https://evil.example/`)).headers.get("location")).toContain(
    `${ORIGIN}/offer`,
  );
  for (const url of ["javascript:alert(1)", "data:text/html,x", "/offer", "nonsense"])
    expect(
      (await api("/links", MARKETER_TOKEN, { identifier: `email:${EMAIL}`, url })).status,
    ).toBe(422);
  expect((await api("/links", OFFICER_TOKEN, { identifier: `email:${EMAIL}` })).status).toBe(403);
});

test("a destination of others isn't told whom the mail went to", async () => {
  const { go } = await links(`email:${EMAIL}`, "https://tickets.example.com/buy");
  expect((await open(go)).headers.get("location")).toBe("https://tickets.example.com/buy");
});

test("opens and clicks of somebody who agreed to nothing leave nothing", async () => {
  const nobody = await links("email:nobody@fans-mail.example");
  expect((await open(nobody.go)).status).toBe(302);
  await open(nobody.open);
  const { body } = await api("/people?identifier=email:nobody@fans-mail.example");
  expect(body["people"]).toEqual([]);
});

test("an unsubscribe link asks first, is obeyed when it is posted, and nobody can make one for another address", async () => {
  const mia = await member("mia", "mia@fans-mail.example");
  await server("track", {
    messageId: "mia-in",
    userId: "mia",
    event: "Newsletter Subscribed",
    context: { consent },
  });
  const permissions = async () => {
    await settle([mia]);
    const { body } = await api(`/people/${mia}`);
    const known = body["identifiers"] as { kind: string; permissions: unknown[] }[];
    return known.find(({ kind }) => kind === "email")?.permissions;
  };
  expect(await permissions()).toMatchObject([{ channel: "email", state: "granted" }]);
  const { unsubscribe, go } = await links("email:mia@fans-mail.example");
  expect((await open(unsubscribe)).status).toBe(200);
  expect(await permissions()).toMatchObject([{ state: "granted" }]);
  const misused = `${ORIGIN}/_u/unsubscribe?t=${new URL(go).searchParams.get("t")}`;
  expect((await open(misused, "POST")).status).toBe(404);
  expect(await permissions()).toMatchObject([{ state: "granted" }]);
  expect((await read(await open(unsubscribe, "POST"))).status).toBe(200);
  expect(await permissions()).toMatchObject([
    { channel: "email", state: "suppressed", source: "unsubscribe" },
  ]);
});

test("the mail tool's own id of a member, told by the site's server, names the member and joins nobody who came by a link with it", async () => {
  await server("identify", {
    messageId: "mc-1",
    userId: "mia",
    context: { consent, externalIds: [{ type: "esp:mailchimp", id: "mc-mia" }] },
  });
  const mia = await keys.sourceVisitor("user_id", "mia");
  const reader = await land(`${ORIGIN}/news?mc_eid=mc-mia`, 41);
  // What a page says of it is no surer than the link it has it from.
  await reader.send("identify", {
    messageId: "page-says",
    context: { externalIds: [{ type: "esp:mailchimp", id: "mc-mia" }] },
  });
  await settle([mia, reader.visitor!]);
  const [first, second] = (await api("/people?identifier=esp:mailchimp:mc-mia")).body["people"] as {
    id: string;
  }[];
  expect([first?.id, second?.id].sort()).toEqual([mia, reader.visitor].sort());
  const { body } = await api(`/people/${reader.visitor}`);
  expect(body["identifiers"]).toMatchObject([
    {
      kind: "esp:mailchimp",
      assurance: "hinted",
      state: "kept",
      belief: { confidence: 0.9, because: "nobody else followed it" },
    },
  ]);
  const { body: hers } = await api(`/people/${mia}`);
  expect(hers["identifiers"]).toContainEqual(
    expect.objectContaining({ value: "mc-mia", assurance: "verified" }),
  );
});

test("a click leads on also when the person's object is away, or never answers", async () => {
  await member("held-up", "held-up@fans-mail.example");
  const { go: link } = await links("email:held-up@fans-mail.example");
  const userAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)";
  const request = new Request(link, { headers: { "user-agent": userAgent } }) as Call;
  const services = servicesFor(request, env);
  const led = async (decision: () => Promise<never>): Promise<number> => {
    let status = 0;
    const people = { ...services.people, decision };
    void go(request, { ...services, people }).then((answer) => (status = answer.status));
    while (status === 0) {
      vi.advanceTimersByTime(2_500);
      await scheduler.wait(5);
    }
    return status;
  };
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    expect(await led(() => Promise.reject(new Error("the object was reset")))).toBe(302);
    expect(await led(() => new Promise(() => undefined))).toBe(302);
  } finally {
    vi.useRealTimers();
  }
});

test("what the person of an address decided doesn't count for its mails once a human took these apart from them", async () => {
  const email = "shared-desk@fans-mail.example";
  const ann = new Browser({ "usher-region": "DE" });
  await ann.consent({ accept: "all" });
  await ann.send("identify", {
    messageId: "ann-in",
    userId: "ann",
    context: { identityToken: await identityToken("ann", email) },
  });
  const record = await mailRecord(email);
  const rest = () => settle([ann.visitor!, record]);
  await rest();
  const { open: pixel, go } = await links(`email:${email}`);
  await open(pixel);
  await rest();
  const { body } = await api(`/people/${ann.visitor}`);
  const [merge] = body["merges"] as { id: string }[];
  expect(body["visitors"]).toHaveLength(2);
  const why = { why: "the mailbox is her colleague's" };
  expect((await api(`/merges/${merge!.id}/undo`, OFFICER_TOKEN, why)).status).toBe(200);
  await rest();
  const names = async (): Promise<string[]> => (await journey(record)).map(({ name }) => name);
  expect(await names()).toEqual(["Email Opened"]);
  expect((await open(go)).status).toBe(302);
  await rest();
  expect(await names()).toEqual(["Email Opened"]);
});
