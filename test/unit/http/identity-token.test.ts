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
  expect(proof?.userId).toBe("ann");
  // What it is bound to is kept until then, in whole milliseconds.
  expect(proof?.until).toBe(NOW + 60_124);
});
