/** Dates as people type them: year, month, day, each 0 when it isn't there. */
export interface PartialDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/**
 * Reads `1990-07-31`, `1990/7/31`, `19900731`, `31.07.1990`, `07/31/1990`, `1990-07`, `1990` and an ISO date with a time.
 * With the year last, day and month are told apart by what is possible; if both are, day first.
 * A date with typos in it (month 19) is kept as it stands. Undefined: no four-digit year is recognisable.
 */
export function parseDate(text: string): PartialDate | undefined {
  const trimmed = text.trim().replace(/T\d.*$/, "");
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(trimmed);
  const yearFirst = compact ?? /^(\d{4})(?:\D+(\d{1,2}))?(?:\D+(\d{1,2}))?(?:\D.*)?$/.exec(trimmed);
  if (yearFirst !== null)
    return { year: part(yearFirst[1]), month: part(yearFirst[2]), day: part(yearFirst[3]) };
  const yearLast = /^(\d{1,2})\D+(\d{1,2})\D+(\d{4})$/.exec(trimmed);
  if (yearLast === null) return undefined;
  const [first, second, year] = [part(yearLast[1]), part(yearLast[2]), part(yearLast[3])];
  return second > 12 && first <= 12
    ? { year, month: first, day: second }
    : { year, month: second, day: first };
}

function part(text: string | undefined): number {
  return text === undefined ? 0 : Number(text);
}

/** `yyyymmdd`, with zeros for what isn't there. */
export function dateDigits(date: PartialDate): string {
  return `${pad(date.year, 4)}${pad(date.month, 2)}${pad(date.day, 2)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** Days since year 0 on a calendar of equal months: only differences matter, and typos may name impossible days. */
export function approximateDay(date: PartialDate): number {
  return Math.round(date.year * 365.25 + date.month * 30.44 + date.day);
}
