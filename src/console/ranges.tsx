/** Links to the usual ranges of a report, each with the other parts of its address. */
import { DAY_MS, dayName, dayOf } from "../domain/ids.ts";

const RANGES = [7, 30, 90] as const;

export const Ranges = ({
  now,
  days,
  href,
}: {
  now: number;
  /** Of the range that is shown. */
  days: number;
  /** The page's address, with what else stands in its query. */
  href: string;
}) => (
  <nav aria-label="Range" class="ranges">
    {RANGES.map((each) => {
      const from = dayName(dayOf(now - (each - 1) * DAY_MS));
      return (
        <a
          href={`${href}${href.includes("?") ? "&" : "?"}from=${from}`}
          aria-current={each === days ? "true" : undefined}
        >
          {each} days
        </a>
      );
    })}
  </nav>
);
