/** Every parser under damaged input: it answers or refuses in our own words, and what it lets through is bounded. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Problem } from "../../../src/domain/problem.ts";
import { corpus, damaged } from "./corpus.ts";
import { TEXT_PARSERS } from "./text-parsers.ts";

const RUNS = { numRuns: 1_500 };

/** What it says, or that it refused in our own words; anything else fails the test. */
async function answerOf<T>(work: () => T | Promise<T>): Promise<T | "refused"> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) return "refused";
    throw error;
  }
}

describe.each(Object.entries(TEXT_PARSERS))("%s", (_, { corpus: name, parse, accepts }) => {
  const { valid, invalid } = corpus(name);

  test("is answered or refused in our own words, however damaged", async () => {
    await fc.assert(
      fc.asyncProperty(damaged([...valid, ...invalid]), async (text) => {
        const answer = await answerOf(() => parse(text));
        // Nothing swells: what was read is of the size of what was sent.
        const size = JSON.stringify(answer instanceof Map ? [...answer] : answer)?.length ?? 0;
        expect(size).toBeLessThan(6 * text.length + 4_096);
      }),
      RUNS,
    );
  });

  if (accepts)
    test("of the corpus is accepted where it is valid, and only there", async () => {
      for (const text of valid)
        expect.soft(accepts(await answerOf(() => parse(text))), text).toBe(true);
      for (const text of invalid)
        expect.soft(accepts(await answerOf(() => parse(text))), text).toBe(false);
    });
});
