/**
 * Reads hostile and ordinary consent strings and decides by them, in Node: the clock stands still inside workerd.
 *
 *     gate [--rounds 60] [--seed 1]    → {decision, ordinary, hostile, ratio, limit, within, official}
 *
 * Times are microseconds of one call of the reader, the best of several rounds, so that a pause of the machine doesn't
 * count. `ratio` is the costliest hostile string against the median of ordinary ones, both through the reader that takes
 * them; `official` is what IAB's own decoder takes for the ordinary TC strings and for the costliest bomb, in the same
 * run; `decision` is the whole gate for a browser that sends every ordinary signal at once.
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { TCString } from "@iabtechlabtcf/core";
import { choose } from "../../src/domain/consent/choice.ts";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { decide } from "../../src/domain/consent/gate.ts";
import { readSignals } from "../../src/domain/consent/signals/read.ts";
import { NONE } from "../../src/domain/consent/signals/types.ts";
import { BOMBS, hostile } from "../conformance/hostile.ts";
import { ordinary, type OrdinaryString } from "../conformance/ordinary.ts";

/** How much more than an ordinary string a hostile one may cost. */
const LIMIT = 20;

const NOW = Date.UTC(2026, 10, 22);

/** The slots that a hostile string could be sent in. */
const SLOTS = [
  "euconsent-v2",
  "__gpp",
  "usprivacy",
  "OptanonConsent",
  "CookieConsent",
  "klaro",
  "cc_cookie",
];

/** Keeps results alive, so that nothing measured is optimised away. */
let sink = 0;

function read(slot: string, text: string): void {
  const signals = readSignals({ secGpc: null, cookie: (name) => (name === slot ? text : null) });
  sink += signals.tcf.state.length + signals.gpp.state.length;
}

/** Microseconds of one call: the best of the rounds, each long enough for the clock. */
function microseconds(rounds: number, call: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const calls = 8;
    const from = performance.now();
    for (let at = 0; at < calls; at++) call();
    best = Math.min(best, ((performance.now() - from) * 1_000) / calls);
  }
  return best;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const rounded = (number: number): number => Math.round(number * 100) / 100;

export const run = async (args: string[]): Promise<object> => {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: "string" }, seed: { type: "string" } },
  });
  const rounds = Number(values.rounds ?? 60);
  const seed = Number(values.seed ?? 1);

  const good = ordinary(seed);
  const bad = hostile(1_000, seed);
  // Everything once before the clock runs, so that the compiler has seen all of it.
  for (let warm = 0; warm < 3; warm++) {
    for (const { slot, text } of good) for (let at = 0; at < 50; at++) read(slot, text);
    for (const { text } of bad) for (const slot of SLOTS) read(slot, text);
  }

  const usual = median(good.map(({ slot, text }) => microseconds(rounds, () => read(slot, text))));
  let costliest = { kind: "", slot: "", microseconds: 0 };
  for (const { kind, text } of bad) {
    for (const slot of SLOTS) {
      // Few rounds find the suspects; only what would be the costliest is measured as well as the ordinary ones.
      if (microseconds(3, () => read(slot, text)) <= costliest.microseconds) continue;
      const time = microseconds(rounds, () => read(slot, text));
      if (time > costliest.microseconds) costliest = { kind, slot, microseconds: time };
    }
  }

  const ratio = costliest.microseconds / usual;
  return {
    decision: rounded(decisionTime(good, rounds)),
    ordinary: { strings: good.length, median: rounded(usual) },
    hostile: {
      strings: bad.length,
      costliest: { ...costliest, microseconds: rounded(costliest.microseconds) },
    },
    ratio: rounded(ratio),
    limit: LIMIT,
    within: ratio <= LIMIT && sink > 0,
    official: officialTimes(good),
  };
};

/** Median of the ordinary TC strings, and the costliest of the bombs that the official decoder takes at all. */
function officialTimes(good: readonly OrdinaryString[]): { ordinary: number; costliest: number } {
  const decode = (text: string): void => {
    try {
      sink += Number(TCString.decode(text).version);
    } catch {
      // What it refuses costs what it costs until then.
    }
  };
  const strings = good.filter(({ slot }) => slot === "euconsent-v2");
  const bombs = BOMBS.filter(({ text }) => text.length <= 4_096);
  return {
    ordinary: rounded(median(strings.map(({ text }) => microseconds(3, () => decode(text))))),
    costliest: rounded(Math.max(...bombs.map(({ text }) => once(() => decode(text))))),
  };
}

/** Microseconds of one single call, for what takes too long to repeat. */
function once(call: () => void): number {
  const from = performance.now();
  call();
  return (performance.now() - from) * 1_000;
}

/** One browser with a stored choice and one ordinary string of each kind: reading and deciding. */
function decisionTime(good: readonly OrdinaryString[], rounds: number): number {
  const cookies = new Map(good.map(({ slot, text }) => [slot, text]));
  const request = { choices: { measurement: true } };
  const choice = choose({
    policy: DEFAULT_POLICY,
    regime: "opt-in",
    previous: null,
    request,
    gpc: false,
    now: NOW,
  });
  return microseconds(rounds, () => {
    const signals = readSignals({ secGpc: "1", cookie: (name) => cookies.get(name) });
    const subject = { child: false, erased: false };
    const result = decide({
      policy: DEFAULT_POLICY,
      region: "DE",
      browser: true,
      signals,
      choice,
      carried: NONE,
      subject,
      now: NOW,
    });
    sink += result.asking.length;
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(`${JSON.stringify(await run(process.argv.slice(2)))}\n`);
}
