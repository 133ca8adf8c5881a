/** `GET /_u/api/reports/attribution`: which channels led to outcomes, by six models, of journeys under `advertising` alone. */
import { ATTRIBUTION_MODELS, attributeAll } from "../../domain/attribution/attribute.ts";
import { underAdvertisingConsent } from "../../domain/attribution/journey.ts";
import { returnsOn, type Spend } from "../../domain/attribution/spend.ts";
import { dayName } from "../../domain/ids.ts";
import { readJourneys } from "../../d1/touches.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { type Range, readRange } from "./reports.ts";

export async function attribution(context: Context, range: Range, spend: readonly Spend[] = []) {
  const { journeys, outcomes, sampled } = await readJourneys(context.db, range.from, range.to);
  // The query read nothing else.
  const credits = attributeAll(underAdvertisingConsent(journeys));
  return {
    from: dayName(range.from),
    to: dayName(range.to),
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
