import { createHash } from "node:crypto";
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { released, releasedModules, version } from "../../dist/assets.ts";
import { frozen } from "../../src/http/assets.ts";
import { ORIGIN } from "../support/site.ts";

const get = (path: string) => exports.default.fetch(ORIGIN + path);

test("every released snippet is served for ever, byte by byte, also across origins with its hash", async () => {
  expect(Object.keys(released)).toContain("0.1.0");
  for (const [name, code] of Object.entries(released)) {
    const answer = await get(`/_u/usher.${name}.js`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toMatch(/immutable/);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const hash = (of: string | Uint8Array) => createHash("sha384").update(of).digest("base64");
    expect(hash(bytes)).toBe(hash(code));
  }
});

test("what was never released isn't served under a name that promises never to change", async () => {
  for (const name of ["9.9.9", "constructor", "__proto__", ...(released[version] ? [] : [version])])
    for (const kind of ["js", "mjs"])
      expect((await get(`/_u/usher.${name}.${kind}`)).status, kind).toBe(404);
});

test("a released module is served as the snippet is", async () => {
  const serve = frozen({ "0.3.0": "export {};" }, "module");
  const answer = serve({ params: { version: "0.3.0" } });
  expect(await answer.text()).toBe("export {};");
  expect(answer.headers.get("content-type")).toMatch(/javascript/);
  expect(answer.headers.get("cache-control")).toMatch(/immutable/);
  for (const [name, code] of Object.entries(releasedModules))
    expect(await (await get(`/_u/usher.${name}.mjs`)).text()).toBe(code);
});

test("the moving parts are served for minutes", async () => {
  for (const part of ["usher", "banner", "slots", "leave"]) {
    const answer = await get(`/_u/${part}.js`);
    expect(answer.headers.get("content-type")).toMatch(/javascript/);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    await answer.body?.cancel();
  }
});
