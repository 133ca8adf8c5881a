/**
 * Retention: each purpose of a record ends by itself, and what has been kept as long as the longest of them allows goes.
 * D1's rows go here, by ranges of days; whoever reads them for a purpose leaves out the days that are over for it, and the
 * click ids, which are there for what opens them alone, go when that ends, as what somebody said of who they are does with
 * what links visitors. An object drops purposes, old days and identifiers when it is next called (person/expire.ts); of who isn't heard
 * of for as long as identifiers may be kept, it is called for that (silent.ts). Who hasn't been heard of for as long as anything may be kept
 * is erased altogether, since no writing will come.
 */
import { readDocument, saveDocument } from "../d1/learning.ts";
import {
  countDormant,
  countExpired,
  dormantSince,
  type Expiry,
  forgetGone,
  heldBetween,
  purposesBetween,
  removeExpired,
  removePart,
  ROWS_COUNTED,
  type Window,
} from "../d1/retention.ts";
import type { Policy } from "../domain/consent/policy.ts";
import type { Capability } from "../domain/consent/purposes.ts";
import { type Day, dayName, dayOf, type Millis, type VisitorId } from "../domain/ids.ts";
import {
  daysKept,
  daysOpen,
  keepingOf,
  longest,
  type Retention,
  retentionOf,
  shortest,
} from "../domain/retention.ts";
import { daysOf } from "../domain/slice/slice.ts";
import { eraseScope } from "./erase.ts";
import type { PrivacyPorts } from "./ports.ts";

/** Persons erased by one run: each takes some twenty calls, and a Worker has a thousand. */
const PERSONS_AT_ONCE = 20;

/** What the last sweep that came to its end went by. */
interface Swept {
  day: Day;
  retention: Retention;
}

/** Nights after which a sweep looks through everything: an import may have brought what is older than the last one saw. */
const WHOLE_EVERY = 28;

/**
 * The day of the last sweep, if what had run out by then is known to be gone: then only the days are looked at that have
 * run out since. Null where it isn't known, or the policy was another.
 */
async function sweptOn(db: D1Database, retention: Retention): Promise<Day | null> {
  const last = (await readDocument(db, "swept")) as unknown as Swept | null;
  const terms = (of: Retention): string => JSON.stringify(Object.entries(of).toSorted());
  return last && terms(last.retention) === terms(retention) ? last.day : null;
}

/** The days that what is kept so long has run out on, since the last sweep. */
const windowOf = (days: number, since: Day | null, today: Day): Window => ({
  from: since === null ? 0 : since - days,
  before: today - days,
});

const termsOf = (retention: Retention): number[] => [...new Set(Object.values(retention))];

/** Hints are kept as long as the longest of the purposes that they are for. */
function hintsBefore({ purposes }: Policy, retention: Retention, today: Day): Day {
  const days = purposes
    .filter(({ switchesOn }) => switchesOn.includes("hints"))
    .map(({ retentionDays }) => retentionDays);
  return today - (days.length > 0 ? Math.max(...days) : shortest(retention));
}

export interface DrySweep {
  /** Rows that would go, by table and by the purposes they were recorded under. */
  rows: { table: string; purposes: readonly string[] | null; before: string; rows: number }[];
  /** Events that would lose their click id, since they may no longer be used for what click ids are kept for. */
  clickIds: { before: string; rows: number };
  /** Events that would lose what somebody said of who they are, since they may no longer be used for linking. */
  said: { before: string; rows: number };
  /** Persons that would be erased. */
  people: { before: string; persons: number };
  /** False where there is more than was looked at: it is at least so many rows. */
  whole: boolean;
}

/** What a sweep would remove now. */
export async function drySweep(
  { db }: Pick<PrivacyPorts, "db">,
  policy: Policy,
  at: Millis,
): Promise<DrySweep> {
  const today = dayOf(at);
  const keeping = keepingOf(policy);
  const { retention } = keeping;
  const since = await sweptOn(db, retention);
  const clicks = daysOpen(keeping, "click-ids");
  const said = daysOpen(keeping, "claims");
  const plan: DrySweep = {
    rows: [],
    clickIds: { before: dayName(today - clicks), rows: 0 },
    said: { before: dayName(today - said), rows: 0 },
    people: { before: dayName(today - longest(retention)), persons: 0 },
    whole: true,
  };
  for (const days of termsOf(retention)) {
    const window = windowOf(days, since, today);
    const { held, whole } = await heldBetween(db, window);
    plan.whole &&= whole;
    for (const { purposes, rows, clickIds, sealed } of held) {
      const kept = daysKept(retention, purposes);
      const before = dayName(window.before);
      if (kept === days) plan.rows.push({ table: "events", purposes, before, rows });
      if (kept <= days) continue;
      if (days === clicks) plan.clickIds.rows += clickIds;
      if (days === said) plan.said.rows += sealed;
    }
  }
  const hints = { table: "hints", before: hintsBefore(policy, retention, today) } as const;
  const expired = await countExpired(db, hints);
  plan.rows.push({
    table: "hints",
    purposes: null,
    before: dayName(hints.before),
    rows: expired,
  });
  plan.people.persons = await countDormant(db, today - longest(retention));
  plan.whole &&= Math.max(expired, plan.people.persons) < ROWS_COUNTED;
  return plan;
}

/** Removes expired rows. `done` is false when some are left for the next night. */
export async function sweep(
  { db }: Pick<PrivacyPorts, "db">,
  policy: Policy,
  at: Millis,
): Promise<{ removed: number; done: boolean }> {
  const today = dayOf(at);
  const keeping = keepingOf(policy);
  const { retention } = keeping;
  const since = today % WHOLE_EVERY === 0 ? null : await sweptOn(db, retention);
  const swept = { removed: 0, done: true };
  const remove = async (expiry: Expiry): Promise<void> => {
    const { removed, done } = await removeExpired(db, expiry);
    swept.removed += removed;
    swept.done &&= done;
  };
  for (const days of termsOf(retention)) {
    const window = windowOf(days, since, today);
    for (const purposes of await purposesBetween(db, window))
      if (daysKept(retention, purposes) === days)
        await remove({ table: "events", ...window, purposes });
  }
  await remove({ table: "hints", before: hintsBefore(policy, retention, today) });
  await forgetGone(db, at);
  const over = (capability: Capability): Window =>
    windowOf(daysOpen(keeping, capability), since, today);
  swept.done &&= (await removePart(db, "click", over("click-ids"))).done;
  swept.done &&= (await removePart(db, "sealed", over("claims"))).done;
  if (swept.done) await saveDocument(db, "swept", { day: today, retention } satisfies Swept, at);
  return swept;
}

/** Erases persons nobody has heard of for longer than anything may be kept. Gives how many visitors. */
export async function eraseDormant(
  ports: PrivacyPorts,
  policy: Policy,
  at: Millis,
): Promise<number> {
  const before = dayOf(at) - longest(retentionOf(policy));
  const visitors: VisitorId[] = [];
  for (const id of await dormantSince(ports.db, before, PERSONS_AT_ONCE)) {
    const answer = await ports.people.view(id);
    if (answer.at !== "home") continue;
    // The directory may be late; the slices aren't.
    for (const visitor of answer.value.visitors) {
      const last = daysOf(visitor.slice).at(-1) ?? dayOf(visitor.created);
      if (last < before) visitors.push(visitor.id);
    }
  }
  if (visitors.length === 0) return 0;
  const scope = { visitors, maybe: [] };
  await eraseScope(ports, { about: "retention", by: "policy", scope }, at);
  return visitors.length;
}
