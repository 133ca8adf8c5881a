/** Which channels led to outcomes, by six models, of journeys that may be attributed: counted part by part. */
import { ATTRIBUTION_MODELS } from "../../domain/attribution/attribute.ts";
import { underAdvertisingConsent } from "../../domain/attribution/journey.ts";
import { returnsOn, type Spend } from "../../domain/attribution/spend.ts";
import { Tally, tallied, type TallyData } from "../../domain/attribution/tally.ts";
import { openingsOf } from "../../domain/consent/openings.ts";
import { type Day, dayName, dayOf } from "../../domain/ids.ts";
import { firstDayOpen, keepingOf } from "../../domain/retention.ts";
import { loadPersons } from "../../d1/histories.ts";
import { readSpend } from "../../d1/imports.ts";
import type { Stretch } from "../../d1/stretches.ts";
import {
  campaignOf,
  CREDIT_BY,
  type CreditBy,
  type Outcomes,
  readJourneys,
} from "../../d1/touches.ts";
import type { Context } from "../context.ts";
import type { Range } from "./reports.ts";

const PATHS = 12;

type Ports = Pick<Context, "db" | "now" | "policy">;

/** What was counted of a range so far: plain data. */
export interface AttributionCount {
  /** Not earlier than what was recorded for attribution is kept. */
  from: Day;
  to: Day;
  tallies: Record<CreditBy, TallyData>;
  outcomes: Outcomes;
  sampled: boolean;
  /** Name of the event that counts; without one, every event with a value. */
  outcome?: string | null;
}

/** What happened before is no longer attributed. */
export const firstUsable = async ({ now, policy }: Pick<Ports, "now" | "policy">): Promise<Day> =>
  firstDayOpen(keepingOf(await policy()), "attribution", dayOf(now));

/** Counts a range part by part, each part of the visitors once; both ways of giving credit at once. */
export async function attributionCounter(
  { db, now, policy }: Ports,
  range: Range,
  known: AttributionCount | null,
  outcome: string | null = null,
) {
  const openings = openingsOf(await policy());
  const usable = await firstUsable({ now, policy });
  const days = known ?? { from: Math.max(range.from, usable), to: range.to };
  const persons = await loadPersons(db);
  const tallies = {
    channel: new Tally(known?.tallies.channel),
    campaign: new Tally(known?.tallies.campaign),
  };
  const outcomes: Outcomes = { ...(known?.outcomes ?? { all: 0, consented: 0, touched: 0 }) };
  let sampled = known?.sampled ?? false;
  return {
    async add(stretch: Stretch): Promise<void> {
      const found = await readJourneys(db, openings, days, stretch, persons, outcome);
      // The query read nothing else.
      for (const by of CREDIT_BY) tallies[by].add(underAdvertisingConsent(found.journeys[by]));
      for (const part of ["all", "consented", "touched"] as const)
        outcomes[part] += found.outcomes[part];
      sampled ||= found.sampled;
    },
    data: (): AttributionCount => ({
      from: days.from,
      to: days.to,
      tallies: { channel: tallies.channel.data(), campaign: tallies.campaign.data() },
      outcomes: { ...outcomes },
      sampled,
      outcome,
    }),
  };
}

export type AttributionReport = Awaited<ReturnType<typeof attributionOf>>;

/** What a count says, beside what was spent. */
export async function attributionOf(
  { db }: Pick<Ports, "db">,
  { from, to, tallies, outcomes, sampled, outcome = null }: AttributionCount,
  by: CreditBy,
) {
  const spend = (await readSpend(db, from, to)).map(({ channel, campaign, costCents }): Spend => ({
    channel: tallied(by === "channel" ? channel : campaignOf(channel, campaign)),
    cost: costCents / 100,
  }));
  const tally = new Tally(tallies[by]);
  const credits = tally.credits();
  return {
    from: dayName(from),
    to: dayName(to),
    models: Object.fromEntries(
      ATTRIBUTION_MODELS.map((model) => [model, returnsOn(credits[model], spend)]),
    ),
    by,
    /** Name of the event that counts as an outcome; null: every event with a value. */
    outcome,
    paths: tally.commonPaths(PATHS),
    outcomes,
    /** How much of what happened the figures speak of; null when nothing happened. */
    coverage: outcomes.all === 0 ? null : outcomes.touched / outcomes.all,
    sampled,
  };
}
