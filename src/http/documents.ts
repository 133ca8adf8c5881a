/**
 * Documents that every isolate needs on every call: the policy, the catalogue, the merge rules. Read once, then kept for a
 * few seconds; while D1 can't be reached, the last one known stands. Without any, the call is refused rather than
 * decided by a policy that may not be in force.
 */
import type { Learned } from "../domain/action/learner.ts";
import { readCatalogue } from "../domain/action/schema.ts";
import { STARTER_CATALOGUE } from "../domain/action/starter.ts";
import type { Catalogue } from "../domain/action/catalogue.ts";
import { DEFAULT_POLICY } from "../domain/consent/default-policy.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { parsePolicy } from "../domain/consent/policy.ts";
import { completeRules, type MergeRules, type SavedRules } from "../domain/identity/rules.ts";
import { readLearned } from "../d1/learning.ts";
import { latestPolicy } from "../d1/policies.ts";
import { listBlocked } from "../d1/quarantine.ts";
import { latestSetting } from "../d1/settings.ts";
import { Keeper } from "./keeper.ts";

export const policies = new Keeper<Policy>("policy", async (db) => {
  const published = await latestPolicy(db);
  if (!published) return DEFAULT_POLICY;
  const parsed = parsePolicy(published.document, "published");
  if (!parsed.ok) throw new Error("the published policy isn't valid");
  return parsed.policy;
});

export const catalogues = new Keeper<Catalogue>("catalogue", async (db) => {
  const saved = await latestSetting(db, "catalogue");
  return saved ? readCatalogue(saved.document) : STARTER_CATALOGUE;
});

/** Null before the scheduled job has run. */
export const learning = new Keeper<Learned | null>("learned model", readLearned);

/** With the identifiers that an officer blocked one by one; as they stand at this moment. */
export async function readMergeRules(db: D1Database): Promise<MergeRules> {
  const [saved, blocked] = await Promise.all([latestSetting(db, "merge-rules"), listBlocked(db)]);
  return {
    ...completeRules((saved?.document ?? {}) as unknown as SavedRules),
    blockedKeys: new Set(blocked),
  };
}

export const mergeRules = new Keeper<MergeRules>("merge rules", readMergeRules);
