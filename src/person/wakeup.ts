/**
 * When the object has to act by itself. Alarms only: a timer or a promise left pending would keep it from hibernating.
 * Setting an alarm is a billed row, so one is set only when none is due early enough.
 */
import type { Millis } from "../domain/ids.ts";
import type { Host } from "./host.ts";

/** What nobody carries drains so long after it came: one flush for a burst, and shown within ten seconds. */
const OUTBOX_DELAY_MS = 8_000;
/**
 * What a Worker carries lands within a second or two. The object looks after it only in case that Worker died: late, so
 * that half a minute of a visit costs one alarm, and whatever else rings in the meantime lands it too.
 */
export const PATIENCE_MS = 40_000;
/** First pause after a failure; doubled each time. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5 * 60_000;

export class Wakeup {
  private readonly storage: DurableObjectStorage;
  private readonly host: Host;
  /** The alarm as stored; undefined until it was read after waking. */
  private alarmAt: Millis | null | undefined;
  /** Since when the outbox waits, on the machine's clock. */
  private pendingSince: Millis | null = null;
  /** An alarm that should stand doesn't: the next call sets it, whatever else it does. */
  private owed = false;
  private failures = 0;
  private ringing = false;
  /** How long the object waits before it lands itself what somebody carries. */
  private readonly patience: () => Millis;

  constructor(storage: DurableObjectStorage, host: Host, patience: () => Millis) {
    this.storage = storage;
    this.host = host;
    this.patience = patience;
  }

  /** Reads the alarm once after waking, so that from then on an alarm is set in one go with what it is for. */
  async ready(): Promise<void> {
    if (this.alarmAt !== undefined) return;
    const stored = await this.storage.getAlarm();
    this.alarmAt ??= stored;
  }

  /**
   * Sees to it that an alarm will ring in time for what there is to do. To be called right after a transaction, without
   * waiting in between: the platform then commits both or neither.
   */
  async schedule(): Promise<void> {
    if (this.ringing) return;
    const due = this.due(Date.now());
    if (due === null) return;
    if (typeof this.alarmAt === "number" && this.alarmAt <= due) return;
    await this.set(due);
  }

  get isOwed(): boolean {
    return this.owed;
  }

  private async set(at: Millis): Promise<void> {
    this.alarmAt = at;
    try {
      await this.storage.setAlarm(at);
      this.owed = false;
    } catch (error) {
      this.alarmAt = undefined;
      this.owed = true;
      throw error;
    }
  }

  private due(now: Millis): Millis | null {
    if (this.host.hasWork) return now + (this.failures > 0 ? this.pause() : 0);
    if (!this.host.hasOutbox) {
      this.pendingSince = null;
      return null;
    }
    this.pendingSince ??= now;
    const delay = this.host.isCarried ? this.patience() : OUTBOX_DELAY_MS;
    return Math.max(this.pendingSince + delay, now + (this.failures > 0 ? this.pause() : 0));
  }

  /** Something that waits turned out to concern somebody else too. */
  async hurry(): Promise<void> {
    if (!this.host.hasOutbox) return;
    this.pendingSince = 0;
    const now = Date.now();
    if (typeof this.alarmAt === "number" && this.alarmAt <= now) return;
    await this.set(now);
  }

  private pause(): Millis {
    return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(this.failures - 1, 20), LONGEST_PAUSE_MS);
  }

  /**
   * The platform gives up after six failures, we don't: nothing is thrown, and from the first repetition on the alarm is
   * set anew before anything else. (The first time the platform's own repetition is enough, and a row is saved.)
   */
  async ring(
    retries: number,
    work: () => Promise<boolean>,
    failed: (error: unknown) => void,
  ): Promise<void> {
    this.alarmAt = null;
    if (retries > 0) {
      await this.set(Date.now() + LONGEST_PAUSE_MS);
    }
    this.ringing = true;
    try {
      const done = await work();
      this.failures = done ? 0 : this.failures + 1;
      // More than one alarm could land goes on at once.
      if (done) this.pendingSince = this.host.isCarried ? Date.now() : 0;
    } catch (error) {
      this.failures++;
      failed(error);
    } finally {
      this.ringing = false;
    }
    await this.schedule();
  }
}
