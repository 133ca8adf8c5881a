/**
 * What of an event leaves, for one purpose, as one line of JSON. Personal values stay sealed; what only another purpose
 * opens is left out.
 */
import { namesNow, namesOf, openingsOf } from "../domain/consent/openings.ts";
import type { Policy } from "../domain/consent/policy.ts";
import type { Capability } from "../domain/consent/purposes.ts";
import type { UsherEvent } from "../domain/event.ts";
import { dayName, type PersonId, type VisitorId } from "../domain/ids.ts";

export interface Leaving {
  visitor: VisitorId;
  /** The person the visitor belongs to at the moment of sending. */
  person: PersonId;
  event: UsherEvent;
}

export type OutLine = ReturnType<typeof lineOf>;

export function lineOf({ visitor, person, event }: Leaving, policy: Policy, purpose: string) {
  const {
    sealed: _,
    day,
    at,
    received,
    valueCents,
    campaign,
    id,
    type,
    name,
    ...rest
  } = eventNow(policy, event);
  return {
    id,
    visitor,
    person,
    type,
    name,
    day: dayName(day),
    at: iso(at),
    received: iso(received),
    ...(valueCents === undefined ? {} : { value: valueCents / 100 }),
    ...(campaign
      ? { campaign: opens(policy, purpose, "click-ids") ? campaign : withoutClickId(campaign) }
      : {}),
    ...rest,
  };
}

/** Whether this purpose alone opens that. */
export const opens = (policy: Policy, purpose: string, capability: Capability): boolean =>
  openingsOf(policy).by[capability].has(purpose);

export function withoutClickId(
  campaign: NonNullable<UsherEvent["campaign"]>,
): NonNullable<UsherEvent["campaign"]> {
  const { click, ...rest } = campaign;
  return click ? { ...rest, click: { vendor: click.vendor, param: click.param } } : rest;
}

export const iso = (at: number): string => new Date(at).toISOString();

/** The event with its purposes as they are called now. */
export const eventNow = (policy: Policy, event: UsherEvent): UsherEvent => ({
  ...event,
  purposes: namesNow(openingsOf(policy), event.purposes),
});

/** Names under which something was recorded that is this purpose's. */
export function namesFor(policy: Policy, purpose: string): string[] {
  const found = policy.purposes.find((each) => namesOf(each).includes(purpose));
  return found ? namesOf(found) : [purpose];
}

/** Purposes that something can be handed on for: those that people decide on. */
export const purposesOf = (policy: Policy): string[] =>
  policy.purposes.filter(({ required }) => !required).map(({ id }) => id);
