/**
 * Nobody stalls us with a text in which an expression begins again at every letter: such a reader would be at work for minutes
 * here, one that goes over the text once for a few milliseconds.
 */
import { runInNewContext } from "node:vm";
import { describe, test } from "vitest";
import { isBot } from "../../../src/domain/intake/bots.ts";
import { cleanText } from "../../../src/domain/intake/bounded.ts";
import { blockedBy, isBlocked } from "../../../src/domain/intake/blocked.ts";
import { junkIn } from "../../../src/domain/intake/junk.ts";
import { wordsIn } from "../../../src/domain/permission/words.ts";
import { readIdentifier } from "../../../src/http/api/identifiers.ts";
import { run } from "../intake/taking.ts";
import { TEXT_PARSERS } from "./text-parsers.ts";

/** Characters: of the order of the largest body. */
const LENGTH = 200_000;
/** Milliseconds, a thousand times what it takes. */
const LONGEST = 60_000;

const AGAIN = [
  " ",
  "\t",
  "a",
  "1",
  ".",
  "a.",
  "@",
  "a@",
  "(",
  "[",
  "{",
  "<",
  "&",
  "a=",
  "%20",
  "%40",
].concat(["/", "://", "-", "_", "~", ";", ",", '"', "\\", "\n", "é", "Version/", "groups=a:1,"]);
const AROUND = [
  ["", ""],
  ["x", "x"],
  ["http://a/", "@"],
  ['"', '"x'],
] as const;

/** Of an officer: the worst that one may say. */
const ruled = blockedBy({ values: [], patterns: ["*a*a*a*b", "email:*@*@*.x"], allowed: ["*"] });

const READERS: readonly (readonly [what: string, read: (text: string) => unknown])[] = [
  ...Object.entries(TEXT_PARSERS)
    // What comes in pieces, or by a header that the platform cuts, isn't read in one go.
    .filter(([what]) => what !== "a CSV file")
    .map(([what, { parse }]) => [what, parse] as const),
  ["a value that may name nobody", isBlocked],
  ["a value under an officer's patterns", (text) => ruled("email", text)],
  ["a dropped message's ids", (text) => junkIn({ userId: '"x"', anonymousId: text })],
  ["a text that is stored", cleanText],
  ["a machine's name", isBot],
  ["an event's name", (text) => wordsIn(text, {})],
  ["an identifier as people write it", readIdentifier],
  [
    "a message",
    (text) =>
      run({
        type: "identify",
        userId: "u1",
        anonymousId: text,
        timestamp: text,
        traits: { email: text, phone: text, name: text },
        properties: { url: text, price: text, currency: text },
        context: { page: { url: `https://a.b/${text}`, title: text }, campaign: { name: text } },
      }),
  ],
];

describe("a text as long as a body is read in one go, whatever stands in it again and again", () => {
  test.each(READERS)("%s", (_, read) => {
    const work = (): void => {
      for (const again of AGAIN)
        for (const [before, behind] of AROUND)
          try {
            read(before + again.repeat(LENGTH / again.length) + behind);
          } catch {
            // Refused: in which words is told elsewhere.
          }
    };
    runInNewContext("work()", { work }, { timeout: LONGEST });
  });
});
