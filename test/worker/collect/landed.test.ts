import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { objectOf, settle } from "../../support/objects.ts";
import { api, Browser } from "../../support/site.ts";

test("what retention removed from D1 doesn't come back when somebody looks at the person", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  await browser.send("track", { event: "Looked", messageId: "kept-1" });
  const visitor = browser.visitor!;
  await settle([visitor]);
  const count = async (): Promise<number> =>
    (await env.DB.prepare("SELECT count(*) AS n FROM events WHERE visitor = ?")
      .bind(visitor)
      .first<{ n: number }>())!.n;
  expect(await count()).toBe(1);
  // As the nightly sweep does it, once the last purpose's time is over.
  await env.DB.prepare("DELETE FROM events WHERE visitor = ?").bind(visitor).run();
  // What rang is over; then the object sleeps.
  await runInDurableObject(objectOf(visitor), async (_object, state) => {
    await state.storage.deleteAlarm();
  });
  await evictDurableObject(objectOf(visitor));
  await api(`/people/${visitor}`);
  const alarm = await runInDurableObject(objectOf(visitor), (_object, state) =>
    state.storage.getAlarm(),
  );
  expect(alarm).toBeNull();
  expect(await count()).toBe(0);
});
