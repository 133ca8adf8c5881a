/** What the D1 tests share: a database that counts what it is billed for, and plain material to land. */
import { env } from "cloudflare:workers";
import { getTableName } from "drizzle-orm";
import { bringEverything } from "../../../src/carrier.ts";
import { tables } from "../../../src/d1/schema.ts";
import type { ReceiptStubs } from "../../../src/d1/stubs.ts";
import { GENESIS } from "../../../src/domain/consent/ledger.ts";
import type { UsherEvent } from "../../../src/domain/event.ts";
import {
  dayOf,
  type IdentifierKey,
  type MergeId,
  type MessageId,
  type VisitorId,
} from "../../../src/domain/ids.ts";
import type { Receipt } from "../../../src/domain/person/consent.ts";
import type { HintRecord, Landing, MergeRecord, PersonRow } from "../../../src/domain/ports.ts";

export const db: D1Database = env.DB;

/** Stubs whose secrets can be read in a failing test. */
export const stubs: ReceiptStubs = {
  name: async (of) => `erased:${of.slice(0, 4)}`,
  seal: async (text) => `sealed ${text}`,
};

/** Noon of a fixed day. */
export const NOON = Date.UTC(2026, 10, 20, 12);

type Attempt = <T>(call: () => Promise<T>) => Promise<T>;

/** The same database, with the rows it said it read and wrote. Every call goes through `attempt`. */
export function counting(inner: D1Database = db, attempt: Attempt = (call) => call()) {
  const rows = { written: 0, read: 0, calls: 0 };
  const add = <T>(result: D1Result<T>): D1Result<T> => {
    rows.written += result.meta.rows_written;
    rows.read += result.meta.rows_read;
    return result;
  };
  const statement = (real: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(real, {
      get(target, name) {
        if (name === "real") return target;
        if (name === "bind") return (...values: unknown[]) => statement(target.bind(...values));
        if (name === "run" || name === "all")
          return async () => {
            rows.calls += 1;
            return add(await attempt(() => target[name]()));
          };
        // What drizzle calls; it has no account of its own, so the statement is run a second time for it.
        if (name === "raw")
          return async () => {
            add(await target.all());
            return target.raw();
          };
        const member = Reflect.get(target, name) as unknown;
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  const counted = new Proxy(inner, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => statement(target.prepare(sql));
      if (name === "batch")
        return async (statements: (D1PreparedStatement & { real: D1PreparedStatement })[]) => {
          rows.calls += 1;
          return (await attempt(() => target.batch(statements.map((each) => each.real)))).map(add);
        };
      const member = Reflect.get(target, name) as unknown;
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { db: counted, rows };
}

const TABLES = tables.map((table) => getTableName(table));

export async function clearIn(of: D1Database): Promise<void> {
  await of.batch(TABLES.map((table) => of.prepare(`DELETE FROM ${table}`)));
}

/** Of what an earlier test left under way nothing comes afterwards. */
export async function clear(): Promise<void> {
  await bringEverything();
  await clearIn(db);
  // They would say that the rest is missing.
  const copies = await env.KEYS.list({ prefix: "anchor/" });
  if (copies.objects.length > 0) await env.KEYS.delete(copies.objects.map(({ key }) => key));
}

/** Every table, every row, in the order of its key; when an event landed is left out, which no two runs have in common. */
export async function books(): Promise<Record<string, unknown[]>> {
  const results = await db.batch(TABLES.map((table) => db.prepare(`SELECT * FROM ${table}`)));
  const rows = Object.fromEntries(TABLES.map((table, n) => [table, results[n]?.results ?? []]));
  const events = (rows["events"] as Record<string, unknown>[]).map((row) => ({
    ...row,
    landed: 0,
  }));
  return { ...rows, events };
}

/** A visitor id that is easy to recognise. */
export const visitor = (name: string): VisitorId => name.padEnd(26, "a") as VisitorId;
export const email = (name: string): IdentifierKey =>
  `email:${name.padEnd(22, "0")}` as IdentifierKey;

export const event = (id: string, more: Partial<UsherEvent> = {}): UsherEvent => ({
  id: id as MessageId,
  type: "track",
  name: "Ticket Viewed",
  channel: "web",
  day: dayOf(more.at ?? NOON),
  at: NOON,
  received: NOON + 5,
  purposes: ["measurement", "recognition"],
  policy: 1,
  ...more,
});

export const receipt = (of: VisitorId, seq: number, more: Partial<Receipt> = {}): Receipt => ({
  visitor: of,
  seq,
  at: NOON,
  kind: "grant",
  policy: 1,
  body: { granted: { measurement: true } },
  hash: `hash-${seq}`,
  previous: seq === 1 ? GENESIS : `hash-${seq - 1}`,
  ...more,
});

export const hint = (of: VisitorId, name: string, more: Partial<HintRecord> = {}): HintRecord => ({
  hint: `${of}.${name.padEnd(12, "a")}`,
  visitor: of,
  action: "get-the-app",
  outcome: "made",
  at: NOON,
  propensity: 0.25,
  stage: "device",
  slot: "hero",
  until: NOON + 86_400_000,
  device: "phone",
  topic: null,
  segment: null,
  ...more,
});

export const merge = (
  a: VisitorId,
  b: VisitorId,
  more: Partial<MergeRecord> = {},
): MergeRecord => ({
  op: "merge",
  edge: {
    id: `${a}.aaaaaaaaaaaa` as MergeId,
    a,
    b,
    evidence: { kind: "claim", identifier: email("jane") },
    at: NOON,
    by: "policy",
    because: "both said the same e-mail",
    rules: 1,
    finder: a,
  },
  at: NOON,
  by: "policy",
  ...more,
});

let words = 0;

/** Each is newer than those made before it. */
export const person = (id: VisitorId, more: Partial<PersonRow> = {}): PersonRow => ({
  id,
  day: dayOf(more.lastSeen ?? NOON),
  unlist: [],
  stage: "activity",
  firstSeen: NOON,
  lastSeen: NOON,
  visitors: 1,
  events: 1,
  next: null,
  revision: ++words,
  ...more,
});

export const landing = (parts: Partial<Landing>): Landing => ({
  events: [],
  receipts: [],
  hints: [],
  merges: [],
  person: null,
  gone: null,
  erased: [],
  ...parts,
});

/** The same database, whose nth call fails once: before it reaches the database, or after it took effect. */
export function failing(nth: number, when: "before" | "after"): D1Database {
  let calls = 0;
  const attempt = async <T>(call: () => Promise<T>): Promise<T> => {
    calls += 1;
    const fails = calls === nth;
    if (fails && when === "before") throw new Error("D1 is away");
    const answer = await call();
    if (fails) throw new Error("D1's answer was lost");
    return answer;
  };
  return counting(db, attempt).db;
}
