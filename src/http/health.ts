/** `/_u/health` and the statement on Global Privacy Control. */
import { version } from "../../dist/assets.ts";
import { migrations } from "../../dist/migrations.ts";
import { appliedMigrations } from "../d1/applied.ts";
import { readCounts } from "../d1/counters.ts";
import { isInPlace, isUnderWay, readResharding, type Resharding } from "../d1/resharding-state.ts";
import { layoutOf } from "../d1/shards.ts";
import { dayOf } from "../domain/ids.ts";
import { type Failing, failingJobs } from "../keys/failing.ts";
import { lagOf } from "../keys/waiting.ts";
import { olderProgress } from "../privacy/older.ts";
import { countUncalled } from "../privacy/silent.ts";
import { mayDo, roleInHeader } from "./auth.ts";
import type { Services } from "./collect/services.ts";
import { inTime } from "./patience.ts";
import { json } from "./respond.ts";

/** Seconds. In a queue's time an object waits five minutes before it lands anything itself. */
const LAG_LIMIT = 600;

/** Where nothing can be answered for want of a setting: its name, and nothing of what it holds. */
export function unsettled({ message }: Error): Response {
  const [setting = "settings"] = /\b[A-Z][A-Z0-9_]+\b/.exec(message) ?? [];
  return json({ ok: false, version, wrong: [setting] }, 503);
}

/**
 * What is wrong, if anything is: by name, without details that would help somebody else. Who may run the site is also told
 * for how long the oldest event known to wait has waited, today's drops by reason, how long events waited to be stored,
 * failures, jobs of cron that fail, rows that are being moved to other databases, objects that couldn't be called, how far older rows have lost what a newer policy
 * leaves out, and migrations.
 */
export async function health(request: Request, services: Services): Promise<Response> {
  const { db, bucket, now } = services;
  const wrong: string[] = [];
  const [applied, moving, stored] = await Promise.all([
    soon(appliedMigrations(db)).catch(() => void wrong.push("d1")),
    soon(readResharding(db)).catch(() => null),
    soon(Promise.all([lagOf(bucket, now), failingJobs(bucket)])).catch(() => void wrong.push("r2")),
  ]);
  const missing = applied ? migrations.filter((name) => !applied.includes(name)) : [];
  const [lag, failing] = stored ?? [null, {}];
  if (missing.length > 0) wrong.push("migrations");
  if (!isInPlace(moving, layoutOf(db))) wrong.push("shards");
  if (lag !== null && lag > LAG_LIMIT) wrong.push("outbox");
  wrong.push(...Object.keys(failing).map((job) => `cron:${job}`));
  const ok = wrong.length === 0;
  const told = { ok, version, ...(ok ? {} : { wrong }) };
  const role = await roleInHeader(request, services.config);
  const more =
    role !== null && mayDo(role, "officer")
      ? {
          lag,
          cron: since(failing),
          ...resharding(moving),
          ...(applied
            ? { ...(await older(db)), ...(await uncalled(db)), ...(await today(services)) }
            : {}),
        }
      : {};
  return json(
    { ...told, ...more, ...(role && applied ? { migrations: { applied, missing } } : {}) },
    ok ? 200 : 503,
  );
}

/** A store that doesn't answer is what one wants to hear of. */
const soon = <T>(work: Promise<T>): Promise<T> => inTime("store", work);

/** Nothing is said of one that is over. */
const resharding = (moving: Resharding | null) =>
  isUnderWay(moving)
    ? { resharding: { step: moving.step, since: new Date(moving.began).toISOString() } }
    : {};

/** Nothing is said once everything that was there has been gone through. */
async function older(db: D1Database) {
  const found = await soon(olderProgress(db)).catch(() => null);
  if (!found || found.done) return {};
  const { version, looked, changed } = found;
  return { older: { policy: version, looked, changed } };
}

/** Persons silent for long whose object couldn't be called to drop what has ended; nothing is said of none. */
async function uncalled(db: D1Database) {
  const objects = await soon(countUncalled(db)).catch(() => 0);
  return objects === 0 ? {} : { uncalled: objects };
}

const since = (failing: Failing) =>
  Object.entries(failing).map(([job, at]) => ({ job, failingSince: new Date(at).toISOString() }));

/** Empty when the database can't say: that is told already. */
async function today({ db, now }: Services) {
  const day = dayOf(now);
  const counts = await soon(readCounts(db, day, day)).catch(() => null);
  if (counts === null) return {};
  const of = (kind: string) => counts.filter((each) => each.kind === kind);
  return {
    dropped: of("drop").map(({ reason, regime, count }) => ({ reason, regime, count })),
    waited: of("late").map(({ reason, count }) => ({ atLeast: reason, count })),
    failed: of("error").map(({ reason, regime, count }) => ({
      status: Number(reason),
      route: regime,
      count,
    })),
  };
}

/** https://globalprivacycontrol.org: this site honours the signal. */
export const gpcStatement = (): Response =>
  new Response(JSON.stringify({ gpc: true, lastUpdate: "2026-11-22" }), {
    headers: { "content-type": "application/json", "cache-control": "public, max-age=86400" },
  });
