/** The tables of who is probably one, as drizzle sees them (schema.ts). */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MergeId, VisitorId } from "../domain/ids.ts";
import type { SuggestionBasis, SuggestionState } from "./suggestions.ts";

export const matchDue = sqliteTable("match_due", {
  visitor: text("visitor").$type<VisitorId>().primaryKey(),
  at: integer("at").notNull(),
});

export const matchRecords = sqliteTable("match_records", {
  visitor: text("visitor").$type<VisitorId>().primaryKey(),
  /** JSON array of HMACs. */
  keys: text("keys").notNull(),
  sealed: text("sealed").notNull(),
});

export const matchKeys = sqliteTable(
  "match_keys",
  {
    key: text("key").notNull(),
    visitor: text("visitor").$type<VisitorId>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.visitor] })],
);

export const deviceRecords = sqliteTable("device_records", {
  visitor: text("visitor").$type<VisitorId>().primaryKey(),
  /** JSON: a `SeenDevice`. */
  seen: text("seen").notNull(),
  lastDay: integer("last_day").notNull(),
});

export const deviceNetworks = sqliteTable(
  "device_networks",
  {
    network: text("network").notNull(),
    visitor: text("visitor").$type<VisitorId>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.network, table.visitor] })],
);

export const suggestions = sqliteTable(
  "suggestions",
  {
    /** The smaller id of the two. */
    a: text("a").$type<VisitorId>().notNull(),
    b: text("b").$type<VisitorId>().notNull(),
    at: integer("at").notNull(),
    /** Thousandths of a bit. */
    weight: integer("weight").notNull(),
    probability: real("probability").notNull(),
    model: integer("model").notNull(),
    /** JSON: the waterfall. */
    steps: text("steps").notNull(),
    state: text("state").$type<SuggestionState>().notNull(),
    decidedAt: integer("decided_at"),
    decidedBy: text("decided_by"),
    why: text("why"),
    merge: text("merge").$type<MergeId>(),
    basis: text("basis").$type<SuggestionBasis>().notNull().default("facts"),
  },
  (table) => [primaryKey({ columns: [table.a, table.b] })],
);

export const suggestionEnds = sqliteTable(
  "suggestion_ends",
  {
    b: text("b").$type<VisitorId>().notNull(),
    a: text("a").$type<VisitorId>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.b, table.a] })],
);
