import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isVisitorId, type VisitorId } from "../../../src/domain/ids.ts";
import { createIdentifierKeys } from "../../../src/keys/identifiers.ts";

const secret = (fill: number) => new Uint8Array(32).fill(fill);
const keys = createIdentifierKeys(secret(1));
const visitor = "jane".padEnd(26, "a") as VisitorId;
const call = { anonymousId: "a-1", userAgent: "Firefox", network: "192.0.2.0/24", hour: 490_000 };

describe("an identifier's key", () => {
  test("is the HMAC-SHA-256 of kind and value, cut to 22 characters", async () => {
    // openssl dgst -sha256 -mac HMAC over "email", a zero byte and the address, key 32 × 0x01
    expect(await keys.key("email", "jane@example.org")).toBe("email:oCHjKS-85LzFyad3R6qmfb");
  });

  test("says its kind, keeps the provider and hides the value", async () => {
    expect(await keys.key("social:google", "117")).toMatch(/^social:google:[\w-]{22}$/);
    expect(await keys.key("email", "a@b.c")).not.toBe(await keys.key("crm", "a@b.c"));
  });

  test("can't be made with another secret, and a short secret is refused", async () => {
    const other = createIdentifierKeys(secret(2));
    expect(await keys.key("email", "a@b.c")).not.toBe(await other.key("email", "a@b.c"));
    expect(() => createIdentifierKeys(new Uint8Array(16))).toThrow("IDENTIFIER_KEY");
  });
});

describe("a derived visitor", () => {
  test("is a visitor's id, the same for the same input", async () => {
    for (const make of [
      () => keys.sourceVisitor("user_id", "42"),
      () => keys.firstVisitor(call),
      async () => keys.rotatedVisitor(visitor, await keys.key("user_id", "42")),
    ]) {
      expect(isVisitorId(await make())).toBe(true);
      expect(await make()).toBe(await make());
    }
  });

  test("differs with every part of what it is derived from, and with what it is for", async () => {
    const ids = await Promise.all([
      keys.firstVisitor(call),
      keys.firstVisitor({ ...call, anonymousId: "a-2" }),
      keys.firstVisitor({ ...call, userAgent: "Safari" }),
      keys.firstVisitor({ ...call, network: "198.51.100.0/24" }),
      keys.firstVisitor({ ...call, hour: call.hour + 1 }),
      keys.sourceVisitor("user_id", "42"),
      keys.sourceVisitor("crm", "42"),
      keys.sourceVisitor("user_id", "43"),
      keys.rotatedVisitor(visitor, await keys.key("user_id", "42")),
      keys.rotatedVisitor(visitor, await keys.key("user_id", "43")),
      createIdentifierKeys(secret(2)).firstVisitor(call),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("can't be steered by moving text from one part to the next", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), fc.string(), async (a, b, c) => {
        const joined = { ...call, anonymousId: a + b, userAgent: c };
        const split = { ...call, anonymousId: a, userAgent: b + c };
        const same = b === "" || (a + b === a && b + c === c);
        expect((await keys.firstVisitor(joined)) === (await keys.firstVisitor(split))).toBe(same);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the stubs of an erased visitor's receipts", () => {
  test("have one name, not the visitor's, and a seal that changes with their text", async () => {
    const { name, seal } = keys.stubs;
    expect(await name(visitor)).toMatch(/^erased:[\w-]{22}$/);
    expect(await name(visitor)).toBe(await name(visitor));
    expect(await name("john".padEnd(26, "a") as VisitorId)).not.toBe(await name(visitor));
    expect(await seal("a")).toBe(await seal("a"));
    expect(await seal("b")).not.toBe(await seal("a"));
  });
});
