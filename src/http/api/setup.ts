/** `GET /_u/api/reports/setup`: what is wrong with the tracking, from what really came; and what was counted for it. */
import * as v from "valibot";
import { readDoubled, readSeen } from "../../d1/arrivals.ts";
import { type Count, readCounts } from "../../d1/counters.ts";
import { readSpend } from "../../d1/imports.ts";
import { listQuarantined } from "../../d1/quarantine.ts";
import { latestSetting, saveSetting } from "../../d1/settings.ts";
import { dayName, dayOf } from "../../domain/ids.ts";
import { findingsOf } from "../../domain/setup/checks.ts";
import { readCapped } from "../../d1/capped.ts";
import { plainPath, type SetupFacts } from "../../domain/setup/facts.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { readSitemap } from "../sitemap.ts";
import { readPlan } from "./event-plan.ts";
import { readBody } from "./input.ts";
import { figuresFor, linesOf, type Range, readRange } from "./reports.ts";

const SitemapSchema = v.object({ at: v.number(), paths: v.array(v.string()) });

export async function factsOf(
  context: Context,
  collector: string,
  range: Range,
): Promise<SetupFacts> {
  const { db, config } = context;
  const today = dayOf(context.now);
  const [{ figures }, counts, spend, sitemap, plan, seen, doubled, quarantined] = await Promise.all(
    [
      figuresFor(context, range, ["total", "event", "path", "campaign"]),
      readCounts(db, range.from, range.to),
      readSpend(db, range.from, range.to),
      readStoredSitemap(db),
      readPlan(db),
      readSeen(db, today - 1, today),
      readDoubled(db, today - 1, today),
      listQuarantined(db, 100),
    ],
  );
  const sum = (
    dimension: string,
    name: (value: string) => string = (value) => value,
  ): Map<string, number> => {
    const sums = new Map<string, number>();
    for (const each of figures)
      if (each.dimension === dimension)
        sums.set(name(each.value), (sums.get(name(each.value)) ?? 0) + each.events);
    return sums;
  };
  const kind = (wanted: Count["kind"]): Omit<Count, "day">[] =>
    counts.filter((each) => each.kind === wanted);
  const countOf = (wanted: Count["kind"], reason: string): number =>
    kind(wanted)
      .filter((each) => each.reason === reason)
      .reduce((total, { count }) => total + count, 0);
  return {
    days: range.to - range.from + 1,
    recorded: sum("total").get("") ?? 0,
    dropped: kind("drop"),
    capped: countOf("drop", "capped") > 0 ? await readCapped(db, range.from, range.to) : [],
    events: sum("event"),
    paths: sum("path", plainPath),
    unconsented: new Map(kind("page").map(({ reason, count }) => [reason, count])),
    campaigns: [...sum("campaign")].map(([value, events]) => {
      const [source = null, medium = null, name = null] = JSON.parse(value) as (string | null)[];
      return { source, medium, name, events };
    }),
    spent: spend.map(({ channel, campaign }) => ({ channel, campaign })),
    choices: {
      all: countOf("choice", "all"),
      some: countOf("choice", "some"),
      none: countOf("choice", "none"),
    },
    clocks: { ahead: countOf("clock", "ahead"), behind: countOf("clock", "behind") },
    doubled,
    quarantined: quarantined.length,
    hosts: { collector, sites: config.siteOrigins },
    sitemap,
    plan,
    seen,
  };
}

async function readStoredSitemap(db: D1Database): Promise<SetupFacts["sitemap"]> {
  const saved = await latestSetting(db, "sitemap");
  const read = v.safeParse(SitemapSchema, saved?.document);
  return read.success ? read.output : null;
}

/** Reads the sitemap and keeps its paths. Returns how many. @throws Problem */
export async function refreshSitemap(
  { db, config, now }: Pick<Context, "db" | "config" | "now">,
  url: string,
  by: string,
): Promise<number> {
  const paths = await readSitemap(url, config.siteOrigins, (address, init) => fetch(address, init));
  const version = ((await latestSetting(db, "sitemap"))?.version ?? 0) + 1;
  await saveSetting(db, "sitemap", { version, document: { at: now, paths }, author: by, at: now });
  return paths.length;
}

export const collectorOf = (request: Request): string => new URL(request.url).origin;

export const getSetup = forRole("marketer", async (request, context) => {
  const range = readRange(request, context.now);
  const facts = await factsOf(context, collectorOf(request), range);
  const { figures } = await figuresFor(context, range, ["event", "path"]);
  const dropped = facts.dropped.reduce((sum, { count }) => sum + count, 0);
  return json({
    from: dayName(range.from),
    to: dayName(range.to),
    findings: findingsOf(facts),
    recorded: facts.recorded,
    dropped,
    /** Share of everything that arrived; null when nothing did. */
    droppedShare: facts.recorded + dropped === 0 ? null : dropped / (facts.recorded + dropped),
    drops: facts.dropped.map(({ reason, regime, count }) => ({ reason, regime, count })),
    identifies: facts.events.get("identify") ?? 0,
    events: linesOf(figures, "event").map(({ value, events }) => ({ name: value, events })),
    paths: linesOf(figures, "path").map(({ value, events }) => ({ path: value, events })),
  });
});

export const SitemapBody = v.strictObject({
  url: v.pipe(v.string(), v.url("must be an address"), v.maxLength(2_048)),
});

/** `POST /_u/api/reports/setup/sitemap` */
export const postSitemap = forRole("either", async (request, context, role) => {
  const { url } = await readBody(request, SitemapBody);
  return json({ pages: await refreshSitemap(context, url, role) });
});
