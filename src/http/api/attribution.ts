/** `GET /_u/api/reports/attribution`: which channels led to outcomes, by six models, of journeys under `advertising` alone. */
import { ATTRIBUTION_MODELS, attributeAll } from "../../domain/attribution/attribute.ts";
import { underAdvertisingConsent } from "../../domain/attribution/journey.ts";
import { returnsOn, type Spend } from "../../domain/attribution/spend.ts";
import { ADVERTISING } from "../../domain/consent/purposes.ts";
import { dayName, dayOf } from "../../domain/ids.ts";
import { firstDayFor, retentionOf } from "../../domain/retention.ts";
import { readSpend } from "../../d1/imports.ts";
import { readJourneys } from "../../d1/touches.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { type Range, readRange } from "./reports.ts";

export async function attribution(
  { db, now, policy }: Pick<Context, "db" | "now" | "policy">,
  { from: asked, to }: Range,
) {
  const usable = firstDayFor(retentionOf(await policy()), ADVERTISING, dayOf(now));
  const from = Math.max(asked, usable);
  const [{ journeys, outcomes, sampled }, spent] = await Promise.all([
    readJourneys(db, from, to),
    readSpend(db, from, to),
  ]);
  const spend = spent.map(({ channel, costCents }): Spend => ({ channel, cost: costCents / 100 }));
  // The query read nothing else.
  const credits = attributeAll(underAdvertisingConsent(journeys));
  return {
    /** Not earlier than what was recorded for advertising is kept. */
    from: dayName(from),
    to: dayName(to),
    models: Object.fromEntries(
      ATTRIBUTION_MODELS.map((model) => [model, returnsOn(credits[model], spend)]),
    ),
    outcomes,
    /** How much of what happened the figures speak of; null when nothing happened. */
    coverage: outcomes.all === 0 ? null : outcomes.touched / outcomes.all,
    sampled,
  };
}

export const getAttribution = forRole("marketer", async (request, context) =>
  json(await attribution(context, readRange(request, context.now))),
);
