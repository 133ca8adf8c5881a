/** Which event counts as an outcome: everything with a value, or one that the marketer chooses. */
import type { Figure } from "../../d1/rollups.ts";
import type { AttributionReport } from "../../http/api/attribution-count.ts";

const TRACK = "track:";
/** Names to choose from, the most frequent. */
const OFFERED = 60;

/** Names of what was tracked in a range, by its figures: the most frequent first. */
export function eventNames(figures: readonly Figure[]): string[] {
  const counts = new Map<string, number>();
  for (const { dimension, value, events } of figures)
    if (dimension === "event" && value.startsWith(TRACK)) {
      const name = value.slice(TRACK.length);
      counts.set(name, (counts.get(name) ?? 0) + events);
    }
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, OFFERED)
    .map(([name]) => name);
}

export const OutcomeChoice = ({
  report: { by, from, to, outcome },
  model,
  names,
}: {
  report: Pick<AttributionReport, "by" | "from" | "to" | "outcome">;
  model: string;
  names: readonly string[];
}) => {
  const offered = outcome === null || names.includes(outcome) ? names : [outcome, ...names];
  return (
    <form class="search short" method="get" action="/_u/console/attribution">
      {Object.entries({ by, model, from, to }).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <div class="field">
        <label for="outcome">What counts as an outcome</label>
        <select id="outcome" name="outcome">
          <option value="">Every event with a value</option>
          {offered.map((name) => (
            <option value={name} selected={name === outcome}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" class="quiet">
        Show
      </button>
    </form>
  );
};
