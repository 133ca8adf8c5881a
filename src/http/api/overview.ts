/** `GET /_u/api/reports/overview`: what came in, from whom, with whose consent, and what didn't and why. */
import { STAGES } from "../../domain/person/stage.ts";
import { dayName } from "../../domain/ids.ts";
import { campaignOf } from "../../d1/campaign-figures.ts";
import { type Count, readCounts } from "../../d1/counters.ts";
import { type Figure, readRollups } from "../../d1/rollups.ts";
import type { DropReason } from "../../domain/event.ts";
import { lagOf } from "../../keys/waiting.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { figuresFor, linesOf, type Range, readRange } from "./reports.ts";

export type Overview = Awaited<ReturnType<typeof overview>>;

export const COUNTED = ["drop", "choice", "error", "late"] as const;

/** Regions of the list of answers to the banner; those beyond are one line. */
const REGIONS = 20;

export async function overview(context: Context, range: Range) {
  const [{ figures, late }, counts, before, lag] = await Promise.all([
    figuresFor(context, range, ["total", "channel", "device", "campaign", "hint", "stage"]),
    readCounts(context.db, range.from, range.to, COUNTED),
    totalsBefore(context, range),
    lagNow(context),
  ]);
  const totals = figures.filter(({ dimension }) => dimension === "total");
  return {
    from: dayName(range.from),
    to: dayName(range.to),
    /** Today's figures are up to five minutes old. */
    late,
    ...sums(totals),
    /** The same of as many days before; null where nothing is known of them. */
    before: before.length === 0 ? null : sums(before),
    days: totals.map(({ day, events, visitors, orders, orderCents }) => ({
      day: dayName(day),
      events,
      visitors,
      orders,
      revenue: orderCents / 100,
    })),
    /** Persons of each day by how well they were known. */
    stages: stageDays(figures),
    channels: linesOf(figures, "channel"),
    devices: linesOf(figures, "device"),
    campaigns: linesOf(figures.map(withoutIds), "campaign").map(({ value, ...line }) => {
      const { source, medium, name } = campaignOf(value);
      return { source, medium, name, ...line };
    }),
    hints: outcomes(figures),
    ...countedParts(counts, lag),
  };
}

/** In seconds; null when that can't be said. */
export const lagNow = ({ bucket, now }: Context): Promise<number | null> =>
  lagOf(bucket, now).catch(() => null);

/** A campaign is told by its name there: several ids of one are one line. */
function withoutIds(figure: Figure): Figure {
  if (figure.dimension !== "campaign") return figure;
  const { source, medium, name } = campaignOf(figure.value);
  return { ...figure, value: JSON.stringify([source, medium, name]) };
}

/** What was counted without names: consent, what wasn't recorded, what was late or failed. */
export function countedParts(counts: readonly Omit<Count, "day">[], lag: number | null) {
  const kind = (wanted: Count["kind"]) => counts.filter((each) => each.kind === wanted);
  return {
    /** Answers to the banner and on the own-data page, by region. */
    choices: choicesByRegion(kind("choice")),
    dropped: kind("drop").map(({ reason, regime, count }) => ({
      reason: reason as DropReason,
      regime,
      count,
    })),
    /** Calls that we failed, by status and place. */
    errors: kind("error").map(({ reason, regime, count }) => ({
      status: Number(reason),
      place: regime,
      count,
    })),
    /** Events that waited in an outbox for longer than a minute, by the longest of these that they waited. */
    waited: kind("late").map(({ reason, count }) => ({ atLeast: reason, count })),
    /** For how many seconds the oldest event known to wait now has waited; null when that can't be said. */
    lag,
  };
}

const totalsBefore = ({ db }: Context, { from, to }: Range): Promise<Figure[]> =>
  readRollups(db, { from: from - (to - from + 1), to: from - 1, dimensions: ["total"] });

const sum = (all: readonly Figure[], of: (figure: Figure) => number): number =>
  all.reduce((total, figure) => total + of(figure), 0);

const sums = (totals: readonly Figure[]) => ({
  events: sum(totals, ({ events }) => events),
  orders: sum(totals, ({ orders }) => orders),
  revenue: sum(totals, ({ orderCents }) => orderCents) / 100,
  /** Visitors are distinct by day: whoever came on two days counts twice. */
  visits: sum(totals, ({ visitors }) => visitors),
});

function stageDays(figures: readonly Figure[]) {
  const days = Map.groupBy(
    figures.filter(({ dimension }) => dimension === "stage"),
    ({ day }) => day,
  );
  return [...days].map(([day, of]) => ({
    day: dayName(day),
    ...(Object.fromEntries(
      STAGES.map((stage) => [stage, of.find(({ value }) => value === stage)?.visitors ?? 0]),
    ) as Record<(typeof STAGES)[number], number>),
  }));
}

function outcomes(figures: readonly Figure[]) {
  const of = (outcome: string): number =>
    sum(
      figures.filter(({ dimension, value }) => dimension === "hint" && value === outcome),
      ({ events }) => events,
    );
  return { shown: of("shown"), taken: of("taken"), dismissed: of("dismissed") };
}

function choicesByRegion(counts: readonly Omit<Count, "day">[]) {
  const answersOf = (region: string, of: readonly Omit<Count, "day">[]) => {
    const by = (outcome: string): number =>
      of.reduce((sum, { reason, count }) => sum + (reason === outcome ? count : 0), 0);
    const [all, some, none] = [by("all"), by("some"), by("none")];
    return { region, all, some, none, answered: all + some + none };
  };
  const regions = [...Map.groupBy(counts, ({ regime }) => regime)]
    .map(([region, of]) => ({ of, answers: answersOf(region, of) }))
    .toSorted((a, b) => b.answers.answered - a.answers.answered);
  const rest = regions.slice(REGIONS).flatMap(({ of }) => of);
  const named = regions.slice(0, REGIONS).map(({ answers }) => answers);
  return rest.length === 0 ? named : [...named, answersOf("others", rest)];
}

export const getOverview = forRole("marketer", async (request, context) =>
  json(await overview(context, readRange(request, context.now))),
);
