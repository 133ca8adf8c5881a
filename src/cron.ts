/** What runs by the clock: figures for reports, learning and what waits to be erased every few minutes, retention at night. */
import { pruneAudit } from "./d1/audit.ts";
import { addCounts } from "./d1/counters.ts";
import { pruneDevices } from "./d1/devices.ts";
import { noteShards, tidyResharding } from "./d1/resharding.ts";
import { isHeld, readResharding } from "./d1/resharding-state.ts";
import { pruneTokens } from "./d1/tokens.ts";
import { rollUp, rollUpStages } from "./d1/rollups.ts";
import type { Policy } from "./domain/consent/policy.ts";
import { DAY_MS, dayOf, type Millis } from "./domain/ids.ts";
import { keepingOf } from "./domain/retention.ts";
import { seenSince } from "./domain/suggestion/sightings.ts";
import { finishRun, type Jobs, runJobs, type RunPorts } from "./jobs.ts";
import { deliverHints, type DeliveryPorts } from "./http/deliver.ts";
import { catalogueInForce } from "./http/api/actions.ts";
import { readMergeRules } from "./http/documents.ts";
import { inTime } from "./http/patience.ts";
import { resumeImports } from "./http/import/jobs.ts";
import type { ImportContext } from "./http/import/run.ts";
import { sweepImports } from "./http/import/store.ts";
import { continueExports } from "./http/export/jobs.ts";
import { keepReports } from "./http/kept.ts";
import { isDue, learnFromHints, learnFromJourneys } from "./learn.ts";
import { sweepExports } from "./out/exports.ts";
import { writeFiles } from "./out/files.ts";
import { sweepFiles } from "./out/forget.ts";
import { type MetricsPorts, pushMetrics } from "./out/metrics.ts";
import { clearLog, deliverEvents } from "./out/webhooks.ts";
import { suggest } from "./suggest/job.ts";
import type { SuggestPorts } from "./suggest/ports.ts";
import { type AnchorPorts, anchorReceipts } from "./privacy/anchor.ts";
import { continueErasures } from "./privacy/erase.ts";
import { withholdOlder } from "./privacy/older.ts";
import type { PrivacyPorts } from "./privacy/ports.ts";
import { finishReplay } from "./privacy/replay.ts";
import { sweepReady } from "./privacy/requests.ts";
import { lapseDormant } from "./privacy/silent.ts";
import { eraseDormant, sweep } from "./privacy/sweep.ts";

/** How late a browser's event may come (person/record.ts). */
const ACCEPTANCE_DAYS = 7;

/** How long the audit log is kept: a year, and a month to look at the year before with. */
const AUDIT_DAYS = 396;

export const NIGHTLY = "17 3 * * *";

export interface NightlyPorts
  extends
    PrivacyPorts,
    AnchorPorts,
    DeliveryPorts,
    MetricsPorts,
    SuggestPorts,
    Omit<ImportContext, "now"> {
  identifiers: PrivacyPorts["identifiers"];
  people: PrivacyPorts["people"];
  policy(): Promise<Policy>;
  log(message: string, fields: Record<string, string | number>): void;
}

/**
 * What a night was cut off at goes on with the runs that follow: the next night is a day away.
 * @throws AggregateError of the jobs that failed, when all have run
 */
export async function runCron(ports: NightlyPorts, cron: string, at: Millis): Promise<void> {
  const { bucket, log } = ports;
  const jobsAt = (schedule: string): Promise<Jobs> =>
    ports
      .policy()
      .then(
        (policy) => jobsOf(ports, policy, schedule, at),
        (error: unknown): Jobs => ({ policy: () => Promise.reject(error) }),
      )
      .then((jobs) => withoutHeld(ports.db, jobs));
  const running: RunPorts = {
    bucket,
    log,
    count: (jobs) =>
      addCounts(
        ports.db,
        jobs.map((reason) => ({ kind: "cron", day: dayOf(at), reason, regime: "", count: 1 })),
      ),
  };
  const jobs = await jobsAt(cron);
  const failed =
    cron === NIGHTLY
      ? await runJobs(running, "nightly", jobs, at)
      : [
          ...(await runJobs(running, "often", jobs, at)),
          ...(await finishRun(running, "nightly", () => jobsAt(NIGHTLY), at)),
        ];
  if (failed.length === 0) return;
  throw new AggregateError(
    failed.map(({ error }) => error),
    `jobs of cron failed: ${failed.map(({ job }) => job).join(", ")}`,
  );
}

/** Those that write what is being moved to other databases. Their next run makes up for it. */
const HELD = /^(?:erasures|dormant|retention|older|stages|figures-.*)$/;

async function withoutHeld(db: D1Database, jobs: Jobs): Promise<Jobs> {
  const moving = await inTime("database", readResharding(db)).catch(() => null);
  return isHeld(moving)
    ? Object.fromEntries(Object.entries(jobs).filter(([name]) => !HELD.test(name)))
    : jobs;
}

/** What runs at this time, one after the other. */
export const jobsOf = (ports: NightlyPorts, policy: Policy, cron: string, at: Millis): Jobs =>
  cron === NIGHTLY ? nightly(ports, policy, at) : often(ports, policy, at);

const often = (ports: NightlyPorts, policy: Policy, at: Millis): Jobs => {
  const { db } = ports;
  const today = dayOf(at);
  return {
    // Where the policy couldn't be read, that was all there was to run.
    policy: () => Promise.resolve(),
    erasures: () => continueErasures(ports, at),
    dormant: () => eraseDormant(ports, policy, at),
    silent: () => lapseDormant(ports, policy, at),
    older: () => withholdOlder(db, policy, at),
    "figures-yesterday": () => rollUp(db, today - 1),
    "figures-today": () => rollUp(db, today),
    stages: () => rollUpStages(db, today),
    shards: () => noteShards(db, at),
    resharding: () => tidyResharding(db, at),
    journeys: async () => (await isDue(db, at)) && learnFromJourneys(db, policy, at),
    learning: async () =>
      learnFromHints(db, await catalogueInForce(db), at, keepingOf(policy).sensitive),
    reports: () => keepReports(ports, at),
    hints: () => deliverHints(ports, at),
    webhooks: () => deliverEvents(ports, policy, at),
    // Whoever is due because of a change of the rules is compared once, so it has to be by those.
    suggestions: () => suggest({ ...ports, mergeRules: () => readMergeRules(ports.db) }, at),
    imports: () => resumeImports({ ...ports, now: at }),
    files: () => writeFiles(ports, policy, at),
    replay: () => finishReplay(db, policy, at),
    exports: () => continueExports({ ...ports, now: at }),
    "old-exports": () => sweepExports(ports.bucket, at),
    metrics: () => pushMetrics(ports, at),
  };
};

const nightly = (ports: NightlyPorts, policy: Policy, at: Millis): Jobs => {
  const { db } = ports;
  const today = dayOf(at);
  return {
    policy: () => Promise.resolve(),
    // Browsers may hold events back for a week; what came late is counted in the night.
    ...Object.fromEntries(
      Array.from({ length: ACCEPTANCE_DAYS }, (_, n) => [
        `figures-${n + 2}-days-ago`,
        () => rollUp(db, today - 2 - n),
      ]),
    ),
    anchors: () => anchorReceipts(ports, today),
    retention: () => sweep(ports, policy, at),
    tokens: () => pruneTokens(db, at),
    devices: () => pruneDevices(db, seenSince(keepingOf(policy), today)),
    audit: () => pruneAudit(db, at - AUDIT_DAYS * DAY_MS),
    "old-files": () => sweepFiles(ports.exports, policy, at),
    "ready-requests": () => sweepReady(ports),
    "old-imports": () => sweepImports(ports.bucket, at),
    "webhooks-log": () => clearLog(db, at),
    "journeys-nightly": () => learnFromJourneys(db, policy, at),
  };
};
