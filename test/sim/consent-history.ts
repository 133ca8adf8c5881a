/** Random histories of what people allow, take back and do on several devices. */
import type { Choice, Consented, Mix } from "./history.ts";
import { below, pick, type Random } from "./random.ts";

export const PURPOSES = ["measurement", "personalization", "recognition", "advertising"] as const;

const answers = (yes: readonly string[]): Choice["answers"] =>
  Object.fromEntries(PURPOSES.map((purpose) => [purpose, yes.includes(purpose)]));

export const ALL: Choice = { answers: answers(PURPOSES) };
const NONE: Choice = { answers: answers([]) };

const nothing = { visit: 0, identify: 0, squat: 0, withdraw: 0 };

export const CONSENT_MIXES: Record<string, Mix> = {
  /** Few identifiers, so that devices become one person, and many changes of mind. */
  consent: {
    ...nothing,
    browse: 9,
    choose: 5,
    serve: 1.5,
    look: 1.5,
    undo: 1.2,
    link: 0.4,
    erase: 0.4,
    typed: 0.35,
    says: ["e1", "e1", "e2", "u1"],
  },
  /** Two or three devices that are soon known to be one human's, and say different things. */
  together: {
    ...nothing,
    browse: 8,
    choose: 8,
    serve: 4,
    look: 3,
    undo: 1,
    erase: 0.3,
    typed: 0.2,
    most: 3,
    says: ["e1", "e1", "u1"],
  },
  /** Opt-out signals, overruled by some, and time in which what was agreed to expires. */
  aging: {
    ...nothing,
    browse: 9,
    choose: 4,
    optOut: 1.5,
    wait: 1.5,
    serve: 2,
    look: 1.5,
    undo: 1,
    erase: 0.3,
    typed: 0.2,
    says: ["e1", "e1", "u1"],
  },
  /** Withdrawals and erasures while persons are joined and parted. */
  consentErase: {
    ...nothing,
    browse: 8,
    choose: 4,
    serve: 2,
    undo: 2,
    link: 1,
    erase: 2.5,
    typed: 0.2,
    says: ["e1", "e1", "e2", "u1"],
  },
};

export function consented(
  random: Random,
  mix: Mix,
  kind: Consented["do"],
  visitor: number,
): Consented {
  const says = (): string => pick(random, mix.says ?? ["e1"]);
  switch (kind) {
    case "browse":
      return {
        do: kind,
        visitor,
        says: random() < 0.6 ? says() : null,
        sure: random() >= mix.typed,
      };
    case "choose":
      return { do: kind, visitor, choice: choice(random) };
    case "serve":
      return { do: kind, says: says(), carried: random() < 0.5 ? choice(random) : null };
    case "wait":
      return { do: kind, days: pick(random, [1, 100, 200, 400]) };
    default:
      return { do: kind, visitor };
  }
}

/** Everything, nothing, all but one purpose, or a word about one alone. */
function choice(random: Random): Choice {
  const one = pick(random, PURPOSES);
  switch (below(random, 6)) {
    case 0:
      return NONE;
    case 1:
      return ALL;
    case 2:
      return { ...ALL, overrides: true };
    case 3:
      return { answers: { ...ALL.answers, [one]: false } };
    default:
      return { answers: { [one]: random() < 0.5 } };
  }
}
