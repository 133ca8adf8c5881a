/** What is stored of some visitors: their objects' documents and the rows of D1, read without the product's own answers. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Claim } from "../../src/domain/identity/claims.ts";
import { wholeSlice } from "../../src/person/cold.ts";
import type { Host } from "../../src/person/host.ts";
import type { Transactor } from "../../src/person/transactor.ts";
import { objectOf } from "./objects.ts";

/** One visitor as its home's documents have it. */
export interface Resident {
  id: string;
  events: number;
  receipts: { seq: number; hash: string };
  claims: Claim[];
  /** What it agreed to. */
  granted: string[];
}

/** One object as its documents have it. */
export interface Standing {
  name: string;
  residents: Resident[];
  persons: string[][];
  edges: { id: string; a: string; b: string }[];
  pointers: Map<string, string>;
  tombs: string[];
  /** What is still under way. */
  left: string[];
}

export interface Rows {
  events: { id: string; visitor: string; received: number; purposes: string }[];
  receipts: Receipt[];
  claims: { identifier: string; visitor: string }[];
  people: string[];
  merges: string[];
  tombstones: string[];
}

export interface Receipt {
  visitor: string;
  seq: number;
  at: number;
  hash: string;
  previous: string;
  body: string | null;
}

/** These visitors' objects, and those that their documents lead to. */
export async function standingsOf(visitors: readonly string[]): Promise<Standing[]> {
  const found = new Map<string, Standing>();
  for (const names = [...visitors]; names.length > 0;) {
    const name = names.pop() as string;
    if (found.has(name)) continue;
    const standing = await runInDurableObject(objectOf(name), (object) =>
      (object as unknown as { host: Host }).host.read((tx) => standingOf(name, tx)),
    );
    found.set(name, standing);
    names.push(...standing.pointers.values(), ...standing.residents.map(({ id }) => id));
  }
  return [...found.values()];
}

function standingOf(name: string, tx: Transactor): Standing {
  const { outgoing, activations, asks, forgets, silences, erasures, gone: leaving } = tx.work;
  const left = { activations, asks, forgets, silences, erasures, leaving: leaving ?? [] };
  return {
    name,
    residents: [...tx.visitors.values()].map((doc) => {
      const buckets = Object.values(wholeSlice(tx, doc));
      return {
        id: doc.id,
        events: buckets.reduce((sum, bucket) => sum + bucket.events, 0),
        receipts: { seq: doc.receipts.seq, hash: doc.receipts.hash },
        claims: Object.values(doc.claims),
        granted: Object.keys(doc.decision?.granted ?? {}).filter(
          (purpose) => doc.decision?.granted[purpose],
        ),
      };
    }),
    persons: tx.components(),
    edges: Array.from(tx.edges.values(), ({ id, a, b }) => ({ id, a, b })),
    pointers: new Map(Array.from(tx.pointers, ([id, { to }]) => [id, to])),
    tombs: [...tx.tombs.keys()],
    left: [
      ...(outgoing ? ["an outgoing move"] : []),
      ...(tx.work.staged || tx.staged.size > 0 ? ["an incoming move"] : []),
      ...Object.entries(left).flatMap(([what, list]) => (list.length > 0 ? [what] : [])),
      ...[...tx.visitors.values()].flatMap((doc) => [
        ...(doc.pending.length + doc.cold.pending.length > 0 ? ["an outbox"] : []),
        ...Object.keys(doc.links).map((id) => `the command ${id}`),
      ]),
    ],
  };
}

export async function rowsOf(visitors: readonly string[], ids: readonly string[]): Promise<Rows> {
  const among = (column: string): string => `${column} IN (SELECT value FROM json_each(?1))`;
  const asked = [
    `SELECT id, visitor, received, purposes FROM events WHERE ${among("visitor")}
      OR id IN (SELECT value FROM json_each(?2))`,
    `SELECT visitor, seq, at, hash, previous, body FROM receipts WHERE ${among("visitor")} ORDER BY seq`,
    `SELECT identifier, visitor FROM claims WHERE ${among("visitor")}`,
    `SELECT id FROM people WHERE seen_day > 0 AND ${among("id")}`,
    `SELECT merge FROM merge_log WHERE op = 'merge' AND (${among("a")} OR ${among("b")})`,
    `SELECT visitor FROM tombstones WHERE ${among("visitor")}`,
  ];
  const [names, messagesSent] = [JSON.stringify(visitors), JSON.stringify(ids)];
  const results = await env.DB.batch(
    asked.map((sql, n) => env.DB.prepare(sql).bind(...(n === 0 ? [names, messagesSent] : [names]))),
  );
  const rows = <T>(n: number): T[] => (results[n]?.results ?? []) as T[];
  return {
    events: rows(0),
    receipts: rows(1),
    claims: rows(2),
    people: rows<{ id: string }>(3).map(({ id }) => id),
    merges: rows<{ merge: string }>(4).map(({ merge }) => merge),
    tombstones: rows<{ visitor: string }>(5).map(({ visitor }) => visitor),
  };
}
