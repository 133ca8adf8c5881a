/** CSV as spreadsheets read it (RFC 4180), in which no cell can run. */

import { attachment } from "./respond.ts";

/**
 * What a spreadsheet would take for a formula is kept a text by an apostrophe before it (OWASP, "CSV Injection"). In much of
 * Europe spreadsheets part cells by semicolons, others by tabs: to those our quotes within a line are letters, so that a cell
 * begins after each of these, and after each end of a line.
 */
const FORMULA = /(^|[;\t\r\n])([^\S\t\r\n]*[=+\-@＝＋－＠])/g;
const SEPARATED = /^[\t\r\n]/;

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const calm = value.replace(FORMULA, "$1'$2");
  const text = SEPARATED.test(calm) ? `'${calm}` : calm;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One row with its end. */
export const csvLine = (row: readonly (string | number | null)[]): string =>
  `${row.map(cell).join(",")}\r\n`;

export const csv = (
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string => [header, ...rows].map(csvLine).join("");

export const csvResponse = (
  text: string | ReadableStream<Uint8Array>,
  name: string,
  headers: Record<string, string> = {},
): Response =>
  new Response(text, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": attachment(name),
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });

/** A file that is made while it is sent, as fast as it is taken. */
export function csvStream(lines: AsyncGenerator<string>, name: string): Response {
  const utf8 = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(utf8.encode(value));
    },
    cancel: async () => void (await lines.return(undefined)),
  });
  return csvResponse(body, name);
}
