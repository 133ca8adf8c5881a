/** What a browser's own cookies don't know: what its person said since on another device on which they signed in. */
import type { GateResult } from "../domain/consent/gate.ts";
import { namesNow, openingsOf } from "../domain/consent/openings.ts";
import { Problem } from "../domain/problem.ts";
import type { Services } from "./collect/services.ts";
import type { Visit } from "./visit.ts";

/** Of what is granted here, what the person refuses; all of it where they were erased. @throws Problem `unavailable` */
export async function refusedElsewhere(
  { cookie, policy }: Visit,
  { people }: Services,
  here: GateResult,
): Promise<string[]> {
  const granted = policy.purposes
    .filter(({ id, required }) => !required && here.decisions[id]?.granted === true)
    .map(({ id }) => id);
  if (!cookie || granted.length === 0) return [];
  const answer = await people.standing(cookie.visitor);
  if (answer.at === "erased") return granted;
  const refused = answer.at === "home" ? (answer.value.refused ?? []) : [];
  const names = namesNow(openingsOf(policy), refused);
  return granted.filter((id) => names.includes(id));
}

/**
 * The same for a page that waits to send: while the person can't be asked it goes by its cookie. Nothing is recorded against
 * the person's word by that, since each event is held to it once more.
 */
export const deniedToPerson = (
  visit: Visit,
  services: Services,
  here: GateResult,
): Promise<string[]> =>
  refusedElsewhere(visit, services, here).catch((problem: unknown) => {
    if (problem instanceof Problem) return [];
    throw problem;
  });
