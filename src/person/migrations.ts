/**
 * Storage migrations of a visitor's document: an append-only list. Step `n` turns schema `n` into `n + 1`; documents are
 * brought up to date when they are read, and an object moved from older code arrives through the same door.
 */
import { SCHEMA, type VisitorDoc } from "./documents.ts";

type Step = (doc: Record<string, unknown>) => Record<string, unknown>;

const STEPS: readonly Step[] = [
  // 1 → 2: whose device it is, and permissions to contact.
  (doc) => ({ ...doc, device: { users: [], set: null }, permissions: {} }),
  // 2 → 3: stored as text (stored.ts), which older code can't read.
  (doc) => doc,
];

export function upgradeVisitor(stored: unknown): VisitorDoc {
  let doc = stored as Record<string, unknown> & { schema: number };
  if (doc.schema > SCHEMA)
    throw new Error(`a visitor's document has schema ${doc.schema}, this version knows ${SCHEMA}`);
  while (doc.schema < SCHEMA) {
    const step = STEPS[doc.schema - 1];
    if (!step) throw new Error(`there is no way up from schema ${doc.schema}`);
    doc = { ...step(doc), schema: doc.schema + 1 };
  }
  return doc as unknown as VisitorDoc;
}
