/** `GET /_u/api/reports/setup`: what is wrong with the tracking, from what really came; and what was counted for it. */
import * as v from "valibot";
import { readDoubled, readRepeated, readSeen, seek } from "../../d1/arrivals.ts";
import { campaignOf } from "../../d1/campaign-figures.ts";
import { type Count, readCounts } from "../../d1/counters.ts";
import { readSpend } from "../../d1/imports.ts";
import { countFloods } from "../../d1/quarantine.ts";
import { cutDimensions, SUMS_MAX } from "../../d1/rollups.ts";
import { latestSetting, saveSetting } from "../../d1/settings.ts";
import { readCapped } from "../../d1/capped.ts";
import { dayName, dayOf } from "../../domain/ids.ts";
import { findingsOf } from "../../domain/setup/checks.ts";
import type { TokenFault } from "../../domain/identity/token-faults.ts";
import type { Refusal } from "../../domain/intake/refusal.ts";
import { planName, VIEW_TYPES } from "../../domain/setup/plan.ts";
import { pagePath, type SetupFacts, type Sitemap, type Sought } from "../../domain/setup/facts.ts";
import { isAbout } from "../audit.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { readSitemap } from "../sitemap.ts";
import { readPlan } from "./event-plan.ts";
import { readBody } from "./input.ts";
import { figuresFor, linesOf, type Range, readRange } from "./reports.ts";

const SitemapSchema = v.object({
  at: v.number(),
  paths: v.array(v.string()),
  cut: v.optional(v.boolean(), false),
  /** Absent in what was read while paths were kept without their numbers: it has to be read again. */
  exact: v.literal(true),
});

const LISTS = ["event", "path", "campaign"] as const;

export async function factsOf(
  context: Context,
  collector: string,
  range: Range,
): Promise<SetupFacts> {
  const { db, config } = context;
  const today = dayOf(context.now);
  const [{ figures }, counts, spend, sitemap, plan, seen, doubled, repeated, quarantined] =
    await Promise.all([
      figuresFor(context, range, ["total", ...LISTS]),
      readCounts(db, range.from, range.to),
      readSpend(db, range.from, range.to),
      readStoredSitemap(db),
      readPlan(db),
      readSeen(db, today - 1, today),
      readDoubled(db, today - 1, today),
      readRepeated(db, today - 1, today),
      countFloods(db),
    ]);
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
  // Asked of those lists alone whose gaps would be told.
  const gaps = LISTS.filter(
    (list) =>
      ({
        event: plan.events.length > 0,
        path: sitemap !== null || kind("page").length > 0,
        campaign: spend.length > 0,
      })[list],
  );
  const cut = gaps.length > 0 ? await cutDimensions(db, { ...range, dimensions: gaps }) : null;
  const isWhole = (list: (typeof LISTS)[number]): boolean =>
    figures.length < SUMS_MAX && cut?.has(list) !== true;
  const whole = {
    events: isWhole("event"),
    paths: isWhole("path"),
    campaigns: isWhole("campaign"),
  };
  const events = sum("event");
  const paths = sum("path", pagePath);
  const lacking = async (
    what: "pages" | "events" | "views",
    isWhole: boolean,
    values: readonly string[],
  ): Promise<Sought | null> =>
    isWhole || values.length === 0 ? null : seek(db, what, range, values);
  // Page views are many: they are looked at only where the plan names some.
  const viewTypes = VIEW_TYPES.filter((type) => plan.events.some((each) => each.type === type));
  const views = (
    await Promise.all(viewTypes.map((type) => readSeen(db, today - 1, today, type)))
  ).flat();
  const viewed = new Set(views.map(planName));
  const [pagesSought, eventsSought, viewsSought] = await Promise.all([
    lacking("pages", whole.paths, sitemap?.paths.filter((path) => !paths.has(path)) ?? []),
    lacking(
      "events",
      whole.events,
      plan.events
        .filter(({ name, type }) => type === undefined && !events.has(`track:${name}`))
        .map(({ name }) => name),
    ),
    lacking(
      "views",
      false,
      plan.events
        .filter((each) => each.type !== undefined && !viewed.has(planName(each)))
        .map(planName),
    ),
  ]);
  return {
    days: range.to - range.from + 1,
    recorded: sum("total").get("") ?? 0,
    dropped: kind("drop"),
    capped: countOf("drop", "capped") > 0 ? await readCapped(db, range.from, range.to) : [],
    events,
    paths,
    unconsented: new Map(kind("page").map(({ reason, count }) => [reason, count])),
    campaigns: Array.from(sum("campaign"), ([value, times]) => ({
      ...campaignOf(value),
      events: times,
    })),
    whole,
    spent: spend.map(({ channel, campaign }) => ({ channel, campaign })),
    choices: {
      all: countOf("choice", "all"),
      some: countOf("choice", "some"),
      none: countOf("choice", "none"),
    },
    clocks: {
      ahead: countOf("clock", "ahead"),
      behind: countOf("clock", "behind"),
      server: kind("clock")
        .filter(({ regime }) => regime === "server")
        .reduce((total, { count }) => total + count, 0),
    },
    refused: kind("refusal").map(({ reason, regime, count }) => ({
      reason: reason as Refusal,
      sender: regime,
      count,
    })),
    tokens: kind("token").map(({ reason, count }) => ({ fault: reason as TokenFault, count })),
    junk: kind("junk").map(({ reason, regime, count }) => ({ id: reason, sender: regime, count })),
    doubled,
    repeated,
    quarantined,
    hosts: { collector, sites: config.siteOrigins },
    sitemap,
    sought: { pages: pagesSought, events: eventsSought, views: viewsSought },
    plan,
    seen: [...seen, ...views],
  };
}

async function readStoredSitemap(db: D1Database): Promise<Sitemap | null> {
  const saved = await latestSetting(db, "sitemap");
  const read = v.safeParse(SitemapSchema, saved?.document);
  return read.success ? read.output : null;
}

/** Reads the sitemap and keeps its paths. Returns how many, and whether it names more. @throws Problem */
export async function refreshSitemap(
  { db, config, now }: Pick<Context, "db" | "config" | "now">,
  url: string,
  by: string,
): Promise<{ pages: number; cut: boolean }> {
  const read = await readSitemap(url, config.siteOrigins, (address, init) => fetch(address, init));
  const version = ((await latestSetting(db, "sitemap"))?.version ?? 0) + 1;
  const document = { at: now, paths: [...read.paths], cut: read.cut, exact: true };
  await saveSetting(db, "sitemap", { version, document, author: by, at: now });
  return { pages: read.paths.length, cut: read.cut };
}

export const collectorOf = (request: Request): string => new URL(request.url).origin;

/** Whom the check names. */
export const visitorsIn = ({ capped }: Pick<SetupFacts, "capped">): string[] =>
  capped.map(({ visitor }) => visitor);

export const getSetup = forRole("marketer", async (request, context) => {
  const range = readRange(request, context.now);
  const facts = await factsOf(context, collectorOf(request), range);
  isAbout(request, visitorsIn(facts));
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
  return json(await refreshSitemap(context, url, role));
});
