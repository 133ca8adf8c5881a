/**
 * What people allow at the moment of sending: asked of each visitor's own person, where a withdrawal on another device
 * stands as well, and judged by the gate, which knows the age of an answer and the policy in force.
 */
import { decideSafely, grantedPurposes } from "../domain/consent/gate.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { choiceOf } from "../domain/consent/receipt.ts";
import { NO_SIGNALS } from "../domain/consent/signals/types.ts";
import type { UsherEvent } from "../domain/event.ts";
import type { Millis, PersonId, VisitorId } from "../domain/ids.ts";
import type { Standing } from "../domain/person/calls.ts";
import type { People } from "../domain/person/people.ts";

export type StandingPorts = { people: Pick<People, "standing"> };

export interface Allowed {
  person: PersonId;
  /** Null: nothing was ever decided here, so that what an event was recorded under is what stands, while that is what it was. */
  purposes: ReadonlySet<string> | null;
}

/** Persons asked at once. */
const AT_ONCE = 16;

/** Those who are erased, unknown or have withdrawn everything aren't in the answer: nothing of theirs may leave. */
export async function allowedNow(
  { people }: StandingPorts,
  policy: Policy,
  visitors: Iterable<VisitorId>,
  now: Millis,
): Promise<Map<VisitorId, Allowed>> {
  const allowed = new Map<VisitorId, Allowed>();
  const asked = [...new Set(visitors)];
  for (let from = 0; from < asked.length; from += AT_ONCE)
    await Promise.all(
      asked.slice(from, from + AT_ONCE).map(async (visitor) => {
        const answer = await people.standing(visitor);
        if (answer.at !== "home" || answer.value.retired) return;
        const purposes = purposesNow(answer.value, policy, now);
        allowed.set(visitor, { person: answer.home, purposes });
      }),
    );
  return allowed;
}

function purposesNow(
  { decision }: Standing,
  policy: Policy,
  now: Millis,
): ReadonlySet<string> | null {
  if (!decision) return null;
  const result = decideSafely({
    policy,
    region: null,
    browser: false,
    signals: NO_SIGNALS,
    choice: choiceOf(decision, policy.signals.gpc.governs),
    carried: { state: "none" },
    subject: { child: false, erased: false },
    now,
  });
  return new Set(grantedPurposes(result));
}

/** Whether what was recorded so may leave for this purpose; all under the names of now. */
export const mayLeave = (
  policy: Policy,
  recorded: Pick<UsherEvent, "purposes" | "policy">,
  allowed: Allowed | undefined,
  purpose: string,
): allowed is Allowed =>
  allowed !== undefined &&
  recorded.purposes.includes(purpose) &&
  (allowed.purposes === null
    ? recorded.policy >= sameSince(policy, purpose)
    : allowed.purposes.has(purpose));

/** The version since which a yes to this purpose is a yes to what it is now. */
export const sameSince = ({ purposes }: Pick<Policy, "purposes">, purpose: string): number =>
  purposes.find(({ id }) => id === purpose)?.since ?? Infinity;
