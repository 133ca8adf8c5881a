import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../../src/env.ts";
import type { HintId, IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";
import type { ContactChannel, PermissionState } from "../../../src/domain/permission/permission.ts";
import { catalogueInForce } from "../../../src/http/api/actions.ts";
import { csv } from "../../../src/http/csv.ts";
import { catalogues } from "../../../src/http/documents.ts";
import { writeLink } from "../../../src/http/link-token.ts";
import { createPeople, personObjects } from "../../../src/person/gateway.ts";
import type { Host } from "../../../src/person/host.ts";
import { identifierKeys } from "../../support/identifier-keys.ts";
import { objectOf, settle } from "../../support/objects.ts";
import {
  api,
  type Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  ORIGIN,
  server,
} from "../../support/site.ts";
import { consenting, idOf, next, offer, signIn } from "./stage.ts";

afterEach(async () => {
  await env.DB.prepare("DELETE FROM settings").run();
  await env.DB.prepare("DELETE FROM people").run();
  catalogues.forget(env.DB);
});

interface Line {
  person: string;
  action: string;
  address: string | null;
  permitted: boolean;
  why: string[];
}

const hostOf = (browser: Browser): string => browser.visitor ?? "";

/** A browser whose person says these addresses and is in the directory. */
async function saying(...emails: string[]): Promise<Browser> {
  const browser = await consenting();
  for (const email of emails)
    await browser.send("identify", { messageId: crypto.randomUUID(), traits: { email } });
  await settle([hostOf(browser)]);
  return browser;
}

async function permit(
  browser: Browser,
  state: PermissionState,
  channel: ContactChannel = "email",
): Promise<void> {
  await runInDurableObject(objectOf(hostOf(browser)), async (object) => {
    const { host } = object as unknown as { host: Host };
    host.transact((tx) => {
      for (const doc of tx.visitors.values()) {
        for (const claim of Object.values(doc.claims))
          if (claim.kind === "email")
            doc.permissions = {
              ...doc.permissions,
              [claim.key as IdentifierKey]: {
                [channel]: { state, at: Date.now(), source: "server", proven: true },
              },
            };
        tx.changed(doc);
      }
    });
  });
}

const lines = async (query = ""): Promise<Line[]> =>
  (await api(`/hints${query}`)).body["hints"] as unknown as Line[];

test("the list holds an address only while it may be contacted over that channel", async () => {
  await offer([{ id: "letter", channel: "email", label: "Letter" }]);
  const browser = await saying("jane@example.org");
  expect(await lines()).toEqual([
    expect.objectContaining({ action: "letter", address: null, permitted: false }),
  ]);
  await permit(browser, "granted", "sms");
  expect(await lines()).toEqual([expect.objectContaining({ address: null, permitted: false })]);
  await permit(browser, "granted");
  expect(await lines("?action=letter")).toEqual([
    expect.objectContaining({ address: "jane@example.org", permitted: true }),
  ]);
  const { body } = await api("/hints.csv?action=letter");
  expect(body["text"]).toContain(",letter,Letter,email,jane@example.org,yes,");
  await permit(browser, "suppressed");
  expect(await lines()).toEqual([expect.objectContaining({ address: null, permitted: false })]);
  expect((await api("/hints?action=other")).status).toBe(404);
});

test("what few people get is found though others were seen since, and is told once", async () => {
  await offer([{ id: "few", channel: "email", stage: "identified" }]);
  const few = [await saying("first@example.org"), await saying("second@example.org")];
  for (let n = 0; n < 5; n++) {
    const other = await consenting();
    await other.send("page", { messageId: crypto.randomUUID() });
    await settle([hostOf(other)]);
  }
  const { body } = await api("/hints.csv?action=few&limit=2");
  for (const browser of few) expect(body["text"]).toContain(hostOf(browser));
  const told: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const at: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = (await api(`/hints?action=few&limit=1${at}`)).body as unknown as {
      hints: Line[];
      cursor: string | null;
    };
    if (cursor === "") expect(page.hints).toHaveLength(1);
    told.push(...page.hints.map(({ person }) => person));
    cursor = page.cursor;
  }
  expect(told.toSorted()).toEqual(few.map(hostOf).toSorted());
});

test("a message goes to the address of the right persona", async () => {
  await offer([
    { id: "office", channel: "email", persona: "work" },
    { id: "home", channel: "email", persona: "personal" },
  ]);
  const browser = await saying("jane@acme.example", "jane@gmail.com");
  await permit(browser, "granted");
  const found = await lines();
  expect(found.find(({ action }) => action === "office")?.address).toBe("jane@acme.example");
  expect(found.find(({ action }) => action === "home")?.address).toBe("jane@gmail.com");
});

test("what was sent counts as shown: it is on no list while it rests, and the event it is for is its take", async () => {
  await offer([{ id: "letter", channel: "email", success: "Renewed" }]);
  const browser = await saying("sent@example.org");
  await permit(browser, "granted");
  const [action] = (await catalogueInForce(env.DB)).actions;
  await runInDurableObject(objectOf(hostOf(browser)), (object) =>
    object.sent(0, {
      visitor: hostOf(browser) as VisitorId,
      actions: [action!],
      segment: null,
      now: Date.now(),
    }),
  );
  expect(await lines()).toEqual([]);
  await browser.send("track", { messageId: crypto.randomUUID(), event: "Renewed" });
  await settle([hostOf(browser)]);
  const { results } = await env.DB.prepare(
    "SELECT outcome, slot FROM hints WHERE visitor = ?1 ORDER BY outcome",
  )
    .bind(hostOf(browser))
    .all();
  expect(results).toEqual([
    { outcome: "shown", slot: "email" },
    { outcome: "taken", slot: "email" },
  ]);
});

test("whom only the site's server knows gets what was carried along for them allows", async () => {
  await offer([{ id: "site", channel: "site" }]);
  const say = (userId: string, personalization: boolean | undefined, at: number) =>
    server("identify", {
      messageId: crypto.randomUUID(),
      userId,
      timestamp: new Date(at).toISOString(),
      context: {
        consent: { categoryPreferences: { measurement: true, recognition: true, personalization } },
      },
    });
  const personOf = (userId: string): Promise<string> =>
    eventually(async () => {
      const { body } = await api(`/people?identifier=user_id:${userId}`);
      return (body["people"] as { id: string }[])[0]?.id ?? null;
    });
  const now = Date.now();
  await say("agreed", true, now);
  await say("refused", false, now);
  await say("unasked", undefined, now);
  await say("changed", true, now - 60_000);
  await say("changed", false, now);
  const given: Record<string, unknown> = {};
  for (const name of ["agreed", "refused", "unasked", "changed"]) {
    const person = await personOf(name);
    await settle([person]);
    given[name] = (await api(`/people/${person}/next`)).body["action"];
  }
  expect(given).toEqual({
    agreed: expect.objectContaining({ id: "site" }) as unknown,
    refused: null,
    unasked: null,
    changed: null,
  });
  const agreed = await personOf("agreed");
  expect((await lines()).map(({ person }) => person)).toEqual([agreed]);
});

test("whoever withdrew personalization is on no list", async () => {
  await offer([{ id: "letter", channel: "email" }]);
  const browser = await saying("gone@example.org");
  await permit(browser, "granted");
  expect(await lines()).toHaveLength(1);
  await browser.consent({ choices: { personalization: false } });
  expect(await lines()).toEqual([]);
});

test("the catalogue says in words whom an action is for, and how many of those last seen it fits", async () => {
  await offer([
    { id: "all", conditions: {} },
    { id: "known", stage: "identified", conditions: { knows: ["email"] } },
    { id: "buyers", conditions: { orders: { atLeast: 1 } } },
  ]);
  await saying("one@example.org");
  await saying();
  await (await saying()).send("track", { messageId: crypto.randomUUID(), event: "Seen" });
  const { body } = await api("/actions");
  expect(body["insight"]).toMatchObject({
    actions: [
      { id: "all", sentence: "Everybody." },
      { id: "known", sentence: "Whoever gave an e-mail address.", people: 1 },
      { id: "buyers", sentence: "Whoever ordered at least 1 time.", people: 0 },
    ],
  });
});

test("no cell of a CSV can run as a formula, and quotes and lines stay in their cell", () => {
  expect(
    csv(
      ["a", "b"],
      [
        ["=1+1", '@"x"'],
        ["+44", "two\nlines"],
        ["＝1+1", "\n=1"],
        [null, -3],
        [" =1", "a; b-c;d=e"],
      ],
    ),
  ).toBe(
    'a,b\r\n\'=1+1,"\'@""x"""\r\n\'+44,"two\nlines"\r\n\'＝1+1,"\'\n\'=1"\r\n,-3\r\n\' =1,a; b-c;d=e\r\n',
  );
});

test("nor does one run where cells are parted by semicolons or tabs, and our quotes within a line are letters", () => {
  expect(csv(["a"], [["x;=1"], ["x, y;  @a"], ["x\t-1"], ["two\n+44\r=2"], ['"";"";=1']])).toBe(
    'a\r\nx;\'=1\r\n"x, y;\'  @a"\r\nx\t\'-1\r\n"two\n\'+44\r\'=2"\r\n""""";"""";\'=1"\r\n',
  );
});

test("asking for the next action writes a row only when a hint is given", async () => {
  await offer([{ slots: ["hero"] }]);
  const browser = await consenting();
  await settle([hostOf(browser)]);
  const rows = () =>
    runInDurableObject(
      objectOf(hostOf(browser)),
      (object) => (object as unknown as { host: Host }).host.rows,
    );
  const before = await rows();
  expect(idOf(await next(browser, "elsewhere"))).toBeNull();
  expect(await rows()).toBe(before);
  expect(idOf(await next(browser))).toBe("anyone");
  expect(await rows()).toBe(before + 1);
  expect(idOf(await next(browser))).toBe("anyone");
  expect(await rows()).toBe(before + 1);
});

test("of several messages over one channel one goes first, among those that may be sent, by what it is worth", async () => {
  const mail = { channel: "email", prior: 0.1 } as const;
  await offer([
    { ...mail, id: "small", value: 1 },
    { ...mail, id: "large", value: 30, lever: 2 },
    { ...mail, id: "private", value: 90, persona: "work" },
    { id: "here", value: 90 },
  ]);
  const browser = await saying("rank@gmail.com");
  await permit(browser, "granted");
  const ranked = (await lines()) as (Line & { first: boolean; priority: number })[];
  const of = (id: string) => ranked.find(({ action }) => action === id);
  expect(of("large")).toMatchObject({ first: true, permitted: true });
  expect(of("large")?.priority).toBeCloseTo(60 / 61);
  expect(of("small")).toMatchObject({ first: false });
  expect(of("private")).toMatchObject({ first: false, permitted: false, priority: 0 });
  expect(of("here")).toMatchObject({ first: false });
  expect((await lines("?action=small")) as unknown[]).toMatchObject([{ first: false }]);
});

test("what went out to somebody isn't listed again, whichever of their devices is known best", async () => {
  await offer([{ id: "letter", channel: "email", cap: 1, coolDownHours: 720 }]);
  const [typed, proven] = [await saying("often@gmail.com"), await consenting()];
  await signIn(proven, "often");
  await proven.send("identify", {
    messageId: crypto.randomUUID(),
    traits: { email: "often@gmail.com" },
  });
  await settle([hostOf(typed), hostOf(proven)]);
  expect(await lines()).toHaveLength(1);
  const [line] = await lines();
  const sent = { action: "letter", people: [line!.person] };
  const said = (await api("/hints/sent", MARKETER_TOKEN, sent)).body;
  expect(said).toMatchObject({ sent: [{ person: line!.person }], left: [] });
  expect((await api("/hints/sent", MARKETER_TOKEN, sent)).body).toEqual(said);
  expect(await lines()).toEqual([]);
});

test("whoever sends by their own means tells what went out and what came of it, and nothing is kept of who said no", async () => {
  await offer([{ id: "letter", channel: "email", cap: 5, coolDownHours: 0 }, { id: "here" }]);
  const [kept, gone] = [await saying("kept@gmail.com"), await saying("gone@gmail.com")];
  const [a, b] = [hostOf(kept), hostOf(gone)];
  await gone.consent({ choices: { personalization: false } });
  const told = (body: unknown) => api("/hints/sent", MARKETER_TOKEN, body);
  const { body } = await told({ action: "letter", people: [a, b] });
  expect(body).toMatchObject({ sent: [{ person: a }], left: [b] });
  const [{ hint }] = body["sent"] as unknown as [{ hint: string }];
  const outcome = (id: string, said: string) => api(`/hints/${id}/${said}`, MARKETER_TOKEN, {});
  expect((await outcome(hint, "taken")).status).toBe(200);
  const stored = await eventually(async () => {
    const { results } = await env.DB.prepare("SELECT outcome, slot FROM hints WHERE hint = ?1")
      .bind(hint)
      .all<{ outcome: string; slot: string }>();
    return results.length === 2 ? results : null;
  });
  expect(stored).toEqual(
    expect.arrayContaining([
      { outcome: "shown", slot: "email" },
      { outcome: "taken", slot: "email" },
    ]),
  );
  expect((await outcome(hint, "read")).status).toBe(404);
  expect((await outcome(`${b}.aaaaaaaaaaaa`, "taken")).status).toBe(404);
  expect((await api(`/hints/${hint}/taken`, OFFICER_TOKEN, {})).status).toBe(403);
  expect((await told({ action: "none", people: [a] })).status).toBe(404);
  expect((await told({ action: "here", people: [a] })).status).toBe(422);
  expect((await told({ action: "letter", people: ["jane@example.org"] })).body).toMatchObject({
    error: { path: "people.0" },
  });
});

test("following the link of a message takes its hint; a program that looks where it leads doesn't", async () => {
  await offer([{ id: "letter", channel: "email", cap: 5, coolDownHours: 0, success: null }]);
  const reader = await saying("reader@gmail.com");
  await permit(reader, "granted");
  const sent = { action: "letter", people: [hostOf(reader)] };
  const { body } = await api("/hints/sent", MARKETER_TOKEN, sent);
  const [{ hint }] = body["sent"] as unknown as [{ hint: HintId }];
  const { tokenKeys } = readConfig(env);
  const to = await identifierKeys.key("email", "reader@gmail.com");
  const token = await writeLink(tokenKeys, { does: "go", to, url: `${ORIGIN}/offer`, hint });
  const follow = (method: string, agent: string) =>
    exports.default.fetch(`${ORIGIN}/_u/go?t=${token}`, {
      method,
      redirect: "manual",
      headers: { "user-agent": agent },
    });
  const outcome = async (): Promise<string | undefined> => {
    const held = await createPeople(personObjects(env.PERSON, "")).holdings(
      hostOf(reader) as VisitorId,
    );
    const visitors = held.at === "home" ? held.value.visitors : [];
    return visitors.flatMap(({ hints }) => hints).find(({ id }) => id === hint)?.outcome;
  };
  await follow("HEAD", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)");
  await follow("GET", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)");
  expect(await outcome()).toBe("shown");
  const answer = await follow("GET", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)");
  expect(answer.status).toBe(302);
  expect(await outcome()).toBe("taken");
});
