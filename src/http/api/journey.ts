/** `GET /_u/api/people/{id}/journey`: all that a person did, over devices and channels, oldest first. */
import type { UsherEvent } from "../../domain/event.ts";
import type { VisitorId } from "../../domain/ids.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import { daysOf, spansOf } from "../../domain/slice/slice.ts";
import { pageOf } from "../../d1/cursor.ts";
import { journeyCursor, readJourney, readJourneyCursor } from "../../d1/events.ts";
import { eventNow } from "../../out/line.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { requireVisitorId } from "./identifiers.ts";
import { asked, iso, pageSize } from "./input.ts";
import { loadPerson } from "./person.ts";

export interface Step {
  visitor: VisitorId;
  event: UsherEvent;
}

export interface JourneyFound {
  steps: Step[];
  /** Null at the end. */
  cursor: string | null;
}

/**
 * What has landed in D1 on the days that the slices know, and what the person still holds. The view is read before D1: an
 * event that lands in between is found twice and counted once.
 * @throws Problem `bad_request` for a cursor that isn't ours.
 */
export async function journeyOf(
  context: Context,
  view: PersonView,
  page: { limit: number; cursor?: string | undefined },
): Promise<JourneyFound> {
  const { limit, cursor } = page;
  const stored = await readJourney(context.db, {
    of: view.visitors.map(({ id, slice }) => ({
      visitor: id,
      days: daysOf(slice),
      spans: spansOf(slice),
    })),
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const held = view.pending.filter(after(cursor));
  const merged = withoutRepeats([...stored.events, ...held]).toSorted(inOrder);
  const { rows, cursor: next } = pageOf(merged, limit, cursorAt);
  const policy = await context.policy();
  // D1 may have more even where this page holds all that was read.
  const last = rows.at(-1);
  const steps = rows.map((step) => ({ ...step, event: eventNow(policy, step.event) }));
  return { steps, cursor: next ?? (stored.cursor !== null && last ? cursorAt(last) : null) };
}

const cursorAt = ({ visitor, event }: Step): string => journeyCursor(visitor, event);

/** The order of D1: by time, then by arrival, then by visitor and id. */
function inOrder(a: Step, b: Step): number {
  const [x, y] = [keyOf(a), keyOf(b)];
  const { at, received } = a.event;
  return at - b.event.at || received - b.event.received || (x < y ? -1 : Number(x > y));
}

const keyOf = ({ visitor, event }: Step): string => `${visitor} ${event.id}`;

const withoutRepeats = (steps: readonly Step[]): Step[] => [
  ...new Map(steps.map((step) => [keyOf(step), step])).values(),
];

function after(cursor: string | undefined): (step: Step) => boolean {
  if (cursor === undefined) return () => true;
  const last = readJourneyCursor(cursor);
  const key = `${last.visitor} ${last.id}`;
  return (step) => {
    const { at, received } = step.event;
    const later = at - last.at || received - last.received;
    return later > 0 || (later === 0 && keyOf(step) > key);
  };
}

/** Sealed traits stay sealed: what they said of themselves stands with the person. */
export function describeStep({ visitor, event }: Step) {
  const { sealed: _, day: _day, at, received, valueCents, ...rest } = event;
  return {
    ...rest,
    at: iso(at),
    received: iso(received),
    visitor,
    ...(valueCents === undefined ? {} : { value: valueCents / 100 }),
  };
}

export const getJourney = forRole("marketer", async (request, context) => {
  const view = await loadPerson(context, requireVisitorId(request.params["id"]));
  const { steps, cursor } = await journeyOf(context, view, {
    limit: pageSize(request),
    cursor: asked(request, "cursor"),
  });
  return json({ events: steps.map(describeStep), cursor });
});
