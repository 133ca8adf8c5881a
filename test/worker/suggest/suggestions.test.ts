import { beforeAll, beforeEach, expect, test } from "vitest";
import { settle } from "../../support/objects.ts";
import { api, Browser, MARKETER_TOKEN, OFFICER_TOKEN } from "../../support/site.ts";
import { books, db } from "../d1/books.ts";
import { everything, placesOf } from "../privacy/household.ts";
import { AUTOMATIC, JANE, known, naming, populate, runJob, suggestions } from "./town.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";

let run = 0;
let a: VisitorId;
let b: VisitorId;

beforeAll(async () => {
  await populate();
  await runJob();
}, 120_000);

/** The same human twice: another spelling, and no identifier in common. */
async function twice(): Promise<void> {
  run++;
  a = await known(`jane-${run}`, { ...JANE, birthday: `1987-03-${10 + run}` });
  b = await known(`j-quill-${run}`, {
    ...JANE,
    birthday: `1987-03-${10 + run}`,
    lastName: "Quilfeather",
    street: "7 Harbor Lane",
  });
}

beforeEach(twice);

test("two records of one human are suggested to an officer, with a weight for each field and what differs", async () => {
  await runJob();
  const [found, ...more] = naming(await suggestions(), a);
  expect(more).toEqual([]);
  expect(found?.people.map(({ id }) => id).toSorted()).toEqual([a, b].toSorted());
  expect(found?.probability).toBeGreaterThan(0.9);
  const sum = found?.reasons.reduce((total, { bits }) => total + bits, 0) ?? 0;
  expect(sum).toBeCloseTo(found?.score ?? 0, 1);
  expect(found?.reasons.find(({ field }) => field === "birthday")).toMatchObject({
    because: expect.stringContaining("birthday is the same"),
  });
  // What is the same is masked; what differs is what the officer has to see.
  expect(found?.facts.find(({ field }) => field === "birthday")).toEqual({
    field: "birthday",
    a: "1987-…",
    b: "1987-…",
    same: true,
  });
  expect(found?.facts.find(({ field }) => field === "lastName")?.same).toBe(false);
  expect((await api("/suggestions", MARKETER_TOKEN)).status).toBe(403);
});
