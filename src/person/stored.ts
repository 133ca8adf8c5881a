/**
 * A visitor's document as it is stored. It is written with every event, and the platform copies a tree of values far more
 * slowly than a text; so what waits for D1 is a text for each entry, made once, the remembered message ids are numbers in a
 * row, and the rest is one text.
 */
import type { Day } from "../domain/ids.ts";
import type { Pending, VisitorDoc } from "./documents.ts";
import { upgradeVisitor } from "./migrations.ts";

interface StoredVisitor {
  schema: number;
  /** The document without what stands beside it, as JSON. */
  text: string;
  pending: string[];
  /** Hash, last day, hash, last day, … */
  seen: Float64Array;
}

/** Entries never change. */
const texts = new WeakMap<Pending, string>();

export function textOf(entry: Pending): string {
  let text = texts.get(entry);
  if (text === undefined) {
    text = JSON.stringify(entry);
    texts.set(entry, text);
  }
  return text;
}

export function entryOf(text: string): Pending {
  const entry = JSON.parse(text) as Pending;
  texts.set(entry, text);
  return entry;
}

export function toStored({ schema, pending, seen, ...rest }: VisitorDoc): StoredVisitor {
  const numbers = new Float64Array(seen.length * 2);
  seen.forEach((pair, at) => {
    numbers[at * 2] = pair[0];
    numbers[at * 2 + 1] = pair[1];
  });
  return { schema, text: JSON.stringify(rest), pending: pending.map(textOf), seen: numbers };
}

const isTextual = (stored: unknown): stored is StoredVisitor =>
  typeof (stored as Partial<StoredVisitor>).text === "string";

/** Brings documents of older code up to date, which were stored as they are. */
export function fromStored(stored: unknown): VisitorDoc {
  if (!isTextual(stored)) return upgradeVisitor(stored);
  const seen: [hash: number, until: Day][] = [];
  for (let at = 0; at + 1 < stored.seen.length; at += 2)
    seen.push([stored.seen[at] as number, stored.seen[at + 1] as Day]);
  return upgradeVisitor({
    ...(JSON.parse(stored.text) as object),
    schema: stored.schema,
    pending: stored.pending.map(entryOf),
    seen,
  });
}
