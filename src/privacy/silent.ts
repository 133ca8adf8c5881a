/**
 * Whoever isn't heard of for as long as what they said of themselves may be kept: no call reaches their object that would drop it,
 * so it is called for that, each once. One that fails, or doesn't answer, keeps no other waiting: it is called again with each run,
 * and is told of in health until it has answered.
 */
import { readDocument, saveDocument } from "../d1/learning.ts";
import { peopleAfter } from "../d1/outgoing.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { type Day, dayOf, type Millis, type PersonId, type VisitorId } from "../domain/ids.ts";
import { daysOpen, keepingOf, longest } from "../domain/retention.ts";
import type { PrivacyPorts } from "./ports.ts";

/** Objects called by one run. */
const CALLED_MOST = 200;
/** After so many failures in one run the rest is left for the next: then it isn't these persons that are in trouble. */
const FAILED_MOST = 20;
/** Milliseconds: longer than an object takes that is well, and so short that a run with the most failures ends in time. */
const ANSWERED_MS = 10_000;
/** Days after which it is begun anew: an import may have brought people who were silent for longer than those called last. */
const WHOLE_EVERY = 28;

/** How far the persons were called, by the day on which each was heard of last, and how long identifiers were kept. */
interface LapsedTo {
  days: number;
  /** When it was begun. */
  begun: Day;
  day: Day;
  id: string;
  /** Those passed by, to be called again. */
  again?: readonly PersonId[];
}

const lastRun = async (db: D1Database): Promise<LapsedTo | null> =>
  (await readDocument(db, "lapsed")) as unknown as LapsedTo | null;

/**
 * A few hundred a run, the longest silent first. Gives how many.
 * @throws Error where some couldn't be called: they wait for the next run, and everybody behind them doesn't
 */
export async function lapseDormant(
  { db, people }: Pick<PrivacyPorts, "db" | "people">,
  policy: Policy,
  at: Millis,
): Promise<number> {
  const keeping = keepingOf(policy);
  const days = daysOpen(keeping, "claims");
  // Then they are erased as a whole.
  if (days >= longest(keeping.retention)) return 0;
  const last = await lastRun(db);
  const today = dayOf(at);
  const goesOn = last?.days === days && last.begun > today - WHOLE_EVERY;
  const from = goesOn ? last : { begun: today, day: 0, id: "" };
  const left = goesOn ? (last.again ?? []) : [];
  const room = CALLED_MOST - left.length;
  const silent = room > 0 ? await peopleAfter(db, from, today - days - 1, room) : [];
  const failed: PersonId[] = [];
  let called = 0;
  let end = silent.at(-1);
  const call = async (id: PersonId): Promise<void> => {
    const isDone = await answered(people.lapse(id as PersonId & VisitorId, at, policy.version));
    if (isDone) called++;
    else failed.push(id);
  };
  for (const [n, each] of silent.entries()) {
    if (failed.length >= FAILED_MOST) {
      end = silent[n - 1];
      break;
    }
    await call(each.id);
  }
  const untried = [...left];
  while (untried.length > 0 && failed.length < FAILED_MOST) await call(untried.shift() as PersonId);
  const again = [...untried, ...failed];
  const place = end ?? { day: from.day, id: from.id };
  if (end || left.length > 0) {
    const to = { days, begun: from.begun, day: place.day, id: place.id, again };
    await saveDocument(db, "lapsed", to satisfies LapsedTo, at);
  }
  if (failed.length > 0) throw new Error(`${failed.length} objects couldn't be called`);
  return called;
}

/** False where it failed, or there was no answer in time. */
async function answered(call: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const late = scheduler.wait(ANSWERED_MS, { signal: over.signal }).then(() => false);
  try {
    return await Promise.race([
      call.then(
        () => true,
        () => false,
      ),
      late,
    ]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}

/** How many objects couldn't be called when it was tried last. */
export const countUncalled = async (db: D1Database): Promise<number> =>
  (await lastRun(db))?.again?.length ?? 0;
