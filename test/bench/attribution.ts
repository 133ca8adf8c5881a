/**
 * Runs the product's own attribution over a file of paths.
 *
 *     attribution PATHS.csv      → {models: {first: {<channel>: conversions}, last, linear, position, decay, markov}}
 *
 * Columns: `path` (channels joined by ` > `), `total_conversions`, and where known `total_conversion_value` and
 * `total_null`. The file's owner vouches for the consent under which its paths were recorded.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { attributeAll } from "../../src/domain/attribution/attribute.ts";
import {
  type ConsentedJourney,
  underAdvertisingConsent,
} from "../../src/domain/attribution/journey.ts";
import { numberIn, readCsv } from "./csv.ts";
import { say } from "./say.ts";

/** The journeys of a file of paths; they have an order but no times. */
export const journeysFrom = (text: string): readonly ConsentedJourney[] => {
  const { columns, rows } = readCsv(text);
  if (!columns.includes("path")) throw new Error("the file needs a column `path`");
  return underAdvertisingConsent(
    rows.map((row, at) => {
      const number = (column: string) => numberIn(row, column, at + 2);
      const optional = (column: string) => (columns.includes(column) ? number(column) : 0);
      return {
        touches: (row["path"] ?? "")
          .split(">")
          .map((channel) => ({ channel: channel.trim(), at: null }))
          .filter(({ channel }) => channel !== ""),
        conversions: number("total_conversions"),
        value: optional("total_conversion_value"),
        nulls: optional("total_null"),
      };
    }),
  );
};

export const run = async (args: string[]): Promise<object> => {
  const [file] = args;
  if (file === undefined) throw new Error("attribution needs PATHS.csv");
  const models = attributeAll(journeysFrom(readFileSync(file, "utf8")));
  return {
    models: Object.fromEntries(
      Object.entries(models).map(([model, credits]) => [
        model,
        Object.fromEntries(
          Object.entries(credits).map(([channel, { conversions }]) => [channel, conversions]),
        ),
      ]),
    ),
  };
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await say(() => run(process.argv.slice(2)));
}
