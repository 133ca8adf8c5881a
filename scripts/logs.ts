/** What a log must never hold: secrets, and what tells who somebody is. */

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** A line of the test runner itself: a test's name and its code are ours, and may name an address. */
const OURS = /^\s*(✓|×|✗|↓|❯|→|·|FAIL|RUN|\d+\|)\s/;

const PERSONAL: Readonly<Record<string, RegExp>> = {
  "an e-mail address": /[\w.+-]+(@|%40)[\w-]+\.[\w.-]*\w/i,
  "a phone number": /(?<![\w.])\+\d[\d ()/-]{7,}\d/,
  "an IP address": /(?<![\w.])(?!0\.0\.0\.0|127\.)\d{1,3}(\.\d{1,3}){3}(?![\w.])/,
  "a cookie": /\b(__Host-)?usher(-consent|-session)?=[^;\s"]{8,}/,
  "a token": /\beyJ[\w-]{10,}\.[\w-]{10,}\./,
};

export interface Leak {
  line: number;
  what: string;
}

/** Where a run's output holds one of the secrets by name, or personal data. What was found isn't repeated. */
export function leaksIn(output: string, secrets: Readonly<Record<string, string>>): Leak[] {
  const leaks: Leak[] = [];
  for (const [index, raw] of output.split("\n").entries()) {
    const line = raw.replaceAll(ESCAPES, "");
    if (OURS.test(line)) continue;
    for (const [name, value] of Object.entries(secrets))
      if (value.length >= 8 && line.includes(value)) leaks.push({ line: index + 1, what: name });
    for (const [what, pattern] of Object.entries(PERSONAL))
      if (pattern.test(line)) leaks.push({ line: index + 1, what });
  }
  return leaks;
}

/** A list of keys (`kid:secret,…`) is as secret as each of its parts. */
export const partsOf = (secrets: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(secrets).flatMap(([name, value]) =>
      value.split(",").map((part, at) => [`${name}[${at}]`, part.replace(/^[\w-]{1,32}:/, "")]),
    ),
  );
