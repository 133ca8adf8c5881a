/** What every fault is checked by finds it when something is wrong: each kind of damage is done by hand, and named. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { type Account, expectBalance } from "../support/invariants.ts";
import { objectOf, settle } from "../support/objects.ts";
import { fresh, idsOf, signIn, type Two, twoDevices, wasSent } from "./operation.ts";

let two: Two;
let account: Account;

beforeAll(async () => {
  two = await twoDevices("damaged");
  for (const [n, browser] of two.devices.entries()) await signIn(browser, two.name, n);
  await settle(idsOf(two).map(String));
  account = { humans: [idsOf(two)], sent: wasSent(two.name) };
});

const first = (): string => String(two.devices[0].visitor);

/** Does it, says what is found, and puts it back. */
async function found(sql: string, back: string): Promise<string> {
  await env.DB.prepare(sql).bind(first()).run();
  const wrong = await expectBalance(account).then(
    () => "nothing",
    (error: Error) => error.message,
  );
  await env.DB.prepare(back).bind(first()).run();
  await expectBalance(account);
  return wrong;
}

test.each([
  [
    "an event that is lost",
    "UPDATE events SET id = 'hidden', visitor = visitor || 'x' WHERE visitor = ?1 AND id LIKE '%-was-0'",
    "UPDATE events SET id = 'damaged-was-0', visitor = ?1 WHERE id = 'hidden'",
    "damaged-was-0 was lost",
  ],
  [
    "an event that is there twice",
    `INSERT INTO events SELECT day - 1, visitor, id, at, received, type, name, channel, policy, purposes, data, sealed, landed
     FROM events WHERE visitor = ?1 AND id LIKE '%-was-0'`,
    "DELETE FROM events WHERE visitor = ?1 AND day < (SELECT max(day) FROM events)",
    "damaged-was-0 is there 2 times",
  ],
  [
    "an event under a purpose that was refused",
    "UPDATE events SET purposes = purposes || ',profiling' WHERE visitor = ?1 AND id LIKE '%-was-0'",
    "UPDATE events SET purposes = replace(purposes, ',profiling', '') WHERE visitor = ?1",
    "damaged-was-0 was recorded under profiling, which nothing allows",
  ],
  [
    "a receipt that is gone",
    "UPDATE receipts SET visitor = visitor || 'x' WHERE visitor = ?1",
    "UPDATE receipts SET visitor = ?1 WHERE visitor = ?1 || 'x'",
    "has 1 receipts, and 0 in D1",
  ],
  [
    "an identifier that the index forgot",
    "UPDATE claims SET visitor = visitor || 'x' WHERE visitor = ?1",
    "UPDATE claims SET visitor = ?1 WHERE visitor = ?1 || 'x'",
    "that the index doesn't know",
  ],
  [
    "a merge that is missing in the log",
    "UPDATE merge_log SET op = 'other' WHERE ?1 IN (a, b)",
    "UPDATE merge_log SET op = 'merge' WHERE ?1 IN (a, b)",
    "is in the log 0 times",
  ],
  [
    "a person that nobody finds in the directory",
    "UPDATE people SET seen_day = -seen_day WHERE seen_day > 0 AND ?1 = ?1",
    "UPDATE people SET seen_day = -seen_day WHERE seen_day < 0 AND ?1 = ?1",
    "is listed 0 times",
  ],
])("%s is found", async (_, sql, back, wrong) => {
  expect(await found(sql, back)).toContain(wrong);
});

test("two humans that are one person are found, and so is somebody who lives twice or is never found", async () => {
  const [a = null, b = null] = idsOf(two);
  const fused = expectBalance({ ...account, humans: [[a], [b]] });
  await expect(fused).rejects.toThrow("are one person, of 2 humans");
  const unknown = expectBalance({ ...account, humans: [[a]] });
  await expect(unknown).rejects.toThrow("are one person, of 2 humans");

  const lost = fresh();
  await lost.consent({ accept: "all" });
  await settle([String(lost.visitor)]);
  const alone: Account = { humans: [[lost.visitor]], sent: [] };
  await expectBalance(alone);
  const doc = await runInDurableObject(objectOf(String(lost.visitor)), (_, { storage }) => {
    const key = `hot:visitor:${lost.visitor}`;
    const stored = storage.kv.get(key);
    storage.kv.delete(key);
    return stored;
  });
  await runInDurableObject(objectOf("elsewhere"), (_, { storage }) => {
    storage.kv.put(`hot:visitor:${lost.visitor}`, doc);
  });
  await expect(expectBalance({ ...alone, humans: [[lost.visitor, "elsewhere"]] })).rejects.toThrow(
    `${lost.visitor} lives in`,
  );
});
