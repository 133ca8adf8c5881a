/** The tables of those who work with the console, as drizzle sees them (schema.ts). */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const audit = sqliteTable(
  "audit",
  {
    at: integer("at").notNull(),
    id: text("id").notNull(),
    via: text("via").$type<"console" | "api">().notNull(),
    role: text("role").notNull(),
    /** Of one sign-in, or of the person in Cloudflare Access; empty for a token of the API. */
    subject: text("subject").notNull(),
    /** `GET /_u/console/people/:id` */
    act: text("act").notNull(),
    /** Ids of what it was about, space-separated; empty for none. */
    whose: text("whose").notNull(),
    /** The HTTP status that it was answered with. */
    outcome: integer("outcome").notNull(),
  },
  (table) => [primaryKey({ columns: [table.at, table.id] })],
);

/** Sessions of the console that count (d1/sessions.ts). */
export const sessionGenerations = sqliteTable("session_generations", {
  role: text("role").notNull().primaryKey(),
  generation: text("generation").notNull(),
  at: integer("at").notNull(),
});
