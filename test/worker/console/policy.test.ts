import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { AREAS } from "../../../src/console/consent/edit/areas.ts";
import { consoleRoutes } from "../../../src/console/routes.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { type Policy, readDraft as readPolicyDraft } from "../../../src/domain/consent/policy.ts";
import { readDraft } from "../../../src/d1/drafts.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { policies } from "../../../src/http/documents.ts";
import { withholdOlder } from "../../../src/privacy/older.ts";
import { finishReplay } from "../../../src/privacy/replay.ts";
import { api, Browser, MARKETER_TOKEN, OFFICER_TOKEN, OWNER_TOKEN } from "../../support/site.ts";
import { clear, landing, receipt, stubs, visitor } from "../d1/books.ts";

const POLICY = "/_u/console/policy";
const DRAFT = `${POLICY}/draft`;

/** Somebody signed in to the console. */
class Officer {
  readonly browser = new Browser({ "sec-fetch-site": "same-origin" });

  static async in(token: string = OFFICER_TOKEN): Promise<Officer> {
    const officer = new Officer();
    await officer.post("/_u/console/sign-in", { token, to: "" }, "");
    return officer;
  }

  async get(path: string): Promise<{ status: number; text: string }> {
    const { status, body } = await this.browser.call(path);
    return { status, text: String(body["text"]) };
  }

  async token(): Promise<string> {
    const { text } = await this.get(POLICY);
    return /name="form" value="([^"]+)"/.exec(text)?.[1] ?? "";
  }

  async post(
    path: string,
    fields: Record<string, string> | [string, string][],
    token?: string,
  ): Promise<{ status: number; text: string; to: string | null }> {
    const form = new URLSearchParams(fields);
    form.set("form", token ?? (await this.token()));
    const { status, body, headers } = await this.browser.call(path, form.toString());
    return { status, text: String(body["text"]), to: headers.get("location") };
  }

  /** What a form on a page hides. */
  async hidden(path: string): Promise<Record<string, string>> {
    const { text } = await this.get(path);
    return Object.fromEntries(
      [...text.matchAll(/type="hidden" name="(revision|expected)" value="(\d+)"/g)].map(
        ([, name = "", value = ""]) => [name, value],
      ),
    );
  }

  async begin(): Promise<void> {
    const begun = await this.post(DRAFT, { from: "1", revision: "0" });
    expect(begun).toMatchObject({ status: 303, to: DRAFT });
  }

  /** Saves a part of the draft with some fields changed. */
  async save(area: string, changes: Record<string, string>, extra: Record<string, string> = {}) {
    const stored = (await api("/policy/draft", OFFICER_TOKEN)).body["document"];
    const { policy } = readPolicyDraft(stored);
    const written = [...(AREAS.find(({ id }) => id === area)?.write(policy as Policy) ?? [])];
    const fields = written.filter(([name]) => !(name in changes)).map(([a, b]) => [a, b]);
    const { revision = "" } = await this.hidden(`${DRAFT}/${area}`);
    return this.post(`${DRAFT}/${area}`, [
      ...(fields as [string, string][]),
      ...Object.entries({ revision, ...changes, ...extra }),
    ]);
  }
}

beforeEach(async () => {
  await clear();
  await env.DB.prepare("DELETE FROM drafts").run();
  policies.forget(env.DB);
});

test("a draft is begun, left, found again with who saved it, published with a note, and gone then", async () => {
  const officer = await Officer.in();
  expect((await officer.get(DRAFT)).text).toContain("Nobody is writing one");
  await officer.begin();
  expect(await officer.save("promises", { "reask.grantDays": "180" })).toMatchObject({
    status: 303,
    to: `${DRAFT}?saved=promises`,
  });
  const owner = await Officer.in(OWNER_TOKEN);
  const found = await owner.get(DRAFT);
  expect(found.text).toContain("last saved by the officer");
  expect(found.text).toContain("A yes is good for 180\u00a0days instead of 365\u00a0days.");
  expect(found.text).toContain("A yes older than 180\u00a0days ends.");

  expect(
    (await owner.post(`${DRAFT}/publish`, { ...(await owner.hidden(DRAFT)), note: " " })).status,
  ).toBe(422);
  const published = await owner.post(`${DRAFT}/publish`, {
    ...(await owner.hidden(DRAFT)),
    note: "Half a year is enough",
  });
  expect(published).toMatchObject({ status: 303, to: `${POLICY}?published=2` });
  const now = await officer.get(POLICY);
  expect(now.text).toContain("Consent policy, version 2");
  expect(now.text).toContain("Half a year is enough");
  expect((await api("/policy", OFFICER_TOKEN)).body).toMatchObject({ reask: { grantDays: 180 } });
  expect((await api("/policy/draft", OFFICER_TOKEN)).status).toBe(404);
});

test("an officer reads beforehand that what is left out goes from older rows, and then how far that is", async () => {
  const officer = await Officer.in();
  await officer.begin();
  await officer.save("promises", { sensitiveTopics: "health\nhoroscopes" });
  const draft = (await officer.get(DRAFT)).text;
  expect(draft).toContain("taken out of what is stored: the topic “horoscopes”.");
  expect(draft).toContain("Rows of before are gone through");
  await api("/policy", OWNER_TOKEN, { ...DEFAULT_POLICY, sensitiveTopics: ["horoscopes"] }, "PUT");
  const policy = (await api("/policy", OFFICER_TOKEN)).body as unknown as Policy;
  expect((await officer.get(POLICY)).text).not.toContain("lder rows");
  await withholdOlder(env.DB, policy, Date.now(), 0);
  expect((await officer.get(POLICY)).text).toContain(
    "taken out of older rows:</strong> 0 events gone through, 0 rows changed",
  );
  expect((await api("/../health", OFFICER_TOKEN)).body).toMatchObject({
    older: { policy: policy.version, looked: 0, changed: 0 },
  });
  await withholdOlder(env.DB, policy, Date.now());
  expect((await officer.get(POLICY)).text).toContain(
    "Older rows have lost what it leaves out: 0 events",
  );
});

test("what was looked at is what is published: after another publication, or another save, it is refused", async () => {
  const officer = await Officer.in();
  await officer.begin();
  await officer.save("promises", { "reask.grantDays": "180" });
  const looked = { ...(await officer.hidden(DRAFT)), note: "Mine" };
  await officer.save("promises", { "reask.grantDays": "90" });
  const refused = await officer.post(`${DRAFT}/publish`, looked);
  expect(refused.status).toBe(409);
  expect(refused.text).toContain("Not published:");
  expect(refused.text).toContain(">Mine</textarea>");

  const again = { ...(await officer.hidden(DRAFT)), note: "Mine" };
  expect((await api("/policy?note=Other", OWNER_TOKEN, DEFAULT_POLICY, "PUT")).status).toBe(200);
  expect((await officer.post(`${DRAFT}/publish`, again)).status).toBe(409);
  expect((await officer.get(DRAFT)).text).toContain("Version 2 was published after this draft");
  expect((await api("/policy/versions", OFFICER_TOKEN)).body["versions"]).toHaveLength(2);
  const late = await api("/policy?expected=1", OWNER_TOKEN, DEFAULT_POLICY, "PUT");
  expect(late).toMatchObject({ status: 409, body: { error: { path: "expected" } } });
});

test("two officers who save one part: the second is told, keeps what was written, and decides", async () => {
  const officer = await Officer.in();
  await officer.begin();
  const { revision = "" } = await officer.hidden(`${DRAFT}/promises`);
  await officer.save("promises", { "reask.grantDays": "180" });
  const late = await officer.save("promises", { "reask.grantDays": "77" }, { revision });
  expect(late.status).toBe(409);
  expect(late.text).toContain("saved by somebody else meanwhile");
  expect(late.text).toContain('value="77"');
  expect((await api("/policy/draft", OFFICER_TOKEN)).body["document"]).toMatchObject({
    reask: { grantDays: 180 },
  });
});

test("a fault of shape is told at its field and not saved; a contradiction is saved and not published", async () => {
  const officer = await Officer.in();
  await officer.begin();
  const wrong = await officer.save("purposes", { "purposes.1.retentionDays": "soon" });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('href="#purposes.1.retentionDays"');
  expect(wrong.text).toContain('value="soon"');
  expect(await officer.save("notice", { "add-language": "fr" })).toMatchObject({
    to: `${DRAFT}/notice?saved#notice.texts.fr.title`,
  });
  const row = await officer.save("purposes", {}, { do: "add:purposes" });
  expect(row.text).toContain("Not saved yet");
  expect(row.text).toContain('name="purposes.5.id"');

  const another = { "purposes.4.id": "ads", "purposes.4.was": "" };
  expect((await officer.save("purposes", another)).status).toBe(303);
  const draft = await officer.get(DRAFT);
  expect(draft.text).toContain("It can't be published as it is");
  expect(draft.text).toContain("names a purpose this policy does not have");
  const note = { ...(await officer.hidden(DRAFT)), expected: "1", note: "All the same" };
  expect((await officer.post(`${DRAFT}/publish`, note)).status).toBe(422);
});

test("another id for a purpose is another name: what it was called is kept, and is nobody else's", async () => {
  const officer = await Officer.in();
  await officer.begin();
  await officer.save("purposes", { "purposes.4.id": "ads", "purposes.3.formerly": "measurement" });
  const wrong = await officer.get(DRAFT);
  expect(wrong.text).toContain("Purpose 4, formerly, 0</a> is the id of another purpose.");
  expect((await officer.get(`${DRAFT}/purposes`)).text).toContain('value="advertising"');
  await officer.save("purposes", { "purposes.3.formerly": "" });
  const draft = await officer.get(DRAFT);
  expect(draft.text).toContain(
    "Advertising: it is called “ads” from now on, and was “advertising” before; what was recorded and answered stays with it.",
  );
  expect(draft.text).toContain("Not material: every yes and every no given so far stays.");
  const note = { ...(await officer.hidden(DRAFT)), expected: "1", note: "Shorter" };
  expect((await officer.post(`${DRAFT}/publish`, note)).status).toBe(303);
  const { body } = await api("/policy", OFFICER_TOKEN);
  expect(body).toMatchObject({
    version: 2,
    defaults: { "opt-out": { ads: true } },
    signals: { gpc: { governs: ["ads"] } },
  });
  const purposes = body["purposes"] as { id: string; formerly?: string[]; since: number }[];
  expect(purposes[4]).toMatchObject({ id: "ads", formerly: ["advertising"], since: 1 });
});

test("going back is a new version, begun as a draft of the old one", async () => {
  const officer = await Officer.in();
  await api("/policy?note=Erase", OFFICER_TOKEN, { ...DEFAULT_POLICY, withdrawal: "erase" }, "PUT");
  const { text } = await officer.get(`${POLICY}/versions/1`);
  expect(text).toContain("Go back to this version");
  await officer.post(DRAFT, { from: "1", revision: "0" });
  const draft = await officer.get(DRAFT);
  expect(draft.text).toContain("Material:");
  await officer.post(`${DRAFT}/publish`, { ...(await officer.hidden(DRAFT)), note: "Back" });
  expect((await api("/policy", OFFICER_TOKEN)).body).toMatchObject({
    version: 3,
    withdrawal: "keep",
  });
  expect((await api("/policy/versions/2", OFFICER_TOKEN)).body).toMatchObject({
    withdrawal: "erase",
  });
  const compared = await officer.get(`${POLICY}/versions?a=2&b=3`);
  expect(compared.text).toContain("When consent is withdrawn, what was recorded before stays");
});

test("the API keeps the draft too: revisions, faults, what it changes, and who saved it", async () => {
  expect((await api("/policy/draft", OFFICER_TOKEN)).status).toBe(404);
  const draft = { ...DEFAULT_POLICY, withdrawal: "erase" };
  const put = await api("/policy/draft?revision=0", OFFICER_TOKEN, draft, "PUT");
  expect(put.body).toMatchObject({
    base: 1,
    published: 1,
    author: "officer",
    faults: [],
    changes: [{ path: "withdrawal", before: "keep", after: "erase" }],
    material: [],
  });
  expect((await api("/policy/draft?revision=0", OWNER_TOKEN, draft, "PUT")).status).toBe(409);
  expect((await api("/policy/draft", OFFICER_TOKEN, { version: 1 }, "PUT")).status).toBe(422);
  const wrong = await api("/policy/draft?revision=1", OFFICER_TOKEN, undefined, "DELETE");
  expect(wrong.status).toBe(409);
  expect((await api("/policy/draft", OFFICER_TOKEN, undefined, "DELETE")).status).toBe(200);
  expect((await api("/policy/draft", OFFICER_TOKEN)).status).toBe(404);
});

test("the what-if goes on where it was left, and counts each visitor once, by region", async () => {
  const evidence = (region: string) => ({
    region,
    browser: true,
    signals: { gpc: false, gpp: none, usp: none, tcf: none, cmp: none },
    choice: null,
    carried: none,
    subject: { child: false, erased: false },
  });
  const many = Array.from({ length: 2_200 }, (_, n) =>
    receipt(visitor(`v${n}`), 1, { body: { evidence: evidence(n % 4 === 0 ? "US-CA" : "DE") } }),
  );
  for (let n = 0; n < many.length; n += 1_100)
    await createLedger(env.DB, stubs).land(landing({ receipts: many.slice(n, n + 1_100) }));
  const officer = await Officer.in();
  await officer.begin();
  await officer.save("regions", { "regions.opt-in": "EU, DE, US", "regions.opt-out": "" });
  const changed = (await officer.get(DRAFT)).text;
  expect(changed).toContain("See what it costs");
  expect(changed).toContain("Where the rule changes, a yes given under the old rule ends.");
  expect((await officer.post(`${DRAFT}/what-if`, {})).to).toBe(`${DRAFT}#what-if`);
  const stored = await env.DB.prepare("SELECT replay FROM drafts").first<{ replay: string }>();
  expect(JSON.parse(stored?.replay ?? "null")).toMatchObject({
    done: false,
    found: { visitors: 2_000 },
  });
  const done = await officer.get(DRAFT);
  expect(done.text).toContain("550 visitors would lose Measurement");
  expect(done.text).toContain("California");
  expect(done.text).not.toContain("Germany</th>");
  const counted = await api("/policy/draft/what-if", OFFICER_TOKEN);
  expect(counted.body).toMatchObject({ done: true, progress: 1, visitors: 2_200 });

  // Another draft is looked at anew, and finished by the clock where somebody left it.
  await officer.save("promises", { "reask.grantDays": "180" });
  expect((await officer.get(DRAFT)).text).toContain("See what it costs");
  await officer.post(`${DRAFT}/what-if`, {});
  const draft = await readDraft(env.DB, "policy");
  expect(draft?.replay).toMatchObject({ done: false });
  await finishReplay(env.DB, DEFAULT_POLICY, Date.now());
  expect((await readDraft(env.DB, "policy"))?.replay).toMatchObject({
    done: true,
    found: { visitors: 2_200, purposes: { measurement: { gain: 0, lose: 550 } } },
  });
});

const none = { state: "none" };

test("all of it is the officer's: a marketer sees and does nothing, and no form works without its token", async () => {
  const marketer = await Officer.in(MARKETER_TOKEN);
  const officer = await Officer.in();
  await officer.begin();
  const paths = consoleRoutes.filter(([, path]) =>
    /console\/(policy|simulator|receipts|retention|record)/.test(path),
  );
  expect(paths.length).toBeGreaterThan(15);
  for (const [method, path] of paths) {
    const real = path.replace(":area", "purposes").replace(":version", "1").replace(":seq", "1");
    if (method === "GET") {
      expect(await marketer.get(real)).toMatchObject({ status: 403 });
      expect((await new Browser().call(real)).status).toBe(303);
    } else {
      expect(await marketer.post(real, { from: "1", revision: "0" }, "none")).toMatchObject({
        status: 403,
      });
      expect(await officer.post(real, { from: "1", revision: "0" }, "forged")).toMatchObject({
        status: 403,
      });
    }
  }
  const elsewhere = new Browser({ "sec-fetch-site": "cross-site" });
  for (const [name, value] of officer.browser.jar) elsewhere.jar.set(name, value);
  const form = new URLSearchParams({ form: await officer.token(), from: "1", revision: "0" });
  expect((await elsewhere.call(`${DRAFT}/discard`, form.toString())).status).toBe(403);
  expect((await api("/policy/draft", OFFICER_TOKEN)).status).toBe(200);
  for (const method of ["GET", "PUT", "DELETE"])
    expect(
      (await api("/policy/draft", MARKETER_TOKEN, method === "PUT" ? {} : undefined, method))
        .status,
    ).toBe(403);
  expect((await api("/requests", MARKETER_TOKEN)).status).toBe(403);
});

const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`;

test("whatever an officer writes is shown as text: in the console, to visitors, on their own page", async () => {
  const text = { en: EVIL, de: EVIL };
  const [first, ...rest] = DEFAULT_POLICY.purposes;
  const notice = Object.fromEntries(
    Object.keys(DEFAULT_POLICY.notice.texts["en"] ?? {}).map((part) => [part, EVIL]),
  ) as unknown as Policy["notice"]["texts"][string];
  const evil: Policy = {
    ...DEFAULT_POLICY,
    purposes: [
      first as Policy["purposes"][number],
      ...rest.map((each) => ({ ...each, label: text, description: text })),
    ],
    cookies: [
      {
        ...(DEFAULT_POLICY.cookies[0] as Policy["cookies"][number]),
        name: EVIL,
        alsoNamed: [EVIL],
        description: text,
      },
    ],
    notice: { language: "en", texts: { en: notice } },
    signals: {
      ...DEFAULT_POLICY.signals,
      cmp: { ...DEFAULT_POLICY.signals.cmp, categories: { [EVIL]: ["advertising"] } },
    },
    scrub: { names: [EVIL], values: [] },
    sensitiveTopics: [EVIL],
  };
  expect((await api(`/policy/draft`, OFFICER_TOKEN, evil, "PUT")).status).toBe(200);
  const officer = await Officer.in();
  const pages = [DRAFT, ...AREAS.map(({ id }) => `${DRAFT}/${id}`)];
  const unpublished = await Promise.all(pages.map((path) => officer.get(path)));
  const published = await officer.post(`${DRAFT}/publish`, {
    ...(await officer.hidden(DRAFT)),
    note: EVIL,
  });
  expect(published.status).toBe(303);
  const later = [
    POLICY,
    `${POLICY}/versions?a=1&b=2`,
    `${POLICY}/versions/2`,
    `/_u/console/simulator?region=DE&cookies=${encodeURIComponent(EVIL)}&tcf=${encodeURIComponent(EVIL)}`,
    "/_u/console/retention",
    "/_u/console/record",
    "/_u/console/record/cookies",
    `/_u/console/receipts?visitor=${encodeURIComponent(EVIL)}`,
    `/_u/console/requests?state=${encodeURIComponent(EVIL)}`,
  ];
  const visitorSees = new Browser({ "usher-region": "DE" });
  await visitorSees.consent({ accept: "all" });
  const shown = [
    ...unpublished,
    ...(await Promise.all(later.map((path) => officer.get(path)))),
    ...(await Promise.all(
      ["/_u/me", "/_u/cookies"].map(async (path) => {
        const { status, body } = await visitorSees.call(path);
        return { status, text: String(body["text"]) };
      }),
    )),
  ];
  for (const { text } of shown) {
    expect(text).not.toContain("<script>alert");
    expect(text).not.toContain("<img src=x");
  }
  expect(shown.filter(({ text }) => text.includes("alert(1)")).length).toBeGreaterThan(12);
  const offered = await visitorSees.call("/_u/consent");
  expect(offered.headers.get("content-type")).toContain("json");
});
