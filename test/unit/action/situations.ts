/** Situations made of events, as a person object makes them. */
import type { Action } from "../../../src/domain/action/catalogue.ts";
import { readMeter, type Situation } from "../../../src/domain/action/situation.ts";
import { STARTER_CATALOGUE } from "../../../src/domain/action/starter.ts";
import type { UsherEvent } from "../../../src/domain/event.ts";
import { dayOf, type MessageId, type VisitorId } from "../../../src/domain/ids.ts";
import { foldEvents } from "../../../src/domain/slice/slice.ts";
import { summarise } from "../../../src/domain/slice/summary.ts";

export const NOON = Date.UTC(2026, 10, 20, 12);

let count = 0;

export const event = (more: Partial<UsherEvent> = {}): UsherEvent => ({
  id: `m${count++}` as MessageId,
  type: "track",
  name: null,
  channel: "web",
  day: dayOf(more.at ?? NOON),
  at: NOON,
  received: NOON,
  purposes: ["measurement", "personalization"],
  policy: 1,
  ...more,
});

export const visitor = (name: string): VisitorId => name.padEnd(26, "a") as VisitorId;

export function situation(
  events: readonly UsherEvent[] = [],
  more: Partial<Situation> = {},
): Situation {
  const profile = { [visitor("jane")]: foldEvents({}, events) };
  const within = (days: number) =>
    summarise(
      profile,
      ({ day, purposes }) => purposes.includes("personalization") && day > dayOf(NOON) - days,
    );
  return {
    summary: within(Infinity),
    within,
    stage: "device",
    known: new Map(),
    assurance: null,
    granted: () => true,
    visitors: [visitor("jane")],
    meter: readMeter({ topics: ["news"], days: 30, limit: 5 }, within),
    today: dayOf(NOON),
    ...more,
  };
}

export const action = (more: Partial<Action> = {}): Action => ({
  ...(STARTER_CATALOGUE.actions[0] as Action),
  conditions: {},
  ...more,
});
