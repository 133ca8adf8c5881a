/** What runs by the clock: figures for reports, learning and what waits to be erased every few minutes, retention at night. */
import { rollUp } from "./d1/rollups.ts";
import type { Policy } from "./domain/consent/policy.ts";
import { dayOf, type Millis } from "./domain/ids.ts";
import { catalogueInForce } from "./http/api/actions.ts";
import { isDue, learnFromHints, learnFromJourneys } from "./learn.ts";
import { type AnchorPorts, anchorReceipts } from "./privacy/anchor.ts";
import { continueErasures } from "./privacy/erase.ts";
import type { PrivacyPorts } from "./privacy/ports.ts";
import { eraseDormant, sweep } from "./privacy/sweep.ts";

export const NIGHTLY = "17 3 * * *";

export interface NightlyPorts extends PrivacyPorts, AnchorPorts {
  identifiers: PrivacyPorts["identifiers"];
  policy(): Promise<Policy>;
}

export async function runCron(ports: NightlyPorts, cron: string, at: Millis): Promise<void> {
  const { db } = ports;
  const today = dayOf(at);
  const policy = await ports.policy();
  if (cron !== NIGHTLY) {
    await rollUp(db, today - 1);
    await rollUp(db, today);
    await continueErasures(ports, at);
    await eraseDormant(ports, policy, at);
    if (await isDue(db, at)) await learnFromJourneys(db, at);
    await learnFromHints(db, await catalogueInForce(db), at);
    return;
  }
  await anchorReceipts(ports, today);
  await sweep(ports, policy, at);
  await learnFromJourneys(db, at);
}
