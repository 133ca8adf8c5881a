/** The pages of the setup check and their forms. */
import { findingsOf, planDifferences, trackCounts } from "../../domain/setup/checks.ts";
import { dayName } from "../../domain/ids.ts";
import { parsePlan, planFrom, type PlanFault, planText } from "../../domain/setup/plan.ts";
import { Problem } from "../../domain/problem.ts";
import { compareHosts } from "../../http/addresses-of-hosts.ts";
import { readPlan, savePlan } from "../../http/api/event-plan.ts";
import { iso } from "../../http/api/input.ts";
import { collectorOf, factsOf, refreshSitemap, visitorsIn } from "../../http/api/setup.ts";
import { isAbout } from "../../http/audit.ts";
import type { Route } from "../../http/context.ts";
import { seeOther } from "../../http/respond.ts";
import { count } from "../numbers.ts";
import { action, page, screen, type Visit } from "../page.tsx";
import { SETUP, SetupPage, type SetupPageProps } from "./check.tsx";
import { PlanPage } from "./plan.tsx";
import { rangeAsked } from "../ranges.tsx";

async function show(
  visit: Visit,
  more: Partial<Pick<SetupPageProps, "said" | "hosts" | "sitemapUrl" | "wrongSitemap">> = {},
  status = 200,
): Promise<Response> {
  const { request, context, session } = visit;
  const range = rangeAsked(request, context.now);
  const facts = await factsOf(context, collectorOf(request), range);
  isAbout(request, visitorsIn(facts));
  const { sitemap } = facts;
  const body = (
    <SetupPage
      session={session}
      now={context.now}
      from={dayName(range.from)}
      to={dayName(range.to)}
      days={facts.days}
      findings={findingsOf(facts)}
      sitemap={sitemap && { at: iso(sitemap.at), pages: sitemap.paths.length, cut: sitemap.cut }}
      sitemapUrl={`${context.config.siteOrigins[0] ?? collectorOf(request)}/sitemap.xml`}
      {...more}
    />
  );
  return screen(visit, "Setup", body, status);
}

const getSetupPage = page("either", (visit) => show(visit));

const postSitemapPage = action("either", async (visit, form) => {
  const sitemapUrl = form.get("url") ?? "";
  try {
    const { pages, cut } = await refreshSitemap(visit.context, sitemapUrl, visit.session.role);
    const words = cut
      ? `The sitemap is longer than what is read of it; its first ${count(pages, "page")} are kept.`
      : `The sitemap names ${count(pages, "page")}.`;
    return await show(visit, { sitemapUrl, said: words });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return show(
      visit,
      {
        sitemapUrl,
        wrongSitemap: `The sitemap ${error.message.replace(/^the sitemap /, "")}.`,
      },
      422,
    );
  }
});

const postHostsPage = action("either", async (visit) => {
  const { siteOrigins } = visit.context.config;
  const hosts = siteOrigins.map((origin) => new URL(origin).hostname);
  const collector = new URL(visit.request.url).hostname;
  return show(visit, {
    hosts: await compareHosts(collector, hosts, (url, init) => fetch(url, init)),
  });
});

interface Written {
  text: string;
  faults: readonly PlanFault[];
  conflict: boolean;
}

async function showPlan(visit: Visit, written?: Written): Promise<Response> {
  const { request, context, session } = visit;
  const query = new URL(request.url).searchParams;
  const [facts, saved] = await Promise.all([
    factsOf(context, collectorOf(request), rangeAsked(request, context.now)),
    readPlan(context.db),
  ]);
  const counts = trackCounts(facts);
  const text = planText(query.get("begin") === "arrivals" ? planFrom(facts.seen) : saved);
  const body = (
    <PlanPage
      session={session}
      version={saved.version}
      saved={query.has("saved")}
      differences={planDifferences(facts)}
      arrived={counts.size}
      {...(written ?? { text, faults: [], conflict: false })}
    />
  );
  return screen(visit, "Event plan", body, written ? (written.conflict ? 409 : 422) : 200);
}

const getPlanPage = page("either", (visit) => showPlan(visit));

const postPlanPage = action("marketer", async (visit, form) => {
  const text = form.get("plan") ?? "";
  const parsed = parsePlan(text);
  if (!parsed.ok) return showPlan(visit, { text, faults: parsed.faults, conflict: false });
  try {
    await savePlan(visit.context, parsed.plan, Number(form.get("version")), visit.session.role);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "conflict") throw error;
    return showPlan(visit, { text, faults: [], conflict: true });
  }
  return seeOther(`${SETUP}/plan?saved`);
});

export const setupRoutes: readonly Route[] = [
  ["GET", SETUP, getSetupPage],
  ["POST", `${SETUP}/sitemap`, postSitemapPage],
  ["POST", `${SETUP}/hosts`, postHostsPage],
  ["GET", `${SETUP}/plan`, getPlanPage],
  ["POST", `${SETUP}/plan`, postPlanPage],
];
