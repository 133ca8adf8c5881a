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
  saveDocument,
} from "../d1/learning.ts";
import { type Stretch, stretchAt } from "../d1/stretches.ts";
import type { Millis } from "../domain/ids.ts";
import { isObject } from "../domain/json.ts";
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

const save = (db: D1Database, name: string, key: string, count: Count<unknown>): Promise<void> =>
  saveDocument(db, countName(name, key), count, count.at);

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
  let count = await readCount<Data>(db, long.name, key);
  if (count && Date.now() - count.at < LEASE_MS) return shareOf(count);
  if (!count && (await listDocuments(db, "counting:")).length >= COUNTS_MOST)
    throw new Problem("unavailable", "too much is being counted at the moment; look again later", {
      retryAfter: 60,
    });
  count = { ...(count ?? newCount(long, range, now, events)), at: Date.now() };
  await save(db, long.name, key, count);
  const until = Date.now() + LOOK_MS;
  context.waitUntil(
    goOn(context, long, key, count, () => Date.now() < until).catch(() => undefined),
  );
  return shareOf(count);
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

/** Counts as long as it may. Nothing is lost when it fails: whoever is next goes on from what was put down last. */
async function goOn<Data, Report>(
  ports: Ports,
  long: LongReport<Data, Report>,
  key: string,
  from: Count<Data>,
  mayGoOn: () => boolean,
): Promise<boolean> {
  const { db } = ports;
  // The same day all the way: it was begun on it.
  const then = { ...ports, now: from.begun };
  let count = from;
  const counter = await long.counter(then, count.range, count.data);
  while (count.done < count.parts && mayGoOn()) {
    const until = Math.min(count.parts, count.done + PARTS_AT_ONCE);
    for (let at = count.done; at < until; at++) {
      await counter.add(stretchAt(at, count.parts));
      await letOthers();
    }
    count = { ...count, done: until, data: counter.data(), at: Date.now() };
    if (count.done < count.parts) await save(db, long.name, key, count);
  }
  if (count.done < count.parts || count.data === null) {
    // Whoever looks next needn't wait for this one to be taken for dead.
    await save(db, long.name, key, { ...count, at: 0 });
    return false;
  }
  const kept: Kept<Data> = { at: count.begun, data: count.data };
  await saveDocument(db, reportName(long.name, key), kept, count.begun);
  await removeDocument(db, countName(long.name, key));
  return true;
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

/** For cron: goes on with a count, or begins it, within what is left of the run. */
export async function countOn<Data, Report>(
  ports: Ports,
  long: LongReport<Data, Report>,
  key: string,
  begin: { range: Range; events: number } | null,
  budget: Budget,
): Promise<void> {
  const known = await readCount<Data>(ports.db, long.name, key);
  if (known && Date.now() - known.at < LEASE_MS) return;
  const count = known ?? (begin && newCount(long, begin.range, ports.now, begin.events));
  if (!count || budget.parts <= 0) return;
  await goOn(ports, long, key, count, () => {
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
