/**
 * The tables of D1 as drizzle sees them. The migrations are written by hand, since drizzle can't say `WITHOUT ROWID`; a
 * test compares every column with what they made.
 */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { CallType, Channel } from "../domain/event.ts";
import type { IdentifierKey, MergeId, MessageId, PersonId, VisitorId } from "../domain/ids.ts";
import type { Stage } from "../domain/person/stage.ts";
import type { HistoryOp } from "../domain/identity/history.ts";
import type { HintOutcome, MergeRecord } from "../domain/ports.ts";
import { audit, sessionGenerations } from "./schema-console.ts";
import { anchors, drafts, policies, receipts } from "./schema-consent.ts";
import {
  deviceNetworks,
  deviceRecords,
  matchDue,
  matchKeys,
  matchRecords,
  suggestionEnds,
  suggestions,
} from "./schema-matching.ts";
import { delivered, deliveries } from "./schema-out.ts";

export const events = sqliteTable(
  "events",
  {
    day: integer("day").notNull(),
    visitor: text("visitor").$type<VisitorId>().notNull(),
    id: text("id").$type<MessageId>().notNull(),
    /** Milliseconds, corrected; as `received`. */
    at: integer("at").notNull(),
    received: integer("received").notNull(),
    type: text("type").$type<CallType>().notNull(),
    name: text("name"),
    channel: text("channel").$type<Channel>().notNull(),
    policy: integer("policy").notNull(),
    /** Sorted, comma-separated; empty for none. */
    purposes: text("purposes").notNull(),
    /** JSON of the parts without a column: page, campaign, device, topics, valueCents, props. */
    data: text("data").notNull(),
    sealed: text("sealed"),
    /** Whole seconds: when it came into this table. */
    landed: integer("landed").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.visitor, table.id] })],
);

export const claims = sqliteTable(
  "claims",
  {
    identifier: text("identifier").$type<IdentifierKey>().notNull(),
    visitor: text("visitor").$type<VisitorId>().notNull(),
    /** 1, 2, 3, … in the order of insertion. */
    rank: integer("rank").notNull(),
    at: integer("at").notNull(),
    /** 1: a server, a signed token or a confirmed sign-in said it. */
    proven: integer("proven").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.identifier, table.visitor] })],
);

/** `visitors`: see `quarantine.ts`. The table is small: floods are rare. */
export const quarantined = sqliteTable("quarantine", {
  identifier: text("identifier").$type<IdentifierKey>().primaryKey(),
  at: integer("at").notNull(),
  visitors: integer("visitors").notNull(),
  /** Which officer's role blocked it; null where too many said it. */
  by: text("by"),
  why: text("why"),
  /** The value, sealed under its own key; null where it wasn't known, or the key was destroyed. */
  sealed: text("sealed"),
});

export const tombstones = sqliteTable("tombstones", {
  visitor: text("visitor").$type<VisitorId>().primaryKey(),
  at: integer("at").notNull(),
});

export const hints = sqliteTable(
  "hints",
  {
    /** Of this outcome. */
    day: integer("day").notNull(),
    visitor: text("visitor").$type<VisitorId>().notNull(),
    hint: text("hint").notNull(),
    outcome: text("outcome").$type<HintOutcome>().notNull(),
    action: text("action").notNull(),
    at: integer("at").notNull(),
    propensity: real("propensity").notNull(),
    stage: text("stage").$type<Stage>().notNull(),
    slot: text("slot").notNull(),
    /** When an untaken hint counts as not taken; 0 in hints from before this was kept. */
    until: integer("until").notNull(),
    device: text("device"),
    topic: text("topic"),
    segment: text("segment"),
  },
  (table) => [primaryKey({ columns: [table.day, table.visitor, table.hint, table.outcome] })],
);

export const learned = sqliteTable("learned", {
  name: text("name").primaryKey(),
  document: text("document").notNull(),
  at: integer("at").notNull(),
});

export const mergeLog = sqliteTable(
  "merge_log",
  {
    day: integer("day").notNull(),
    merge: text("merge").$type<MergeId>().notNull(),
    op: text("op").$type<MergeRecord["op"] | HistoryOp>().notNull(),
    at: integer("at").notNull(),
    by: text("by").notNull(),
    a: text("a").$type<VisitorId>().notNull(),
    b: text("b").$type<VisitorId>().notNull(),
    /** Kind of the identifier, or `command:<id>`. */
    evidence: text("evidence").notNull(),
    because: text("because").notNull(),
    rules: integer("rules").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.merge, table.op] })],
);

export const people = sqliteTable(
  "people",
  {
    seenDay: integer("seen_day").notNull(),
    id: text("id").$type<PersonId>().notNull(),
    stage: text("stage").$type<Stage>().notNull(),
    firstSeen: integer("first_seen").notNull(),
    lastSeen: integer("last_seen").notNull(),
    visitors: integer("visitors").notNull(),
    events: integer("events").notNull(),
    next: text("next"),
    /** Milliseconds: when it was so. Day 0 holds who lives elsewhere since then. */
    revision: integer("revision").notNull(),
  },
  (table) => [primaryKey({ columns: [table.seenDay, table.id] })],
);

export const counters = sqliteTable(
  "counters",
  {
    day: integer("day").notNull(),
    kind: text("kind").notNull(),
    reason: text("reason").notNull(),
    regime: text("regime").notNull(),
    count: integer("count").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.kind, table.reason, table.regime] })],
);

export const rollups = sqliteTable(
  "rollups",
  {
    day: integer("day").notNull(),
    dimension: text("dimension").notNull(),
    value: text("value").notNull(),
    events: integer("events").notNull(),
    visitors: integer("visitors").notNull(),
    orders: integer("orders").notNull(),
    orderCents: integer("order_cents").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.dimension, table.value] })],
);

export const settings = sqliteTable(
  "settings",
  {
    key: text("key").notNull(),
    version: integer("version").notNull(),
    document: text("document").notNull(),
    author: text("author").notNull(),
    at: integer("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.version] })],
);

export const origins = sqliteTable("origins", {
  origin: text("origin").primaryKey(),
  firstSeen: integer("first_seen").notNull(),
  /** Null until an officer approves it. */
  approvedAt: integer("approved_at"),
  approvedBy: text("approved_by"),
  /** Null until somebody withdraws the approval. */
  withdrawnAt: integer("withdrawn_at"),
  withdrawnBy: text("withdrawn_by"),
});

export const spend = sqliteTable(
  "spend",
  {
    day: integer("day").notNull(),
    /** As campaigns call it: `google`, `newsletter`. */
    channel: text("channel").notNull(),
    campaign: text("campaign").notNull(),
    costCents: integer("cost_cents").notNull(),
    impressions: integer("impressions").notNull(),
    clicks: integer("clicks").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.channel, table.campaign] })],
);

export const tokens = sqliteTable("tokens", {
  token: text("token").primaryKey(),
  device: text("device").notNull(),
  rotated: text("rotated").notNull(),
  until: integer("until").notNull(),
  firstUsed: integer("first_used").notNull().default(0),
});

export const tables = [
  events,
  claims,
  quarantined,
  origins,
  spend,
  tombstones,
  receipts,
  hints,
  mergeLog,
  matchDue,
  matchRecords,
  matchKeys,
  deviceRecords,
  deviceNetworks,
  suggestions,
  suggestionEnds,
  people,
  counters,
  rollups,
  policies,
  settings,
  learned,
  drafts,
  anchors,
  audit,
  deliveries,
  delivered,
  tokens,
  sessionGenerations,
] as const;
