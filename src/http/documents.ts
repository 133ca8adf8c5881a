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
import { Problem } from "../domain/problem.ts";
import { readLearned } from "../d1/learning.ts";
import { latestPolicy } from "../d1/policies.ts";
import { listBlocked } from "../d1/quarantine.ts";
import { latestSetting } from "../d1/settings.ts";
import { inTime, platformTimer } from "./patience.ts";

/** What was saved shows within ten seconds. */
const FRESH_MS = 5_000;
/** Beyond its freshness, a document is used for so long while it is read anew. */
const STALE_MS = 3_000;
/** How long a call waits for that at most. */
const PATIENCE_MS = 1_000;
/** And when there is no other yet: a database that wakes up takes its time. */
const FIRST_MS = 5_000;

interface Kept<T> {
  value: T;
  until: number;
  refresh: Promise<void> | null;
}

/** One document of one database, kept for the isolate. Time is the machine's: it is about age, not about meaning. */
class Keeper<T> {
  private readonly kept = new WeakMap<D1Database, Kept<T>>();
  private readonly read: (db: D1Database) => Promise<T>;
  private readonly what: string;

  constructor(what: string, read: (db: D1Database) => Promise<T>) {
    this.what = what;
    this.read = read;
  }

  async get(db: D1Database, later: (work: Promise<unknown>) => void): Promise<T> {
    const kept = this.kept.get(db);
    if (!kept) {
      const first = this.first(db);
      // What comes too late for this call is there for the next one.
      later(first.catch(() => undefined));
      return inTime(this.what, first, platformTimer, FIRST_MS);
    }
    const age = Date.now() - kept.until;
    if (age >= 0) {
      kept.refresh ??= this.refresh(db, kept);
      later(kept.refresh);
      // After a quiet hour the first call waits for what is in force now, but not for a database that hangs.
      if (age >= STALE_MS) await Promise.race([kept.refresh, scheduler.wait(PATIENCE_MS)]);
    }
    return this.kept.get(db)?.value ?? kept.value;
  }

  private async refresh(db: D1Database, kept: Kept<T>): Promise<void> {
    try {
      await this.first(db);
    } catch {
      kept.until = Date.now() + FRESH_MS;
    } finally {
      kept.refresh = null;
    }
  }

  private async first(db: D1Database): Promise<T> {
    let value: T;
    try {
      value = await this.read(db);
    } catch {
      throw new Problem("unavailable", `The ${this.what} can't be read right now.`, {
        retryAfter: 2,
      });
    }
    this.kept.set(db, { value, until: Date.now() + FRESH_MS, refresh: null });
    return value;
  }

  /** After a save in this isolate it shows at once. */
  forget(db: D1Database): void {
    this.kept.delete(db);
  }
}

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
