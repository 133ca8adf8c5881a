/** Where a list goes on: the key of the last row that was given, `<number>.<number or name>.<id>`. */
import { Problem } from "../domain/problem.ts";

const CURSOR = /^(-?\d{1,16})\.([a-z0-9]{1,32})\.(.{1,200})$/su;

export const cursorOf = (first: number, second: number | string, id: string | number): string =>
  `${first}.${second}.${id}`;

const unknown = (): Problem =>
  new Problem("bad_request", "the cursor isn't one of ours", { path: "cursor" });

/** @throws Problem `bad_request` for what no list ever gave. */
export function readCursor(cursor: string): { first: number; second: string; id: string } {
  const [, first, second, id] = CURSOR.exec(cursor) ?? [];
  if (first === undefined || second === undefined || id === undefined) throw unknown();
  return { first: wholeNumber(first), second, id };
}

/** @throws Problem `bad_request` when that part of a cursor isn't a whole number. */
export function wholeNumber(part: string): number {
  const number = Number(part);
  if (!Number.isSafeInteger(number)) throw unknown();
  return number;
}

/** A page out of one row more than it holds: when that row is there, the list goes on. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  cursor: (last: Row) => string,
): { rows: Row[]; cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, cursor: rows.length > limit && last !== undefined ? cursor(last) : null };
}
