/** What runs by the clock: figures for reports, learning and what waits to be erased every few minutes, retention at night. */
import { pruneAudit } from "./d1/audit.ts";
import { pruneDevices } from "./d1/devices.ts";
import { pruneTokens } from "./d1/tokens.ts";
import { rollUp, rollUpStages } from "./d1/rollups.ts";
import type { Policy } from "./domain/consent/policy.ts";
import { DAY_MS, dayOf, type Millis } from "./domain/ids.ts";
import { retentionOf } from "./domain/retention.ts";
import { seenSince } from "./domain/suggestion/sightings.ts";
import { deliverHints, type DeliveryPorts } from "./http/deliver.ts";
import { catalogueInForce } from "./http/api/actions.ts";
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
import type { PrivacyPorts } from "./privacy/ports.ts";
import { finishReplay } from "./privacy/replay.ts";
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
}

export async function runCron(ports: NightlyPorts, cron: string, at: Millis): Promise<void> {
  const { db } = ports;
  const today = dayOf(at);
  const policy = await ports.policy();
  const often: Job[] = [
    () => continueErasures(ports, at),
    () => eraseDormant(ports, policy, at),
    () => rollUp(db, today - 1),
    () => rollUp(db, today),
    () => rollUpStages(db, today),
    async () => (await isDue(db, at)) && learnFromJourneys(db, policy, at),
    async () => learnFromHints(db, await catalogueInForce(db), at),
    () => keepReports(ports, at),
    () => deliverHints(ports, at),
    () => deliverEvents(ports, policy, at),
    () => suggest(ports, at),
    () => resumeImports({ ...ports, now: at }),
    () => writeFiles(ports, policy, at),
    () => finishReplay(db, policy, at),
    () => continueExports({ ...ports, now: at }),
    () => sweepExports(ports.bucket, at),
    () => pushMetrics(ports, at),
  ];
  const nightly: Job[] = [
    // Browsers may hold events back for a week; what came late is counted in the night.
    ...Array.from({ length: ACCEPTANCE_DAYS }, (_, n) => () => rollUp(db, today - 2 - n)),
    () => anchorReceipts(ports, today),
    () => sweep(ports, policy, at),
    () => pruneTokens(db, at),
    () => pruneDevices(db, seenSince(retentionOf(policy), today)),
    () => pruneAudit(db, at - AUDIT_DAYS * DAY_MS),
    () => sweepFiles(ports.exports, policy, at),
    () => sweepImports(ports.bucket, at),
    () => clearLog(db, at),
    () => learnFromJourneys(db, policy, at),
  ];
  await runAll(cron === NIGHTLY ? nightly : often);
}

type Job = () => Promise<unknown>;

/** One that fails doesn't keep the others from running. @throws AggregateError of those that did */
async function runAll(jobs: readonly Job[]): Promise<void> {
  const errors: unknown[] = [];
  for (const job of jobs) await job().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} jobs of cron failed`);
}
