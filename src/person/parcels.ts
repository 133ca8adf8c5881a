/**
 * Handing over with the answer. Whoever carried an event here also brings it to D1, together with what it carries of
 * others: nothing of that is written here, and the outbox keeps everything until it is known to have landed. What the
 * object knows of parcels is forgotten when it sleeps; then it hands over again, and D1 ignores what it has.
 */
import type { Claim } from "../domain/identity/claims.ts";
import type { Millis } from "../domain/ids.ts";
import type { Landing, PersonRow, WaitingClaim } from "../domain/ports.ts";
import { news, unsure } from "./directory.ts";
import type { Pending, VisitorDoc } from "./documents.ts";
import { settleQuietly } from "./evidence.ts";
import { emptyLanding, type Handed, landed, nameOf, put } from "./outbox.ts";
import type { PersonReader } from "./reader.ts";
import type { Transactor } from "./transactor.ts";

/**
 * What a parcel holds. The log of merges is for two visitors and lands with the work that makes it; what else was decided,
 * and word of new facts, are rare and land with the alarm.
 */
const isCarried = ({ kind }: Pending): boolean =>
  kind === "event" || kind === "receipt" || kind === "hint";

/** Parcels remembered; of older ones nobody tells any more. */
const REMEMBERED = 64;
/** As many are remembered as carried before those are let go that wait here no longer. */
const SWEPT_AT = 128;

interface Out {
  handed: Handed;
  claims: WaitingClaim[];
  held: (Pending | Claim)[];
}

export class Parcels {
  private readonly out = new Map<string, Out>();
  /**
   * Entries and claims that somebody carries, and now and then one that waits here no longer. A weak set would see to those
   * by itself, but each of its members is looked at whenever memory is cleared.
   */
  private carried = new Set<Pending | Claim>();
  private sweepAt = SWEPT_AT;
  private count = 0;
  private readonly life: string;

  /** `life` tells this object's parcels from those before it slept. */
  constructor(life: string) {
    this.life = life;
  }

  /** What nobody carries yet of this visitor, and its person's row when that is news; null when there is nothing. */
  hand(
    tx: Transactor,
    doc: VisitorDoc,
    claims: readonly WaitingClaim[],
    now: Millis,
  ): { mark: string; landing: Landing } | null {
    const isNew = (each: Pending | Claim | undefined): each is Pending | Claim =>
      each !== undefined && !this.carried.has(each);
    const entries = doc.pending.filter((entry) => isCarried(entry) && isNew(entry));
    const waiting = claims.filter(
      ({ visitor, identifier }) => visitor === doc.id && isNew(doc.claims[identifier]),
    );
    if (entries.length === 0 && waiting.length === 0) return null;
    const person = news(tx, now) ?? this.unlanded(tx);
    const landing = { ...emptyLanding(), person, claims: waiting };
    for (const entry of entries) put(landing, doc, entry);
    const held = [...entries, ...waiting.map(({ identifier }) => doc.claims[identifier] as Claim)];
    for (const each of held) this.carried.add(each);
    if (this.carried.size > this.sweepAt) this.sweep(tx);
    const mark = `${this.life}.${++this.count}`;
    const handed: Handed = {
      entries: [{ visitor: doc.id, part: null, names: entries.map(nameOf) }],
      erasures: 0,
      gone: null,
      relist: null,
      unlisted: person?.unlist ?? [],
      person,
    };
    this.out.set(mark, { handed, claims: waiting, held });
    const [oldest] = this.out.keys();
    if (this.out.size > REMEMBERED && oldest !== undefined) this.out.delete(oldest);
    return { mark, landing };
  }

  /** The row that may have been lost on another way; what is handed over now may be the last that waits. */
  private unlanded(tx: Transactor): PersonRow | null {
    const row = unsure(tx);
    if (row)
      for (const { handed } of this.out.values())
        if (handed.person?.revision === row.revision) return null;
    return row;
  }

  /** Forgets what landed, in memory: the next write carries it. */
  landed(tx: Transactor, marks: readonly string[]): void {
    for (const mark of marks) {
      const parcel = this.out.get(mark);
      if (!parcel) continue;
      this.out.delete(mark);
      landed(tx, parcel.handed);
      for (const { visitor, identifier } of parcel.claims) {
        const claim = tx.visitors.get(visitor)?.claims[identifier];
        if (claim?.state === "waiting" && this.carried.has(claim))
          settleQuietly(tx, visitor, identifier);
      }
      for (const each of parcel.held) this.carried.delete(each);
    }
  }

  private sweep(tx: Transactor): void {
    const waits = [...tx.visitors.values()].flatMap((doc): (Pending | Claim)[] => [
      ...doc.pending,
      ...Object.values(doc.claims),
    ]);
    this.carried = new Set(waits.filter((each) => this.carried.has(each)));
    this.sweepAt = this.carried.size + SWEPT_AT;
  }

  /** Whether somebody carries all that waits, so that there is no hurry. */
  carriesAll(reader: PersonReader): boolean {
    return [...reader.visitors.values()].every(
      ({ cold, pending, claims }) =>
        cold.pending.length === 0 &&
        pending.every((entry) => this.carried.has(entry)) &&
        Object.values(claims).every(
          (claim) => claim.state !== "waiting" || this.carried.has(claim),
        ),
    );
  }
}
