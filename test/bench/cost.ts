/** What a million events cost beyond what the plan includes, from what `rows` counted. */
import type { Figures, Rows } from "./rows.ts";

/**
 * Dollars a million on Workers Paid, from developers.cloudflare.com (workers, durable-objects, d1 and r2 pricing), as
 * published on the day below. Processor time and objects' duration are left out: a millisecond of either is two cents a
 * million at most. So are rows read, at a tenth of a cent a million.
 */
const PUBLISHED = "2026-08-03";
const DOLLARS = {
  workerRequest: 0.3,
  objectRequest: 0.15,
  objectRow: 1,
  d1Row: 1,
  bucketWrite: 4.5,
  bucketRead: 0.36,
} as const;

export interface Cost {
  pricesAsOf: string;
  prices: typeof DOLLARS;
  /** Dollars per million events, by sender and scenario. */
  perMillionEvents: Record<string, Record<string, number>>;
}

const dollars = (figures: Figures): number =>
  figures.workerRequests * DOLLARS.workerRequest +
  figures.objectRequests * DOLLARS.objectRequest +
  figures.objects * DOLLARS.objectRow +
  figures.d1 * DOLLARS.d1Row +
  figures.bucketWrites * DOLLARS.bucketWrite +
  figures.bucketReads * DOLLARS.bucketRead;

export function costOf(rows: Rows): Cost {
  return {
    pricesAsOf: PUBLISHED,
    prices: DOLLARS,
    perMillionEvents: Object.fromEntries(
      Object.entries(rows).map(([sender, scenarios]) => [
        sender,
        Object.fromEntries(
          Object.entries(scenarios).map(([name, figures]) => [
            name,
            Math.round(dollars(figures) * 100) / 100,
          ]),
        ),
      ]),
    ),
  };
}
