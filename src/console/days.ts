/** Days as people read them. In links, forms and files they stay as machines do: `2026-10-27`. */
import { type Day, dayName } from "../domain/ids.ts";

const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** `2026-10-27` → `27 Oct 2026`; what isn't a day stays as it is. */
export function dayWords(day: string | Day): string {
  const name = typeof day === "string" ? day : dayName(day);
  return /^\d{4}-\d\d-\d\d$/.test(name) ? DAY.format(new Date(name)) : name;
}

const MOMENT = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** `2026-12-01T18:00:00Z` → `1 Dec 2026, 18:00 UTC`; a bare day stays one. */
export const momentWords = (moment: string): string =>
  moment.length === 10 ? dayWords(moment) : `${MOMENT.format(new Date(moment))} UTC`;

/** Of both days, and all between them. */
export const rangeWords = (from: string | Day, to: string | Day): string =>
  `${dayWords(from)} to ${dayWords(to)}`;
