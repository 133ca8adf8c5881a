import { expect, test } from "vitest";
import { MIXES } from "./history.ts";
import { runHistories } from "./run.ts";

/** `npm run bench -- protocol --n 100000` runs any number. A failure prints the seed that shows it; `--shrink` the least of it. */
const run = (name: string, count: number): void => {
  const { failures, longest } = runHistories(MIXES[name]!, 1, count);
  expect(failures).toEqual([]);
  expect(longest).toBeGreaterThan(100);
};

for (const [name, count] of Object.entries({
  even: 2000,
  sever: 1200,
  erase: 800,
  typed: 1000,
  squat: 800,
  apart: 800,
  words: 800,
}))
  test(`in ${count} histories of visits, identifies, merges, undos and erasures with crashes, lost, doubled and reordered messages (${name}) every visitor lives once, every former home leads there, the persons are the components of the standing merges, and every accepted event counts once`, () => {
    run(name, count);
  });

for (const [name, count] of Object.entries({
  together: 1200,
  consent: 800,
  consentErase: 700,
  aging: 700,
}))
  test(`in ${count} histories in which people also agree, withdraw and change their minds on several devices (${name}) nothing is recorded, linked, joined or used for a purpose that anybody proven to be the same human denies, nothing is left out that they allow, and each event lies everywhere under the purposes it was recorded under`, () => {
    run(name, count);
  });

/** Each showed something that the product did wrong, or that was asked of it wrongly. */
const SHOWN: Record<string, readonly number[]> = {
  together: [
    500066, 502758, 503266, 531628, 531805, 534247, 538652, 540137, 540319, 544736, 545602, 574200,
    726701,
  ],
  consent: [500304, 532354],
  consentErase: [500392],
  aging: [500073, 500585, 2901814],
  typed: [510565],
  apart: [500477, 501432, 501870, 502064, 502253, 533299, 536571],
};

test("the histories that once showed something wrong hold", () => {
  for (const [name, seeds] of Object.entries(SHOWN))
    for (const seed of seeds)
      expect({ name, ...runHistories(MIXES[name]!, seed, 1) }).toMatchObject({
        name,
        failures: [],
      });
});
