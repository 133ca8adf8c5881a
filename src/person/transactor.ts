/**
 * The only way to change a person object: a handler works on the documents in memory and says what it touched; when it
 * returns, all of it is written in one storage transaction. When it throws, the object is read anew.
 */
import type { Edge } from "../domain/identity/evidence.ts";
import type { MoveId, VisitorId } from "../domain/ids.ts";
import type { PointerDoc, TombDoc, TravellingVisitor, VisitorDoc } from "./documents.ts";
import type { PersonRow } from "../domain/ports.ts";
import { PersonReader } from "./reader.ts";
import { type Addition, JOURNAL_PLACES, toStoredAddition } from "./journal.ts";
import { keys } from "./store.ts";
import { toStored } from "./stored.ts";

/** Random names, injected so that histories can be repeated. */
export interface Names {
  /** 12 characters of base32. */
  short(): string;
}

export class Transactor extends PersonReader {
  /** What will stand under a key when all is done, since a handler goes on changing what it wrote; null: nothing. */
  private readonly writes = new Map<string, (() => unknown) | null>();
  /** How the directory lists this person, as far as is known since waking. */
  listed: PersonRow | null = null;
  /** Whether that row is known to have reached D1. */
  isListed = false;

  private write(key: string, value: unknown): void {
    this.writes.set(key, () => value);
  }

  private writeVisitor(doc: VisitorDoc): void {
    this.places.set(doc.id, 0);
    this.writes.set(keys.visitor(doc.id), () => toStored(doc));
  }

  private remove(key: string): void {
    this.writes.set(key, null);
  }

  /** After a change to what the visitor has: a move that carries it must be sent again. */
  changed(doc: VisitorDoc): void {
    this.raise(doc);
    this.writeVisitor(doc);
  }

  /** After events that changed nothing else of the visitor: what they added is enough to write. */
  added(doc: VisitorDoc, addition: Addition): void {
    this.raise(doc);
    const place = this.places.get(doc.id) ?? 0;
    const stored = place < JOURNAL_PLACES ? toStoredAddition(doc.version, addition) : null;
    if (stored === null || this.writes.has(keys.visitor(doc.id))) {
      this.writeVisitor(doc);
      return;
    }
    this.places.set(doc.id, place + 1);
    this.write(keys.journal(doc.id, place), stored);
  }

  private raise(doc: VisitorDoc): void {
    doc.version++;
    const { outgoing } = this.work;
    if (outgoing?.visitors.includes(doc.id)) {
      outgoing.revision++;
      this.changedWork();
    }
  }

  changedWork(): void {
    this.write(keys.work, this.work);
  }

  addVisitor(doc: VisitorDoc): void {
    this.visitors.set(doc.id, doc);
    this.writeVisitor(doc);
  }

  addEdge(edge: Edge): void {
    this.edges.set(edge.id, edge);
    this.write(keys.edge(edge.id), edge);
  }

  removeEdge(edge: Edge): void {
    this.edges.delete(edge.id);
    this.remove(keys.edge(edge.id));
  }

  bury(visitor: VisitorId, tomb: TombDoc): void {
    this.tombs.set(visitor, tomb);
    this.write(keys.tomb(visitor), tomb);
    this.drop(visitor);
  }

  point(visitor: VisitorId, pointer: PointerDoc): void {
    this.pointers.set(visitor, pointer);
    this.write(keys.pointer(visitor), pointer);
    this.drop(visitor);
  }

  /** Takes the visitor's documents away; what is left of it here is a pointer or a tomb. */
  private drop(visitor: VisitorId): void {
    this.visitors.delete(visitor);
    this.remove(keys.visitor(visitor));
    for (const [key] of this.store.list({ prefix: keys.coldOf(visitor) })) this.remove(key);
    for (let place = 0; place < JOURNAL_PLACES; place++)
      this.writes.delete(keys.journal(visitor, place));
    for (const [key] of this.store.list({ prefix: keys.journalOf(visitor) })) this.remove(key);
    this.places.delete(visitor);
  }

  /** A visitor of the incoming move, kept apart until it is activated. */
  stage({ doc, cold }: TravellingVisitor): void {
    this.interpret(doc);
    this.staged.set(doc.id, doc);
    this.writeVisitor(doc);
    for (const [key] of this.store.list({ prefix: keys.coldOf(doc.id) })) this.remove(key);
    for (const [key, value] of cold) this.write(key, value);
  }

  unstage(): void {
    for (const id of this.staged.keys()) {
      this.remove(keys.visitor(id));
      for (const [key] of this.store.list({ prefix: keys.coldOf(id) })) this.remove(key);
    }
    this.staged.clear();
    this.work.staged = null;
    this.changedWork();
  }

  /** Who is staged comes, since its source may have committed, and joins nobody: it goes back as after an undo. */
  partStaged(): void {
    const { staged } = this.work;
    if (!staged) return;
    this.work.staged = { ...staged, edge: null };
    this.changedWork();
  }

  /** The staged visitors become this object's own. Their documents are where they belong already. */
  admit(): VisitorDoc[] {
    const admitted = [...this.staged.values()];
    for (const doc of admitted) {
      this.visitors.set(doc.id, doc);
      if (this.pointers.delete(doc.id)) this.remove(keys.pointer(doc.id));
    }
    this.staged.clear();
    this.work.staged = null;
    this.changedWork();
    return admitted;
  }

  /** As stored now, for the wire. How this object's person was listed stays here. */
  travelling(visitor: VisitorDoc): TravellingVisitor {
    const doc = { ...visitor, epoch: visitor.epoch + 1 };
    delete doc.shown;
    return { doc, cold: [...this.store.list({ prefix: keys.coldOf(visitor.id) })] };
  }

  override readCold(key: string): unknown {
    const written = this.writes.get(key);
    return written === undefined ? super.readCold(key) : written?.();
  }

  writeCold(key: string, value: unknown): void {
    this.write(key, value);
  }

  removeCold(key: string): void {
    this.remove(key);
  }

  forgetActivation(move: MoveId): void {
    this.work.activations = this.work.activations.filter((waiting) => waiting.move !== move);
    this.changedWork();
  }

  /** How many documents have to be written. */
  get touched(): number {
    return this.writes.size;
  }

  /** True when something has to be written. */
  get isDirty(): boolean {
    return this.writes.size > 0;
  }

  /** Writes all that was touched; to be called inside one storage transaction. Gives the number of billed rows. */
  commit(): number {
    const rows = this.writes.size;
    for (const [key, value] of this.writes) {
      if (value === null) this.store.delete(key);
      else this.store.put(key, value());
    }
    this.writes.clear();
    return rows;
  }
}
