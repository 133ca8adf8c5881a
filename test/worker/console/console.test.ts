import { beforeEach, expect, test } from "vitest";
import { consoleRoutes } from "../../../src/console/routes.ts";
import { dayOf } from "../../../src/domain/ids.ts";
import { addDrops } from "../../../src/d1/counters.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import type { Context } from "../../../src/http/context.ts";
import { config, contextOf, joined, send, settle, Village } from "../api/stage.ts";
import { clear, db, event, landing, NOON, person, stubs, visitor } from "../d1/books.ts";

const tablet = visitor("tablet");
const phone = visitor("phone");
const site = "https://www.example.org";
let village: Village;

beforeEach(async () => {
  await clear();
  village = new Village();
  await settle(village, tablet, {
    events: [event("t1", { device: { type: "tablet", os: "iPadOS", browser: "Safari" } })],
    says: [["email", "jane@example.org", "asserted"]],
    traits: { name: "Jane <script>alert(1)</script>" },
  });
  await settle(village, phone, {
    created: NOON + 10,
    events: [event("p1", { at: NOON + 500, device: { type: "phone", os: "iOS" } })],
    says: [["email", "jane@example.org", "verified"]],
  });
  village.edges = [
    { ...joined(phone, tablet), evidence: { kind: "claim", identifier: keyOfJane() } },
  ];
  await createLedger(db, stubs).land(
    landing({
      person: person(tablet, { stage: "person", visitors: 2 }),
      events: [
        {
          visitor: tablet,
          event: event("t1", {
            type: "page",
            name: "<img src=x onerror=alert(1)>",
            page: { url: "https://www.example.org/", path: '/"onmouseover="alert(1)' },
            purposes: ["measurement", "recognition"],
          }),
        },
      ],
    }),
  );
});

function keyOfJane() {
  const key = village.visitors.get(phone)?.claims[0]?.key;
  if (!key) throw new Error("Jane isn't there");
  return key;
}

interface Asked {
  cookie?: string;
  form?: Record<string, string>;
  headers?: Record<string, string>;
  context?: Partial<Context>;
}

function go(path: string, { cookie, form, headers, context }: Asked = {}): Promise<Response> {
  const base = path.startsWith("http") ? path : site + path;
  const request = new Request(base, {
    method: form ? "POST" : "GET",
    headers: {
      ...(cookie ? { cookie } : {}),
      ...(form ? { "sec-fetch-site": "same-origin" } : {}),
      ...headers,
    },
    ...(form ? { body: new URLSearchParams(form) } : {}),
    redirect: "manual",
  });
  return send(consoleRoutes, contextOf(village, context), request);
}

async function signIn(token: string): Promise<string> {
  const answer = await go("/_u/console/sign-in", { form: { token, to: "/_u/console/people" } });
  expect(answer.status).toBe(303);
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

const formToken = (page: string): string => /name="form" value="([\w-]+)"/.exec(page)?.[1] ?? "";

test("a token opens a session of twelve hours that no script and no other site can use", async () => {
  const answer = await go("/_u/console/sign-in", {
    form: { token: "the-officer", to: "/_u/console/people?q=jane" },
  });
  expect(answer.headers.get("location")).toBe("/_u/console/people?q=jane");
  const cookie = answer.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^__Host-usher-session=officer\./);
  for (const part of ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict", "Secure"])
    expect(cookie.split("; ")).toContain(part);
});

test("on the developer's own machine the cookie has no Secure, since browsers would drop it", async () => {
  const answer = await go("http://localhost:8787/_u/console/sign-in", {
    form: { token: "the-owner" },
  });
  expect(answer.headers.get("set-cookie")).toMatch(/^usher-session=owner\.[^;]+; (?!.*Secure)/);
});

test("a wrong token is told so, and nothing is set", async () => {
  const answer = await go("/_u/console/sign-in", { form: { token: "guess" } });
  expect(answer.status).toBe(401);
  expect(answer.headers.get("set-cookie")).toBeNull();
  const page = await answer.text();
  expect(page).toContain('role="alert"');
  expect(page).not.toContain("guess");
});

test("sign-in leads back into the console only", async () => {
  const elsewhere = [
    "https://evil.example/",
    "//evil.example/_u/console/",
    "/_u/console/../../elsewhere",
  ];
  for (const to of elsewhere) {
    const answer = await go("/_u/console/sign-in", { form: { token: "the-owner", to } });
    expect(answer.headers.get("location")).toBe("/_u/console/");
  }
});

test("without a session every page leads to the sign-in and comes back from there", async () => {
  const answer = await go("/_u/console/people?q=jane");
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe(
    "/_u/console/sign-in?to=%2F_u%2Fconsole%2Fpeople%3Fq%3Djane",
  );
});

test("a session that is over, was changed, or began with another token opens nothing", async () => {
  const cookie = await signIn("the-marketer");
  expect((await go("/_u/console/people", { cookie })).status).toBe(200);
  const later = { now: NOON + 13 * 3_600_000 };
  expect((await go("/_u/console/people", { cookie, context: later })).status).toBe(303);
  const promoted = cookie.replace("=marketer.", "=owner.");
  expect((await go("/_u/console/people", { cookie: promoted })).status).toBe(303);
  const rotated = { config: { ...config, marketerToken: "another" } };
  expect((await go("/_u/console/people", { cookie, context: rotated })).status).toBe(303);
  const none = { config: { ...config, marketerToken: "" } };
  expect((await go("/_u/console/people", { cookie, context: none })).status).toBe(303);
});

test("pages run our own files and nothing else", async () => {
  const answer = await go("/_u/console/people", { cookie: await signIn("the-owner") });
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  const page = await answer.text();
  for (const [, url] of page.matchAll(/(?:src|href)="([^"]*(?:css|js)[^"]*)"/g)) {
    const asset = await go((url ?? "").replaceAll("&amp;", "&"));
    expect(asset.status).toBe(200);
    expect(asset.headers.get("cache-control")).toContain("immutable");
  }
  expect(page).not.toMatch(/ style=| on[a-z]+="|<script>(?!<)/);
});

test("the first page shows a marketer what came in, and leads an officer to their own", async () => {
  const campaign = { source: "<b>news</b>", medium: "email" };
  await createLedger(db, stubs).land(
    landing({ events: [{ visitor: phone, event: event("c1", { campaign, valueCents: 999 }) }] }),
  );
  await addDrops(db, [{ day: dayOf(NOON), reason: "consent", regime: "opt-in", count: 1204 }]);
  const answer = await go("/_u/console/", { cookie: await signIn("the-marketer") });
  const page = await answer.text();
  for (const words of [
    "9.99",
    "1,204",
    "No consent, where visitors are asked first",
    "&lt;b>news&lt;/b> / email",
  ])
    expect(page).toContain(words);
  expect(page).not.toContain("<b>news");
  const officer = await go("/_u/console/", { cookie: await signIn("the-officer") });
  expect(officer.headers.get("location")).toBe("/_u/console/consent");
  const wrong = await go("/_u/console/?from=never", { cookie: await signIn("the-owner") });
  expect(wrong.status).toBe(422);
});

test("people are listed, searched by any identifier, and held to a stage", async () => {
  const cookie = await signIn("the-marketer");
  const read = async (path: string) => (await go(path, { cookie })).text();
  expect(await read("/_u/console/people")).toContain(`/_u/console/people/${tablet}`);
  expect(await read("/_u/console/people?q=jane@example.org")).toContain(tablet);
  expect(await read("/_u/console/people?q=nobody@example.org")).toContain(
    "Nobody fits this search",
  );
  expect(await read("/_u/console/people?stage=device")).not.toContain(tablet);
  expect(await read(`/_u/console/people?q=${tablet.slice(0, 4)}`)).toContain(tablet);
  for (const any of ["%", "_", "*", "?", "[a-z]*", `${tablet.slice(0, 4)}%`, "' OR 1=1 --", "~"])
    expect(await read(`/_u/console/people?q=${encodeURIComponent(any)}`)).not.toContain(tablet);
});

test("people are held to a segment and to their next action", async () => {
  const cookie = await signIn("the-marketer");
  const fitting = village.fitting;
  village.fitting = async (request) => {
    const answer = await fitting(request);
    if (answer.at !== "home") return answer;
    const segment = request.visitor === tablet ? "Readers of news" : null;
    return { ...answer, value: { ...answer.value, segment } };
  };
  const context: Partial<Context> = {
    learned: async () =>
      ({ segments: ["Readers of news", "Buyers"].map((name) => ({ name, pull: {} })) }) as never,
  };
  const read = async (query: string) =>
    (await go(`/_u/console/people?${query}`, { cookie, context })).text();
  expect(await read("segment=Readers+of+news")).toContain(`/_u/console/people/${tablet}`);
  expect(await read("segment=Buyers")).toContain("Nobody fits this search");
  expect(await read("next=Nothing+like+this")).not.toContain(`/_u/console/people/${tablet}`);
});

test("an empty site says what has to happen first", async () => {
  await clear();
  const page = await go("/_u/console/people", { cookie: await signIn("the-owner") });
  expect(await page.text()).toContain("Nobody was recorded yet");
});

test("a person's page says who, why one, what next and what happened under which consent", async () => {
  const answer = await go(`/_u/console/people/${phone}`, { cookie: await signIn("the-marketer") });
  expect(answer.status).toBe(200);
  const page = await answer.text();
  expect(page).toContain(
    "Phone · iOS (B) and Tablet · iPadOS · Safari (A) both said the same e-mail address, jane@example.org.",
  );
  expect(page).toContain("Get the app");
  expect(page).toContain("uses a phone with iOS");
  expect(page).toContain("Recorded under policy 1 for");
  expect(page).toContain(`datetime="${new Date(NOON).toISOString()}"`);
});

test("what a visitor wrote is text wherever it stands", async () => {
  const cookie = await signIn("the-marketer");
  const page = await (await go(`/_u/console/people/${tablet}`, { cookie })).text();
  expect(page).toContain("Jane &lt;script>alert(1)&lt;/script>");
  expect(page).not.toContain("<script>alert");
  expect(page).not.toContain("<img");
  expect(page).not.toContain('"onmouseover="');
});

test("somebody who isn't there is not found, in words", async () => {
  const answer = await go(`/_u/console/people/${visitor("nobody")}`, {
    cookie: await signIn("the-owner"),
  });
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain("There is nobody of this id.");
});

test("only the officer and the owner are offered an undo, and the marketer is refused it", async () => {
  const path = `/_u/console/merges/${phone}.aaaaaaaaaaaa/undo`;
  const [marketer, officer, owner] = await Promise.all(
    ["the-marketer", "the-officer", "the-owner"].map(signIn),
  );
  const pageOf = async (cookie = "") =>
    (await go(`/_u/console/people/${tablet}`, { cookie })).text();
  expect(await pageOf(marketer)).not.toContain(path);
  expect(await pageOf(officer)).toContain(path);
  expect(await pageOf(owner)).toContain(path);
  expect((await go(path, { cookie: marketer ?? "" })).status).toBe(403);
  expect((await go(path, { cookie: marketer ?? "", form: {} })).status).toBe(403);
  expect(village.edges).toHaveLength(1);
});

test("an undo shows both sides first and is done when it is confirmed", async () => {
  const cookie = await signIn("the-officer");
  const path = `/_u/console/merges/${phone}.aaaaaaaaaaaa/undo`;
  const preview = await (await go(path, { cookie })).text();
  expect(preview).toContain("Keeps this page");
  expect(preview).toContain("Becomes a person of its own");
  expect(village.edges).toHaveLength(1);
  const done = await go(path, { cookie, form: { form: formToken(preview) } });
  expect(done.headers.get("location")).toBe(`/_u/console/people/${tablet}?parted=${phone}`);
  expect(village.undone).toMatchObject([{ undone: { by: "officer" } }]);
  const after = await (await go(done.headers.get("location") ?? "", { cookie })).text();
  expect(after).toContain("these are two people now");
  expect(after).toContain("Taken back (1)");
});

test("an officer joins two people after seeing both, and a refusal of the policy needs a second word", async () => {
  const laptop = visitor("laptop");
  await settle(village, laptop, { created: NOON + 20, says: [["user_id", "1", "verified"]] });
  const cookie = await signIn("the-officer");
  const path = `/_u/console/merges/new?a=${tablet}&b=`;
  const look = await (await go(`${path}user_id:1`, { cookie })).text();
  expect(look).toContain("Comes to it");
  expect(look).not.toContain("The merge policy refuses");
  const form = { form: formToken(look), a: tablet, b: laptop };
  const joinedThem = await go("/_u/console/merges", { cookie, form });
  const joinedAt = `/_u/console/people/${tablet}?done=joined`;
  expect(joinedThem.headers.get("location")).toBe(joinedAt);
  expect(await (await go(joinedAt, { cookie })).text()).toMatch(
    /<div class="notice" role="status" tabindex="-1" autofocus><p>They are one person now/,
  );
  expect(village.person(laptop)?.id).toBe(tablet);

  const kate = visitor("kate");
  await settle(village, kate, { created: NOON + 30, says: [["user_id", "2", "verified"]] });
  expect(await (await go(path + kate, { cookie })).text()).toContain("The merge policy refuses");
  const again = { ...form, b: kate };
  expect((await go("/_u/console/merges", { cookie, form: again })).status).toBe(409);
  const forced = await go("/_u/console/merges", { cookie, form: { ...again, force: "yes" } });
  expect(forced.status).toBe(303);
  expect(village.edges.at(-1)).toMatchObject({ evidence: { force: true }, by: "officer" });
});

test("joining is the officer's, with somebody there is, and who is one already needs no joining", async () => {
  const path = `/_u/console/merges/new?a=${tablet}&b=`;
  const cookie = await signIn("the-officer");
  expect((await go(path + phone, { cookie: await signIn("the-marketer") })).status).toBe(403);
  for (const who of ["nobody@example.org", visitor("nobody")]) {
    const asked = await go(path + who, { cookie });
    expect(asked.status).toBe(422);
    const page = await asked.text();
    expect(page).toContain("<title>To be mended: Join two people");
    expect(page).toMatch(/<input id="b"[^>]*aria-describedby="b-error" aria-invalid="true"/);
    expect(page).toContain(`value="${who}"`);
  }
  const one = await go(path + phone, { cookie });
  expect(one.headers.get("location")).toBe(`/_u/console/people/${tablet}`);
});

test("a form from another site, without its token or from another session changes nothing", async () => {
  const cookie = await signIn("the-officer");
  const path = `/_u/console/merges/${phone}.aaaaaaaaaaaa/undo`;
  const form = { form: formToken(await (await go(path, { cookie })).text()) };
  const others = formToken(await (await go(path, { cookie: await signIn("the-officer") })).text());
  const foreign = { "sec-fetch-site": "cross-site" };
  const tries: Asked[] = [
    { cookie, form, headers: foreign },
    { cookie, form: {} },
    { cookie, form: { form: others } },
  ];
  for (const each of tries) expect((await go(path, each)).status).toBe(403);
  expect(village.edges).toHaveLength(1);
});

test("a form that is too large is refused before it is read", async () => {
  const form = { token: "x".repeat(70_000) };
  expect((await go("/_u/console/sign-in", { form })).status).toBe(413);
});

test("signing out ends the session in this browser", async () => {
  const cookie = await signIn("the-owner");
  const page = await (await go("/_u/console/people", { cookie })).text();
  const answer = await go("/_u/console/sign-out", { cookie, form: { form: formToken(page) } });
  expect(answer.headers.get("set-cookie")).toMatch(/^__Host-usher-session=; .*Max-Age=0/);
});

test("what broke inside is not told outside", async () => {
  village.view = async () => {
    throw new Error("jane@example.org in shard 7");
  };
  const answer = await go(`/_u/console/people/${tablet}`, { cookie: await signIn("the-owner") });
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("shard");
});
