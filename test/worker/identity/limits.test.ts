/** One visitor that says more addresses than any human has: a kiosk, a shared server id, somebody hostile. */
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { objectOf } from "../../support/objects.ts";
import { Browser } from "../../support/site.ts";

test("one visitor keeps no more identifiers of a kind than the rules' limit says", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("batch", {
    batch: Array.from({ length: 12 }, (_, n) => ({
      type: "track",
      event: "x",
      messageId: `claims-${n}`,
      context: {
        externalIds: Array.from({ length: 10 }, (_, m) => ({
          id: `a${n}.${m}@example.org`,
          type: "email",
        })),
      },
    })),
  });
  const standing = await runInDurableObject(objectOf(browser.visitor!), async (_object, state) => {
    const [[, doc]] = [...state.storage.kv.list({ prefix: "hot:visitor:" })] as [
      [string, { text: string }],
    ];
    const { claims } = JSON.parse(doc.text) as {
      claims: Record<string, { kind: string; state: string }>;
    };
    return Object.values(claims).filter(
      ({ kind, state }) => kind === "email" && state !== "refused",
    ).length;
  });
  expect(standing).toBeLessThanOrEqual(5);
});
