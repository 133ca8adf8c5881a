/** `GET /_u/api/reports/attribution`: which channels led to outcomes, by six models, of journeys under `advertising` alone. */
import type { CreditBy } from "../../d1/touches.ts";
import { forRole } from "../auth.ts";
import { wholeAttribution } from "../kept.ts";
import { json } from "../respond.ts";
import { asked } from "./input.ts";
import { readRange } from "./reports.ts";

/** `?by=campaign`; else by channel. */
export const readCreditBy = (request: Request): CreditBy =>
  asked(request, "by") === "campaign" ? "campaign" : "channel";

export const getAttribution = forRole("marketer", async (request, context) =>
  json(await wholeAttribution(context, readRange(request, context.now), readCreditBy(request))),
);
