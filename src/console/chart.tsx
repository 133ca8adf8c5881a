/** Bars by day, drawn on the server. The same figures stand in words for those who can't see them. */

export interface Bar {
  /** `2026-11-22` */
  day: string;
  value: number;
}

const HEIGHT = 120;
const STEP = 12;
const GAP = 3;

/** Every day of the range has its place, so that a day without anything is seen as one. */
export function everyDay(from: string, to: string, found: readonly Bar[]): Bar[] {
  const known = new Map(found.map(({ day, value }) => [day, value]));
  const days: Bar[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.push({ day, value: known.get(day) ?? 0 });
  }
  return days;
}

export const Bars = ({ bars, what }: { bars: readonly Bar[]; what: string }) => {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const first = bars[0]?.day ?? "";
  const last = bars.at(-1)?.day ?? "";
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${what} by day from ${first} to ${last}, at most ${most.toLocaleString("en")}`}
      >
        {bars.map(({ day, value }, index) => {
          const height = (value / most) * HEIGHT;
          return (
            <rect x={index * STEP} y={HEIGHT - height} width={STEP - GAP} height={height}>
              <title>{`${day}: ${value.toLocaleString("en")}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption class="soft">
        <span>{first}</span>
        <span>at most {most.toLocaleString("en")} a day</span>
        <span>{last}</span>
      </figcaption>
    </figure>
  );
};
