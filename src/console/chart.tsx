/**
 * Charts drawn on the server. Widths are shares of the page, so that they fit a phone without their text shrinking. Every
 * chart has a name for those who can't see it, and the figures themselves in a table below.
 */
import { type ScaleLinear, scaleLinear } from "d3-scale";
import { line, stack } from "d3-shape";
import type { ComponentChildren } from "preact";
import { short, whole } from "./numbers.ts";

/** One value a day, in the order of the chart's days. */
export interface Series {
  name: string;
  /** Where the things behind it are. */
  href?: string | undefined;
  values: readonly number[];
}

interface ChartProps {
  /** What is counted: `Events by day`. */
  what: string;
  /** `2026-11-22`, every day of the range in order (`daysBetween`). */
  days: readonly string[];
  series: readonly Series[];
  /** How a figure is written; counts if not given. */
  format?: (value: number) => string;
}

/** In pixels: of the drawing, of the room above it for half a line of text, of the days below, of the figures beside. */
const HEIGHT = 160;
const HEAD = 8;
const FOOT = 22;
const SIDE = 44;
const COLOURS = 6;

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
export const dayWords = (day: string): string => DAY.format(new Date(day));

/** Every day from the first to the last, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** The values of some days laid out over all days of a range; a day without any is 0. */
export function spread<Item extends { day: string }>(
  days: readonly string[],
  items: readonly Item[],
  valueOf: (item: Item) => number,
): number[] {
  const found = new Map(items.map((item) => [item.day, valueOf(item)]));
  return days.map((day) => found.get(day) ?? 0);
}

const share = (part: number): string => `${Math.round(part * 10_000) / 100}%`;
const colour = (index: number): string => `c${index % COLOURS}`;

const scaleTo = (most: number): ScaleLinear<number, number> =>
  scaleLinear([0, most > 0 ? most : 1], [HEIGHT, 0]).nice(4);

const Scale = ({
  y,
  format,
}: {
  y: ScaleLinear<number, number>;
  format: (n: number) => string;
}) => (
  <svg class="scale" width={SIDE} height={HEAD + HEIGHT + FOOT} aria-hidden="true">
    {y.ticks(4).map((tick) => (
      <text x={SIDE - 8} y={HEAD + y(tick) + 4} text-anchor="end">
        {format(tick)}
      </text>
    ))}
  </svg>
);

const Grid = ({ y }: { y: ScaleLinear<number, number> }) => (
  <>
    {y.ticks(4).map((tick) => (
      <line class={tick === 0 ? "axis" : "grid"} x1="0" x2="100%" y1={y(tick)} y2={y(tick)} />
    ))}
  </>
);

/** First, middle and last day: more don't fit a phone. */
const DayAxis = ({ days }: { days: readonly string[] }) => {
  const marks = [
    ["start", "0", days[0]],
    ["middle", "50%", days.length > 4 ? days[Math.floor(days.length / 2)] : undefined],
    ["end", "100%", days.length > 1 ? days.at(-1) : undefined],
  ] as const;
  return (
    <g>
      {marks.map(([anchor, x, day]) =>
        day === undefined ? null : (
          <text x={x} y={HEIGHT + FOOT - 5} text-anchor={anchor}>
            {dayWords(day)}
          </text>
        ),
      )}
    </g>
  );
};

const Legend = ({ series }: Pick<ChartProps, "series">) =>
  series.length < 2 ? null : (
    <ul class="legend">
      {series.map(({ name, href }, index) => (
        <li>
          <svg viewBox="0 0 12 12" aria-hidden="true">
            <rect class={colour(index)} width="12" height="12" rx="3" />
          </svg>
          {href === undefined ? name : <a href={href}>{name}</a>}
        </li>
      ))}
    </ul>
  );

const Figures = ({ what, days, series, format = whole }: ChartProps) => (
  <details>
    <summary>The figures as a table</summary>
    <table class="plain">
      <caption class="hidden">{what}</caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          {series.map(({ name }) => (
            <th scope="col" class="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {days.map((day, at) => (
          <tr>
            <th scope="row">{day}</th>
            {series.map(({ values }) => (
              <td class="number">{format(values[at] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </details>
);

const rangeWords = (days: readonly string[]): string =>
  days.length === 0 ? "" : `, ${days[0]} to ${days.at(-1)}`;

const Chart = ({
  props,
  y,
  children,
}: {
  props: ChartProps;
  y: ScaleLinear<number, number>;
  children: ComponentChildren;
}) => {
  const { what, days, series, format = whole } = props;
  const most = Math.max(0, ...series.flatMap(({ values }) => values));
  return (
    <figure class="chart">
      <div
        class="plot"
        role="img"
        aria-label={`${what}${rangeWords(days)}; at most ${format(most)} a day. The figures are in the table below.`}
      >
        <Scale y={y} format={props.format ?? short} />
        <svg height={HEAD + HEIGHT + FOOT} aria-hidden="true">
          <g transform={`translate(0 ${HEAD})`}>
            <Grid y={y} />
            {children}
            <DayAxis days={days} />
          </g>
        </svg>
      </div>
      <Legend series={series} />
      <Figures {...props} />
    </figure>
  );
};

/** A bar a day; several series stand on each other. */
export const Bars = (props: ChartProps) => {
  const { days, series, format = whole } = props;
  const rows = days.map((_, at) =>
    Object.fromEntries(series.map(({ values }, index) => [index, values[at] ?? 0])),
  );
  const layers = stack<Record<number, number>>().keys(series.map((_, index) => String(index)))(
    rows,
  );
  const y = scaleTo(Math.max(0, ...layers.flatMap((layer) => layer.map(([, top]) => top))));
  const step = 1 / Math.max(1, days.length);
  return (
    <Chart props={props} y={y}>
      {layers.map((layer, index) => (
        <g class={colour(index)}>
          {layer.map(([low, high], at) =>
            high === low ? null : (
              <rect
                x={share((at + 0.12) * step)}
                width={share(step * 0.76)}
                y={y(high)}
                height={Math.max(1, y(low) - y(high))}
              >
                <title>{`${days[at]}, ${series[index]?.name}: ${format(high - low)}`}</title>
              </rect>
            ),
          )}
        </g>
      ))}
    </Chart>
  );
};

/** A line a series. */
export const Lines = (props: ChartProps) => {
  const { days, series } = props;
  const y = scaleTo(Math.max(0, ...series.flatMap(({ values }) => values)));
  const path = line<number>()
    .x((_, at) => (days.length < 2 ? 50 : (at / (days.length - 1)) * 100))
    .y((value) => y(value));
  return (
    <Chart props={props} y={y}>
      <svg viewBox={`0 0 100 ${HEIGHT}`} width="100%" height={HEIGHT} preserveAspectRatio="none">
        {series.map(({ values }, index) => (
          <path class={colour(index)} d={path([...values]) ?? ""} />
        ))}
      </svg>
    </Chart>
  );
};

export interface Interval {
  name: string;
  low: number;
  mid: number;
  high: number;
  href?: string | undefined;
}

/** An estimate a row with the range it lies in, against a line that says "no difference". */
export const Intervals = ({
  what,
  of,
  rows,
  neutral = 0,
  format,
}: {
  what: string;
  /** What is estimated: `Lift`. */
  of: string;
  rows: readonly Interval[];
  neutral?: number;
  format: (value: number) => string;
}) => {
  const ends = rows.flatMap(({ low, high }) => [low, high]);
  const x = scaleLinear([Math.min(neutral, ...ends), Math.max(neutral, ...ends)], [0.02, 0.98]);
  return (
    <table class="shares intervals">
      <caption class="hidden">{what}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">Name</th>
          <th scope="col">{of}, and the range it lies in</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, low, mid, high, href }) => (
          <tr>
            <th scope="row">
              {href === undefined ? name : <a href={href}>{name}</a>}
              <svg class="c0" height="16" aria-hidden="true">
                <line class="axis" x1={share(x(neutral))} x2={share(x(neutral))} y1="0" y2="16" />
                <line class="span" x1={share(x(low))} x2={share(x(high))} y1="8" y2="8" />
                <circle cx={share(x(mid))} cy="8" r="5" />
              </svg>
            </th>
            <td class="number">
              {format(mid)}
              <p class="soft">
                {format(low)} to {format(high)}
              </p>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
