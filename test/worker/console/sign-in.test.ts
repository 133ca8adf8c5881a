import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Context } from "../../../src/http/context.ts";
import { requireAttempt } from "../../../src/http/attempts.ts";
import { api, eventually, MARKETER_TOKEN, OFFICER_TOKEN, OWNER_TOKEN } from "../../support/site.ts";
import { Console, pageOf, signedIn } from "./session.ts";

const from = (address: string) => new Console({ "cf-connecting-ip": address });

test("ten wrong tokens from a network close the door to it for a quarter of an hour, and to nobody else", async () => {
  const guesser = from("198.51.100.7");
  for (let n = 0; n < 10; n++) expect((await guesser.signIn(`guess-${n}`)).status).toBe(401);
  const closed = await guesser.signIn(OWNER_TOKEN);
  expect(closed.status).toBe(429);
  expect(closed.headers.get("retry-after")).toBe("900");
  expect(closed.cookies.size).toBe(0);
  // The neighbours of that address are the same network; others aren't.
  expect((await from("198.51.100.99").signIn(OWNER_TOKEN)).status).toBe(429);
  expect((await from("203.0.113.50").signIn(OWNER_TOKEN)).status).toBe(303);
  const later = { "usher-now": new Date(Date.now() + 16 * 60_000).toISOString() };
  const again = new Console({ "cf-connecting-ip": "198.51.100.7", ...later });
  expect((await again.signIn(OWNER_TOKEN)).status).toBe(303);
});

test("a limiter that refuses says for how long, and one in trouble turns nobody away", async () => {
  const asked = (limit: RateLimit["limit"]): Promise<void> => {
    const config = { identifierKey: new Uint8Array(32) };
    const context = { config, db: env.DB, now: Date.now(), limiter: { limit } };
    const request = new Request("https://www.example.org/_u/console/sign-in");
    return requireAttempt(request, context as unknown as Context);
  };
  await expect(asked(() => Promise.resolve({ success: false }))).rejects.toMatchObject({
    code: "rate_limited",
    message: "Too many attempts came from your network. Wait a minute.",
    retryAfter: 60,
  });
  await expect(asked(() => Promise.reject(new Error("down")))).resolves.toBeUndefined();
});

test("what is counted for that has no address in it, and stops growing when the door is closed", async () => {
  const guesser = from("192.0.2.77");
  for (let n = 0; n < 14; n++) await guesser.signIn("guess");
  const { results } = await env.DB.prepare(
    "SELECT * FROM audit WHERE outcome = 401 ORDER BY at DESC, id LIMIT 50",
  ).all();
  const mine = results.filter(({ subject }) => subject === results[0]?.["subject"]);
  expect(mine).toHaveLength(10);
  expect(JSON.stringify(results)).not.toMatch(/192\.0\.2|guess/);
});

test("wrong tokens are counted by day, over the API and at the sign-in, without a row for each and without what was tried", async () => {
  const counted = async (): Promise<Record<string, number>> => {
    const { results } = await env.DB.prepare(
      "SELECT regime, count FROM counters WHERE kind = 'refusal' AND reason = 'wrong_token'",
    ).all<{ regime: string; count: number }>();
    return Object.fromEntries(results.map(({ regime, count }) => [regime, count]));
  };
  await Promise.all([
    api("/people", "a-guess"),
    api("/policy", "a-guess", {}, "PUT"),
    api("/people", OWNER_TOKEN),
    api("/policy", MARKETER_TOKEN),
    from("192.0.2.200").signIn("a-guess"),
  ]);
  // Those of the tests before this one are held and written together with them.
  await eventually(async () => (await counted())["api"] === 2 && (await counted())["sign-in"]);
  const { results } = await env.DB.prepare("SELECT * FROM counters").all();
  expect(JSON.stringify(results)).not.toContain("guess");
  const owner = await signedIn(OWNER_TOKEN);
  expect(pageOf(await owner.call("/_u/console/live"))).toContain(
    "Over the API: the token is missing",
  );
});

test("signing out takes the cookie away, and needs the session's own form", async () => {
  const browser = await signedIn(OFFICER_TOKEN);
  expect((await browser.form("/_u/console/sign-out", {})).status).toBe(403);
  const said = await browser.form("/_u/console/sign-out", { form: await browser.formToken() });
  expect(said.status).toBe(303);
  expect(said.cookies.get("usher-session")).toBe("");
  expect((await browser.call("/_u/console/people")).status).toBe(303);
});

test("signing out everywhere ends every session of that role's token at once, and those of others not", async () => {
  const [here, there] = [await signedIn(OFFICER_TOKEN), await signedIn(OFFICER_TOKEN)];
  const owner = await signedIn(OWNER_TOKEN);
  const stolen = there.session;
  const page = async (browser: Console): Promise<number> =>
    (await browser.call("/_u/console/people")).status;
  expect(await Promise.all([here, there, owner].map(page))).toEqual([200, 200, 200]);
  const formOfThere = await there.formToken();
  expect((await here.form("/_u/console/session/end", {})).status).toBe(403);
  expect(await page(there)).toBe(200);
  const said = await here.form("/_u/console/session/end", { form: await here.formToken() });
  expect([said.status, said.headers.get("location")]).toEqual([303, "/_u/console/sign-in"]);
  expect(said.cookies.get("usher-session")).toBe("");
  expect(await Promise.all([here, there, owner].map(page))).toEqual([303, 303, 200]);
  // Neither the form that was open there nor the cookie, forged into the next generation, opens anything.
  expect((await there.form("/_u/console/session/end", { form: formOfThere })).status).toBe(303);
  const again = await signedIn(OFFICER_TOKEN);
  const forged = new Console();
  forged.jar.set(
    "usher-session",
    [...stolen.split(".").slice(0, 3), again.session.split(".")[3] ?? ""].join("."),
  );
  expect(await Promise.all([again, there, forged].map(page))).toEqual([200, 303, 303]);
  expect(pageOf(await again.call("/_u/console/session"))).toContain("Last done");
  const { results } = await env.DB.prepare(
    "SELECT role FROM audit WHERE act = 'POST /_u/console/session/end' AND outcome = 303 AND role <> ''",
  ).all<{ role: string }>();
  expect(results.map(({ role }) => role)).toContain("officer");
});

test("another site can't sign anybody in, and is told so in words", async () => {
  const browser = new Console();
  const said = await browser.form(
    "/_u/console/sign-in",
    { token: OWNER_TOKEN, to: "" },
    { "sec-fetch-site": "cross-site" },
  );
  expect(said.status).toBe(403);
  expect(said.cookies.size).toBe(0);
  expect(pageOf(said)).toContain("forms of the console are sent from its own pages".slice(1));
});

test("whoever is signed in already isn't asked again", async () => {
  const browser = await signedIn(OWNER_TOKEN);
  const said = await browser.call("/_u/console/sign-in?to=/_u/console/audit");
  expect([said.status, said.headers.get("location")]).toEqual([303, "/_u/console/audit"]);
});

test("an address of the console that leads nowhere is told on a page with the menu, to those who are signed in", async () => {
  const marketer = await signedIn(MARKETER_TOKEN);
  const lost = await marketer.call("/_u/console/nothing/here");
  expect([lost.status, pageOf(lost)]).toEqual([404, expect.stringContaining("Not here")]);
  expect(pageOf(lost)).toContain('href="/_u/console/people"');
  expect((await new Console().call("/_u/console/nothing/here")).status).toBe(303);
});

test("whoever sends a form after their session has ended is told that it wasn't done", async () => {
  const browser = new Console();
  const sent = await browser.form("/_u/console/meter", { topics: "news", do: "save" });
  expect(sent.status).toBe(303);
  const led = sent.headers.get("location") ?? "";
  expect(pageOf(await browser.call(led))).toContain("what you sent wasn't done");
  const out = await browser.form("/_u/console/sign-out", {});
  const end = pageOf(await browser.call(out.headers.get("location") ?? ""));
  expect(end).not.toContain("wasn");
});

test("days in the wrong order are put right, and a range that can't be shown leads back to its page", async () => {
  const marketer = await signedIn(MARKETER_TOKEN);
  for (const path of ["", "attribution", "performance", "setup"]) {
    const turned = await marketer.call(`/_u/console/${path}?from=2026-11-20&to=2026-11-02`);
    expect([path, turned.status]).toEqual([path, 200]);
    expect(pageOf(turned)).toContain("2 Nov 2026 to 20 Nov 2026");
  }
  const endless = await marketer.call("/_u/console/attribution?from=2020-01-01&to=2026-11-02");
  expect(endless.status).toBe(422);
  expect(pageOf(endless)).toContain('href="/_u/console/attribution">Open the page without it');
});
