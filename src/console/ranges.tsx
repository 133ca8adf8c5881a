/** The range of a report: links to the usual ones, and a form for any other, each with the other parts of its address. */
import { DAY_MS, dayName, dayOf } from "../domain/ids.ts";
import { type Range, rangeBetween, readDay, USUAL_RANGES } from "../http/api/reports.ts";
import { rangeWords } from "./days.ts";

/** Both days in the order in which they can only have been meant. @throws Problem `invalid` */
export function rangeAsked(request: Request, now: number): Range {
  const [from, to] = [readDay(request, "from"), readDay(request, "to")];
  const isTurned = from !== undefined && to !== undefined && from > to;
  return isTurned ? rangeBetween(to, from, now) : rangeBetween(from, to, now);
}

export const daysIn = ({ from, to }: Range): number => to - from + 1;

export const Ranges = ({
  now,
  days,
  href,
  from,
  to,
}: {
  now: number;
  /** Of the range that is shown. */
  days: number;
  /** The page's address, with what else stands in its query. */
  href: string;
  /** Of the range that is shown, `2026-11-22`; without them there is no form for another. */
  from?: string;
  to?: string;
}) => {
  const [path = "", query = ""] = href.split("?");
  const today = dayName(dayOf(now));
  const usual = USUAL_RANGES.find((each) => each === days && (to === undefined || to === today));
  return (
    <nav aria-label="Range" class="ranges">
      {USUAL_RANGES.map((each) => {
        const first = dayName(dayOf(now - (each - 1) * DAY_MS));
        return (
          <a
            href={`${href}${href.includes("?") ? "&" : "?"}from=${first}`}
            aria-current={each === usual ? "true" : undefined}
          >
            {each} days
          </a>
        );
      })}
      {from !== undefined && to !== undefined && (
        <details>
          <summary aria-current={usual === undefined ? "true" : undefined}>
            {usual === undefined ? rangeWords(from, to) : "Other"}
          </summary>
          <form class="search" method="get" action={path}>
            {[...new URLSearchParams(query)].map(([name, value]) => (
              <input type="hidden" name={name} value={value} />
            ))}
            <div class="field">
              <label for="from">From</label>
              <input id="from" name="from" type="date" value={from} max={today} required />
            </div>
            <div class="field">
              <label for="to">To</label>
              <input id="to" name="to" type="date" value={to} max={today} required />
            </div>
            <button type="submit">Show</button>
          </form>
        </details>
      )}
    </nav>
  );
};
