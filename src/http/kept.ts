/**
 * Reports that read weeks of events. Where there are many, cron makes those over the usual ranges once an hour and keeps
 * them, and pages show what was kept with the time it is of. Elsewhere, and in the API, they are counted when asked for.
 */
import { dayOf, type Millis } from "../domain/ids.ts";
import { readDocument, saveDocument } from "../d1/learning.ts";
import { readRollups } from "../d1/rollups.ts";
import { actionReport } from "./api/action-report.ts";
import { attribution } from "./api/attribution.ts";
import { type Range, USUAL_RANGES } from "./api/reports.ts";
import type { Context } from "./context.ts";

export type ReportPorts = Pick<Context, "db" | "policy" | "learned">;

export interface Shown<Report> {
  report: Report;
  /** When it was counted, if that wasn't just now. */
  at: Millis | null;
}

/** Events of a range that can be counted while somebody waits. */
const MANY_EVENTS = 20_000;
const HOUR_MS = 3_600_000;
/** A kept report is shown for so long after it is due anew. */
const PATIENCE_MS = HOUR_MS;

/** The days' totals alone are read. Today's come a few minutes late. */
async function isLong(db: D1Database, range: Range): Promise<boolean> {
  const totals = await readRollups(db, { ...range, dimensions: ["total"] });
  return totals.reduce((sum, { events }) => sum + events, 0) > MANY_EVENTS;
}

type Name = "actions" | "attribution:channel" | "attribution:campaign";

const documentOf = (name: Name, days: number) => `report:${name}:${days}` as const;

async function read<Report>(
  db: D1Database,
  name: Name,
  days: number,
): Promise<{ at: Millis; report: Report } | null> {
  const found = await readDocument(db, documentOf(name, days));
  return found as unknown as { at: Millis; report: Report } | null;
}

async function shown<Report>(
  { db, now }: Pick<Context, "db" | "now">,
  name: Name,
  range: Range,
  make: () => Promise<Report>,
): Promise<Shown<Report>> {
  const days = range.to - range.from + 1;
  if (range.to === dayOf(now) && USUAL_RANGES.some((each) => each === days)) {
    const kept = await read<Report>(db, name, days);
    if (kept && now - kept.at < HOUR_MS + PATIENCE_MS && (await isLong(db, range))) return kept;
  }
  return { report: await make(), at: null };
}

export const shownActions = (context: Context, range: Range) =>
  shown(context, "actions", range, () => actionReport(context, range));

export const shownAttribution = (context: Context, range: Range, by: "channel" | "campaign") =>
  shown(context, `attribution:${by}`, range, () => attribution(context, range, by));

/** For cron. */
export async function keepReports(ports: ReportPorts, now: Millis): Promise<void> {
  const { db } = ports;
  const to = dayOf(now);
  const context = { ...ports, now };
  for (const days of USUAL_RANGES) {
    const range = { from: to - days + 1, to };
    if (!(await isLong(db, range))) continue;
    const made = {
      actions: () => actionReport(context, range),
      "attribution:channel": () => attribution(context, range, "channel"),
      "attribution:campaign": () => attribution(context, range, "campaign"),
    } satisfies Record<Name, () => Promise<unknown>>;
    for (const name of Object.keys(made) as Name[]) {
      const kept = await read(db, name, days);
      if (kept && now - kept.at < HOUR_MS) continue;
      await saveDocument(db, documentOf(name, days), { at: now, report: await made[name]() }, now);
    }
  }
}
