/** What the page of attribution says: models in a sentence each, and what the figures cover. */
import type { AttributionModel } from "../../domain/attribution/attribute.ts";
import { count, percent, whole } from "../numbers.ts";

export const MODEL_NAMES: Readonly<Record<AttributionModel, string>> = {
  first: "First",
  last: "Last",
  linear: "Linear",
  position: "Position",
  decay: "Time decay",
  markov: "Markov",
};

export const MODEL_WORDS: Readonly<Record<AttributionModel, string>> = {
  first: "All to what brought somebody here first.",
  last: "All to the last touch before the outcome.",
  linear: "In equal parts to every touch.",
  position: "40 % to the first, 40 % to the last, the rest to those between.",
  decay: "A touch a week earlier counts half as much.",
  markov: "By how many outcomes would be lost without the channel, from all paths together.",
};

export interface Outcomes {
  all: number;
  consented: number;
  touched: number;
}

/** What is missing from the figures, and why. */
export function missingWords({ all, consented, touched }: Outcomes): string[] {
  const silent = all - consented;
  const direct = consented - touched;
  const many = (n: number, rest: string): string => `${count(n, "outcome")} ${rest}`;
  return [
    ...(silent > 0
      ? [
          many(
            silent,
            "happened without consent to advertising: how these people came is not looked at.",
          ),
        ]
      : []),
    ...(direct > 0
      ? [
          many(
            direct,
            "happened with consent, but no touch before is known: they came directly, or earlier than this range.",
          ),
        ]
      : []),
  ];
}

/** `62 of 120 outcomes (52 %)` */
export const coverageWords = ({ all, touched }: Outcomes): string =>
  all === 0
    ? "no outcome"
    : `${whole(touched)} of ${count(all, "outcome")} (${percent(touched / all)})`;

/** Fractions of outcomes: one decimal where they are few. */
export const credit = (conversions: number): string =>
  conversions >= 100 || Math.abs(conversions - Math.round(conversions)) < 0.05
    ? whole(conversions)
    : conversions.toFixed(1);
