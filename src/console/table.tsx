/** A table whose cells stack on a narrow screen, each with its column's name. */
import type { ComponentChildren } from "preact";
import { whole } from "./numbers.ts";
import { FITS } from "./style/tables.ts";

export interface Column<Row> {
  name: string;
  cell(row: Row): ComponentChildren;
  /** Figures stand to the right. */
  number?: boolean;
  /** Its width, about, where its cells hold more than their kind does. */
  rem?: number;
}

/** Where the table's columns have no room, its cells stack. `rem`: how wide they are, about. */
export const Fit = ({ rem, children }: { rem: number; children: ComponentChildren }) => (
  <div class={`fit fit-${FITS.find((each) => each >= rem) ?? FITS.at(-1)}`}>{children}</div>
);

/** A head doesn't break, figures and names need some room themselves. At both ends a card has it already. */
const ENDS = 2;
const remOf = ({ name, number, rem }: Column<never>, index: number): number =>
  Math.max(rem ?? (index === 0 ? 8.5 : number ? 4.5 : 9.5), 2 + 0.48 * name.length);

/** The first column names the row. Say what stands in an empty table on the page, with `Empty`. */
export const Table = <Row,>({
  caption,
  columns,
  rows,
  captionShown = false,
}: {
  /** What the table holds, for those who can't see where it stands. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  captionShown?: boolean;
}) => (
  <Fit rem={columns.reduce((sum, column, index) => sum + remOf(column, index), -ENDS)}>
    <table class="list">
      <caption class={captionShown ? "soft" : "hidden"}>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, number }) => (
            <th scope="col" class={number ? "number" : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {columns.map(({ name, cell, number }, index) =>
              index === 0 ? (
                <th scope="row">{cell(row)}</th>
              ) : (
                <td data-label={name} class={number ? "number" : undefined}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </Fit>
);

export interface Share {
  name: string;
  value: number;
  href?: string | undefined;
}

/** A short table whose rows show their share of the largest. */
export const Shares = ({
  caption,
  of,
  rows,
  format = whole,
}: {
  caption: string;
  /** What is counted. */
  of: string;
  rows: readonly Share[];
  format?: (value: number) => string;
}) => {
  const most = Math.max(...rows.map(({ value }) => value), Number.MIN_VALUE);
  return (
    <table class="shares">
      <caption class="hidden">{caption}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">{caption}</th>
          <th scope="col">{of}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, value, href }) => (
          <tr>
            <th scope="row">
              {href === undefined ? name : <a href={href}>{name}</a>}
              <meter min={0} max={most} value={value} aria-hidden="true" />
            </th>
            <td class="number">{format(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
