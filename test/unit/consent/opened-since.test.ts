/** Since which version a purpose opens something, through all that may follow a policy. */
import { describe, expect, it } from "vitest";
import { openedSince, type Version } from "../../../src/domain/consent/opened-since.ts";

const opens = (id: string, opened: boolean, ...formerly: string[]) => ({
  id,
  required: false,
  switchesOn: opened ? ["attribution" as const] : [],
  ...(formerly.length > 0 ? { formerly } : {}),
});

const since = (...lives: Version["purposes"][]): Record<string, number> =>
  Object.fromEntries(
    openedSince(
      lives.map((purposes, n) => ({ version: n + 1, purposes })),
      "attribution",
    ),
  );

describe("Something is opened", () => {
  it("since the first version that says so, and anew after one that doesn't", () => {
    const [yes, no] = [[opens("a", true)], [opens("a", false)]];
    expect(since()).toEqual({});
    expect(since(yes, yes, yes)).toEqual({ a: 1 });
    expect(since(no, yes, yes)).toEqual({ a: 2 });
    expect(since(yes, no, yes)).toEqual({ a: 3 });
    expect(since(yes, no)).toEqual({});
    expect(since(yes, [opens("b", false)], yes)).toEqual({ a: 3 });
  });

  it("by another name since the purpose opens it, and by that of several since the last of them does", () => {
    const renamed = [opens("b", true, "a")];
    expect(since([opens("a", true)], renamed)).toEqual({ a: 1, b: 1 });
    expect(since([opens("a", true)], renamed, [opens("a", true, "b")])).toEqual({ a: 1, b: 1 });
    expect(since([opens("a", false)], renamed)).toEqual({ a: 2, b: 2 });
    const both = [opens("c", true, "a", "b")];
    expect(since([opens("a", true), opens("b", false)], both)).toEqual({ a: 1, b: 2, c: 2 });
    expect(since([opens("a", true)], [opens("a", true), opens("b", true)], both)).toEqual({
      a: 1,
      b: 2,
      c: 2,
    });
  });
});
