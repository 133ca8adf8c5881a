import { beforeEach, expect, test } from "vitest";
import { type LandedHint, readHints } from "../../../src/d1/hints.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import { clear, db, hint, landing, NOON, stubs, visitor } from "./books.ts";

const jane = visitor("jane");
const john = visitor("john");
const today = dayOf(NOON);

const all = [
  hint(jane, "a"),
  hint(jane, "a", { outcome: "taken" }),
  hint(jane, "b", { action: "survey" }),
  hint(john, "a"),
  hint(jane, "a", { outcome: "shown", at: NOON + DAY_MS }),
].map((each) => ({ day: dayOf(each.at), ...each }));

beforeEach(async () => {
  await clear();
  await createLedger(db, stubs).land(landing({ hints: all }));
});

test("outcomes are walked day by day, page by page, each once", async () => {
  for (const limit of [1, 2, 3, 9]) {
    const walked: LandedHint[] = [];
    for (let page: LandedHint[] = []; ;) {
      const after = page.at(-1);
      page = await readHints(db, { from: today, to: today + 1, limit, ...(after && { after }) });
      if (page.length === 0) break;
      walked.push(...page);
    }
    expect(walked).toEqual(all);
  }
});

test("one action's outcomes and one day's can be read alone", async () => {
  const survey = await readHints(db, { from: today, to: today + 1, action: "survey", limit: 9 });
  expect(survey).toEqual([all[2]]);
  expect(await readHints(db, { from: today + 1, to: today + 9, limit: 9 })).toEqual([all[4]]);
});
