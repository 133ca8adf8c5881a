/**
 * What may be read of a person object. Everything hot is held in memory from the first call after waking on; writes
 * exist only on the `Transactor`.
 */
import { BUILT_IN_OPENINGS, keyedNow, type Openings } from "../domain/consent/openings.ts";
import { components, type Edge } from "../domain/identity/evidence.ts";
import type { Side, VisitorFacts } from "../domain/identity/policy.ts";
import type { Millis, PersonId, VisitorId } from "../domain/ids.ts";
import { isRecognised, mayBeLinked, tiedTo } from "../domain/identity/ties.ts";
import { type ConsentDecision, decisionNow, mostRestrictive } from "../domain/person/consent.ts";
import {
  emptyWork,
  type PointerDoc,
  type TombDoc,
  type VisitorDoc,
  type WorkDoc,
} from "./documents.ts";
import { HOT, type Store } from "./store.ts";
import { replay, type StoredAddition } from "./journal.ts";
import { fromStored } from "./stored.ts";

/** Orders persons and visitors: created, then id. Both never change. */
export interface Age {
  created: Millis;
  id: VisitorId;
}

export const isOlder = (a: Age, b: Age): boolean =>
  a.created !== b.created ? a.created < b.created : a.id < b.id;

export class PersonReader {
  readonly self: PersonId;
  protected readonly store: Store;
  readonly visitors = new Map<VisitorId, VisitorDoc>();
  /** Visitors of the incoming move: here, but live at its source until it is activated. */
  readonly staged = new Map<VisitorId, VisitorDoc>();
  readonly edges = new Map<string, Edge>();
  readonly pointers = new Map<VisitorId, PointerDoc>();
  readonly tombs = new Map<VisitorId, TombDoc>();
  work: WorkDoc = emptyWork();
  /** What purposes are for; as in the policy that Usher starts with, while the one in force isn't known. */
  openings: Openings = BUILT_IN_OPENINGS;
  /** How many places of a visitor's journal are in use since its document was written. */
  protected readonly places = new Map<VisitorId, number>();

  constructor(self: PersonId, store: Store) {
    this.self = self;
    this.store = store;
    const visitors: VisitorDoc[] = [];
    const places = new Map<string, StoredAddition[]>();
    for (const [key, value] of store.list({ prefix: HOT })) {
      const [, kind, id] = key.split(":") as [string, string, VisitorId];
      if (kind === "visitor") visitors.push(fromStored(value));
      else if (kind === "journal")
        places.set(id, [...(places.get(id) ?? []), value as StoredAddition]);
      else if (kind === "edge") this.edges.set(id, value as Edge);
      else if (kind === "pointer") this.pointers.set(id, value as PointerDoc);
      else if (kind === "tomb") this.tombs.set(id, value as TombDoc);
      else if (kind === "work") this.work = { ...emptyWork(), ...(value as WorkDoc) };
    }
    for (const doc of visitors) this.places.set(doc.id, replay(doc, places.get(doc.id) ?? []));
    const staged = new Set(this.work.staged?.visitors ?? []);
    for (const doc of visitors) (staged.has(doc.id) ? this.staged : this.visitors).set(doc.id, doc);
  }

  /**
   * The policy in force is known, perhaps another one than before. What is held was decided under the names of its time: it is
   * read under those of now, and written so with whatever is written next.
   */
  inform(openings: Openings): void {
    if (openings === this.openings) return;
    this.openings = openings;
    for (const doc of [...this.visitors.values(), ...this.staged.values()]) this.interpret(doc);
  }

  /** Somebody here decided about purposes of which nobody knows what they are for. */
  get isUnclear(): boolean {
    const { names } = this.openings;
    return [...this.visitors.values(), ...this.staged.values()].some(({ decision }) =>
      Object.keys(decision?.granted ?? {}).some((id) => !names.has(id)),
    );
  }

  /** Reads what a visitor decided as it is now. */
  protected interpret(doc: VisitorDoc): void {
    const { openings } = this;
    if (doc.decision) doc.decision = decisionNow(openings, doc.decision);
    const { said } = doc.receipts;
    if (said && openings.renamed.size > 0)
      doc.receipts = { ...doc.receipts, said: keyedNow(openings, said, (a, b) => a && b) };
  }

  readCold(key: string): unknown {
    return this.store.get(key);
  }

  /** When this object's own visitor was made; null in an object that nothing was ever made in. */
  get age(): Age | null {
    const created =
      this.visitors.get(this.self)?.created ??
      this.pointers.get(this.self)?.created ??
      this.tombs.get(this.self)?.created ??
      this.staged.get(this.self)?.created;
    return created === undefined ? null : { created, id: this.self };
  }

  /** True while a move is under way: nothing else that moves visitors may start. */
  get moving(): boolean {
    return this.work.outgoing !== null || this.work.staged !== null;
  }

  /** Nobody is to be looked for who is the same as somebody here. */
  get isHeld(): boolean {
    return this.moving || this.isLeaving;
  }

  private readonly older = (a: VisitorId, b: VisitorId): number => {
    const [x, y] = [this.visitors.get(a), this.visitors.get(b)];
    return x && y && isOlder(x, y) ? -1 : 1;
  };

  /** The persons in this object: more than one only between an undo or an erasure and the move that follows. */
  components(): VisitorId[][] {
    if (this.visitors.size === 1) return [[...this.visitors.keys()]];
    return components(this.visitors.keys(), this.edges.values(), this.older);
  }

  get isSplit(): boolean {
    return this.visitors.size > 1 && this.components().length > 1;
  }

  /** The visitor that gave this object its name was erased, and others still live here. */
  get isNameErased(): boolean {
    return this.visitors.size > 0 && this.tombs.has(this.self);
  }

  /** Who this visitor is one person with, itself included. */
  companions(visitor: VisitorId): VisitorDoc[] {
    const group = this.components().find((ids) => ids.includes(visitor)) ?? [];
    return group.map((id) => this.visitors.get(id)).filter((doc) => doc !== undefined);
  }

  side(visitor: VisitorDoc, among: Iterable<VisitorDoc> = this.companions(visitor.id)): Side {
    return sideOf(visitor, [...among], this.edges.values(), this.openings);
  }

  /**
   * The companions tied to this visitor by evidence nobody can fake: identifiers that both have verified, or a human's
   * decision that isn't only about what is probable, step by step. Rights and secrets cross visitors only along these ties.
   */
  trusted(visitor: VisitorId): VisitorDoc[] {
    return tiedTo(visitor, this.companions(visitor), this.edges.values());
  }

  /** Somebody here is to be erased for what they withdrew: until they are, nobody joins them. */
  get isLeaving(): boolean {
    for (const { toErase } of this.visitors.values()) if (toErase !== undefined) return true;
    return false;
  }

  /** Since when this visitor is to be erased, because it or who is proven to be the same human withdrew; null where it isn't. */
  leavingSince(visitor: VisitorId): Millis | null {
    if (!this.isLeaving) return null;
    const since = this.trusted(visitor).flatMap(({ toErase }) => toErase ?? []);
    return since.length > 0 ? Math.min(...since) : null;
  }

  /** What is granted for this visitor, given its own decision and those of the visitors it is verified to be one with. */
  grantedTo(visitor: VisitorId, own: ConsentDecision): Record<string, boolean> {
    const others = this.trusted(visitor).filter((doc) => doc.id !== visitor);
    return mostRestrictive(
      own,
      others.flatMap((doc) =>
        doc.decision ? [{ decision: doc.decision, retired: doc.retired !== null }] : [],
      ),
    );
  }
}

/** One person as the merge policy sees it from one of its visitors. */
export const sideOf = (
  at: VisitorDoc,
  group: readonly VisitorDoc[],
  edges: Iterable<Edge>,
  openings: Openings,
): Side => ({
  at: { ...facts(at, openings), recognition: mayBeLinked(at, group, edges, openings) },
  visitors: group.map((doc) => facts(doc, openings)),
});

export const facts = (doc: VisitorDoc, openings: Openings): VisitorFacts => ({
  id: doc.id,
  origin: doc.origin,
  claims: doc.claims,
  recognition: isRecognised(doc, openings),
  separate: doc.separate,
  severed: doc.severed,
  device: doc.device,
});
