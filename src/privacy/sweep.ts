/**
 * Retention: each purpose of a record ends by itself, and what has been kept as long as the longest of them allows goes.
 * D1's rows go here, by ranges of days; whoever reads them for a purpose leaves out the days that are over for it, and the
 * click ids, which are there for advertising alone, go when that ends. An object drops purposes and old days when it is
 * next called (person/expire.ts). Who hasn't been heard of for as long as
 * anything may be kept is erased altogether, since no writing will come.
 */
import {
  countClickIds,
  countDormant,
  countExpired,
  dormantSince,
  forgetGone,
  type Expiry,
  purposesBefore,
  removeClickIds,
  removeExpired,
} from "../d1/retention.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { ADVERTISING } from "../domain/consent/purposes.ts";
import { type Day, dayName, dayOf, type Millis, type VisitorId } from "../domain/ids.ts";
import { daysKept, firstDayFor, longest, retentionOf, shortest } from "../domain/retention.ts";
import { daysOf } from "../domain/slice/slice.ts";
import { eraseScope } from "./erase.ts";
import type { PrivacyPorts } from "./ports.ts";

/** Persons erased by one run: each takes some twenty calls, and a Worker has a thousand. */
const PERSONS_AT_ONCE = 20;

async function expiries(db: D1Database, policy: Policy, today: Day): Promise<Expiry[]> {
  const retention = retentionOf(policy);
  const sets = await purposesBefore(db, today - shortest(retention));
  const hints = policy.purposes.filter(({ switchesOn }) => switchesOn.includes("hints"));
  const hintDays = hints.map(({ retentionDays }) => retentionDays);
  return [
    ...sets.map((purposes): Expiry => ({
      table: "events",
      before: today - daysKept(retention, purposes),
      purposes,
    })),
    {
      table: "hints",
      before: today - (hintDays.length > 0 ? Math.max(...hintDays) : shortest(retention)),
    },
  ];
}

export interface DrySweep {
  /** Rows that would go, by table and by the purposes they were recorded under. */
  rows: { table: string; purposes: readonly string[] | null; before: string; rows: number }[];
  /** Events that would lose their click id, since they may no longer be used for advertising. */
  clickIds: { before: string; rows: number };
  /** Persons that would be erased. */
  people: { before: string; persons: number };
}

/** What a sweep would remove now. */
export async function drySweep(
  { db }: Pick<PrivacyPorts, "db">,
  policy: Policy,
  at: Millis,
): Promise<DrySweep> {
  const today = dayOf(at);
  const rows = await Promise.all(
    (await expiries(db, policy, today)).map(async (expiry) => ({
      table: expiry.table,
      purposes: expiry.purposes ?? null,
      before: dayName(expiry.before),
      rows: await countExpired(db, expiry),
    })),
  );
  const retention = retentionOf(policy);
  const clicks = firstDayFor(retention, ADVERTISING, today);
  const before = today - longest(retention);
  return {
    rows,
    clickIds: { before: dayName(clicks), rows: await countClickIds(db, clicks) },
    people: { before: dayName(before), persons: await countDormant(db, before) },
  };
}

/** Removes expired rows. `done` is false when some are left for the next night. */
export async function sweep(
  { db }: Pick<PrivacyPorts, "db">,
  policy: Policy,
  at: Millis,
): Promise<{ removed: number; done: boolean }> {
  const today = dayOf(at);
  const swept = { removed: 0, done: true };
  for (const expiry of await expiries(db, policy, today)) {
    const { removed, done } = await removeExpired(db, expiry);
    swept.removed += removed;
    swept.done &&= done;
  }
  await forgetGone(db, at);
  const clicks = await removeClickIds(db, firstDayFor(retentionOf(policy), ADVERTISING, today));
  return { ...swept, done: swept.done && clicks.done };
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
