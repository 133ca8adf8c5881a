/**
 * What of an event leaves, for one purpose, as one line of JSON. Personal values stay sealed; what only another purpose
 * opens is left out.
 */
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
  const { sealed: _, day, at, received, valueCents, campaign, id, type, name, ...rest } = event;
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
  policy.purposes.some(({ id, switchesOn }) => id === purpose && switchesOn.includes(capability));

export function withoutClickId(
  campaign: NonNullable<UsherEvent["campaign"]>,
): NonNullable<UsherEvent["campaign"]> {
  const { click, ...rest } = campaign;
  return click ? { ...rest, click: { vendor: click.vendor, param: click.param } } : rest;
}

export const iso = (at: number): string => new Date(at).toISOString();

/** Purposes that something can be handed on for: those that people decide on. */
export const purposesOf = (policy: Policy): string[] =>
  policy.purposes.filter(({ required }) => !required).map(({ id }) => id);
