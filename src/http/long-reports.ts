/**
 * Reports that take longer than a page may: they are counted part by part, and how far that is stands in the database, so
 * that whoever asked may leave and look again. Whoever looks goes on with it after having answered, and so does cron; killed
 * anywhere, it goes on from the last part that was put down. What was counted is kept.
 */
import {
  type LearnedName,
  listDocuments,
  readDocument,
  removeDocument,
  replaceDocument,
  saveDocument,
} from "../d1/learning.ts";
import { type Stretch, stretchAt } from "../d1/stretches.ts";
import type { Millis } from "../domain/ids.ts";
import { isObject } from "../domain/json.ts";
import { isOver } from "../domain/lease.ts";
import { Problem } from "../domain/problem.ts";
import type { Range } from "./api/reports.ts";
import type { Context } from "./context.ts";

export type ReportPorts = Pick<Context, "db" | "policy" | "learned">;
type Ports = ReportPorts & Pick<Context, "now">;

export interface Counter<Data> {
  add(stretch: Stretch): Promise<void>;
  data(): Data;
}

/** A report that can be counted part by part. */
export interface LongReport<Data, Report> {
  name: string;
  /** Events of one part, about; null: it can't be parted. */
  partEvents: number | null;
  /** Goes on from what was put down. */
  counter(ports: Ports, range: Range, known: Data | null): Promise<Counter<Data>>;
  report(ports: Ports, data: Data): Promise<Report>;
}

/** A count under way. */
interface Count<Data> {
  range: Range;
  begun: Millis;
  parts: number;
  done: number;
  data: Data | null;
  /** When somebody last put something down, by the machine's clock: it is about who is at it, not about meaning. */
  at: Millis;
}

/** What was counted; the report is made of it when somebody looks. */
export interface Kept<Data> {
  at: Millis;
  data: Data;
}

/** Whoever is at it puts something down more often; after this he has died. */
const LEASE_MS = 15_000;
/** Parts between two times that it is put down. */
const PARTS_AT_ONCE = 8;
/** How long one look goes on after its answer, and how many parts one run of cron counts. */
const LOOK_MS = 20_000;
const CRON_PARTS = 300;
/** What hasn't come to its end in so long never will. */
const GIVEN_UP_MS = 86_400_000;
/** Counts under way or waiting: each is a row, and all take their turn. */
const COUNTS_MOST = 20;

export const countName = (name: string, key: string): LearnedName => `counting:${name}:${key}`;
export const reportName = (name: string, key: string): LearnedName => `report:${name}:${key}`;

/** Null also of what another version kept, which is counted anew. */
export async function readKept<Data>(
  db: D1Database,
  name: string,
  key: string,
): Promise<Kept<Data> | null> {
  const found = await readDocument(db, reportName(name, key));
  return isObject(found) && "data" in found ? (found as unknown as Kept<Data>) : null;
}

const readCount = async <Data>(
  db: D1Database,
  name: string,
  key: string,
): Promise<Count<Data> | null> =>
  (await readDocument(db, countName(name, key))) as unknown as Count<Data> | null;

const shareOf = ({ done, parts }: Count<unknown>): number => done / parts;

/** Where a count stands; one that nobody is at goes on after the answer. @throws Problem `unavailable` when too many wait */
export async function lookAtCount<Data, Report>(
  context: Pick<Context, "db" | "policy" | "learned" | "now" | "waitUntil">,
  long: LongReport<Data, Report>,
  key: string,
  range: Range,
  events: number,
): Promise<number> {
  const { db, now } = context;
  const known = await readCount<Data>(db, long.name, key);
  if (known && isHeld(known)) return shareOf(known);
  if (!known && (await listDocuments(db, "counting:")).length >= COUNTS_MOST)
    throw new Problem("unavailable", "too much is being counted at the moment; look again later", {
      retryAfter: 60,
    });
  const count = known ?? newCount(long, range, now, events);
  const taken = await take(db, countName(long.name, key), count, known);
  if (!taken) return shareOf(count);
  const until = Date.now() + LOOK_MS;
  context.waitUntil(
    goOn(context, long, key, taken, () => Date.now() < until).catch(() => undefined),
  );
  return shareOf(taken);
}

const isHeld = ({ at }: Count<unknown>): boolean => !isOver(at, LEASE_MS, Date.now());

/** Null where somebody else was faster. */
async function take<Data>(
  db: D1Database,
  name: LearnedName,
  count: Count<Data>,
  known: Count<Data> | null,
): Promise<Count<Data> | null> {
  const taken = { ...count, at: Date.now() };
  return (await replaceDocument(db, name, taken, known?.at ?? null)) ? taken : null;
}

const newCount = <Data>(
  { partEvents }: LongReport<Data, unknown>,
  range: Range,
  begun: Millis,
  events: number,
): Count<Data> => ({
  range,
  begun,
  parts: partEvents === null ? 1 : Math.max(1, Math.ceil(events / partEvents)),
  done: 0,
  data: null,
  at: Date.now(),
});

/**
 * Counts as long as it may. Nothing is lost when it fails: whoever is next goes on from what was put down last. Whoever finds that
 * somebody else has taken the count over leaves it to them.
 */
async function goOn<Data, Report>(
  ports: Ports,
  long: LongReport<Data, Report>,
  key: string,
  from: Count<Data>,
  mayGoOn: () => boolean,
): Promise<void> {
  const { db } = ports;
  const name = countName(long.name, key);
  // The same day all the way: it was begun on it.
  const then = { ...ports, now: from.begun };
  let count = from;
  const put = async (next: Count<Data>): Promise<boolean> => {
    const isMine = await replaceDocument(db, name, next, count.at);
    count = next;
    return isMine;
  };
  const counter = await long.counter(then, count.range, count.data);
  while (count.done < count.parts && mayGoOn()) {
    const until = Math.min(count.parts, count.done + PARTS_AT_ONCE);
    for (let at = count.done; at < until; at++) {
      await counter.add(stretchAt(at, count.parts));
      await letOthers();
    }
    if (!(await put({ ...count, done: until, data: counter.data(), at: Date.now() }))) return;
  }
  if (count.done < count.parts || count.data === null) {
    // Whoever looks next needn't wait for this one to be taken for dead.
    await put({ ...count, at: 0 });
    return;
  }
  const kept: Kept<Data> = { at: count.begun, data: count.data };
  await saveDocument(db, reportName(long.name, key), kept, count.begun);
  await removeDocument(db, name);
}

/**
 * Where the database is in the same process, as on a developer's machine, one call after another would keep whoever else comes
 * from being let in at all.
 */
const letOthers = (): Promise<void> => new Promise((go) => setTimeout(go, 1));

export interface Budget {
  parts: number;
}

export const cronBudget = (): Budget => ({ parts: CRON_PARTS });

/** For cron: goes on with a count, or begins it, within what is left of the run. One that never ends goes. */
export async function countOn<Data, Report>(
  ports: Ports,
  long: LongReport<Data, Report>,
  key: string,
  begin: { range: Range; events: number } | null,
  budget: Budget,
): Promise<void> {
  const name = countName(long.name, key);
  const known = await readCount<Data>(ports.db, long.name, key);
  if (known && isOver(known.begun, GIVEN_UP_MS, ports.now)) return removeDocument(ports.db, name);
  if (known && isHeld(known)) return;
  const count = known ?? (begin && newCount(long, begin.range, ports.now, begin.events));
  if (!count || budget.parts <= 0) return;
  const taken = await take(ports.db, name, count, known);
  if (!taken) return;
  await goOn(ports, long, key, taken, () => {
    budget.parts -= PARTS_AT_ONCE;
    return budget.parts > -PARTS_AT_ONCE;
  });
}

/** All of it now, while somebody waits: for programs, which can. */
export async function countWhole<Data, Report>(
  ports: Ports,
  long: LongReport<Data, Report>,
  range: Range,
  events: number,
): Promise<Report> {
  const { parts } = newCount(long, range, ports.now, events);
  const counter = await long.counter(ports, range, null);
  for (let at = 0; at < parts; at++) await counter.add(stretchAt(at, parts));
  return long.report(ports, counter.data());
}
