/** What the overview counts without names, on the running Worker: answers to the banner, and calls that failed. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readCounts } from "../../../src/d1/counters.ts";
import { dayOf } from "../../../src/domain/ids.ts";
import { Browser, eventually, OWNER_TOKEN } from "../../support/site.ts";
import { signedIn } from "./session.ts";

const counted = async (kind: "choice" | "error") => {
  const today = dayOf(Date.now());
  return readCounts(env.DB, today - 1, today, [kind]);
};

test("answers are counted by region and by what they came to, and nothing in the count names anybody", async () => {
  for (const [region, choice] of [
    ["DE", { accept: "all" }],
    ["DE", { accept: "all" }],
    ["DE", { accept: "none" }],
    ["FR", { choices: { measurement: true } }],
  ] as const)
    await new Browser({ "usher-region": region }).consent(choice);
  const found = await eventually(async () => {
    const counts = await counted("choice");
    return counts.reduce((sum, { count }) => sum + count, 0) >= 4 && counts;
  });
  expect(
    found.map(({ reason, regime, count }) => `${regime} ${reason} ${count}`).toSorted(),
  ).toEqual(["DE all 2", "DE none 1", "FR some 1"]);
});

test("a call that we failed is counted by its place, not by whom it was about", async () => {
  const owner = await signedIn(OWNER_TOKEN);
  await env.DB.exec("ALTER TABLE people RENAME TO people_away");
  try {
    expect((await owner.call("/_u/console/people")).status).toBe(500);
  } finally {
    await env.DB.exec("ALTER TABLE people_away RENAME TO people");
  }
  const found = await eventually(async () => {
    const counts = await counted("error");
    return counts.length > 0 && counts;
  });
  expect(found).toEqual([{ kind: "error", reason: "500", regime: "console/people", count: 1 }]);
});
