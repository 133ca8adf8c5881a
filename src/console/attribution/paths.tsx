/** The commonest paths, drawn: a dot a touch, as thick as the path is common, ending in an outcome or in nothing. */
import type { Path } from "../../domain/attribution/paths.ts";
import { money, percent, whole } from "../numbers.ts";
import { Table } from "../table.tsx";

const STEP = 30;
const HEIGHT = 26;
const RADIUS = 8;
/** Touches drawn; a longer path's middle is left out. */
const TOUCHES = 6;
const COLOURS = 6;

const shortened = (channels: readonly string[]): (string | null)[] =>
  channels.length <= TOUCHES
    ? [...channels]
    : [...channels.slice(0, TOUCHES - 3), null, ...channels.slice(-2)];

const Drawing = ({
  path,
  colourOf,
  thickness,
}: {
  path: Path;
  colourOf: (channel: string) => number;
  thickness: number;
}) => {
  const steps = shortened(path.channels);
  const middle = HEIGHT / 2;
  const end = 12 + steps.length * STEP;
  const isTaken = path.conversions > 0;
  return (
    <svg class="path" width={end + 14} height={HEIGHT} aria-hidden="true">
      <line class="way" x1="12" x2={end} y1={middle} y2={middle} stroke-width={thickness} />
      {steps.map((channel, at) =>
        channel === null ? (
          <text x={12 + at * STEP} y={middle - 6} text-anchor="middle">
            …
          </text>
        ) : (
          <circle class={`c${colourOf(channel)}`} cx={12 + at * STEP} cy={middle} r={RADIUS} />
        ),
      )}
      <rect
        class={isTaken ? "outcome" : "nothing"}
        x={end - 7}
        y={middle - 7}
        width="14"
        height="14"
        rx="3"
      />
    </svg>
  );
};

export const Paths = ({ paths }: { paths: readonly Path[] }) => {
  const channels = [...new Set(paths.flatMap((path) => path.channels))];
  const colourOf = (channel: string): number => channels.indexOf(channel) % COLOURS;
  const times = ({ conversions, nulls }: Path): number => conversions + nulls;
  const most = Math.max(1, ...paths.map(times));
  return (
    <>
      <ul class="legend">
        {channels.slice(0, COLOURS).map((channel) => (
          <li>
            <svg viewBox="0 0 12 12" aria-hidden="true">
              <circle class={`c${colourOf(channel)}`} cx="6" cy="6" r="6" />
            </svg>
            {channel}
          </li>
        ))}
        <li>
          <svg viewBox="0 0 14 14" aria-hidden="true">
            <rect class="outcome" width="14" height="14" rx="3" />
          </svg>
          outcome
        </li>
      </ul>
      <Table
        caption="The commonest paths"
        rows={paths}
        columns={[
          {
            name: "Path",
            cell: (path) => (
              <>
                <Drawing path={path} colourOf={colourOf} thickness={1 + (5 * times(path)) / most} />
                <p class="soft">{path.channels.join(" → ")}</p>
              </>
            ),
          },
          { name: "Times", number: true, cell: (path) => whole(times(path)) },
          {
            name: "Outcomes",
            number: true,
            cell: ({ conversions }) => whole(conversions),
          },
          {
            name: "Led to one",
            number: true,
            cell: (path) => percent(path.conversions / Math.max(1, times(path))),
          },
          {
            name: "Worth",
            number: true,
            cell: ({ value }) => money(value * 100),
          },
        ]}
      />
    </>
  );
};
