import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readCapped } from "../../../src/d1/capped.ts";
import { addDrops } from "../../../src/d1/counters.ts";
import { dayName, dayOf } from "../../../src/domain/ids.ts";
import { api, MARKETER_TOKEN } from "../../support/site.ts";
import { counting, visitor } from "../d1/books.ts";

const today = dayOf(Date.now());
const kiosk = visitor("kiosk");

const events = async (who: string, day: number, times: number): Promise<void> => {
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
     INSERT INTO events (day, visitor, id, at, received, type, channel, policy, purposes, data)
     SELECT ?1, ?2, 'e' || i, ?1 * 86400000, ?1 * 86400000, 'page', 'server', 1, '[]', '{}' FROM n`,
  )
    .bind(day, who, times)
    .run();
};

test("the setup check names who sent too much, on the last day it happened, and asks nothing while nobody does", async () => {
  await events(kiosk, today, 10_000);
  await events(visitor("jane"), today, 40);
  const { db, rows } = counting();
  expect(await readCapped(db, today - 29, today)).toEqual([]);
  expect(rows.read).toBeLessThan(100);

  await addDrops(env.DB, [
    { day: today - 3, reason: "capped", regime: "", count: 5 },
    { day: today, reason: "capped", regime: "opt-in", count: 700 },
  ]);
  const { body } = await api("/reports/setup", MARKETER_TOKEN);
  expect(body["findings"]).toContainEqual(
    expect.objectContaining({
      id: "capped",
      level: "wrong",
      title: expect.stringMatching(/^705 calls were dropped/) as string,
      evidence: [`Visitor ${kiosk}: 10,000 events on ${dayName(today)}`],
    }),
  );
});
