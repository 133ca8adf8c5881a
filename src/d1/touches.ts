/** Journeys to outcomes for attribution: only what was recorded under `advertising`, over the visitors of one person. */
import type { Journey, Touch } from "../domain/attribution/journey.ts";
import type { Day, Millis, VisitorId } from "../domain/ids.ts";
import { MOST_ROWS, readPersons } from "./histories.ts";
import { byParts, gather, total } from "./shards.ts";

const STEPS = `SELECT visitor, at, data ->> '$.campaign.source' AS source, data ->> '$.campaign.medium' AS medium,
    data ->> '$.campaign.name' AS name,
    data ->> '$.campaign.click.vendor' AS vendor, data -> '$.campaign' IS NOT NULL AS touch,
    CASE WHEN type = 'track' THEN data ->> '$.valueCents' END AS cents
  FROM events
  WHERE day BETWEEN ?1 AND ?2 AND instr(',' || purposes || ',', ',advertising,') > 0
    AND (touch OR cents IS NOT NULL)
  ORDER BY visitor, at LIMIT ${MOST_ROWS}`;

const OUTCOMES = `SELECT count(*) AS outcomes FROM events
  WHERE day BETWEEN ?1 AND ?2 AND type = 'track' AND data ->> '$.valueCents' IS NOT NULL`;

interface StepRow {
  visitor: VisitorId;
  at: Millis;
  source: string | null;
  vendor: string | null;
  medium: string | null;
  name: string | null;
  touch: number;
  cents: number | null;
}

export interface Journeys {
  journeys: Journey[];
  /** Outcomes on these days: all, those under `advertising`, and those of them with a touch before. */
  outcomes: { all: number; consented: number; touched: number };
  /** More steps than are read at once: the figures are those of a sample of visitors. */
  sampled: boolean;
}

/**
 * The source, by which spend is imported too; what a source sends for nothing is a channel of its own, so that its
 * outcomes don't make the paid ones look cheap.
 */
function channelOf({ source, vendor, medium }: StepRow): string {
  const name = (source ?? vendor ?? medium ?? "(unknown)").toLowerCase();
  const free = /^(?:organic|referral)$/i.test(medium ?? "");
  return free ? `${name} / ${medium?.toLowerCase()}` : name;
}

/** What credit is given to: where people came from, or the campaigns that sent them. */
export type CreditBy = "channel" | "campaign";

/** A campaign as spend is imported for it too. */
export const campaignOf = (channel: string, name: string | null): string =>
  name === null || name === "" ? `${channel}, no campaign` : `${channel}, ${name.toLowerCase()}`;

/** Days both included. Touches up to an outcome are its journey; what follows begins the next. */
export async function readJourneys(
  db: D1Database,
  from: Day,
  to: Day,
  by: CreditBy = "channel",
): Promise<Journeys> {
  const [results, all, personOf] = await Promise.all([
    gather(
      db,
      async (shard) => (await shard.prepare(STEPS).bind(from, to).all<StepRow>()).results,
      byParts(
        ({ visitor }) => visitor,
        ({ at }) => at,
      ),
      MOST_ROWS,
    ),
    total(
      db,
      async (shard) => (await shard.prepare(OUTCOMES).bind(from, to).first("outcomes")) ?? 0,
    ),
    readPersons(db),
  ]);
  const people = Map.groupBy(results, ({ visitor }) => personOf(visitor));
  const journeys = [...people.values()].flatMap((steps) =>
    journeysOf(
      steps.toSorted((a, b) => a.at - b.at),
      by,
    ),
  );
  const consented = results.filter(({ cents }) => cents !== null).length;
  return {
    journeys: journeys.filter(({ touches }) => touches.length > 0),
    outcomes: {
      all,
      consented,
      touched: journeys.reduce(
        (sum, { touches, conversions }) => sum + (touches.length > 0 ? conversions : 0),
        0,
      ),
    },
    sampled: results.length >= MOST_ROWS,
  };
}

const creditedIn = (step: StepRow, by: CreditBy): string =>
  by === "channel" ? channelOf(step) : campaignOf(channelOf(step), step.name);

function journeysOf(steps: readonly StepRow[], by: CreditBy): Journey[] {
  const journeys: Journey[] = [];
  let touches: Touch[] = [];
  for (const step of steps) {
    if (step.touch) touches.push({ channel: creditedIn(step, by), at: step.at });
    if (step.cents === null) continue;
    journeys.push({ touches, conversions: 1, value: step.cents / 100, nulls: 0 });
    touches = [];
  }
  if (touches.length > 0) journeys.push({ touches, conversions: 0, value: 0, nulls: 1 });
  return journeys;
}
