import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { ALL, api, Browser, eventually, server } from "../../support/site.ts";

async function consenting(): Promise<Browser> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  return browser;
}

test("sensitive topics aren't folded into the profile, and what the officer named isn't stored", async () => {
  const browser = await consenting();
  for (let n = 0; n < 4; n++)
    await browser.send("page", {
      messageId: `sensitive-${n}`,
      properties: { topics: ["Health", "transfers"], password: "hunter2", note: "ok" },
      context: { page: { url: "https://www.example.org/a?token=secret&x=1" } },
    });
  const row = await eventually(() =>
    env.DB.prepare("SELECT data FROM events WHERE id = 'sensitive-0'").first<{ data: string }>(),
  );
  expect(row.data).toContain("transfers");
  expect(row.data).toContain("x=1");
  for (const secret of ["hunter2", "secret"]) expect(row.data).not.toContain(secret);
  expect((JSON.parse(row.data) as { topics: string[] }).topics).toEqual(["transfers"]);
  const next = await api(`/people/${browser.visitor}/next`);
  expect(JSON.stringify(next.body)).not.toContain("health");
});

test("a known child is recorded nowhere, whoever says so", async () => {
  const browser = await consenting();
  const said = await browser.send("identify", {
    messageId: "child-1",
    traits: { email: "kid@example.org", age: 9 },
  });
  expect(said.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  const told = await server("track", {
    messageId: "child-2",
    userId: "kid",
    event: "Played",
    context: { child: true, consent: { categoryPreferences: ALL } },
  });
  expect(told.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
});

test("a browser that is known to be a child's is recorded no further, and the next yes is somebody's own", async () => {
  const browser = await consenting();
  const dropped = { accepted: 0, dropped: [{ reason: "consent" }] };
  expect((await browser.send("page", { messageId: "grown-1" })).body).toMatchObject({
    accepted: 1,
  });
  const known = await browser.send("batch", {
    batch: [
      { type: "page", messageId: "grown-2" },
      { type: "identify", messageId: "child-3", traits: { birthday: "2020-02-02" } },
      { type: "page", messageId: "child-4" },
    ],
  });
  expect(known.body).toMatchObject({
    accepted: 1,
    dropped: [
      { messageId: "child-3", reason: "consent" },
      { messageId: "child-4", reason: "consent" },
    ],
  });
  expect(browser.visitor).toBeNull();
  expect((await browser.send("page", { messageId: "child-5" })).body).toMatchObject(dropped);
  const asked = await browser.call("/_u/consent");
  expect(asked.body).toMatchObject({ ask: false, decisions: { measurement: { granted: false } } });

  const american = new Browser({ "usher-region": "US-CA" });
  const kid = { messageId: "child-6", traits: { age: 9 } };
  expect((await american.send("identify", kid)).body).toMatchObject(dropped);
  expect((await american.send("page", { messageId: "child-7" })).body).toMatchObject(dropped);

  await browser.consent({ accept: "all" });
  expect((await browser.send("page", { messageId: "grown-3" })).body).toMatchObject({
    accepted: 1,
  });
});
