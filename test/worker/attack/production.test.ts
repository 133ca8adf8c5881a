/** What stands for place and clock in development means nothing in production, nor does a missing word for which it is. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import worker from "../../../src/worker.ts";
import { ORIGIN, read, WRITE_KEY } from "../../support/site.ts";

const { USHER_ENV: _, ...unnamed } = env as unknown as Env;
const bound = (name?: string): Env =>
  name === undefined ? unnamed : { ...unnamed, USHER_ENV: name };

/** A place where measurement needs no consent, and a time at which the sender's clock is right. */
const PRETENDED = { "usher-region": "US-NY", "usher-now": "2020-01-01T00:00:00Z" };

async function track(to: Env, origin: string): Promise<Awaited<ReturnType<typeof read>>> {
  const request = new Request(`${origin}/_u/v1/track`, {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "text/plain", ...PRETENDED },
    body: JSON.stringify({
      writeKey: WRITE_KEY,
      event: "Pretended",
      messageId: crypto.randomUUID(),
    }),
  });
  return read(await worker.fetch(request as Parameters<typeof worker.fetch>[0], to));
}

test("in development on localhost headers stand for place and clock", async () => {
  expect((await track(bound("development"), ORIGIN)).body).toMatchObject({ accepted: 1 });
});

test.each([
  ["in production", bound("production"), ORIGIN],
  ["where nothing says what it is", bound(), ORIGIN],
  ["where something else is said", bound("Development"), ORIGIN],
  [
    "in development elsewhere than on localhost",
    bound("development"),
    "http://localhost.evil.example",
  ],
  ["in development under another name", bound("development"), "http://127.0.0.1.nip.example"],
])(
  "%s nobody says where they are and when it is but the network and the clock",
  async (_, to, origin) => {
    const said = await track(to, origin);
    expect(said.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
    expect(said.cookies.size).toBe(0);
  },
);
