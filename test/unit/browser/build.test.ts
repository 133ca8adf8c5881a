import { createHash } from "node:crypto";
import { runInNewContext } from "node:vm";
import { beforeAll, expect, test } from "vitest";
import { build, BUDGETS, type Built } from "../../../scripts/build.ts";
import { installation, STUB } from "../../../src/browser/stub.ts";

let built: Built;
beforeAll(async () => {
  built = await build();
});

test.each(["snippet", "banner", "slots", "leave"] as const)(
  "the %s stays within its budget",
  (name) => {
    expect(built[name].gzipped).toBeGreaterThan(0);
    expect(built[name].gzipped).toBeLessThanOrEqual(BUDGETS[name]);
  },
);

test("the budgets are those that were promised", () => {
  expect(BUDGETS).toEqual({ snippet: 2_048, banner: 4_096, slots: 1_024, leave: 1_024 });
});

test.each(["snippet", "banner", "slots", "leave"] as const)(
  "the %s uses nothing that a strict Content-Security-Policy or Trusted Types forbid",
  (name) => {
    expect(built[name].code).not.toMatch(
      /\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.cssText|createElement\("style"\)/,
    );
  },
);

test("the Worker gets the files as text, with their version and their hashes", async () => {
  const assets = (await import("../../../dist/assets.ts")) as Record<string, unknown>;
  expect(assets).toMatchObject({
    version: built.version,
    snippet: built.snippet.code,
    banner: built.banner.code,
    slots: built.slots.code,
    stub: STUB,
    integrity: built.integrity,
  });
  const hash = createHash("sha384").update(built.snippet.code).digest("base64");
  expect(built.integrity.snippet).toBe(`sha384-${hash}`);
});

test("building twice gives the same bytes", async () => {
  expect(await build()).toEqual(built);
});

test("the stub keeps every call with a promise until the snippet takes over", async () => {
  const window: { usher?: Record<string, (...args: unknown[]) => Promise<unknown>> & { q: [] } } =
    {};
  runInNewContext(STUB, { window, Promise });
  const answer = window.usher!["track"]!("Order Completed", { revenue: 12 });
  void window.usher!["next"]!("home");
  const queue = window.usher!.q as unknown as [string, unknown[], (value: unknown) => void][];
  expect(queue.map(([name, args]) => [name, args])).toEqual([
    ["track", ["Order Completed", { revenue: 12 }]],
    ["next", ["home"]],
  ]);
  queue[0]![2](true);
  expect(await answer).toBe(true);
});

test("the stub leaves a loaded snippet alone and keeps no more than 200 calls", async () => {
  const loaded = { usher: { track: () => "the snippet's" } };
  runInNewContext(STUB, { window: loaded, Promise });
  expect(loaded.usher.track()).toBe("the snippet's");

  const window: { usher?: Record<string, () => Promise<unknown>> & { q: unknown[] } } = {};
  runInNewContext(STUB, { window, Promise });
  const last = Array.from({ length: 201 }, () => window.usher!["page"]!()).at(-1);
  expect(window.usher!.q).toHaveLength(200);
  expect(await last).toBeUndefined();
});

test("the lines for a site's head name the collector and the write key", () => {
  expect(installation("https://www.example.org", "public-key")).toBe(
    `<script>${STUB}</script>\n` +
      '<script async src="https://www.example.org/_u/usher.js" data-write-key="public-key"></script>',
  );
});
