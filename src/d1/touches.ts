/**
 * Journeys to outcomes for attribution: only what was recorded for it, over the visitors of one person. They
 * are read a part of the visitors at a time; a person is in the part of the visitor that names it, with all its others.
 */
import type { Journey, Touch } from "../domain/attribution/journey.ts";
import type { Openings } from "../domain/consent/openings.ts";
import type { Day, Millis, VisitorId } from "../domain/ids.ts";
import { SESSION_GAP_MS } from "../domain/slice/sessions.ts";
import { MOST_ROWS, type Persons } from "./histories.ts";
import { asking, byParts, gather } from "./shards.ts";
import type { Stretch } from "./stretches.ts";
import { recordedFor } from "./under.ts";

/** What an outcome is worth in cents; null for what is none. */
const WITH_MONEY = "CASE WHEN events.type = 'track' THEN data ->> '$.valueCents' END";
const named = (parameter: string): string =>
  `CASE WHEN events.type = 'track' AND events.name = ${parameter} THEN coalesce(data ->> '$.valueCents', 0) END`;

/** Of all outcomes those without consent, too: how much the figures cover is said beside them. */
const stepsOf = (visitors: string, worth: string, consented: string): string => `SELECT visitor, at,
    data ->> '$.campaign.source' AS source, data ->> '$.campaign.medium' AS medium,
    data ->> '$.campaign.name' AS name, data ->> '$.campaign.click.vendor' AS vendor,
    data -> '$.campaign' IS NOT NULL AS touch,
    ${worth} AS cents,
    ${consented} AS consented
  FROM json_each(?1) AS asked ${visitors}
  WHERE (touch AND consented) OR cents IS NOT NULL
  ORDER BY visitor, at LIMIT ${MOST_ROWS}`;

const BETWEEN = `CROSS JOIN events
    ON events.day = asked.value AND events.visitor >= ?2 AND events.visitor < ?3`;
const THESE = `CROSS JOIN json_each(?2) AS other CROSS JOIN events
    ON events.day = asked.value AND events.visitor = other.value`;

interface StepRow {
  visitor: VisitorId;
  at: Millis;
  source: string | null;
  vendor: string | null;
  medium: string | null;
  name: string | null;
  touch: number;
  cents: number | null;
  consented: number;
}

/** Outcomes: all, those that may be attributed, and those of them with a touch before. */
export interface Outcomes {
  all: number;
  consented: number;
  touched: number;
}

export interface Journeys {
  /** The same journeys, by what credit is given to. */
  journeys: Record<CreditBy, Journey[]>;
  outcomes: Outcomes;
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
export const CREDIT_BY = ["channel", "campaign"] as const;
export type CreditBy = (typeof CREDIT_BY)[number];

/** A campaign as spend is imported for it too. */
export const campaignOf = (channel: string, name: string | null): string =>
  name === null || name === "" ? `${channel}, no campaign` : `${channel}, ${name.toLowerCase()}`;

/**
 * Days both included. An outcome is an event with a value, or every one of the name `outcome`, whatever it is worth. Touches up
 * to an outcome are its journey; what follows begins the next.
 */
export async function readJourneys(
  db: D1Database,
  openings: Openings,
  { from, to }: { from: Day; to: Day },
  stretch: Stretch,
  persons: Persons,
  outcome: string | null = null,
): Promise<Journeys> {
  const consented = await recordedFor(db, openings, "attribution");
  const worth = (parameter: string): string => (outcome === null ? WITH_MONEY : named(parameter));
  const isNamed = outcome === null ? [] : [outcome];
  const days = JSON.stringify(Array.from({ length: to - from + 1 }, (_, n) => from + n));
  const read = (sql: string, ...values: string[]): Promise<StepRow[]> =>
    gather(
      db,
      asking<StepRow>(sql, days, ...values),
      byParts(
        ({ visitor }) => visitor,
        ({ at }) => at,
      ),
      MOST_ROWS,
    );
  // Those who are in this part themselves are read with it.
  const others = persons.othersOf(stretch).filter((visitor) => !isWithin(stretch, visitor));
  const [here, elsewhere] = await Promise.all([
    read(stepsOf(BETWEEN, worth("?4"), consented), stretch.from, stretch.before, ...isNamed),
    others.length > 0
      ? read(stepsOf(THESE, worth("?3"), consented), JSON.stringify(others), ...isNamed)
      : [],
  ]);
  const steps = [
    // Who is with somebody of another part is counted there.
    ...here.filter(({ visitor }) => isWithin(stretch, persons.of(visitor))),
    ...elsewhere,
  ].filter(({ consented }) => consented);
  const people = [...Map.groupBy(steps, ({ visitor }) => persons.of(visitor)).values()].map((of) =>
    of.toSorted((a, b) => a.at - b.at),
  );
  const journeysBy = (by: CreditBy): Journey[] =>
    people.flatMap((of) => journeysOf(of, by)).filter(({ touches }) => touches.length > 0);
  const journeys = { channel: journeysBy("channel"), campaign: journeysBy("campaign") };
  return {
    journeys,
    outcomes: {
      all: here.filter(({ cents }) => cents !== null).length,
      consented: steps.filter(({ cents }) => cents !== null).length,
      touched: journeys.channel.reduce((sum, { conversions }) => sum + conversions, 0),
    },
    sampled: here.length >= MOST_ROWS || elsewhere.length >= MOST_ROWS,
  };
}

const isWithin = ({ from, before }: Stretch, visitor: VisitorId): boolean =>
  visitor >= from && visitor < before;

const creditedIn = (step: StepRow, by: CreditBy): string =>
  by === "channel" ? channelOf(step) : campaignOf(channelOf(step), step.name);

const NOBODYS_VISIT = { channel: "", until: -Infinity };

/**
 * One visit from a channel is one touch: whatever is done on the page where it led says the campaign of that page's address
 * again, and would else count as often.
 */
function journeysOf(steps: readonly StepRow[], by: CreditBy): Journey[] {
  const journeys: Journey[] = [];
  let touches: Touch[] = [];
  let visit = NOBODYS_VISIT;
  for (const step of steps) {
    if (step.touch) {
      const channel = creditedIn(step, by);
      if (channel !== visit.channel || step.at >= visit.until)
        touches.push({ channel, at: step.at });
      visit = { channel, until: step.at + SESSION_GAP_MS };
    }
    if (step.cents === null) continue;
    journeys.push({ touches, conversions: 1, value: step.cents / 100, nulls: 0 });
    touches = [];
    visit = NOBODYS_VISIT;
  }
  if (touches.length > 0) journeys.push({ touches, conversions: 0, value: 0, nulls: 1 });
  return journeys;
}
