import { SignJWT } from "jose";
import { expect, test } from "vitest";
import type { Config } from "../../../src/http/context.ts";
import { provenBy } from "../../../src/http/identity-token.ts";

const NOW = Date.UTC(2026, 10, 22);
const secret = new Uint8Array(32).fill(7);
const config = { siteName: "club", tokenKeys: [{ kid: "k", secret }] } as unknown as Config;

test("a token may expire within a second, as programs write it that divide milliseconds", async () => {
  const token = await new SignJWT({ sub: "ann", aud: "club", exp: NOW / 1000 + 60.1234567 })
    .setProtectedHeader({ alg: "HS256", kid: "k" })
    .sign(secret);
  const proof = await provenBy(token, config, NOW, null);
  // What it is bound to is kept until then, in whole milliseconds.
  expect(proof).toMatchObject({ userId: "ann", until: NOW + 60_124 });
});

const good = { sub: "ann", aud: "club", exp: NOW / 1000 + 60 };
const header = { alg: "HS256", kid: "k" };

test.each([
  ["expired", { ...good, exp: NOW / 1000 - 60 }, header, secret],
  ["expired", { ...good, nbf: NOW / 1000 + 30 }, header, secret],
  ["unknown_key", good, { ...header, kid: "another" }, secret],
  ["audience", { ...good, aud: "another club" }, header, secret],
  ["signature", good, header, new Uint8Array(32).fill(8)],
  ["nobody", { ...good, sub: "null" }, header, secret],
  ["too_long", { ...good, exp: NOW / 1000 + 1e9 }, header, secret],
  ["malformed", { aud: "club", exp: good.exp }, header, secret],
  ["malformed", { sub: "ann", exp: good.exp }, header, secret],
  ["malformed", { ...good, jti: 7 as unknown as string }, header, secret],
])("a token that proves nothing says why: %s", async (fault, claims, head, key) => {
  const token = await new SignJWT(claims).setProtectedHeader(head).sign(key);
  expect(await provenBy(token, config, NOW, 24)).toBe(fault);
});

test("what is no token is malformed", async () => {
  for (const text of ["", "a.b.c", "ann"])
    expect(await provenBy(text, config, NOW, null)).toBe("malformed");
});
