/** `/_u/next` and what becomes of hints. Never mints. */
import type { Action } from "../domain/action/catalogue.ts";
import { allows } from "../domain/consent/gate.ts";
import type { NextAnswer } from "../domain/person/people.ts";
import type { HintOutcome } from "../domain/ports.ts";
import { Problem } from "../domain/problem.ts";
import type { Call } from "./context.ts";
import type { Services } from "./collect/services.ts";
import { endVisit } from "./collect/opt-out.ts";
import { withCookies } from "./consent.ts";
import { isOwnOrigin } from "./origin.ts";
import { failure, json } from "./respond.ts";
import { gate, readVisit } from "./visit.ts";

const NOTHING: NextAnswer = {
  action: null,
  hint: null,
  stage: "device",
  confidence: 0,
  why: [],
  meter: null,
};
const OUTCOMES = ["shown", "taken", "dismissed"] as const;
const SLOT_MAX = 64;

/** What a page needs; what a take is worth and whom it is for is the marketer's own. */
const shown = ({ id, label, title, text, href, image }: Action) => ({
  id,
  label,
  title,
  text,
  href,
  ...(image === undefined ? {} : { image }),
});

export async function getNext(request: Request, services: Services): Promise<Response> {
  const visit = await readVisit(request, services);
  const slot = (new URL(request.url).searchParams.get("slot") ?? "").slice(0, SLOT_MAX);
  if (!visit.cookie || !allows(visit.policy, gate(visit, services.now), "hints"))
    return json(NOTHING);
  const [catalogue, learned] = await Promise.all([services.catalogue(), services.learned()]);
  const { visitor, home } = visit.cookie;
  const answer = await services.people.next(
    { visitor, slot, now: services.now, catalogue, learned, give: true },
    home,
  );
  if (answer.at !== "home") return json(NOTHING);
  const { action, ...rest } = answer.value;
  return json({ action: action && shown(action), ...rest });
}

/**
 * What became of a hint is personal data like the hint itself: it is kept only under the consent that hints need, and an id
 * cookie that no consent carries any more goes.
 * @throws Problem `forbidden_origin`; `not_found` for a hint that isn't this person's
 */
export async function postOutcome(request: Call, services: Services): Promise<Response> {
  if (!isOwnOrigin(request, services.config))
    throw new Problem("forbidden_origin", "This origin isn't among the site's own.");
  const { hint = "", outcome = "" } = request.params;
  const known = OUTCOMES.find(
    (each): each is (typeof OUTCOMES)[number] & HintOutcome => each === outcome,
  );
  const visit = await readVisit(request, services);
  const nobody = new Problem("not_found", "There is no such hint.");
  if (!known || !visit.cookie) throw nobody;
  const result = gate(visit, services.now);
  if (!allows(visit.policy, result, "hints")) {
    const keepsId = allows(visit.policy, result, "id-cookie");
    return withCookies(failure(nobody), keepsId ? [] : await endVisit(visit, services));
  }
  const answer = await services.people.outcome(
    { visitor: visit.cookie.visitor, hint, outcome: known, now: services.now },
    visit.cookie.home,
  );
  if (answer.at !== "home" || !answer.value) throw nobody;
  return json({ success: true });
}
