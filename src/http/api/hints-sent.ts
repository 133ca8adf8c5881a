/**
 * What came of a list: for whoever takes it as a file and writes to people by their own means. So caps and rest hold for
 * them, too, and what was taken and what wasn't is measured and learned.
 */
import * as v from "valibot";
import { dayOf, type HintId, isVisitorId, visitorIn, type VisitorId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { forRole } from "../auth.ts";
import { hintNamed } from "../hint-name.ts";
import { json } from "../respond.ts";
import { readBody } from "./input.ts";

/** One object call each; as many as a page of the list has. */
const PEOPLE_MAX = 500;
/** Person objects asked at once: subrequests are limited. */
const AT_ONCE = 16;

export const HintsSentRequest = v.strictObject({
  action: v.pipe(v.string(), v.maxLength(64)),
  people: v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.check(isVisitorId, "must be the id of a person"),
        v.transform((id) => id as VisitorId),
      ),
    ),
    v.minLength(1, "must name somebody"),
    v.maxLength(PEOPLE_MAX, `must name at most ${PEOPLE_MAX} people`),
  ),
});

/** Said twice on one day it is one message. Who is gone, or agreed to it no more, is named and nothing is kept of them. */
export const postHintsSent = forRole("marketer", async (request, context) => {
  const { action: id, people } = await readBody(request, HintsSentRequest);
  const action = (await context.catalogue()).actions.find((each) => each.id === id);
  if (!action) throw new Problem("not_found", "there is no such action", { path: "action" });
  if (action.channel === "site")
    throw new Problem("invalid", "is shown on the site, which tells by itself", { path: "action" });
  const { config, now } = context;
  const sent: { person: VisitorId; hint: HintId }[] = [];
  const left: VisitorId[] = [];
  const mark = async (person: VisitorId): Promise<void> => {
    const hint = await hintNamed(config.serverKey, person, ["list", dayOf(now), id]);
    const as = { [id]: { hint, propensity: 1 } };
    const answer = await context.people.sent(
      { visitor: person, actions: [action], as, segment: null, now },
      person,
    );
    if (answer.at === "home" && answer.value) sent.push({ person, hint });
    else left.push(person);
  };
  for (let from = 0; from < people.length; from += AT_ONCE)
    await Promise.all(people.slice(from, from + AT_ONCE).map(mark));
  return json({ sent, left });
});

const OUTCOMES = ["shown", "taken", "dismissed"] as const;

/** @throws Problem `not_found` */
export const postHintOutcome = forRole("marketer", async (request, context) => {
  const { hint = "", outcome: said } = request.params;
  const outcome = OUTCOMES.find((each) => each === said);
  const visitor = visitorIn(hint);
  const answer =
    outcome &&
    visitor &&
    (await context.people.outcome({ visitor, hint, outcome, now: context.now, told: true }));
  if (!answer || answer.at !== "home" || !answer.value)
    throw new Problem("not_found", "there is no such hint");
  return json({ hint, outcome });
});
