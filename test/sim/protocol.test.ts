import { expect, test } from "vitest";
import { MIXES } from "./history.ts";
import { runHistories } from "./run.ts";

/** Together 6,600; `npm run bench -- protocol --n 100000` runs any number. A failure prints the seed that shows it. */
const COUNTS = {
  even: 2000,
  sever: 1200,
  erase: 800,
  typed: 1000,
  squat: 800,
  apart: 800,
} as const;

for (const [name, count] of Object.entries(COUNTS))
  test(`in ${count} histories of visits, identifies, merges, undos and erasures with crashes, lost, doubled and reordered messages (${name}) every visitor lives once, every former home leads there, the persons are the components of the standing merges, and every accepted event counts once`, () => {
    const { failures, longest } = runHistories(MIXES[name]!, 1, count);
    expect(failures).toEqual([]);
    expect(longest).toBeGreaterThan(100);
  });
