/** `GET /_u/api/reports/segments`: people with similar journeys, and what goes together, as the scheduled job found it. */
import type { Affinity } from "../../domain/action/learner.ts";
import type { PersonId } from "../../domain/ids.ts";
import { itemWords, thenWords } from "../../domain/segments/items.ts";
import type { Segment } from "../../domain/segments/segments.ts";
import { readDocument } from "../../d1/learning.ts";
import { listPeople } from "../../d1/people.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";
import { fittingFor, type HintPorts } from "./hint-lines.ts";
import { iso } from "./input.ts";
import { readRange } from "./reports.ts";

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

/** Persons looked at for examples: those last seen. */
const LOOKED_AT = 50;
const EXAMPLES = 5;

export interface SegmentExamples {
  lookedAt: number;
  /** By the segment's name. */
  people: ReadonlyMap<string, readonly PersonId[]>;
}

/** Who is in which segment at this moment, as far as consent lets it be said. */
export async function segmentExamples(context: HintPorts): Promise<SegmentExamples> {
  const [{ people }, catalogue] = await Promise.all([
    listPeople(context.db, { limit: LOOKED_AT }),
    context.catalogue(),
  ]);
  const none = { ...catalogue, actions: [] };
  const answers = await Promise.all(
    people.map(async ({ id }) => ({ id, answer: await fittingFor(context, none, id) })),
  );
  const examples = new Map<string, PersonId[]>();
  for (const { id, answer } of answers) {
    if (!answer || answer.segment === null) continue;
    const known = examples.get(answer.segment) ?? [];
    if (known.length < EXAMPLES) examples.set(answer.segment, [...known, id]);
  }
  return { lookedAt: people.length, people: examples };
}

/** It speaks of now: a range that is asked for like every report's is checked like theirs, and changes nothing. */
export const getSegmentReport = forRole("marketer", async (request, context) => {
  readRange(request, context.now);
  return json(await segmentReport(context.db));
});
