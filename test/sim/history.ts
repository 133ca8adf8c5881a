/** Random histories: what people and officers do, and what goes wrong meanwhile. */
import { ALL, CONSENT_MIXES, consented } from "./consent-history.ts";
import { below, pick, type Random, seeded } from "./random.ts";

export type Operation =
  | { do: "visit"; visitor: number }
  /** `sure`: proved by a sign-in; else only typed. */
  | { do: "identify"; visitor: number; says: string; sure: boolean }
  /** Types it beside an address of its own. */
  | { do: "squat"; visitor: number; says: string }
  | { do: "link"; visitor: number; with: number }
  /** Joined although they are kept apart. */
  | { do: "force"; visitor: number; with: number }
  /** Kept apart, whatever a machine finds. */
  | { do: "part"; visitor: number; with: number }
  /** No longer kept apart by a human's word. */
  | { do: "rejoin"; visitor: number; with: number }
  | { do: "undo"; nth: number }
  | { do: "withdraw"; visitor: number }
  | { do: "erase"; visitor: number }
  | Consented;

/** What happens under a consent of its own (world/browsers.ts, world/servers.ts). `visitor` is then a device's number. */
export type Consented =
  /** Looks at a page; `says`: and says who it is. */
  | { do: "browse"; visitor: number; says: string | null; sure: boolean }
  | { do: "choose"; visitor: number; choice: Choice }
  /** Sends an opt-out signal (GPC) from now on. */
  | { do: "optOut"; visitor: number }
  /** Asks for the next action. */
  | { do: "look"; visitor: number }
  /** The site's own server says that somebody did something. */
  | { do: "serve"; says: string; carried: Choice | null }
  | { do: "wait"; days: number };

/** By purpose; what isn't in it stays as it is. */
export interface Choice {
  answers: Readonly<Record<string, boolean>>;
  /** Told of the opt-out signal, and agreeing all the same. */
  overrides?: true;
}

export interface Faults {
  /** Objects that lose their memory, with every call they were waiting for. */
  crash: number;
  /** Messages that don't arrive; the sender sees a failure. */
  drop: number;
  /** Messages that arrive twice, the second one late. */
  double: number;
  /** Times in which D1 fails, sometimes after it took effect. */
  d1: number;
}

export interface History {
  seed: number;
  operations: Operation[];
  eager: boolean;
  /** So many more than the first that isn't done yet may be under way; all of them without it. */
  atOnce?: number;
  faults: Faults;
}

/** `e*` are addresses, `u*` user ids, of which a person has one. */
const IDENTIFIERS = ["e1", "e1", "e2", "e3", "u1", "u2"] as const;

/** How often each operation comes up, relative to the others. */
export type Mix = Partial<Record<Operation["do"], number>> & {
  /** Share of identifiers that are only typed. */
  typed: number;
  /** At most so many visitors or devices; without it six. */
  most?: number;
  /** What is said, where it isn't all of it. */
  says?: readonly string[];
};
export const MIXES: Record<string, Mix> = {
  even: { visit: 4, identify: 5, link: 2, undo: 3, withdraw: 0.4, erase: 1.2, typed: 0, squat: 0 },
  sever: { visit: 1, identify: 9, link: 1, undo: 6, withdraw: 0, erase: 0.3, typed: 0, squat: 0 },
  erase: { visit: 4, identify: 5, link: 4, undo: 3, withdraw: 0, erase: 4, typed: 0, squat: 0 },
  typed: {
    visit: 2,
    identify: 9,
    link: 1,
    undo: 2,
    withdraw: 0.2,
    erase: 0.6,
    typed: 0.5,
    squat: 1,
  },
  squat: {
    visit: 1,
    identify: 8,
    link: 0,
    undo: 0,
    withdraw: 0,
    erase: 1,
    typed: 0,
    squat: 5,
    says: ["e1", "e1", "e2"],
  },
  apart: {
    visit: 0,
    identify: 8,
    link: 0,
    undo: 4,
    withdraw: 0,
    erase: 0.4,
    typed: 0,
    squat: 0,
    force: 4,
    part: 5,
    says: ["e1", "e2", "e3", "e4"],
  },
  /** Humans who say and take back that two are two, while these are joined, parted and erased. */
  words: {
    visit: 1,
    identify: 6,
    link: 1,
    undo: 2,
    withdraw: 0,
    erase: 2.5,
    typed: 0,
    squat: 0,
    force: 3,
    part: 7,
    rejoin: 3,
    says: ["e1", "e1", "e2"],
  },
  ...CONSENT_MIXES,
};

export function history(seed: number, mix: Mix): History {
  const random = seeded(seed * 7919 + 13);
  const visitors = 2 + below(random, (mix.most ?? 6) - 1);
  const length = 3 + below(random, 13);
  const visitor = (): number => 1 + below(random, visitors);
  const operations: Operation[] = Array.from({ length }, () =>
    operation(random, mix, visitor, visitors),
  );
  for (let each = 1; each <= visitors; each++)
    if (random() < 0.8) operations.unshift(...beginning(mix, each));
  const trouble = below(random, 3) * below(random, 4);
  return {
    seed,
    operations,
    eager: random() < 0.5,
    ...(mix.choose ? { atOnce: 1 + below(random, 6) } : {}),
    faults: {
      crash: trouble,
      drop: trouble,
      double: below(random, 2) * below(random, 6),
      d1: below(random, 3),
    },
  };
}

const beginning = (mix: Mix, visitor: number): Operation[] => {
  if (!mix.choose) return [{ do: "visit", visitor }];
  const agrees: Operation = { do: "choose", visitor, choice: ALL };
  return mix.most ? [agrees, { do: "browse", visitor, says: "e1", sure: true }] : [agrees];
};

function operation(random: Random, mix: Mix, visitor: () => number, visitors: number): Operation {
  const kinds = (Object.keys(mix) as (keyof Mix)[]).filter(
    (kind): kind is Operation["do"] => !["typed", "says", "most"].includes(kind),
  );
  const often = (kind: Operation["do"]): number => mix[kind] ?? 0;
  let weight = random() * kinds.reduce((sum, kind) => sum + often(kind), 0);
  const kind = kinds.find((each) => (weight -= often(each)) < 0) ?? "visit";
  switch (kind) {
    case "identify":
      return {
        do: kind,
        visitor: visitor(),
        says: pick(random, mix.says ?? IDENTIFIERS),
        sure: random() >= mix.typed,
      };
    case "squat":
      return { do: kind, visitor: visitor(), says: pick(random, ["e1", "e1", "e2"]) };
    case "link":
    case "force":
    case "part":
    case "rejoin": {
      const from = visitor();
      return {
        do: kind,
        visitor: from,
        with: 1 + ((from + below(random, visitors - 1)) % visitors),
      };
    }
    case "undo":
      return { do: kind, nth: below(random, 9) };
    case "browse":
    case "choose":
    case "optOut":
    case "look":
    case "serve":
    case "wait":
      return consented(random, mix, kind, visitor());
    default:
      return { do: kind, visitor: visitor() };
  }
}
