import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Browser, eventually, MARKETER_TOKEN, OFFICER_TOKEN, server } from "../../support/site.ts";

async function signedIn(token: string): Promise<Browser> {
  const browser = new Browser({ "sec-fetch-site": "same-origin" });
  await browser.call("/_u/console/sign-in", new URLSearchParams({ token, to: "" }).toString());
  return browser;
}

async function formToken(officer: Browser): Promise<string> {
  const { body } = await officer.call("/_u/console/requests");
  return /name="form" value="([^"]+)"/.exec(String(body["text"]))?.[1] ?? "";
}

async function known(user: string): Promise<void> {
  const { token } = (await new Browser().call(`/demo/token?user=${user}`)).body;
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", {
    userId: user,
    messageId: `request-${user}`,
    traits: { email: `${user}@example.org` },
    context: { identityToken: token },
  });
  await eventually(async () => {
    const said = await server("track", { userId: user, event: "Seen", messageId: `seen-${user}` });
    return said.status === 200 && (await env.DB.prepare("SELECT 1 FROM claims").first()) !== null;
  });
}

async function make(officer: Browser, kind: string, identifier: string): Promise<string> {
  const form = { form: await formToken(officer), kind, identifier };
  const made = await officer.call("/_u/console/requests", new URLSearchParams(form).toString());
  expect(made.status).toBe(303);
  return made.headers.get("location") ?? "";
}

test("an officer makes an export in the console, downloads it, and then has the person erased", async () => {
  await known("member-1042");
  const officer = await signedIn(OFFICER_TOKEN);
  const exported = await make(officer, "export", "user_id:member-1042");
  const file = await officer.call(`${exported}/export.json`);
  expect(file.headers.get("content-disposition")).toContain("attachment");
  expect(JSON.stringify(file.body)).toContain("member-1042");

  const erased = await make(officer, "erase", "user_id:member-1042");
  const done = await eventually(async () => {
    const { body } = await officer.call(erased);
    return String(body["text"]).includes("encryption keys") ? String(body["text"]) : null;
  });
  expect(done).toContain("What was removed where");
  const list = String((await officer.call("/_u/console/requests")).body["text"]);
  expect(list).toContain("Erasure (Art. 17)");
  expect(list).toContain("Export (Art. 15, 20)");
  expect(list).not.toContain("member-1042");
});

test("requests are for the officer: a marketer is refused, a form without its token is, and so is nobody", async () => {
  const marketer = await signedIn(MARKETER_TOKEN);
  expect((await marketer.call("/_u/console/requests")).status).toBe(403);
  const officer = await signedIn(OFFICER_TOKEN);
  const forged = new URLSearchParams({ kind: "erase", identifier: "user_id:member-1177" });
  expect((await officer.call("/_u/console/requests", forged.toString())).status).toBe(403);
  expect((await new Browser().call("/_u/console/requests")).status).toBe(303);
});
