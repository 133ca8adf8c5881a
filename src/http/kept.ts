/**
 * Reports that read weeks of events. On a small site they are counted when somebody looks. Where there are many events, cron
 * counts those over the usual ranges once an hour, any other range is counted when it is first asked for, and pages show what
 * was kept with the time it is of.
 */
import { listDocuments, pruneDocuments } from "../d1/learning.ts";
import { countEvents, readRollups } from "../d1/rollups.ts";
import type { CreditBy } from "../d1/touches.ts";
import { DAY_MS, dayName, dayOf, type Millis } from "../domain/ids.ts";
import { inTurn } from "../out/in-turn.ts";
import { actionReport } from "./api/action-report.ts";
import {
  type AttributionCount,
  attributionCounter,
  attributionOf,
  type AttributionReport,
} from "./api/attribution-count.ts";
import { type Range, USUAL_RANGES } from "./api/reports.ts";
import type { Context } from "./context.ts";
import {
  type Budget,
  countOn,
  countWhole,
  cronBudget,
  type Kept,
  type LongReport,
  lookAtCount,
  readKept,
  type ReportPorts,
} from "./long-reports.ts";

export type { ReportPorts } from "./long-reports.ts";

export interface Shown<Report> {
  /** Null while it is counted for the first time. */
  report: Report | null;
  /** When it was counted, if that wasn't just now. */
  at: Millis | null;
  /** How much of it was counted, from 0 to 1; null when nothing is being counted. */
  counting: number | null;
}

/** Events of a range that are counted while somebody waits. */
const MANY_EVENTS = 20_000;
/** Events counted in one part of a longer one. */
const PART_EVENTS = 10_000;
const HOUR_MS = 3_600_000;
/** How long it is shown what cron keeps counting, should cron be late. */
const PATIENCE_MS = 2 * HOUR_MS;
/** What somebody asked for once goes after a week. */
const KEPT_MS = 7 * DAY_MS;

const ATTRIBUTION: LongReport<AttributionCount, Record<CreditBy, AttributionReport>> = {
  name: "attribution",
  partEvents: PART_EVENTS,
  counter: attributionCounter,
  report: async (ports, data) => ({
    channel: await attributionOf(ports, data, "channel"),
    campaign: await attributionOf(ports, data, "campaign"),
  }),
};

/** The same of one event, counted whenever somebody asks for it. */
const attributionTo = (outcome: string | null): typeof ATTRIBUTION => ({
  ...ATTRIBUTION,
  counter: (ports, range, known) => attributionCounter(ports, range, known, outcome),
});

/** What stands behind a range in the key of what is counted of one event. A colon parts the names of documents. */
const ofOutcome = (outcome: string | null): string =>
  outcome === null ? "" : `~${encodeURIComponent(outcome)}`;

function outcomeIn(key: string): string | null {
  const at = key.indexOf("~");
  return at < 0 ? null : decodeURIComponent(key.slice(at + 1));
}

type ActionReport = Awaited<ReturnType<typeof actionReport>>;

/** It reads a bounded sample, at once. */
const ACTIONS: LongReport<ActionReport, ActionReport> = {
  name: "actions",
  partEvents: null,
  counter: async (ports, range) => {
    let made: ActionReport | null = null;
    return {
      add: async () => void (made = await actionReport(ports, range)),
      data: () => made ?? emptyHanded(),
    };
  },
  report: async (_ports, data) => data,
};

const emptyHanded = (): never => {
  throw new Error("a report was asked for before it was counted");
};

/** Events of a range; where nobody has summed its days yet, as far as a page may count. */
async function eventsIn(db: D1Database, range: Range): Promise<number> {
  const totals = await readRollups(db, { ...range, dimensions: ["total"] });
  const summed = totals.reduce((sum, { events }) => sum + events, 0);
  return summed > MANY_EVENTS ? summed : countEvents(db, range, MANY_EVENTS + 1);
}

const usualKey = (range: Range, now: Millis): string | null => {
  const days = range.to - range.from + 1;
  const usual = USUAL_RANGES.some((each) => each === days);
  return usual && range.to === dayOf(now) ? String(days) : null;
};

const keyOf = (range: Range, now: Millis): string =>
  usualKey(range, now) ?? `${dayName(range.from)}.${dayName(range.to)}`;

/** Days that are over for good stay as they were counted; late events come within a week. Cron keeps no single event's. */
const freshFor = (range: Range, now: Millis, outcome: string | null): Millis => {
  if (outcome === null && usualKey(range, now) !== null) return PATIENCE_MS;
  return range.to < dayOf(now) - 7 ? KEPT_MS : HOUR_MS;
};

type Looking = Pick<Context, "db" | "policy" | "learned" | "now" | "waitUntil">;

async function shown<Data, Report>(
  context: Looking,
  long: LongReport<Data, Report>,
  range: Range,
  outcome: string | null = null,
): Promise<Shown<Report>> {
  const { db, now } = context;
  const events = await eventsIn(db, range);
  if (events <= MANY_EVENTS)
    return { report: await countWhole(context, long, range, events), at: null, counting: null };
  const key = `${keyOf(range, now)}${ofOutcome(outcome)}`;
  const kept = await readKept<Data>(db, long.name, key);
  const isFresh = kept !== null && now - kept.at < freshFor(range, now, outcome);
  const counting = isFresh ? null : await lookAtCount(context, long, key, range, events);
  // What is old is better than nothing, as long as it says so.
  const report = kept && (await long.report(context, kept.data));
  return { report, at: kept?.at ?? null, counting };
}

export const shownActions = (context: Looking, range: Range): Promise<Shown<ActionReport>> =>
  shown(context, ACTIONS, range);

export async function shownAttribution(
  context: Looking,
  range: Range,
  by: CreditBy,
  outcome: string | null = null,
): Promise<Shown<AttributionReport>> {
  const { report, ...rest } = await shown(context, attributionTo(outcome), range, outcome);
  return { ...rest, report: report && report[by] };
}

/** For programs: all of it now, whatever it takes. */
export async function wholeAttribution(
  context: Pick<Context, "db" | "policy" | "learned" | "now">,
  range: Range,
  by: CreditBy,
  outcome: string | null = null,
): Promise<AttributionReport> {
  const events = await eventsIn(context.db, range);
  return (await countWhole(context, attributionTo(outcome), range, events))[by];
}

/** For cron: the usual ranges once an hour, and what somebody asked for and left. @throws AggregateError of those that failed */
export async function keepReports(ports: ReportPorts, now: Millis): Promise<void> {
  const { db } = ports;
  const at = { ...ports, now };
  const budget = cronBudget();
  const usual = USUAL_RANGES.map((days) => ({
    id: `${days} days`,
    keep: async () => {
      const range = { from: dayOf(now) - days + 1, to: dayOf(now) };
      const events = await eventsIn(db, range);
      if (events > MANY_EVENTS) await keepUsual(at, String(days), { range, events }, budget);
    },
  }));
  const asked = (await listDocuments(db, "counting:")).map((id) => ({
    id,
    keep: async () => {
      const [, kind = "", key = ""] = id.split(":");
      if (kind === ATTRIBUTION.name)
        await countOn(at, attributionTo(outcomeIn(key)), key, null, budget);
      if (kind === ACTIONS.name) await countOn(at, ACTIONS, key, null, budget);
    },
  }));
  await pruneDocuments(db, "report:", now - KEPT_MS);
  await inTurn([...usual, ...asked], now, ({ keep }) => keep());
}

async function keepUsual(
  ports: ReportPorts & { now: Millis },
  key: string,
  begin: { range: Range; events: number },
  budget: Budget,
): Promise<void> {
  const { db, now } = ports;
  const isDue = (kept: Kept<unknown> | null): boolean => !kept || now - kept.at >= HOUR_MS;
  if (isDue(await readKept(db, ATTRIBUTION.name, key)))
    await countOn(ports, ATTRIBUTION, key, begin, budget);
  if (isDue(await readKept(db, ACTIONS.name, key)))
    await countOn(ports, ACTIONS, key, begin, budget);
}
