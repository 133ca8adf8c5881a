import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bounded, cleanText, PROPERTY_BOUNDS } from "../../../src/domain/intake/bounded.ts";
import {
  readProperties,
  readTopics,
  readValueCents,
} from "../../../src/domain/intake/properties.ts";

const track = (properties: object) => ({ properties }) as never;

describe("Properties", () => {
  test("hold no e-mail address, in values, keys or depth", () => {
    const said = {
      to: "jane@example.org",
      "jane@example.org": 1,
      deep: [{ a: "x jane%40example.org" }],
    };
    expect(readProperties("track", track(said))).toEqual({
      to: "[email]",
      "[email]": 1,
      deep: [{ a: "x [email]" }],
    });
  });

  test("that are web addresses lose what identifies", () => {
    expect(cleanText("https://club.example/a?mc_eid=x&b=1#c")).toBe("https://club.example/a?b=1");
    expect(cleanText(" http://club.example/jane@example.org")).toBe("http://club.example/[email]");
    expect(cleanText("https://")).toBe("https://");
  });

  test("under a vendor's name for a click, a person or a session are left out, at any depth", () => {
    const said = {
      gclid: "c",
      FBCLID: "f",
      mc_eid: "p",
      _gl: "s",
      mc_cid: "week-46",
      deep: { msclkid: "m", a: 1 },
    };
    expect(readProperties("track", track(said))).toEqual({ mc_cid: "week-46", deep: { a: 1 } });
  });

  test("of a page leave out what the page facts say", () => {
    const said = {
      url: "u",
      path: "p",
      title: "t",
      referrer: "r",
      search: "s",
      hash: "h",
      author: "Jo",
    };
    expect(readProperties("page", track(said))).toEqual({ author: "Jo" });
    expect(readProperties("track", track({ url: "u" }))).toEqual({ url: "u" });
  });

  test("too long are cut, too deep and too many are left out", () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } };
    expect(bounded(deep, PROPERTY_BOUNDS)).toEqual({ a: { b: { c: { d: { e: {} } } } } });
    expect(bounded({ t: "x".repeat(5_000) }, PROPERTY_BOUNDS)["t"]).toHaveLength(1_024);
    expect(bounded({ l: Array.from({ length: 500 }, () => 1) }, PROPERTY_BOUNDS)["l"]).toHaveLength(
      100,
    );
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i]));
    expect(Object.keys(bounded(wide, PROPERTY_BOUNDS))).toHaveLength(100);
  });

  test("hold no more than a thousand values in all", () => {
    const row = Array.from({ length: 100 }, () => 1);
    const table = Array.from({ length: 100 }, () => row);
    const { t } = bounded({ t: table }, PROPERTY_BOUNDS) as { t: number[][] };
    expect(t.flat().length).toBeLessThanOrEqual(PROPERTY_BOUNDS.values);
    expect(t.flat().length).toBeGreaterThan(900);
  });

  test("never hold half a character or a NUL", () => {
    expect(bounded({ t: "x".repeat(1_023) + "😀" }, PROPERTY_BOUNDS)["t"]).toBe(
      `${"x".repeat(1_023)}\ufffd`,
    );
    expect(bounded({ t: "a\0b" }, PROPERTY_BOUNDS)["t"]).toBe("ab");
  });

  test("of a group are its id alone", () => {
    expect(readProperties("group", { groupId: " g1 ", properties: { a: 1 } })).toEqual({
      groupId: "g1",
    });
    expect(readProperties("identify", track({ a: 1 }))).toBeNull();
  });

  test("copied twice are copied once", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (said) => {
        const once = bounded(said as never, PROPERTY_BOUNDS, cleanText);
        expect(bounded(once, PROPERTY_BOUNDS)).toEqual(once);
      }),
    );
  });
});

describe("Topics", () => {
  test.each([
    [{ topic: " Football " }, ["football"]],
    [{ topics: ["A", "b", "a", 7, null, {}] }, ["a", "b", "7"]],
    [{ topic: "a", category: "B", section: "c" }, ["a", "b", "c"]],
    [{ topic: "jane@example.org" }, ["[email]"]],
    [{ topic: "x".repeat(99) }, ["x".repeat(60)]],
    [
      { topics: Array.from({ length: 30 }, (_, i) => `t${i}`) },
      Array.from({ length: 10 }, (_, i) => `t${i}`),
    ],
    [{ topic: "", topics: [], category: {} }, []],
    [{}, []],
  ])("of %j are %j", (properties, topics) => {
    expect(readTopics(track(properties))).toEqual(topics);
  });

  test("take in the category of a page call", () => {
    expect(readTopics({ category: "News" })).toEqual(["news"]);
  });
});

describe("The value of", () => {
  test.each([
    ["Order Completed", { revenue: 49.9 }, 4_990],
    ["Order Completed", { revenue: "49.90", total: 60 }, 4_990],
    ["Order Completed", { total: 60 }, 6_000],
    ["Ticket Purchased", { value: 25 }, 2_500],
    ["purchase", { value: 1.005 }, 101],
    ["Membership Renewed", { total: 0 }, 0],
    ["Season Started", { revenue: 12 }, 1_200],
    ["Video Watched", { value: 12, total: 9 }, null],
    ["Checkout Started", { revenue: 49.9 }, null],
    ["Order Refunded", { total: 49.9 }, null],
    ["Order Cancelled", { revenue: 49.9 }, null],
    ["Order Completed", { revenue: -5 }, null],
    ["Order Completed", { revenue: 1e300 }, null],
    ["Order Completed", { revenue: "12,50 €" }, null],
    ["Order Completed", { revenue: null, total: 3 }, 300],
    ["Order Completed", {}, null],
  ])("%s with %j is %j hundredths", (name, properties, cents) => {
    expect(readValueCents(name, track(properties))).toBe(cents);
  });
});
