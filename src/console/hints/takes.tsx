/** How takes are shown: a rate with the range it lies in, and the lift in words. */
import type { Lift, Takes } from "../../domain/action/measure.ts";
import { count, percent, whole } from "../numbers.ts";
import { Table } from "../table.tsx";

/** A rate is mostly small: with a decimal below ten percent. */
const fine = (share: number): string =>
  share > 0 && share < 0.1 ? `${Number((share * 100).toFixed(1))} %` : percent(share);

export const Rate = ({ rate, interval }: Pick<Takes, "rate" | "interval">) =>
  rate === null || interval === null ? (
    <span class="soft">none closed yet</span>
  ) : (
    <>
      {fine(rate)}{" "}
      <span class="soft">
        {fine(interval[0])} to {fine(interval[1])}
      </span>
    </>
  );

export interface TakesLine extends Takes {
  name: string;
  href?: string;
}

export const TakesTable = ({
  caption,
  first,
  rows,
}: {
  caption: string;
  /** What the rows are told apart by. */
  first: string;
  rows: readonly TakesLine[];
}) => (
  <Table
    caption={caption}
    rows={rows}
    columns={[
      { name: first, cell: ({ name, href }) => (href ? <a href={href}>{name}</a> : name) },
      { name: "Shown", number: true, cell: ({ shown }) => whole(shown) },
      { name: "Taken", number: true, cell: ({ taken }) => whole(taken) },
      { name: "Dismissed", number: true, cell: ({ dismissed }) => whole(dismissed) },
      { name: "Expired", number: true, cell: ({ expired }) => whole(expired) },
      { name: "Open", number: true, cell: ({ open }) => whole(open) },
      { name: "Rate", number: true, rem: 12, cell: (takes) => <Rate {...takes} /> },
    ]}
  />
);

/** A difference of two shares: `+4 points`. */
export const points = (difference: number): string => {
  const hundredths = Math.round(difference * 1000) / 10;
  const sign = hundredths > 0 ? "+" : hundredths < 0 ? "−" : "";
  return `${sign}${Math.abs(hundredths)} ${Math.abs(hundredths) === 1 ? "point" : "points"}`;
};

export type MeasuredLift = Lift & { success: string; holdOut: number };

export function liftWords({ lift, interval, success }: MeasuredLift): string {
  if (lift === null || interval === null)
    return `Nobody is in one of the two groups yet, so nothing can be said about “${success}”.`;
  const range = `${points(interval[0])} to ${points(interval[1])}`;
  if (interval[0] > 0)
    return `It brings about “${success}”: ${points(lift)}, and hardly less than ${points(interval[0])} (${range}).`;
  if (interval[1] < 0)
    return `It keeps people from “${success}”: ${points(lift)} (${range}). Consider switching it off.`;
  return `No effect on “${success}” can be told from chance yet: ${points(lift)} (${range}).`;
}

export function ratioWords({ sampleRatio, shown, held, leftOut }: MeasuredLift): string {
  const { expected, observed, p, ok } = sampleRatio;
  const groups = `${count(shown.people, "person", "people")} may see it, ${whole(held.people)} are held out`;
  const mixed =
    leftOut > 0
      ? ` ${count(leftOut, "person", "people")} merged from both groups ${leftOut === 1 ? "is" : "are"} left out.`
      : "";
  if (observed === null) return `${groups}.${mixed}`;
  const split = `${percent(observed)} of those with one device are held out, ${percent(expected)} were asked for`;
  const verdict = ok
    ? "That is as even as chance makes it."
    : `So uneven a split comes by chance in fewer than 1 of ${whole(Math.floor(1 / Math.max(p ?? 0, 1e-6)))} cases: something counts one group differently. Don't trust the lift before it is found.`;
  return `${groups}: ${split}. ${verdict}${mixed}`;
}
