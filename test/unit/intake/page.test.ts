import { describe, expect, test } from "vitest";
import { cleanUrl, readPage } from "../../../src/domain/intake/page.ts";
import { pairs } from "./cases.ts";

test.each(pairs("urls"))("the address %j is stored as %j", (raw, stored) => {
  expect(cleanUrl(raw)?.url ?? null).toBe(stored);
});

test("parameters that are removed from the address can still be read, the first of a name", () => {
  const params = cleanUrl("https://club.example/?mc_eid=a%20b&mc_eid=c&x")?.params;
  expect([...(params ?? [])]).toEqual([
    ["mc_eid", "a b"],
    ["x", ""],
  ]);
});

test("an address is cut to 2,048 characters", () => {
  expect(cleanUrl(`https://club.example/?a=${"x".repeat(9_000)}`)?.url).toHaveLength(2_048);
});

describe("The page of an event", () => {
  test("has its path, its title without addresses and its referrer without query", () => {
    const page = {
      url: "https://www.club.example/news?id=1#c",
      title: "Hello jane@example.org",
      referrer: "https://www.search.example/find?q=jane",
    };
    expect(readPage({ page }, null)).toMatchObject({
      host: "club.example",
      referrerHost: "search.example",
      page: {
        url: "https://www.club.example/news?id=1",
        path: "/news",
        title: "Hello [email]",
        referrer: "https://www.search.example/find",
      },
    });
  });

  test("is read from a page call's properties where the context has none", () => {
    expect(readPage({}, { url: "https://club.example/a", title: "A" }).page).toEqual({
      url: "https://club.example/a",
      path: "/a",
      title: "A",
    });
  });

  test("may be a path alone, which loses its query", () => {
    expect(readPage({ page: { path: "/a/jane@example.org?mc_eid=x" } }, null).page).toEqual({
      url: "/a/[email]",
      path: "/a/[email]",
    });
  });

  test("gives the parameters of `search` when the address has none", () => {
    const page = { path: "/a", search: "?utm_source=nl" };
    expect(readPage({ page }, null).params.get("utm_source")).toBe("nl");
  });

  test.each([
    {},
    { page: null },
    { page: [] },
    { page: "x" },
    { page: { url: 4, path: {}, title: [] } },
  ])("is nothing where nothing is said: %j", (context) => {
    expect(readPage(context, null).page).toBeNull();
  });
});
