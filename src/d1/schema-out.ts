/** The tables of what leaves, as drizzle sees them (schema.ts). */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Day } from "../domain/ids.ts";

export const deliveries = sqliteTable(
  "deliveries",
  {
    hook: text("hook").notNull(),
    /** In the order in which they were made. */
    id: text("id").notNull(),
    purpose: text("purpose").notNull(),
    /** What it holds: this day's events that landed after `since` and up to `until`, in whole seconds. */
    day: integer("day").$type<Day>().notNull(),
    since: integer("since").notNull(),
    until: integer("until").notNull(),
    at: integer("at").notNull(),
    state: text("state").$type<"open" | "sent" | "dead">().notNull(),
    tries: integer("tries").notNull(),
    /** Not before. */
    next: integer("next").notNull(),
    /** As many were sent with the last try. */
    events: integer("events").notNull(),
    /** Of the receiver's last answer; null when there was none. */
    status: integer("status"),
  },
  (table) => [primaryKey({ columns: [table.hook, table.id] })],
);

export const delivered = sqliteTable(
  "delivered",
  {
    hook: text("hook").notNull(),
    day: integer("day").$type<Day>().notNull(),
    until: integer("until").notNull(),
  },
  (table) => [primaryKey({ columns: [table.hook, table.day] })],
);
