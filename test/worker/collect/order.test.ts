/** What one request says in an order is told in it, also where nothing says when it happened. */
import { expect, test } from "vitest";
import { ALL, api, Browser, eventually, server } from "../../support/site.ts";

const NAMES = Array.from({ length: 12 }, (_, n) => `Step ${n}`);
const batch = (who: object) =>
  NAMES.map((event) => ({ type: "track", event, ...who, messageId: crypto.randomUUID() }));

const told = (visitor: string): Promise<unknown> =>
  eventually(async () => {
    const { body } = await api(`/people/${visitor}/journey`);
    const events = (body["events"] ?? []) as { name: string; at: string }[];
    return events.length < NAMES.length ? null : events.map(({ name }) => name);
  });

test("a browser's batch without times keeps its order", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ choices: ALL });
  const said = await browser.send("batch", { batch: batch({}) });
  expect(said.body).toMatchObject({ accepted: NAMES.length });
  expect(await told(browser.visitor!)).toEqual(NAMES);
});

test("a server's batch without times keeps its order", async () => {
  const userId = "order-1";
  const context = { consent: { categoryPreferences: ALL } };
  const said = await server("batch", { batch: batch({ userId }), context });
  expect(said.body).toMatchObject({ accepted: NAMES.length });
  const id = await eventually(async () => {
    const { body } = await api(`/people?identifier=user_id:${userId}`);
    return (body["people"] as { id: string }[])[0]?.id ?? null;
  });
  expect(await told(id)).toEqual(NAMES);
});
