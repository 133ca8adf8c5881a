import { expect, test } from "vitest";
import { api, Browser } from "../../support/site.ts";

async function known(): Promise<{ browser: Browser; visitor: string; cookie: string }> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("track", { event: "Looked", messageId: crypto.randomUUID() });
  return { browser, visitor: browser.visitor!, cookie: browser.jar.get("usher")! };
}

const flipped = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === "a" ? "b" : "a") + text.slice(at + 1);

test("forged, truncated and foreign id cookies are a new visitor, never somebody else's", async () => {
  const { visitor, cookie } = await known();
  const other = await known();
  const [version, , home, since, kid, mac] = other.cookie.split(".");
  const forgeries = [
    cookie.slice(0, -1),
    cookie.slice(0, 40),
    `${cookie}x`,
    flipped(cookie, 5),
    flipped(cookie, cookie.length - 3),
    [version, visitor, home, since, kid, mac].join("."),
    [version, visitor, home, since, "k9", mac].join("."),
    [version, visitor, home, since, "", ""].join("."),
    visitor,
    "1.......",
    "%00",
    "x".repeat(5000),
  ];
  for (const forged of forgeries) {
    const attacker = new Browser({ "usher-region": "DE" });
    await attacker.consent({ accept: "all" });
    attacker.jar.set("usher", forged);
    const said = await attacker.send("track", { event: "Forged", messageId: crypto.randomUUID() });
    expect(said.status).toBe(200);
    expect(attacker.visitor).not.toBe(visitor);
  }
  const journey = await api(`/people/${visitor}/journey`);
  expect((journey.body["events"] as { name: string }[]).map(({ name }) => name)).toEqual([
    "Looked",
  ]);
});

test("a forged grant isn't one, a forged refusal is", async () => {
  const { browser } = await known();
  const granted = browser.jar.get("usher-consent")!;
  const forged = new Browser({ "usher-region": "DE" });
  forged.jar.set("usher-consent", granted.replace(/~.*/, "~k1.AAAA"));
  expect((await forged.send("track", { event: "Looked", messageId: "f1" })).body).toMatchObject({
    accepted: 0,
  });
  forged.jar.set(
    "usher-consent",
    granted.replace("measurement.yes", "measurement.no").replace(/~.*/, ""),
  );
  const document = await forged.call("/_u/consent");
  expect(document.body).toMatchObject({
    decisions: { measurement: { granted: false, code: "choice-refused" } },
  });
});

test("cookies that another sub-domain tosses in neither grant nor make somebody else of the visitor", async () => {
  const { browser: attacker, visitor } = await known();
  const [id, choice] = ["usher", "usher-consent"].map((name) => attacker.jar.get(name));
  const asVictim = (cookie: string) =>
    new Browser({ "usher-region": "DE" }).send(
      "track",
      { event: "Tossed", messageId: crypto.randomUUID() },
      { cookie },
    );
  // Browsers guard `__Host-`, but not what a server might take for it, like a cookie that has no name.
  const nameless = await asVictim(`=usher=${id}; =usher-consent=${choice}`);
  expect(nameless.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  const refused = "1_measurement.no.20261121.1.in";
  for (const both of [
    `${refused}; usher-consent=${choice}`,
    `${choice}; usher-consent=${refused}`,
  ]) {
    const said = await asVictim(`usher=${id}; usher-consent=${both}`);
    expect(said.body).toMatchObject({ accepted: 0 });
  }
  const journey = await api(`/people/${visitor}/journey`);
  expect(JSON.stringify(journey.body)).not.toContain("Tossed");
});

test("the id cookie lasts 395 days from the day it was first set and is never renewed", async () => {
  const browser = new Browser({ "usher-region": "DE", "usher-now": "2026-01-01T00:00:00Z" });
  const set = await browser.consent({ accept: "all" });
  expect(set.headers.getSetCookie().find((line) => line.startsWith("usher="))).toContain(
    "Max-Age=34128000; SameSite=Lax; HttpOnly",
  );
  const later = await browser.send(
    "track",
    { event: "Looked", messageId: "c1" },
    { "usher-now": "2026-06-01T00:00:00Z" },
  );
  expect(later.cookies.has("usher")).toBe(false);
  const visitor = browser.visitor;
  await browser.consent({ accept: "all" }, { "usher-now": "2027-01-25T00:00:00Z" });
  expect(browser.visitor).toBe(visitor);
  const after = await browser.send(
    "track",
    { event: "Looked", messageId: "c2" },
    { "usher-now": "2027-02-02T00:00:00Z" },
  );
  expect(after.body).toMatchObject({ accepted: 1 });
  expect(browser.visitor).not.toBe(visitor);
});

test("whatever carries a cookie is private and never stored on the way", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  for (const said of [
    await browser.consent({ accept: "all" }),
    await browser.call("/_u/reset", {}),
  ])
    expect(said.headers.get("cache-control")).toBe("private, no-store");
});

test("first calls in parallel agree on the visitor, and nobody elsewhere derives the same", async () => {
  const page = (headers: Record<string, string> = {}): Promise<string | null> => {
    const tab = new Browser({
      "usher-region": "US-NY",
      "usher-now": "2026-11-22T10:30:00Z",
      ...headers,
    });
    return tab
      .send("page", { anonymousId: "same-page", messageId: crypto.randomUUID() })
      .then(() => tab.visitor);
  };
  const [a, b, c] = await Promise.all([page(), page(), page()]);
  expect(a).not.toBeNull();
  expect([b, c]).toEqual([a, a]);
  expect(await page({ "cf-connecting-ip": "192.0.2.44" })).not.toBe(a);
  expect(
    await page({
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
    }),
  ).not.toBe(a);
  expect(await page({ "usher-now": "2026-11-22T11:00:01Z" })).not.toBe(a);
});

test("a reset is a new visitor on this device", async () => {
  const { browser, visitor } = await known();
  await browser.call("/_u/reset", {});
  expect(browser.visitor).not.toBeNull();
  expect(browser.visitor).not.toBe(visitor);
});
