/**
 * A document of a database, kept by the isolate. Whoever reads it anew may be cut off at any moment, a request by its client or
 * an object by its end, and then its promise never settles: so nobody waits for somebody else's for long, and after a while it
 * is taken for lost.
 */
import type { Millis } from "../domain/ids.ts";
import { isOver } from "../domain/lease.ts";
import { Problem } from "../domain/problem.ts";
import { inTime, platformTimer, type Timer } from "./patience.ts";

/** What was saved shows within ten seconds. */
const FRESH_MS = 5_000;
/** Beyond its freshness, a document is used for so long while it is read anew. */
const STALE_MS = 3_000;
/** How long a call waits for that at most. */
const PATIENCE_MS = 1_000;
/** And when there is no other yet: a database that wakes up takes its time. */
const FIRST_MS = 5_000;
/** Whoever has read for so long is taken for dead, and somebody else begins. */
const GIVEN_UP_MS = 2_000;
/** After so many in a row nobody waits for the next one: it is the database that hangs. */
const GIVEN_UP_MOST = 2;

interface Kept<T> {
  value: T;
  until: Millis;
  /** Whoever reads it anew; `lost`: how many before them were given up. */
  refresh: { since: Millis; done: Promise<void>; lost: number } | null;
}

/** Time is the machine's: it is about age, not about meaning. */
export interface KeeperTime {
  now: () => Millis;
  timer: Timer;
}

const machine: KeeperTime = { now: () => Date.now(), timer: platformTimer };

/** One for each kind of document. */
export class Keeper<T> {
  private readonly kept = new WeakMap<D1Database, Kept<T>>();
  /** Readings that were begun, and up to which of them are out of date: one that was given up may still come to its end. */
  private begun = 0;
  private readonly outdated = new WeakMap<D1Database, number>();
  private readonly read: (db: D1Database) => Promise<T>;
  private readonly what: string;
  private readonly time: KeeperTime;

  /** @param what as a client is told that it can't be read */
  constructor(what: string, read: (db: D1Database) => Promise<T>, time = machine) {
    this.what = what;
    this.read = read;
    this.time = time;
  }

  /**
   * @param later keeps the caller's context alive for work that goes on after the answer
   * @throws Problem `unavailable` when it was never read and can't be now
   */
  async get(db: D1Database, later: (work: Promise<unknown>) => void): Promise<T> {
    const { timer } = this.time;
    const kept = this.kept.get(db);
    if (!kept) {
      const first = this.first(db);
      // What comes too late for this call is there for the next one.
      later(first.catch(() => undefined));
      return inTime(this.what, first, timer, FIRST_MS);
    }
    const now = this.time.now();
    // A clock that has gone back says nothing of its age.
    const age = kept.until - now > FRESH_MS ? STALE_MS : now - kept.until;
    if (age >= 0) {
      let { refresh } = kept;
      if (!refresh || isOver(refresh.since, GIVEN_UP_MS, now)) {
        const lost = refresh ? refresh.lost + 1 : 0;
        refresh = { since: now, done: this.refresh(db, kept), lost };
        kept.refresh = refresh;
        later(refresh.done);
      }
      // After a quiet hour the first call waits for what is in force now, but not for a database that hangs.
      if (age >= STALE_MS && refresh.lost < GIVEN_UP_MOST)
        await inTime(this.what, refresh.done, timer, PATIENCE_MS).catch(() => undefined);
    }
    return this.kept.get(db)?.value ?? kept.value;
  }

  /** What can't be read stands as it was for a while. */
  private async refresh(db: D1Database, kept: Kept<T>): Promise<void> {
    try {
      await this.first(db);
    } catch {
      kept.until = this.time.now() + FRESH_MS;
      kept.refresh = null;
    }
  }

  private async first(db: D1Database): Promise<T> {
    const reading = ++this.begun;
    let value: T;
    try {
      value = await this.read(db);
    } catch {
      throw new Problem("unavailable", `The ${this.what} can't be read right now.`, {
        retryAfter: 2,
      });
    }
    if (reading > (this.outdated.get(db) ?? 0)) {
      this.outdated.set(db, reading);
      this.kept.set(db, { value, until: this.time.now() + FRESH_MS, refresh: null });
    }
    return value;
  }

  /** After a save in this isolate it shows at once. */
  forget(db: D1Database): void {
    this.kept.delete(db);
    this.outdated.set(db, this.begun);
  }
}
