/** What monitors, link checkers and scanners of mail ask for: the head of an answer, which is the whole one's and does nothing. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { version } from "../../dist/assets.ts";
import type { IdentifierKey } from "../../src/domain/ids.ts";
import { readConfig } from "../../src/env.ts";
import { writeLink } from "../../src/http/link-token.ts";
import { ALL, api, Browser, ORIGIN, WRITE_KEY } from "../support/site.ts";

const ask = (path: string, method: string): Promise<Response> =>
  exports.default.fetch(ORIGIN + path, { method, redirect: "manual" });

/** Of each its own. */
const VARYING = new Set(["date", "usher-decision"]);
const told = ({ headers }: Response): [string, string][] =>
  [...headers].filter(([name]) => !VARYING.has(name));

async function linkTo(url: string): Promise<string> {
  const { tokenKeys } = readConfig(env);
  const to = "A".repeat(43) as IdentifierKey;
  return `/_u/go?t=${await writeLink(tokenKeys, { does: "go", to, url })}`;
}

test("whoever asks only for the head is told what the whole answer would be, and gets no body", async () => {
  const paths = [
    "/_u/health",
    "/_u/usher.js",
    `/_u/usher.${version}.js`,
    `/_u/usher.${version}.mjs`,
    "/_u/usher.9.9.9.js",
    "/_u/banner.js",
    "/_u/slots.js",
    "/_u/leave.js",
    "/_u/ledger.json",
    "/.well-known/gpc.json",
    "/_u/me",
    "/_u/cookies",
    "/_u/unsubscribe?t=none",
    await linkTo("https://www.example.org/offer"),
    `/_u/v1/projects/${WRITE_KEY}/settings`,
    `/_u/sourceConfig?writeKey=${WRITE_KEY}`,
    `/_u/array/${WRITE_KEY}/config.js`,
  ];
  for (const path of paths) {
    const [head, whole] = [await ask(path, "HEAD"), await ask(path, "GET")];
    await whole.body?.cancel();
    expect([head.status, told(head)], path).toEqual([whole.status, told(whole)]);
    expect(await head.text(), path).toBe("");
  }
  expect((await ask("/_u/health", "HEAD")).status).toBe(200);
});

test("a picture whose head is asked for was seen by nobody", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ choices: ALL });
  await browser.send("track", { event: "Looked", messageId: "heads-1" });
  for (const path of ["/_u/px.gif", "/_u/v1/pixel/page", "/_u/pixel/v1/page"]) {
    const answer = await exports.default.fetch(`${ORIGIN}${path}?writeKey=${WRITE_KEY}`, {
      method: "HEAD",
      headers: {
        ...browser.headers,
        cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; "),
        "sec-fetch-site": "same-origin",
      },
    });
    expect([answer.status, answer.headers.get("content-type")], path).toEqual([200, "image/gif"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  const { body } = await api(`/people/${browser.visitor}/journey`);
  expect((body["events"] as { name: string }[]).map(({ name }) => name)).toEqual(["Looked"]);
});

test("what makes or tells a visitor something has no head of its own", async () => {
  for (const path of ["/_u/consent", "/_u/next", "/_u/me/export"])
    expect((await ask(path, "HEAD")).status, path).toBe(404);
});
