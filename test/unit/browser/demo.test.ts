import { beforeAll, expect, test } from "vitest";
import { build } from "../../../scripts/build.ts";
import type { Site } from "../../../src/demo/demo.ts";
import { html } from "../../../src/demo/html.ts";

let demo: (request: Request, site: Site) => Promise<Response | null>;
beforeAll(async () => {
  await build();
  ({ demo } = await import("../../../src/demo/demo.ts"));
});

const site: Site = { siteName: `"A" & B`, writeKey: `<key>` };
const ask = (path: string, method = "GET", its = site) =>
  demo(new Request(`http://localhost:8787${path}`, { method }), its);

test("what belongs to Usher is left to Usher", async () => {
  for (const path of ["/_u/usher.js", "/_u/me", "/_u", "/.well-known/gpc.json"]) {
    expect(await ask(path)).toBeNull();
  }
});

test("values are escaped in text and attributes, markup is not escaped twice", () => {
  const inner = html`<b title="${`"x"`}">${"<i>"}</b>`;
  expect(html`<p>${[inner, inner]}${false}${undefined}${3}</p>`.markup).toBe(
    '<p><b title="&quot;x&quot;">&lt;i&gt;</b><b title="&quot;x&quot;">&lt;i&gt;</b>3</p>',
  );
});

test("the site's name and the write key reach the page escaped", async () => {
  const text = await (await ask("/"))?.text();
  expect(text).toContain('content="&quot;A&quot; &amp; B"');
  expect(text).toContain('data-write-key="&lt;key&gt;"');
});

test("a page that isn't there answers 404 as a page, whatever its name", async () => {
  for (const path of [
    "/nowhere",
    "/news/none",
    "/constructor",
    "/__proto__",
    "/demo/token?user=x",
  ]) {
    const answer = await ask(path);
    expect([path, answer?.status]).toEqual([path, 404]);
    expect(await answer?.text()).toContain("Offside");
  }
});

test("forms work without the script, other methods are refused, HEAD has no body", async () => {
  const sent = await ask("/newsletter", "POST");
  expect([sent?.status, sent?.headers.get("location")]).toEqual([303, "/thanks"]);
  expect((await ask("/newsletter", "DELETE"))?.status).toBe(405);
  const head = await ask("/tickets/", "HEAD");
  expect([head?.status, await head?.text()]).toEqual([200, ""]);
});

test("a token is what the site signs for that member", async () => {
  const answer = await ask("/demo/token?user=member-1042", "GET", {
    ...site,
    demoToken: async ({ user }) => `signed ${user}`,
  });
  expect(await answer?.json()).toEqual({ token: "signed member-1042" });
});

test("nothing may run on the site but its own files", async () => {
  const policy = (await ask("/"))?.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const text = (await (await ask("/"))?.text()) ?? "";
  expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=/);
});
