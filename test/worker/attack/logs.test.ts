/** Whatever breaks, the log says that it broke and never whose it was: the store's own words may quote what was sent. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { leaksIn } from "../../../scripts/logs.ts";
import { testBindings } from "../../support/bindings.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, ORIGIN, OWNER_TOKEN, server } from "../../support/site.ts";
import { exports } from "cloudflare:workers";

const EMAIL = "marked.person@example.org";
const PHONE = "+49 40 5550123";
const LOGS = ["debug", "log", "info", "warn", "error"] as const;

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  for (const level of LOGS)
    vi.spyOn(console, level).mockImplementation((...said: unknown[]) => {
      lines.push(
        said
          .map((each) =>
            typeof each === "string" ? each : (JSON.stringify(each) ?? String(each)) + String(each),
          )
          .join(" "),
      );
    });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** D1 fails and says why as it really does: with the statement, and here with the values too. */
function breakTheStore(): void {
  const prototype = Object.getPrototypeOf(env.DB) as D1Database;
  for (const method of ["prepare", "batch"] as const)
    vi.spyOn(prototype, method).mockImplementation(() => {
      throw new Error(
        `D1_ERROR: near "${EMAIL}", ${PHONE}, 203.0.113.7, ${testBindings.SERVER_KEY}`,
      );
    });
}

const clean = (): void => {
  const { SERVER_KEY, OWNER_TOKEN: owner, IDENTIFIER_KEY } = testBindings;
  expect(leaksIn(lines.join("\n"), { SERVER_KEY, OWNER_TOKEN: owner, IDENTIFIER_KEY })).toEqual([]);
};

const visit = async (): Promise<Browser> => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", {
    messageId: "in",
    userId: "marked",
    traits: { email: EMAIL, phone: PHONE, firstName: "Marked" },
  });
  await browser.send("page", {
    messageId: "page",
    context: { page: { url: `https://www.example.org/?email=${EMAIL}`, title: EMAIL } },
  });
  return browser;
};

test("an ordinary visit, a merge, an export and an erasure log nothing about anybody", async () => {
  const browser = await visit();
  await server("identify", {
    messageId: "server-in",
    userId: "marked",
    traits: { email: EMAIL },
    context: { consent: { categoryPreferences: { measurement: true, recognition: true } } },
  });
  await settle([browser.visitor!]);
  for (const kind of ["export", "erase"])
    expect(
      (await api("/requests", OWNER_TOKEN, { kind, identifier: `email:${EMAIL}` })).status,
    ).toBeLessThan(300);
  clean();
});

test("with D1 down, every call fails or waits without a word about who called", async () => {
  const browser = await visit();
  breakTheStore();
  await browser.send("track", {
    messageId: "later",
    event: "Bought",
    properties: { email: EMAIL },
  });
  await browser.send("identify", { messageId: "again", userId: "other", traits: { email: EMAIL } });
  await server("track", { messageId: "s", userId: EMAIL, event: "x" });
  const statuses = [];
  for (const path of [
    `/people?identifier=email:${EMAIL}`,
    `/people?q=${EMAIL}`,
    "/reports/overview",
    "/receipts/verify",
    "/hints.csv?action=x",
  ])
    statuses.push((await api(path)).status);
  statuses.push(
    (await api("/requests", OWNER_TOKEN, { kind: "erase", identifier: `email:${EMAIL}` })).status,
  );
  for (const path of ["/_u/me", "/_u/me/export"])
    await browser.call(path, undefined, { "sec-fetch-site": "same-origin" });
  const csv = `email,phone\n${EMAIL},${PHONE}\n`;
  await exports.default.fetch(`${ORIGIN}/_u/api/import?kind=people`, {
    method: "POST",
    headers: { authorization: `Bearer ${OWNER_TOKEN}`, "content-type": "text/csv" },
    body: csv,
  });
  expect(statuses.some((status) => status >= 500)).toBe(true);
  expect(lines.length).toBeGreaterThan(0);
  clean();
});
