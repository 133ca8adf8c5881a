/** `GET /_u/api/reports/attribution`: which channels led to outcomes, by six models, of journeys under `advertising` alone. */
import { ATTRIBUTION_MODELS, attributeAll } from "../../domain/attribution/attribute.ts";
import { underAdvertisingConsent } from "../../domain/attribution/journey.ts";
import { commonPaths } from "../../domain/attribution/paths.ts";
import { returnsOn, type Spend } from "../../domain/attribution/spend.ts";
import { ADVERTISING } from "../../domain/consent/purposes.ts";
import { dayName, dayOf } from "../../domain/ids.ts";
import { firstDayFor, retentionOf } from "../../domain/retention.ts";
import { readSpend } from "../../d1/imports.ts";
import { campaignOf, type CreditBy, readJourneys } from "../../d1/touches.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { asked } from "./input.ts";
import { type Range, readRange } from "./reports.ts";

const PATHS = 12;

/** `?by=campaign`; else by channel. */
export const readCreditBy = (request: Request): CreditBy =>
  asked(request, "by") === "campaign" ? "campaign" : "channel";

export async function attribution(
  { db, now, policy }: Pick<Context, "db" | "now" | "policy">,
  { from: since, to }: Range,
  by: CreditBy = "channel",
) {
  const usable = firstDayFor(retentionOf(await policy()), ADVERTISING, dayOf(now));
  const from = Math.max(since, usable);
  const [{ journeys, outcomes, sampled }, spent] = await Promise.all([
    readJourneys(db, from, to, by),
    readSpend(db, from, to),
  ]);
  const spend = spent.map(({ channel, campaign, costCents }): Spend => ({
    channel: by === "channel" ? channel : campaignOf(channel, campaign),
    cost: costCents / 100,
  }));
  // The query read nothing else.
  const credits = attributeAll(underAdvertisingConsent(journeys));
  return {
    /** Not earlier than what was recorded for advertising is kept. */
    from: dayName(from),
    to: dayName(to),
    models: Object.fromEntries(
      ATTRIBUTION_MODELS.map((model) => [model, returnsOn(credits[model], spend)]),
    ),
    by,
    paths: commonPaths(journeys, PATHS),
    outcomes,
    /** How much of what happened the figures speak of; null when nothing happened. */
    coverage: outcomes.all === 0 ? null : outcomes.touched / outcomes.all,
    sampled,
  };
}

export const getAttribution = forRole("marketer", async (request, context) =>
  json(await attribution(context, readRange(request, context.now), readCreditBy(request))),
);
