import {
  grantsAnything,
  mostRestrictive,
  NO_CHOICE,
  refusalsOnly,
  type Answer,
  type Override,
  type StoredChoice,
} from "./choice.ts";
import { PURPOSE_ID, type Purpose, type Regime } from "./purposes.ts";

/**
 * The stored choice as a cookie value, without its MAC (the http layer seals it): readable in the browser's tools and
 * made of characters that need no escaping. Example:
 *
 *     1_gpc_measurement.yes.20261122T101500.3.in_advertising.no.20261122.3.in
 *
 * Format version, flags (`gpc`, `over-gpc`, `unread` after a cookie that couldn't be read, `told-3` after the notice of version 3
 * was closed), then per purpose the answer, its time in UTC, the policy's version and
 * the regime. Without any grant times are cut to the day: a second is nearly an id, and who refused must not have one.
 */
const FORMAT = "1";

/** Before the version of the policy that the visitor was told of. */
const TOLD = "told-";

/** Characters; 32 purposes of the longest kind stay below it. */
const MAX_LENGTH = 3_000;

const ANSWERS = { granted: "yes", refused: "no", withdrawn: "off" } as const;
const REGIMES = { "opt-in": "in", "opt-out": "out", notice: "notice" } as const satisfies Record<
  Regime,
  string
>;

export function encodeChoice(choice: StoredChoice): string {
  const exact = grantsAnything(choice);
  const flags = [
    ...(choice.gpc ? ["gpc"] : []),
    ...choice.overrides.map((signal) => `over-${signal}`),
    ...(choice.unreadable === true ? ["unread"] : []),
    ...(choice.told === undefined ? [] : [`${TOLD}${choice.told}`]),
  ];
  const answers = Object.entries(choice.answers)
    .filter(([purpose]) => PURPOSE_ID.test(purpose))
    .map(([purpose, answer]) =>
      [
        purpose,
        ANSWERS[answer.state],
        encodeTime(answer.at, exact),
        answer.policy,
        REGIMES[answer.regime],
      ].join("."),
    );
  return [FORMAT, ...flags, ...answers].join("_");
}

/** The choice in a payload, or null when any part of it isn't what `encodeChoice` writes. */
export function decodeChoice(payload: string): StoredChoice | null {
  if (payload.length > MAX_LENGTH) return null;
  const [format, ...parts] = payload.split("_");
  if (format !== FORMAT) return null;
  const answers: Record<Purpose, Answer> = {};
  const overrides: Override[] = [];
  let gpc = false;
  let unreadable = false;
  let told = 0;
  for (const part of parts) {
    if (part === "gpc") gpc = true;
    else if (part === "unread") unreadable = true;
    else if (part === "over-gpc") overrides.push("gpc");
    else if (/^told-[1-9]\d{0,8}$/.test(part)) told = Number(part.slice(TOLD.length));
    else {
      const [purpose = "", ...fields] = part.split(".");
      const answer = decodeAnswer(fields);
      if (answer === null || !PURPOSE_ID.test(purpose) || Object.hasOwn(answers, purpose))
        return null;
      answers[purpose] = answer;
    }
  }
  return {
    answers,
    overrides,
    gpc,
    ...(unreadable ? { unreadable } : {}),
    ...(told > 0 ? { told } : {}),
  };
}

/** What counts of a payload that `decodeChoice` doesn't read, such as one that was cut short: every no that is legible. */
export function legibleRefusals(payload: string): StoredChoice {
  const [format, ...parts] = payload.slice(0, MAX_LENGTH).split("_");
  const choices =
    format === FORMAT ? parts.flatMap((part) => decodeChoice(`${FORMAT}_${part}`) ?? []) : [];
  return refusalsOnly(choices.reduce(mostRestrictive, NO_CHOICE));
}

function decodeAnswer(fields: readonly string[]): Answer | null {
  const [word, time = "", policy = "", regimeWord] = fields;
  const state = keyOf(ANSWERS, word);
  const regime = keyOf(REGIMES, regimeWord);
  const at = decodeTime(time);
  if (fields.length !== 4 || state === null || regime === null || at === null) return null;
  return /^[1-9]\d{0,8}$/.test(policy) ? { state, at, policy: Number(policy), regime } : null;
}

function keyOf<K extends string>(
  table: Readonly<Record<K, string>>,
  value: string | undefined,
): K | null {
  const keys = Object.keys(table) as K[];
  return keys.find((key) => table[key] === value) ?? null;
}

function encodeTime(at: number, exact: boolean): string {
  const compact = new Date(at).toISOString().replace(/[-:]|\.\d+Z$/g, "");
  return exact ? compact : compact.slice(0, 8);
}

function decodeTime(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?$/.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match
    .slice(1)
    .map((digits) => Number(digits ?? 0));
  const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  // Date.UTC rolls the 31st of February over; what doesn't write back the same wasn't a date.
  return Number.isNaN(at) || encodeTime(at, true).slice(0, text.length) !== text ? null : at;
}
