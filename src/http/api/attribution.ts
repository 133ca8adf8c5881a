/** `GET /_u/api/reports/attribution`: which channels led to outcomes, by six models, of journeys under `advertising` alone. */
import type { CreditBy } from "../../d1/touches.ts";
import { dayName } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { forRole } from "../auth.ts";
import { wholeAttribution } from "../kept.ts";
import { json } from "../respond.ts";
import { firstUsable } from "./attribution-count.ts";
import { asked } from "./input.ts";
import { readRange } from "./reports.ts";

const CREDITED = ["channel", "campaign"] as const satisfies readonly CreditBy[];

/** `?by=campaign`; without it by channel. @throws Problem `invalid` */
export function readCreditBy(request: Request): CreditBy {
  const text = asked(request, "by") ?? "channel";
  const by = CREDITED.find((each) => each === text);
  if (!by) throw new Problem("invalid", `must be one of ${CREDITED.join(", ")}`, { path: "by" });
  return by;
}

/** As long as names of events are. */
const NAME_MOST = 200;

/** `?outcome=Signed Up`: the event that counts; null for every event with a value. @throws Problem `invalid` */
export function readOutcome(request: Request): string | null {
  const name = asked(request, "outcome") ?? null;
  if (name !== null && name.length > NAME_MOST)
    throw new Problem("invalid", `must be at most ${NAME_MOST} characters`, { path: "outcome" });
  return name;
}

/** A range that begins before what is kept is answered from there on, and says so; of one that ends before, nothing is known. */
export const getAttribution = forRole("marketer", async (request, context) => {
  const range = readRange(request, context.now);
  const usable = await firstUsable(context);
  if (range.to < usable)
    throw new Problem(
      "invalid",
      `must not be before ${dayName(usable)}: nothing earlier is kept for advertising`,
      { path: "to" },
    );
  const outcome = readOutcome(request);
  return json(await wholeAttribution(context, range, readCreditBy(request), outcome));
});
