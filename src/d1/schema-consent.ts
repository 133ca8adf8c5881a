/** The tables of consent and its proof, as drizzle sees them (schema.ts). */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Day } from "../domain/ids.ts";
import type { Receipt } from "../domain/person/consent.ts";

export const receipts = sqliteTable(
  "receipts",
  {
    /** A keyed name once the visitor was erased. */
    visitor: text("visitor").notNull(),
    seq: integer("seq").notNull(),
    at: integer("at").notNull(),
    kind: text("kind").$type<Receipt["kind"]>().notNull(),
    policy: integer("policy").notNull(),
    /** JSON; null once the visitor was erased. */
    body: text("body"),
    hash: text("hash").notNull(),
    previous: text("previous").notNull(),
    /** MAC over what is left once the visitor was erased; null before. */
    seal: text("seal"),
    /** The day on which it was inserted: what is anchored under that day. */
    landed: integer("landed").notNull(),
  },
  (table) => [primaryKey({ columns: [table.visitor, table.seq] })],
);

export const anchors = sqliteTable("anchors", {
  /** The receipts that landed on this day. */
  day: integer("day").$type<Day>().primaryKey(),
  receipts: integer("receipts").notNull(),
  /** SHA-256 over the newest receipt of each chain that grew. */
  heads: text("heads").notNull(),
  /** Seal of the anchor before; empty for the first. */
  previous: text("previous").notNull(),
  seal: text("seal").notNull(),
});

export const policies = sqliteTable("policies", {
  version: integer("version").primaryKey(),
  document: text("document").notNull(),
  author: text("author").notNull(),
  note: text("note").notNull(),
  at: integer("at").notNull(),
  /** Revision of the draft that it was made from; null where there was none. */
  draft: integer("draft"),
});

export const drafts = sqliteTable("drafts", {
  name: text("name").primaryKey(),
  /** Grows with every save, also after the draft was thrown away and begun anew. */
  revision: integer("revision").notNull(),
  base: integer("base").notNull(),
  document: text("document").notNull(),
  author: text("author").notNull(),
  at: integer("at").notNull(),
  replay: text("replay"),
});
