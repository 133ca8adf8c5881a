import { expect, test, vi } from "vitest";
import type { Services } from "../../../src/http/collect/services.ts";
import { health } from "../../../src/http/health.ts";

const NEVER = new Promise<never>(() => undefined);

/** A store that takes every call and answers none. */
const silent = <T>(): T =>
  new Proxy(() => undefined, {
    get: (_, name) =>
      ["all", "first", "run", "raw"].includes(String(name)) ? () => NEVER : silent(),
    apply: () => silent(),
  }) as unknown as T;

test("says which stores don't answer, also to who may know more, rather than not to answer either", async () => {
  vi.useFakeTimers();
  try {
    const bucket = { head: () => NEVER, get: () => NEVER } as unknown as R2Bucket;
    const config = { ownerToken: "the-owner", officerToken: "", marketerToken: "" };
    const services = { db: silent<D1Database>(), bucket, now: 0, config } as unknown as Services;
    const headers = { authorization: "Bearer the-owner" };
    const answer = health(new Request("https://site.example/_u/health", { headers }), services);
    await vi.advanceTimersByTimeAsync(2_500);
    const { status, body } = await answer.then(async (told) => ({
      status: told.status,
      body: (await told.json()) as { wrong: string[] },
    }));
    expect([status, body.wrong.toSorted()]).toEqual([503, ["d1", "r2"]]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
