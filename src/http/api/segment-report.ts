/** `GET /_u/api/reports/segments`: people with similar journeys, and what goes together, as the scheduled job found it. */
import type { Affinity } from "../../domain/action/learner.ts";
import { itemWords, thenWords } from "../../domain/segments/items.ts";
import type { Segment } from "../../domain/segments/segments.ts";
import { readDocument } from "../../d1/learning.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";
import { iso } from "./input.ts";

interface Insights {
  at: number;
  people: number;
  affinities: Affinity[];
  segments: Segment[];
}

export async function segmentReport(db: D1Database) {
  const found = (await readDocument(db, "insights")) as unknown as Insights | null;
  if (!found) return { at: null, people: 0, segments: [], affinities: [] };
  return {
    at: iso(found.at),
    people: found.people,
    segments: found.segments.map(({ name, people, traits }) => ({ name, people, traits })),
    affinities: found.affinities.map((pair) => ({
      ...pair,
      share: pair.both / pair.people,
      words: `${Math.round((100 * pair.both) / pair.people)} % of people who ${itemWords(pair.from)} ${thenWords(pair.to)}`,
    })),
  };
}

export const getSegmentReport = forRole("marketer", async (_request, context) =>
  json(await segmentReport(context.db)),
);
