/**
 * Every field that a visitor, a sender or a file controls, filled with what would run in a careless page or spreadsheet;
 * then every page and every file of the console read for it.
 */
import { exports } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { apiRoutes } from "../../../src/http/api/routes.ts";
import { consoleRoutes } from "../../../src/console/routes.ts";
import {
  ALL,
  api,
  Browser,
  eventually,
  MARKETER_TOKEN,
  ORIGIN,
  OWNER_TOKEN,
  server,
} from "../../support/site.ts";
import { type Console, pageOf, signedIn } from "./session.ts";

/** Breaks out of text, of attributes, of scripts and of addresses. The letters are looked for. */
const TAG = `"'><xss-${"q".repeat(3)} onmouseover=alert(1)></script><script>alert(1)</script>`;
const ATTRIBUTE = `" autofocus onfocus=alert(1) xssq="`;
const LINK = "javascript:alert(1)//xssq";
const FORMULA = `=HYPERLINK("http://evil.test","xssq")`;
const FORMULAS = [FORMULA, "+xssq", "-xssq", "@xssq", "\txssq", "\rxssq", ` =xssq`];

let person: string;
let owner: Console;

beforeAll(async () => {
  const consent = { categoryPreferences: ALL };
  const agent = `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${TAG} Mobile/15E148`;
  const visitor = new Browser({ "usher-region": "DE", "user-agent": agent });
  await visitor.consent({ accept: "all" });
  const page = {
    title: TAG,
    path: `/${TAG}`,
    url: `https://www.example.org/?utm_source=${encodeURIComponent(TAG)}&utm_medium=${encodeURIComponent(ATTRIBUTE)}&utm_campaign=${encodeURIComponent(FORMULA)}&gclid=${encodeURIComponent(TAG)}`,
    referrer: LINK,
    search: TAG,
  };
  for (let n = 0; n < 4; n++)
    await visitor.send("page", {
      messageId: `hostile-page-${n}`,
      name: TAG,
      anonymousId: TAG,
      properties: { ...page, topics: [TAG, FORMULA], [ATTRIBUTE]: LINK },
      context: {
        page,
        campaign: { source: TAG, medium: FORMULA, name: ATTRIBUTE },
        userAgent: agent,
      },
    });
  await visitor.send("track", {
    messageId: "hostile-track",
    event: TAG,
    properties: { a: FORMULA },
  });
  await visitor.send("group", { messageId: "hostile-group", groupId: TAG, traits: { name: LINK } });
  const traits = {
    name: TAG,
    email: "=1+1xssq@example.org",
    firstName: ATTRIBUTE,
    company: FORMULA,
    website: LINK,
  };
  await visitor.send("identify", { messageId: "hostile-identify", userId: TAG, traits });
  await server("identify", {
    messageId: "hostile-server",
    userId: TAG,
    traits,
    context: { consent },
  });
  await server("track", {
    messageId: "hostile-server-track",
    userId: TAG,
    event: FORMULA,
    properties: { revenue: 12 },
    context: { consent, page },
  });
  const rows = FORMULAS.map(
    (value, n) =>
      `"h${n} ${value.replaceAll('"', '""')}",h${n}@example.org,"${TAG.replaceAll('"', '""')}",yes,yes`,
  );
  await exports.default.fetch(`${ORIGIN}/_u/api/import?kind=people&origin=hostile`, {
    method: "POST",
    headers: { authorization: `Bearer ${MARKETER_TOKEN}`, "content-type": "text/csv" },
    body: `user_id,email,name,consent_measurement,permission_email\n${rows.join("\n")}\n`,
  });
  await exports.default.fetch(`${ORIGIN}/_u/api/import?kind=spend`, {
    method: "POST",
    headers: { authorization: `Bearer ${MARKETER_TOKEN}`, "content-type": "text/csv" },
    body: `date,channel,campaign,cost\n${new Date().toISOString().slice(0, 10)},"${TAG.replaceAll('"', '""')}","${FORMULA.replaceAll('"', '""')}",12\n`,
  });
  person = await eventually(async () => {
    const query = new URLSearchParams({ identifier: `user_id:${TAG}` });
    const { body } = await api(`/people?${query}`, OWNER_TOKEN);
    return (body["people"] as { id: string }[] | undefined)?.[0]?.id ?? null;
  });
  await eventually(async () => {
    const { body } = await api(`/people/${person}/journey`, OWNER_TOKEN);
    return (body["events"] as unknown[]).length >= 6;
  });
  owner = await signedIn(OWNER_TOKEN);
});

/** Addresses of the pages, with the hostile person where a page is about somebody. */
const addresses = (): string[] => {
  const known = consoleRoutes
    .filter(([method, path]) => method === "GET" && !/\.(?:css|js|svg|csv|json|ndjson)$/.test(path))
    .map(([, path]) => path.replace("people/:id", `people/${person}`).replaceAll(/:\w+/g, "x"));
  const asked = [TAG, ATTRIBUTE, LINK, FORMULA].map((value) => encodeURIComponent(value));
  return [
    ...known,
    ...asked.flatMap((value) => [
      ...known.map((path) => `${path}?q=${value}&cursor=${value}&from=${value}&whose=${value}`),
      `/_u/console/people?q=${value}`,
      `/_u/console/people?next=${value}`,
      `/_u/console/people/${person}?parted=${value}`,
      `/_u/console/audit?whose=${value}`,
      `/_u/console/sign-in?to=${value}`,
      `/_u/console/merges/new?a=${person}&b=${value}`,
      `/_u/console/attribution?campaign=${value}`,
      `/_u/console/people/${value}`,
    ]),
  ];
};

/** What would run: elements and attributes that we never write, and addresses that aren't ours. */
function alive(page: string): string[] {
  const tags = page.match(/<[a-z!/][^>]*>/gi) ?? [];
  return tags.filter(
    (tag) =>
      /^<\/?(?:xss|iframe|object|embed|base|style)/i.test(tag) ||
      /^<script(?! src="\/_u\/console\/)/i.test(tag) ||
      // Values stand in quotes that our writer escapes; what is left outside of them are names.
      /\s(?:on\w+|xssq|autofocus(?! )|style|srcdoc)\s*=/i.test(tag.replaceAll(/"[^"]*"/g, '""')) ||
      /\s(?:href|src|action|formaction)="(?![/#]|https:\/\/|mailto:)[^"]/i.test(tag),
  );
}

test("nothing that others wrote runs on any page", async () => {
  const found: Record<string, string[]> = {};
  let seen = 0;
  for (const address of addresses()) {
    const said = await owner.call(address);
    const page = pageOf(said);
    seen += page.includes("xss-qqq") ? 1 : 0;
    const living = alive(page);
    if (living.length > 0 || said.status >= 500) found[address] = [String(said.status), ...living];
  }
  expect(found).toEqual({});
  // They are there, as text.
  expect(seen).toBeGreaterThan(3);
  const page = pageOf(await owner.call(`/_u/console/people/${person}`));
  expect(page).toContain("&lt;xss-qqq");
});

test("the looking itself finds what would run", () => {
  const bad = [
    "<xss-qqq>",
    "<script>alert(1)</script>",
    '<p class="a" onclick="x()">',
    `<a href="javascript:alert(1)">`,
    '<a title="a" xssq="">',
  ];
  for (const page of bad) expect(alive(page), page).not.toEqual([]);
  expect(alive('<a href="/_u/console/" title="onclick=1 > javascript:">')).toEqual([]);
});

/** The cells of a CSV file. */
const cellsOf = (text: string): string[] =>
  [...text.matchAll(/(?:^|,|\r\n)("(?:[^"]|"")*"|[^,\r\n]*)/g)].map(([, cell = ""]) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  );

test("no cell of any file can run in a spreadsheet", async () => {
  const files = [...consoleRoutes, ...apiRoutes].filter(
    ([method, path]) => method === "GET" && path.endsWith(".csv"),
  );
  expect(files.length).toBeGreaterThan(1);
  await owner.call(`/_u/console/people?q=${encodeURIComponent(TAG)}`);
  const [lists, data] = ["/_u/console/exports/lists", "/_u/console/data"];
  const made = async (path: string, fields: Record<string, string>): Promise<string> => {
    const begun = await owner.form(path, { form: await owner.formToken(), ...fields });
    const job = begun.headers.get("location") ?? "";
    while (pageOf(await owner.call(job)).includes("<progress"));
    return job;
  };
  const today = new Date().toISOString().slice(0, 10);
  const list = await made(lists, { action: "" });
  const what = { kind: "people-csv", purpose: "measurement", from: today, to: today };
  const people = await made(data, what);
  for (const [, route] of files) {
    const file = route.replace(`${lists}/:id`, list).replace(`${data}/:id`, people);
    const path = file.endsWith("/people.csv") ? `${file}?purpose=measurement` : file;
    const response = await exports.default.fetch(`${ORIGIN}${path}`, {
      headers: path.startsWith("/_u/api")
        ? { authorization: `Bearer ${OWNER_TOKEN}` }
        : { cookie: `usher-session=${owner.session}` },
    });
    expect({ path, status: response.status }).toEqual({ path, status: 200 });
    expect(response.headers.get("content-disposition")).toContain("attachment");
    const running = cellsOf(await response.text()).filter(
      (cell) => /^[\s]*[=+\-@\t\r]/.test(cell) && !/^-?\d+(?:\.\d+)?$/.test(cell),
    );
    expect({ path, running }).toEqual({ path, running: [] });
  }
});
