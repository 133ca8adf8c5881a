/**
 * A person object without its platform: one transaction at a time, and the work that follows it. The Durable Object
 * (object.ts) and the simulator both run this.
 */
import { BUILT_IN_OPENINGS, type Openings } from "../domain/consent/openings.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { Millis, PersonId } from "../domain/ids.ts";
import type { Landing } from "../domain/ports.ts";
import type { VisitorDoc } from "./documents.ts";
import { waitingClaims } from "./asking.ts";
import { Parcels } from "./parcels.ts";
import type { Store } from "./store.ts";
import { type Names, Transactor } from "./transactor.ts";
import {
  absorb,
  type Answers,
  type Call,
  hasOutbox,
  hasWork,
  plan,
  type Settings,
} from "./work.ts";

/** Makes one call. Null: it failed, or its answer was lost; whether it took effect is unknown. */
export type Perform = (call: Call) => Promise<Answers[Call["do"]] | null>;

/** Rounds of work in one go; what is left after them waits for the next alarm. */
const ROUNDS = 12;

export class Host {
  private tx: Transactor | null = null;
  /** As in the policy that Usher starts with while nobody said which one is in force. */
  openings: Openings = BUILT_IN_OPENINGS;
  isInformed = false;
  private readonly self: PersonId;
  private readonly store: Store;
  /** Runs a function in one storage transaction. */
  private readonly atomically: (write: () => void) => void;
  private readonly names: Names;
  /** Made with the first parcel. */
  private parcels: Parcels | null = null;
  /** Billed rows written since waking; for measurements. */
  rows = 0;

  constructor(self: PersonId, store: Store, atomically: (write: () => void) => void, names: Names) {
    this.self = self;
    this.store = store;
    this.atomically = atomically;
    this.names = names;
  }

  /** Runs one handler as one transaction: all of what it touched is written, or nothing is and memory is read anew. */
  transact<T>(handler: (tx: Transactor) => T): T {
    const tx = this.open();
    try {
      const result = handler(tx);
      const commit = (): void => {
        this.rows += tx.commit();
      };
      // One write is all or nothing by itself.
      if (tx.touched === 1) commit();
      else if (tx.isDirty) this.atomically(commit);
      return result;
    } catch (error) {
      this.tx = null;
      throw error;
    }
  }

  read<T>(reader: (tx: Transactor) => T): T {
    return reader(this.open());
  }

  private open(): Transactor {
    if (!this.tx) {
      this.tx = new Transactor(this.self, this.store);
      this.tx.inform(this.openings);
    }
    return this.tx;
  }

  /** What purposes are for, and are called, from now on. */
  inform(openings: Openings): void {
    this.openings = openings;
    this.isInformed = true;
    this.tx?.inform(openings);
  }

  settings(rules: MergeRules, now: Millis): Settings {
    return { names: this.names, rules, now };
  }

  get hasWork(): boolean {
    return this.read(hasWork);
  }

  get hasOutbox(): boolean {
    return this.read(hasOutbox);
  }

  /** What this visitor's caller may bring to D1; null when there is nothing. To be called before the transaction ends. */
  handOver(
    tx: Transactor,
    doc: VisitorDoc,
    rules: MergeRules,
    now: Millis,
  ): { mark: string; landing: Landing } | null {
    this.parcels ??= new Parcels(this.names.short());
    const claims = tx.isHeld ? [] : waitingClaims(tx, rules);
    return this.parcels.hand(tx, doc, claims, now);
  }

  landed(tx: Transactor, marks: readonly string[]): void {
    this.parcels?.landed(tx, marks);
  }

  /** Whether all that waits is on its way, as far as is known since waking. */
  get isCarried(): boolean {
    return this.read((tx) => this.parcels?.carriesAll(tx) ?? false);
  }

  /**
   * Does what is to be done until nothing is left or nothing moves. Gives false when something is left: to be tried
   * again later.
   */
  async workOff(perform: Perform, rules: MergeRules, now: Millis): Promise<boolean> {
    let left = false;
    for (let round = 0; round < ROUNDS; round++) {
      let calls = this.transact((tx) => plan(tx, this.settings(rules, now)));
      if (calls.length === 0) return !left && !this.hasWork;
      let answered = 0;
      left = false;
      while (calls.length > 0) {
        const answers = await Promise.all(
          calls.map(async (call) => ({ call, answer: await perform(call) })),
        );
        const following: Call[] = [];
        for (const { call, answer } of answers) {
          if (answer === null) {
            left = true;
            continue;
          }
          answered++;
          following.push(
            ...this.transact((tx) => absorb(tx, call, answer, this.settings(rules, now))),
          );
        }
        calls = following;
      }
      if (answered === 0) return false;
    }
    return !this.hasWork && !left;
  }
}
