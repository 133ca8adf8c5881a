import { days } from "./words.ts";

/** A term in a table's cell, on one line however narrow the column. */
export const Days = ({ n }: { n: number }) => <span class="nowrap">{days(n)}</span>;
