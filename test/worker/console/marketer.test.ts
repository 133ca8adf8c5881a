import { env, exports as worker } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { latestSetting } from "../../../src/d1/settings.ts";
import { catalogues } from "../../../src/http/documents.ts";
import { testBindings } from "../../support/bindings.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, eventually, server } from "../../support/site.ts";
import { consenting, offer, signIn as signInMember } from "../action/stage.ts";

const site = "https://www.example.org";
const PAGES = [
  "actions",
  "actions/new",
  "actions/versions",
  "actions/anyone",
  "actions/anyone/edit",
  "performance",
  "performance/anyone",
  "exports",
  "exports/hints.csv",
  "segments",
  "meter",
  "attribution",
];

let cookie: string;
beforeEach(async () => {
  await offer([{ id: "anyone", label: "For anyone" }]);
  cookie = await signIn(testBindings.MARKETER_TOKEN);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await env.DB.batch(
    ["settings", "people", "learned"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
  catalogues.forget(env.DB);
});

type Form = Record<string, string> | [string, string][];

const go = (
  path: string,
  { as = cookie, form, headers }: { as?: string; form?: Form; headers?: HeadersInit } = {},
): Promise<Response> =>
  worker.default.fetch(`${site}/_u/console/${path}`, {
    method: form ? "POST" : "GET",
    redirect: "manual",
    headers: { cookie: as, "sec-fetch-site": "same-origin", ...headers },
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });

async function signIn(token: string): Promise<string> {
  const answer = await go("sign-in", { as: "", form: { token } });
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

const decoded = (html: string): string =>
  html.replaceAll("&lt;", "<").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

/** What a browser would send of the editor's form: every field, with these changed. */
async function filled(
  path: string,
  changes: Record<string, string>,
): Promise<Record<string, string>> {
  const page = await (await go(path)).text();
  const main = page.slice(page.indexOf("<main"));
  const form: Record<string, string> = {};
  for (const [tag] of main.matchAll(/<input [^>]*>/g)) {
    const name = / name="([^"]+)"/.exec(tag)?.[1];
    if (!name || (tag.includes('type="checkbox"') && !/ checked/.test(tag))) continue;
    form[name] = decoded(/ value="([^"]*)"/.exec(tag)?.[1] ?? "");
  }
  for (const [, name = "", inside = ""] of main.matchAll(
    /<select[^>]* name="([^"]+)"[^>]*>(.*?)<\/select>/gs,
  )) {
    const tags = [...inside.matchAll(/<option[^>]*>/g)].map(([tag]) => tag);
    const tag = tags.find((each) => / selected/.test(each)) ?? tags[0] ?? "";
    form[name] = decoded(/ value="([^"]*)"/.exec(tag)?.[1] ?? "");
  }
  form["text"] = decoded(/<textarea[^>]*>([^<]*)</.exec(main)?.[1] ?? "");
  return { ...form, ...changes };
}

const formToken = async (path: string): Promise<string> =>
  /name="form" value="([\w-]+)"/.exec(await (await go(path)).text())?.[1] ?? "";

test("the marketer's pages are the marketer's and the owner's, and nobody else's", async () => {
  const officer = await signIn(testBindings.OFFICER_TOKEN);
  const owner = await signIn(testBindings.OWNER_TOKEN);
  for (const path of PAGES) {
    expect([path, (await go(path)).status]).toEqual([path, 200]);
    expect([path, (await go(path, { as: owner })).status]).toEqual([path, 200]);
    expect([path, (await go(path, { as: officer })).status]).toEqual([path, 403]);
    expect([path, (await go(path, { as: "" })).status]).toEqual([path, 303]);
  }
  for (const path of [
    "actions/none",
    "actions/none/edit",
    "performance/none",
    "actions/versions?version=99",
  ])
    expect([path, (await go(path)).status]).toEqual([path, 404]);
});

test("a page counts among the fifty last seen so that it comes at once, and a look among more, each saying how many", async () => {
  await server("batch", {
    batch: Array.from({ length: 53 }, (_, n) => ({
      type: "identify",
      userId: `counted-${n}`,
      messageId: `counted-${n}`,
      context: { consent: { categoryPreferences: ALL } },
    })),
  });
  await eventually(async () => {
    const { body } = await api("/people?limit=100");
    return (body["people"] as unknown[]).length === 53;
  });
  const said = async (answer: Promise<Response>): Promise<string | undefined> =>
    / of \d+ people last seen/.exec(await (await answer).text())?.[0];
  expect(await said(go("actions/anyone/edit"))).toBe(" of 50 people last seen");
  const look = await filled("actions/anyone/edit", { do: "look" });
  const answer = await go("actions/anyone/edit", { form: look });
  const page = await answer.text();
  expect(page).toContain("53 of 53 people last seen");
  // Nobody reads hundreds of lines in an editor.
  expect(page.match(/<a class="nowrap" href="\/_u\/console\/people\//g)).toHaveLength(50);
});

test("a picture of the site's own is shown on the phone; of another host it is said why not", async () => {
  const look = await filled("actions/anyone/edit", { do: "look", image: "/pictures/spring.jpg" });
  const shown = async (image: string): Promise<string> =>
    (await go("actions/anyone/edit", { form: { ...look, image } })).text();
  expect(await shown("/pictures/spring.jpg")).toContain('<img src="/pictures/spring.jpg"');
  for (const image of ["https://cdn.example/a.png", "//cdn.example/a.png"]) {
    const page = await shown(image);
    expect(page).not.toContain("<img");
    expect(page).toContain("Picture from cdn.example");
  }
  expect(await shown("javascript:alert(1)")).not.toContain("<img");
});

test("nothing is changed from another site, without the form's token, or by an officer", async () => {
  const form = await formToken("actions/anyone/edit");
  const before = await latestSetting(env.DB, "catalogue");
  for (const path of [
    "actions/new",
    "actions/anyone/edit",
    "actions/anyone/remove",
    "exports/systems",
    "exports/systems/crm",
  ]) {
    const sent = { form, version: "2", do: "save", label: "Changed" };
    const elsewhere = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    expect((await go(path, { form: sent, headers: elsewhere })).status).toBe(403);
    expect((await go(path, { form: { ...sent, form: "x".repeat(43) } })).status).toBe(403);
    const as = await signIn(testBindings.OFFICER_TOKEN);
    expect((await go(path, { form: sent, as })).status).toBe(403);
  }
  expect(await latestSetting(env.DB, "catalogue")).toEqual(before);
});

test("a new action is made step by step, and the page says who gets it, with the address shortened", async () => {
  const jane = await consenting();
  await signInMember(jane, "jane");
  await jane.send("identify", {
    messageId: crypto.randomUUID(),
    traits: { email: "jane@example.org" },
  });
  await jane.send("track", { messageId: crypto.randomUUID(), event: "Newsletter Signed Up" });
  await settle([jane.visitor ?? ""]);

  const start = await filled("actions/new", { do: "add", kind: "knows" });
  const added = await (await go("actions/new", { form: start })).text();
  expect(added).toContain('name="row0" value="knows"');
  const texts = {
    label: "A letter",
    title: "Hello",
    text: "Read on.",
    channel: "email",
    row0: "knows",
    "row0-kind": "email",
  };
  const looked = await (
    await go("actions/new", { form: { ...start, ...texts, do: "look" } })
  ).text();
  expect(looked).toContain("Whoever gave an e-mail address.");
  expect(looked).toMatch(/<strong>1 of \d+ (?:person|people) last seen<\/strong>/);
  expect(looked).toContain("j•••@example.org");

  const wrong = await go("actions/new", {
    form: { ...start, ...texts, title: " ", cap: "0", do: "save" },
  });
  expect(wrong.status).toBe(422);
  const page = await wrong.text();
  expect(page).toContain('<a href="#title">Title: must not be empty</a>');
  expect(page).toMatch(/<input id="cap"[^>]*aria-invalid="true"/);
  expect(page).toContain('value="A letter"');

  const dead = { start: "2026-02-31", title: "Hello {name}", do: "save" };
  const told = await go("actions/new", { form: { ...start, ...texts, ...dead } });
  expect(told.status).toBe(422);
  const reasons = await told.text();
  expect(reasons).toMatch(/<a href="#start">[^<]*: must be a day that there is<\/a>/);
  expect(reasons).toContain('<a href="#title">Title: only {topic} can stand in braces</a>');

  const saved = await go("actions/new", { form: { ...start, ...texts, do: "save" } });
  expect(saved.headers.get("location")).toBe("/_u/console/actions/a-letter?saved=yes");
  const shown = await (await go("actions/a-letter?saved=yes")).text();
  expect(shown).toContain(`/_u/console/people/${jane.visitor}`);
  expect(shown).toContain("j•••@example.org");
  expect(shown).not.toContain("jane@example.org");
  const file = await go("exports/hints.csv?action=a-letter");
  expect(file.headers.get("content-type")).toContain("text/csv");
  expect(await file.text()).toContain(
    ",a-letter,A letter,email,jane@example.org,yes,gave an e-mail address",
  );

  const again = await go("actions/new", { form: { ...start, ...texts, do: "save" } });
  expect(again.status).toBe(422);
  expect(await again.text()).toContain("Another action or page has this id");
});

test("two marketers on one action: the second is shown what differs, and loses nothing; on two actions both are saved", async () => {
  await offer([{ id: "anyone" }, { id: "other" }]);
  const [mine, theirs, third] = await Promise.all([
    filled("actions/anyone/edit", { lever: "2", do: "save" }),
    filled("actions/anyone/edit", { lever: "3", do: "save" }),
    filled("actions/other/edit", { lever: "5", do: "save" }),
  ]);
  expect((await go("actions/anyone/edit", { form: theirs })).status).toBe(303);
  const conflict = await go("actions/anyone/edit", { form: mine });
  expect(conflict.status).toBe(409);
  const page = await conflict.text();
  expect(page).toContain("Somebody else changed this action meanwhile");
  expect(page).toMatch(/<input id="lever"[^>]*value="2"/);
  expect((await go("actions/other/edit", { form: third })).status).toBe(303);
  const newest = String((await latestSetting(env.DB, "catalogue"))?.version);
  expect((await go("actions/anyone/edit", { form: { ...mine, version: newest } })).status).toBe(
    303,
  );
  const { document } = (await latestSetting(env.DB, "catalogue"))!;
  expect(document).toMatchObject({
    actions: [
      { id: "anyone", lever: 2 },
      { id: "other", lever: 5 },
    ],
  });
  const versions = await (await go("actions/versions?version=4")).text();
  expect(versions).toContain("<ins>");
  expect((await go("actions/none/edit", { form: third })).status).toBe(404);
  const removed = { form: await formToken("actions/anyone"), version: newest };
  const kept = await go("actions/anyone/remove", { form: removed });
  expect(kept.status).toBe(409);
  const now = await kept.text();
  expect(now).toContain("Somebody else changed this action meanwhile");
  expect(now).toContain("It is still in the catalogue");
  const version = String((await latestSetting(env.DB, "catalogue"))?.version);
  for (const _ of ["at once", "and again, for want of an answer"]) {
    const gone = await go("actions/anyone/remove", { form: { ...removed, version } });
    expect([gone.status, gone.headers.get("location")]).toEqual([
      303,
      "/_u/console/actions?removed=yes",
    ]);
  }
});

test("words of marketers and visitors stand on every page as text", async () => {
  const evil = `"><img src=x onerror=alert(1)>`;
  await offer([
    {
      id: "anyone",
      label: evil,
      title: evil,
      text: evil,
      success: evil,
      slots: [evil],
      conditions: { did: [{ event: evil, atMost: 3 }], reads: { topic: evil, atLeast: 1 } },
    },
  ]);
  const browser = await consenting();
  const url = `${site}/?utm_source=${encodeURIComponent(evil)}&utm_campaign=${encodeURIComponent(evil)}`;
  await browser.send("page", {
    messageId: crypto.randomUUID(),
    properties: { url, topic: evil },
    context: { page: { url } },
  });
  await settle([browser.visitor ?? ""]);
  for (const path of [
    ...PAGES.filter((each) => !each.endsWith(".csv")),
    "attribution?by=campaign",
    "actions/versions?version=2",
  ]) {
    const page = await (await go(path)).text();
    expect(page).not.toContain("<img src=x");
  }
  const form = await filled("actions/anyone/edit", { title: evil, do: "look" });
  expect(await (await go("actions/anyone/edit", { form })).text()).not.toContain("<img src=x");
});

test("a system's secret is shown once, another one takes its place, and what is wrong with an address is said", async () => {
  const form = await formToken("exports");
  const bad = await go("exports/systems", {
    form: [
      ["form", form],
      ["id", "crm"],
      ["url", "https://10.0.0.1/x"],
      ["channels", "email"],
    ],
  });
  expect(bad.status).toBe(422);
  expect(await bad.text()).toContain("Must be a name, not a number");
  const none = await go("exports/systems", {
    form: { form, id: "crm", url: "https://crm.example.org/" },
  });
  expect(none.status).toBe(422);

  const system = [
    ["form", form],
    ["id", "crm"],
    ["url", "https://crm.example.org/in"],
    ["channels", "email"],
  ] as [string, string][];
  const added = await (await go("exports/systems", { form: system })).text();
  const secret = /<code>([0-9a-f]{64})<\/code>/.exec(added)?.[1] ?? "none";
  expect(added).toContain(secret);
  expect(added).not.toContain(testBindings.SERVER_KEY);
  const twice = await go("exports/systems", { form: system });
  expect(twice.status).toBe(422);
  const page = await (await go("exports")).text();
  expect(page).toContain("https://crm.example.org/in");
  expect(page).not.toContain(secret);
  const renewed = await (await go("exports/systems/crm", { form: { form, do: "renew" } })).text();
  expect(renewed).toMatch(/<code>[0-9a-f]{64}<\/code>/);
  expect(renewed).not.toContain(secret);
  expect((await go("exports/systems/none", { form: { form, do: "renew" } })).status).toBe(404);
  expect((await go("exports/systems/crm", { form: { form, do: "remove" } })).status).toBe(303);
  expect(await (await go("exports")).text()).not.toContain("crm.example.org/in");
});

test("a list that wasn't taken is sent again when the marketer asks for it, with permitted addresses alone", async () => {
  await offer([{ id: "letter", channel: "email" }], {
    webhooks: [{ id: "crm", url: "https://crm.example.org/in", channels: ["email"], secret: 1 }],
  });
  for (const [name, events] of [
    ["mary", ["Newsletter Signed Up"]],
    ["john", ["Newsletter Signed Up", "Newsletter Unsubscribed"]],
  ] as const) {
    const browser = await consenting();
    const email = `${name}@example.org`;
    await browser.send("identify", { messageId: crypto.randomUUID(), traits: { email } });
    for (const event of events)
      await browser.send("track", { messageId: crypto.randomUUID(), event });
    await settle([browser.visitor ?? ""]);
  }
  const sent: string[] = [];
  const answers = [503, 200];
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    sent.push(String(init.body));
    return new Response(null, { status: answers.shift() ?? 500 });
  });
  const form = { form: await formToken("exports"), do: "retry" };
  expect((await go("exports/systems/crm", { form })).status).toBe(303);
  const waiting = await (await go("exports")).text();
  expect(waiting).toContain("waits, tried 1 time");
  expect(waiting).toContain("503");
  expect((await go("exports/systems/crm", { form })).status).toBe(303);
  const page = await (await go("exports")).text();
  expect(page).toContain("today's list is out");
  expect(page).not.toContain("Send now");
  expect(sent).toHaveLength(2);
  for (const body of sent) {
    expect(body).toContain("mary@example.org");
    expect(body).not.toContain("john@example.org");
  }
});

test("the reading meter is set up, mended and taken out on its page, and not over another's change", async () => {
  const sent = (changes: Record<string, string>) => filled("meter", { do: "save", ...changes });
  const meter = async () => {
    const saved = await latestSetting(env.DB, "catalogue");
    return (saved?.document as { meter?: object } | undefined)?.meter;
  };
  const late = await sent({ topics: "Sport" });
  const wrong = await go("meter", { form: await sent({ topics: " , ", days: "0" }) });
  expect(wrong.status).toBe(422);
  const page = await wrong.text();
  for (const field of ["topics", "days"]) expect(page).toContain(`href="#${field}"`);
  const saved = await go("meter", { form: await sent({ topics: "News, Sport ", limit: "7" }) });
  expect(saved.status).toBe(303);
  expect(await meter()).toEqual({ topics: ["news", "sport"], days: 30, limit: 7 });
  expect(await (await go("meter")).text()).toContain("Who has read how much");
  expect((await go("meter", { form: late })).status).toBe(409);
  await offer([{ id: "wall", conditions: { meter: { atLeast: 5 } } }], {
    meter: { topics: ["news"], days: 30, limit: 7 },
  });
  expect((await go("meter", { form: await sent({ do: "remove" }) })).status).toBe(409);
  await offer([{}], { meter: { topics: ["news"], days: 30, limit: 7 } });
  expect((await go("meter", { form: await sent({ do: "remove" }) })).status).toBe(303);
  expect(await meter()).toBeUndefined();
});
