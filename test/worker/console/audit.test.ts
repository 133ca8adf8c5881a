import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { pruneAudit, readAudit, writeAudit } from "../../../src/d1/audit.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { record } from "../../../src/http/audit.ts";
import { actWords } from "../../../src/console/audit-words.ts";
import { consoleRoutes } from "../../../src/console/routes.ts";
import { apiRoutes } from "../../../src/http/api/routes.ts";
import { identifierKeys } from "../../support/identifier-keys.ts";
import {
  ALL,
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  OFFICER_TOKEN,
  OWNER_TOKEN,
  server,
} from "../../support/site.ts";
import { offer } from "../action/stage.ts";
import { pageOf, signedIn } from "./session.ts";

const EMAIL = "jane.audited@example.org";
let jane: string;
/** What the log calls her. */
let name: string;

const { auditName } = identifierKeys;

beforeAll(async () => {
  await server("identify", {
    userId: "audited",
    messageId: "audited-1",
    traits: { email: EMAIL, name: "Jane Audited" },
    context: { consent: { categoryPreferences: ALL } },
  });
  jane = await eventually(async () => {
    const { body } = await api("/people?identifier=user_id:audited", MARKETER_TOKEN);
    return (body["people"] as { id: string }[])[0]?.id ?? null;
  });
  name = await auditName(jane as VisitorId);
});

interface Entry {
  at: number;
  via: string;
  role: string;
  subject: string;
  act: string;
  whose: string;
  outcome: number;
}

const log = async (): Promise<Entry[]> =>
  (await env.DB.prepare("SELECT * FROM audit ORDER BY at, id").all<Entry>()).results;

test("who opened whose page, searched, was refused and asked the API stands in the log, under names that lead nowhere without the id", async () => {
  await env.DB.exec("DELETE FROM audit");
  const marketer = await signedIn(MARKETER_TOKEN);
  await marketer.call(`/_u/console/people/${jane}`);
  await marketer.call(`/_u/console/people?q=${encodeURIComponent(EMAIL)}`);
  await marketer.call("/_u/console/requests");
  await api(`/people/${jane}/journey`, OFFICER_TOKEN);
  await api(`/people/${jane}`, MARKETER_TOKEN);
  await api(`/people?identifier=email:${EMAIL}`, MARKETER_TOKEN);

  const entries = await eventually(async () => {
    const found = await log();
    return found.length >= 7 && found;
  });
  const told = entries.map(({ via, role, act, whose, outcome }) =>
    [via, role, act, whose, outcome].join(" | "),
  );
  for (const line of [
    "console | marketer | POST /_u/console/sign-in |  | 303",
    `console | marketer | GET /_u/console/people/:id | ${name} | 200`,
    `console | marketer | GET /_u/console/people | ${name} | 200`,
    "console | marketer | GET /_u/console/requests |  | 403",
    `api | officer | GET /_u/api/people/:id/journey | ${name} | 403`,
    `api | marketer | GET /_u/api/people/:id | ${name} | 200`,
    `api | marketer | GET /_u/api/people | ${name} | 200`,
  ])
    expect(told).toContain(line);
  const session = entries.find(({ act }) => act.endsWith("sign-in"))?.subject;
  expect(marketer.session).toContain(`.${session}`);
  expect(JSON.stringify(entries)).not.toMatch(/jane|example\.org|audited@/i);
  expect(JSON.stringify(entries)).not.toContain(jane);
});

/** What the log has of this call, all its entries' names together; once it has them. */
const named = (act: string): Promise<string[]> =>
  eventually(async () => {
    const found = (await log()).filter((each) => each.act === act);
    return found.length > 0 && found.flatMap(({ whose }) => whose.split(" "));
  });

test("whom a list shows stands in the log, of pages, answers and files alike", async () => {
  await offer([{ id: "anyone", label: "For anyone" }]);
  const [marketer, officer] = [await signedIn(MARKETER_TOKEN), await signedIn(OFFICER_TOKEN)];
  await env.DB.exec("DELETE FROM audit");
  await marketer.call("/_u/console/people");
  await marketer.call("/_u/console/exports/hints.csv");
  await marketer.call("/_u/console/actions/anyone");
  await marketer.call("/_u/console/actions/anyone/edit");
  await api("/people", MARKETER_TOKEN);
  await api("/hints", MARKETER_TOKEN);
  await api("/hints.csv", MARKETER_TOKEN);
  for (const act of [
    "console/people",
    "console/exports/hints.csv",
    "console/actions/:id",
    "console/actions/:id/edit",
    "api/people",
    "api/hints",
    "api/hints.csv",
  ])
    expect([act, await named(`GET /_u/${act}`)]).toEqual([act, expect.arrayContaining([name])]);

  const fan = new Browser({ "usher-region": "DE" });
  await fan.consent({ accept: "all" });
  await fan.send("track", { event: "Seen", messageId: "audited-fan" });
  await eventually(async () =>
    pageOf(await officer.call("/_u/console/receipts")).includes(fan.visitor ?? "?"),
  );
  expect(await named("GET /_u/console/receipts")).toContain(
    await auditName(fan.visitor as VisitorId),
  );
});

test("whom a file names that is made bit by bit stands in the log with the file's id, and so does who fetched it", async () => {
  await offer([{ id: "anyone", label: "For anyone" }]);
  const marketer = await signedIn(MARKETER_TOKEN);
  await env.DB.exec("DELETE FROM audit");
  const form = await marketer.formToken();
  const made = await marketer.form("/_u/console/exports/lists", { form, action: "anyone" });
  const list = made.headers.get("location") ?? "";
  const id = list.split("/").at(-1);
  const file = await eventually(async () => {
    const answer = await marketer.call(`${list}/file.csv`);
    return answer.status === 200 && pageOf(answer);
  });
  expect(file).toContain(jane);
  expect(await named("FILE /_u/console/exports/lists/:id")).toEqual(
    expect.arrayContaining([id, name]),
  );
  expect(await named("GET /_u/console/exports/lists/:id/file.csv")).toContain(id);
  expect(JSON.stringify(await log())).not.toContain(jane);
});

test("who sees hundreds at once leaves as many entries as it takes to name them", async () => {
  await env.DB.exec("DELETE FROM audit");
  const ids = Array.from({ length: 250 }, (_, n) => `somebody-${n}`);
  const actor = { via: "console", role: "marketer", subject: "x" } as const;
  const context = { db: env.DB, now: 7, identifiers: identifierKeys };
  await record(context, { actor, act: "GET /x", whose: ids, outcome: 200 });
  const entries = await log();
  expect(entries).toHaveLength(3);
  expect(entries.flatMap(({ whose }) => whose.split(" ")).toSorted()).toEqual(ids.toSorted());
  const found = await readAudit(env.DB, { limit: 10, whose: "somebody-249" });
  expect(found.entries).toHaveLength(1);
});

test("strangers write nothing", async () => {
  await env.DB.exec("DELETE FROM audit");
  await api("/people", "wrong");
  await (await signedIn("wrong-token")).call("/_u/console/people");
  expect((await log()).map(({ act, role }) => [act, role])).toEqual([
    ["POST /_u/console/sign-in", ""],
  ]);
});

test("only the owner reads it, filtered by person, and takes it along as a file whose cells can't run", async () => {
  const owner = await signedIn(OWNER_TOKEN);
  await owner.call(`/_u/console/people/${jane}`);
  const page = pageOf(await owner.call(`/_u/console/audit?whose=${jane}`));
  expect(page).toContain("Saw a person");
  expect(page).not.toContain("Signed in");
  const file = await owner.call(`/_u/console/audit.csv?whose=${jane}`);
  expect(file.headers.get("content-disposition")).toBe('attachment; filename="audit.csv"');
  const [header, ...lines] = pageOf(file).trim().split("\r\n");
  expect(header).toBe("at,via,role,subject,act,whose,outcome");
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toContain(name);
  for (const token of [OFFICER_TOKEN, MARKETER_TOKEN])
    expect((await (await signedIn(token)).call("/_u/console/audit")).status).toBe(403);
  expect((await owner.call("/_u/console/audit?from=never")).status).toBe(422);
  const reversed = await owner.call("/_u/console/audit?from=2026-11-02&to=2026-11-01");
  expect(reversed.status).toBe(422);
  expect((await owner.call("/_u/console/audit?cursor=never")).status).toBe(400);
});

const entry = (at: number) => ({
  at,
  id: `id${at}`,
  via: "api" as const,
  role: "marketer",
  subject: "",
  act: "GET /_u/api/people",
  whose: "",
  outcome: 200,
});

test("an entry can't be changed, and goes when its time is over", async () => {
  await env.DB.exec("DELETE FROM audit");
  for (let at = 1; at <= 5; at++) await writeAudit(env.DB, entry(at));
  await expect(env.DB.exec("UPDATE audit SET role = 'owner'")).rejects.toThrow("append-only");
  expect(await pruneAudit(env.DB, 4)).toEqual({ removed: 3, done: true });
  expect((await log()).map(({ at }) => at)).toEqual([4, 5]);
});

test("a filtered list looks through a bounded part of the log and goes on from there", async () => {
  await env.DB.exec("DELETE FROM audit");
  await env.DB.prepare(
    `INSERT INTO audit SELECT value, 'id' || value, 'api', 'marketer', '', 'GET /x',
       CASE WHEN value = 10 THEN 'somebody' ELSE '' END, 200 FROM json_each(?1)`,
  )
    .bind(JSON.stringify(Array.from({ length: 2500 }, (_, n) => n + 1)))
    .run();
  const first = await readAudit(env.DB, { limit: 100, whose: "somebody" });
  expect(first.entries).toEqual([]);
  const second = await readAudit(env.DB, {
    limit: 100,
    whose: "somebody",
    cursor: first.cursor ?? "",
  });
  expect(second).toMatchObject({ entries: [{ at: 10 }], cursor: null });
  const all: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await readAudit(env.DB, { limit: 700, cursor });
    all.push(...page.entries.map(({ at }) => at));
    cursor = page.cursor ?? undefined;
  } while (cursor);
  expect(all).toEqual(Array.from({ length: 2500 }, (_, n) => 2500 - n));
});

test("a person isn't shown when that can't be written down", async () => {
  const owner = await signedIn(OWNER_TOKEN);
  await env.DB.exec("ALTER TABLE audit RENAME TO audit_away");
  try {
    const said = await owner.call(`/_u/console/people/${jane}`);
    expect(said.status).toBe(503);
    expect(JSON.stringify(said.body)).not.toContain("Jane");
  } finally {
    await env.DB.exec("ALTER TABLE audit_away RENAME TO audit");
  }
});

/** Anybody may have them: nobody's role is established, so they leave no entry. */
const UNWRITTEN = /sign-in|style\.css|script\/|icon\.svg|openapi\.json/;

test("whatever can be seen or done is called by words that an auditor reads, and not by its path", () => {
  const bare = [...consoleRoutes, ...apiRoutes].flatMap(([method, path]) => {
    const words = actWords(`${method} ${path}`, 200);
    const isSaid =
      method === "GET"
        ? /^Saw (?:the|their|a|an|both|two|who|what|how|everything|events|people|messages) ?\b/.test(
            words,
          )
        : !/^(?:Sent|Changed|Removed) [a-z]/.test(words) || /^Changed (?:the|a) /.test(words);
    return isSaid || UNWRITTEN.test(path) ? [] : [words];
  });
  expect(bare).toEqual([]);
});
