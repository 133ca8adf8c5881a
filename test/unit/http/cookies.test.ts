import { expect, test } from "vitest";
import { parseCookies, readVisitor, writeVisitor } from "../../../src/http/cookies.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";

const NOW = Date.UTC(2026, 10, 22);
const key = (kid: string, byte: number) => ({ kid, secret: new Uint8Array(32).fill(byte) });
const names = { visitor: "usher", consent: "usher-consent", secure: false };
const visitor = "abcdefghijklmnopqrstuvwxyz" as VisitorId;

test("blanks around a cookie's name and value are HTTP's own", () => {
  expect([...parseCookies(" a = b ;\tc\t=\td\t; e=f g")]).toEqual([
    ["a", ["b"]],
    ["c", ["d"]],
    ["e", ["f g"]],
  ]);
});

// Browsers keep `__Host-` to the host, and a name that only looks like it to nobody.
test.each([
  "\u00a0",
  "\u2000",
  "\u3000",
  "\ufeff",
  "\u0085",
  "\u000b",
  "\u000c",
  "\u200b",
  "â\u0080\u0080",
])("a cookie that another sub-domain may set under nearly our name isn't ours: %j", (blank) => {
  const cookies = parseCookies(`${blank}__Host-usher=forged; __Host-usher${blank}=forged`);
  expect(cookies.get("__Host-usher")).toBeUndefined();
});

test("a nameless cookie whose value looks like ours isn't ours", () => {
  expect(parseCookies("=__Host-usher=forged; __Host-usher").size).toBe(0);
});

test("of two keys with one name both are tried", async () => {
  const [pair = ""] = (
    await writeVisitor([key("k1", 7)], names, { visitor, home: visitor, since: NOW / 1000 }, NOW)
  ).split(";");
  const value = pair.slice("usher=".length);
  const read = await readVisitor([key("k1", 8), key("k1", 7)], [value], NOW);
  expect(read).toMatchObject({ visitor });
});
