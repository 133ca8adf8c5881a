/** Where a withdrawal erases, whoever withdrew is erased, though nobody was left who could have seen to it. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { policies } from "../../src/http/documents.ts";
import { continueErasures } from "../../src/privacy/erase.ts";
import { nightlyPorts } from "../../src/services.ts";
import { inject } from "../support/faults.ts";
import { settle } from "../support/objects.ts";
import { watch, type Watching } from "../support/outside.ts";
import { api, Browser, OFFICER_TOKEN } from "../support/site.ts";

beforeAll(async () => {
  const policy = { ...DEFAULT_POLICY, withdrawal: "erase" };
  expect((await api("/policy", OFFICER_TOKEN, policy, "PUT")).status).toBe(200);
  policies.forget(env.DB);
});

const cron = (): Promise<unknown> =>
  continueErasures(
    nightlyPorts(env, () => undefined),
    Date.now(),
  );

/** By then the request is written; what goes wrong after that is any erasure's trouble (erasures.test.ts). */
const BEGUN = 10;

let n = 0;
async function agreed(): Promise<{ browser: Browser; visitor: string }> {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("identify", {
    messageId: `in-${++n}`,
    userId: `withdraws-${n}`,
    traits: { email: `withdraws-${n}@example.org` },
  });
  await settle([browser.visitor!]);
  return { browser, visitor: browser.visitor! };
}

/** By its receipts; null: nobody of this name is left. */
async function lastWord(visitor: string): Promise<string | null> {
  if ((await api(`/people/${visitor}`)).status === 404) return null;
  const { receipts } = (await api(`/receipts?visitor=${visitor}`)).body as {
    receipts: { kind: string }[];
  };
  return receipts.at(-1)?.kind ?? "";
}

const troubles: Record<string, (nth: number) => Promise<Watching>> = {
  "its Nth call to the outside fails before it took effect": (nth) =>
    watch({ nth, when: "before", ports: ["r2", "object"] }),
  "its Nth call to the outside fails after it took effect": (nth) =>
    watch({ nth, when: "after", ports: ["r2", "object"] }),
  "the object is killed before the Nth thing that it waits for": async (nth) =>
    inject({ nth, when: "before", what: "kill" }),
  "the object is killed after the Nth thing that it waits for": async (nth) =>
    inject({ nth, when: "after", what: "kill" }),
};

test.each(Object.entries(troubles))(
  "who withdraws, and doesn't ask again when %s, is erased by what the object and cron do later, or hasn't withdrawn",
  async (_, begin) => {
    const outcomes = new Set<string | null>();
    for (let nth = 1; ; nth++) {
      const { browser, visitor } = await agreed();
      const trouble = await begin(nth);
      await browser.consent({ accept: "none" }).catch(() => null);
      const { calls, hit } = trouble;
      trouble.stop();
      await settle([visitor]);
      for (let runs = 0; runs < 2; runs++) await cron();
      const word = await lastWord(visitor);
      expect([hit, word]).toEqual([hit, word === null ? null : "grant"]);
      outcomes.add(word);
      if (calls < nth || nth === BEGUN) break;
    }
    expect(outcomes).toContain(null);
  },
);

test("who withdraws is erased by one request, whoever begins it", async () => {
  const { browser, visitor } = await agreed();
  const before = (await env.KEYS.list({ prefix: "request/" })).objects.length;
  await Promise.all([browser.consent({ accept: "none" }), settle([visitor])]);
  await settle([visitor]);
  await cron();
  expect((await env.KEYS.list({ prefix: "request/" })).objects).toHaveLength(before + 1);
  expect((await env.KEYS.list({ prefix: "open/" })).objects).toEqual([]);
  expect((await env.KEYS.list({ prefix: `about/${visitor}/` })).objects).toEqual([]);
});
