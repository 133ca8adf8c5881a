/** What an amount of money in a file means, whoever's habit it is written in, and never a guess that multiplies it. */
import { good, type Result, wrong } from "./rows.ts";

const GAP = "[ \u00a0\u202f'’]";

/** Whole part and decimals. Groups before the last one have two digits in India. */
const SHAPES: readonly RegExp[] = [
  // 1234, 12.3456, .5
  /^(\d*)\.(\d+)$/,
  /^(\d+)$/,
  // 12,5
  /^(\d*),(\d+)$/,
  // 1,234.50 and 12,34,567; a lone comma was met above
  /^(\d{1,3}(?:,\d{2,3})*,\d{3})(?:\.(\d+))?$/,
  // 1.234,50 and 1.234.567; a lone point was met above
  /^(\d{1,3}(?:\.\d{3})+)(?:,(\d+))?$/,
  // 1 234,50 and 1'234.50
  new RegExp(`^(\\d{1,3}(?:${GAP}\\d{3})+)(?:[.,](\\d+))?$`),
];

/**
 * In hundredths, rounded half up. A lone point has decimals behind it, however many. A lone comma with three digits behind it
 * parts thousands for some and decimals for others, so that is refused.
 */
export function centsIn(text: string): Result<number> {
  if (text === "") return wrong("has no cost");
  if (/^0*[1-9]\d*,\d{3}$/.test(text) && text.indexOf(",") <= 3)
    return wrong("cost has a comma that may part thousands or decimals: write it like 1234.50");
  for (const shape of SHAPES) {
    const [, whole = "", decimals = ""] = shape.exec(text) ?? [];
    if (whole !== "" || decimals !== "") return hundredths(whole, decimals);
  }
  return wrong("cost isn't an amount like 1234.50");
}

function hundredths(whole: string, decimals: string): Result<number> {
  const [tenth = "0", hundredth = "0", next = "0"] = decimals;
  const up = next >= "5" ? 1 : 0;
  const value = Number(whole.replaceAll(/\D/g, "")) * 100 + Number(tenth + hundredth) + up;
  return Number.isSafeInteger(value) ? good(value) : wrong("cost is too large");
}
