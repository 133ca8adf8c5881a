/** All visitors in parts of about one size: ids are random, so an even share of them is an even share of their rows. */

/** Ids from `from` on, up to but not including `before`, as texts are compared. */
export interface Stretch {
  from: string;
  before: string;
}

/** What ids are made of, in the order in which SQLite compares them. */
const IN_ORDER = [..."abcdefghijklmnopqrstuvwxyz234567"].toSorted().join("");
const LETTERS = 4;
/** Further ones would be the same. */
export const MOST_STRETCHES = 32 ** LETTERS;

/** After every id there can be. */
const END = "~";

/** @param at from 0 to `of` − 1 */
export function stretchAt(at: number, of: number): Stretch {
  return { from: at === 0 ? "" : edge(at, of), before: at === of - 1 ? END : edge(at + 1, of) };
}

/** Where a part begins, by its first letters. */
function edge(at: number, of: number): string {
  let rest = Math.floor((at * MOST_STRETCHES) / of);
  let text = "";
  for (let n = 0; n < LETTERS; n++) {
    text = IN_ORDER.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

export const WHOLE: Stretch = stretchAt(0, 1);
