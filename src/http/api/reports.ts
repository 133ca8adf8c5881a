/** The figures behind the console's pages. Days are those of the visitors' own clocks, in UTC. */
import { type Day, dayNamed, dayOf } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import {
  type Dimension,
  type Figure,
  figuresOf,
  readRollups,
  stagesOn,
  sumRollups,
} from "../../d1/rollups.ts";
import type { Context } from "../context.ts";
import { asked } from "./input.ts";

/** Days of a report without a range, and the most that one may have. */
const USUAL_DAYS = 28;
/** Ranges of days that pages offer. */
export const USUAL_RANGES = [7, USUAL_DAYS, 90] as const;
const MOST_DAYS = 400;
/** Lines of each table of a report. */
const LINES = 20;

export interface Range {
  from: Day;
  to: Day;
}

/** Of `from`. */
export const REVERSED = "must not be later than to: the range is reversed";

/** `?from=2026-11-01&to=2026-11-30`, both included. @throws Problem `invalid` */
export const readRange = (request: Request, now: number): Range =>
  rangeBetween(readDay(request, "from"), readDay(request, "to"), now);

/** Until today, and as long as usual, where a day isn't said. @throws Problem `invalid` */
export function rangeBetween(first: Day | undefined, last: Day | undefined, now: number): Range {
  const to = last ?? dayOf(now);
  const from = first ?? to - USUAL_DAYS + 1;
  const wrong = (message: string): Problem => new Problem("invalid", message, { path: "from" });
  if (from > to) throw wrong(last === undefined ? "must not be later than today" : REVERSED);
  if (to - from >= MOST_DAYS) throw wrong(`must be a range of at most ${MOST_DAYS} days`);
  return { from, to };
}

/** @throws Problem `invalid` */
export function readDay(request: Request, name: string): Day | undefined {
  const text = asked(request, name);
  if (text === undefined) return undefined;
  const day = dayNamed(text);
  if (day === null)
    throw new Problem("invalid", "must be a day that there is, like 2026-11-22", { path: name });
  return day;
}

/** Events of today that a page counts itself; above that, it shows what cron counted at most five minutes ago. */
const COUNTED_LIVE = 5_000;

/** Dimensions with many values: of these a range is summed where it lies. */
const MANY: readonly Dimension[] = ["event", "path", "campaign"];

export interface Figures {
  /** By day; of events, paths and campaigns summed over the days before today. */
  figures: Figure[];
  /** Today has so many events that its figures are up to five minutes old. */
  late: boolean;
}

/** Rolled-up days as cron left them; today as its events say now, as long as they are few enough to be read for a page. */
export async function figuresFor(
  { db, now }: Context,
  { from, to }: Range,
  dimensions: readonly Dimension[],
): Promise<Figures> {
  const today = dayOf(now);
  const isToday = from <= today && today <= to;
  const size = isToday
    ? (await readRollups(db, { from: today, to: today, dimensions: ["total"] }))[0]?.events
    : undefined;
  const late = isToday && (size ?? 0) > COUNTED_LIVE;
  const live = isToday && !late;
  const past = { from, to: live ? today - 1 : to };
  const many = dimensions.filter((each) => MANY.includes(each));
  const few = dimensions.filter((each) => !MANY.includes(each));
  const figures = await Promise.all([
    few.length > 0 ? readRollups(db, { ...past, dimensions: few }) : [],
    many.length > 0 ? sumRollups(db, { ...past, dimensions: many }) : [],
    live ? figuresOf(db, today, dimensions) : [],
    live && dimensions.includes("stage") ? stagesOn(db, today) : [],
  ]);
  return { figures: figures.flat(), late };
}

export interface Line {
  value: string;
  events: number;
  orders: number;
  revenue: number;
}

/** Visitors are distinct by day, so they are not summed over days. */
export function linesOf(all: readonly Figure[], dimension: Dimension): Line[] {
  const lines = new Map<string, Line>();
  for (const { value, events, orders, orderCents } of all.filter(
    (each) => each.dimension === dimension,
  )) {
    const known = lines.get(value) ?? { value, events: 0, orders: 0, revenue: 0 };
    lines.set(value, {
      value,
      events: known.events + events,
      orders: known.orders + orders,
      revenue: known.revenue + orderCents / 100,
    });
  }
  return [...lines.values()].toSorted((a, b) => b.events - a.events).slice(0, LINES);
}
