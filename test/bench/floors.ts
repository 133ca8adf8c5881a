/**
 * What any Worker of this kind pays at least, path by path: an answer and nothing else; a body read, and an answer without
 * one; a body read and answered as a refusal is, with the same bytes; one hop to an object that writes one row; the same with
 * the message there and back and a call that outlives its client, which is a collector without anything of its own; that and
 * every message in D1 afterwards, those of a second in one statement; all that the platform does for an event of ours, with the
 * same texts, and nothing thought (`same`); the hop and one row in D1; one row in D1 alone. The body is parsed in all but the first, as a collector's must be. Each message is a row of
 * its own that stays, and can be counted afterwards.
 */
import { DurableObject } from "cloudflare:workers";
import { EVENTS } from "../../src/d1/inserts.ts";
import { eventRow } from "../../src/d1/rows.ts";
import type { UsherEvent } from "../../src/domain/event.ts";
import { dayOf, type MessageId, type VisitorId } from "../../src/domain/ids.ts";

interface Env {
  DB: D1Database;
  FLOOR: DurableObjectNamespace<Floor>;
}

interface Message {
  anonymousId: string;
  messageId: MessageId;
  properties?: UsherEvent["props"];
  context?: Pick<UsherEvent, "page">;
}

const TABLE =
  "CREATE TABLE IF NOT EXISTS floor (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT, WITHOUT ROWID";
const INSERT = "INSERT INTO floor (id, data) VALUES (?1, ?2) ON CONFLICT DO NOTHING";

const INSERT_MANY =
  "INSERT INTO floor (id, data) SELECT value ->> 'messageId', value FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING";
const HOLD_MS = 1_000;

/** Of this isolate: what waits for its second to be over. */
let held: string[] = [];

async function land(db: D1Database): Promise<void> {
  await scheduler.wait(HOLD_MS);
  const messages = held;
  held = [];
  await db.prepare(INSERT_MANY).bind(`[${messages.join()}]`).run();
}

/** As many as a piece of ours brings on, and as long until the next. */
const PIECE = 110;
const BREATH_MS = 20;

/** Rows of `events` that wait for their second to be over. */
let rows: string[] = [];

async function landRows(db: D1Database): Promise<void> {
  await scheduler.wait(HOLD_MS);
  const landing = rows;
  rows = [];
  for (let from = 0; from < landing.length; from += PIECE) {
    if (from > 0) await scheduler.wait(BREATH_MS);
    const piece = landing.slice(from, from + PIECE);
    await db.prepare(EVENTS).bind(`[${piece.join()}]`).run();
  }
}

/** What our Worker tells an object of this message. */
function saidOf({ anonymousId, messageId, context, properties }: Message): string {
  const now = Date.now();
  const event: UsherEvent = {
    id: messageId,
    type: "track",
    name: "Article Read",
    channel: "web",
    day: dayOf(now),
    at: now,
    received: now,
    device: { type: "server" },
    campaign: { source: "newsletter", name: "week-46" },
    purposes: ["measurement"],
    policy: 1,
    topics: ["transfers"],
    ...(context?.page ? { page: context.page } : {}),
    ...(properties ? { props: properties } : {}),
  };
  return JSON.stringify({
    visitor: anonymousId,
    origin: "server",
    now,
    decision: null,
    ifKnownAs: [`anonymous_id:${anonymousId}`],
    items: [{ event, dedupe: true, claims: [], traits: null }],
  });
}

interface Said {
  visitor: VisitorId;
  now: number;
  items: { event: UsherEvent }[];
}

/** And what it hears. */
interface Told {
  parcel: { events: string };
}

const ACCEPTED = new Headers({
  "content-type": "application/json",
  "usher-decision": "accepted 1",
  "cache-control": "no-store",
  vary: "Origin",
});

const REFUSAL = {
  "content-type": "application/json",
  "usher-decision":
    "accepted 0; dropped 1 (consent): You haven't answered yet, and here we ask first.",
  "cache-control": "no-store",
  vary: "Origin",
  "access-control-allow-origin": "http://localhost:8787",
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "Usher-Decision, Retry-After",
};

/** Of one visitor's journal. */
const PLACES = 8;

export class Floor extends DurableObject<Env> {
  private version = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(TABLE);
  }

  write(message: Message): number {
    return this.carry(message.messageId, JSON.stringify(message)).length;
  }

  carry(id: string, text: string): string {
    this.ctx.storage.sql.exec(INSERT, id, text);
    return text;
  }

  /** Writes what one of our objects writes of an event, and answers as it does. */
  same(said: string): string {
    const { visitor, items } = JSON.parse(said) as Said;
    const version = ++this.version;
    this.ctx.storage.kv.put(`hot:journal:${visitor}:${version % PLACES}`, {
      version,
      entries: items.map(({ event }) => JSON.stringify(event)),
    });
    const events = JSON.stringify(items.map(({ event }) => eventRow(visitor, event))).slice(1, -1);
    const value = { home: visitor, outcomes: items.map(() => ({ kept: true })), rotate: null };
    return JSON.stringify({
      at: "home",
      home: visitor,
      value,
      parcel: { visitor, mark: `mark.${version}`, events, receipts: "", hints: "", claims: [] },
    });
  }

  count(): number {
    return this.ctx.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM floor").one().n;
  }
}

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/table") {
      await env.DB.prepare(TABLE).run();
      return new Response(null, { status: 204 });
    }
    if (pathname === "/count") {
      const id = env.FLOOR.idFromName(searchParams.get("of") ?? "");
      return Response.json(await env.FLOOR.get(id).count());
    }
    if (pathname === "/nothing") return new Response(null, { status: 204 });
    const text = await request.text();
    const message = JSON.parse(text) as Message;
    if (pathname === "/read") return new Response(null, { status: 204 });
    if (pathname === "/refuse")
      return new Response(
        JSON.stringify({
          success: true,
          accepted: 0,
          dropped: [{ messageId: message.messageId, reason: "consent" }],
        }),
        { headers: REFUSAL },
      );
    if (pathname === "/object" || pathname === "/both") {
      const id = env.FLOOR.idFromName(message.anonymousId);
      await env.FLOOR.get(id).write(message);
    }
    if (pathname === "/carry" || pathname === "/collector") {
      const id = env.FLOOR.idFromName(message.anonymousId);
      const carried = (async () => env.FLOOR.get(id).carry(message.messageId, text))();
      ctx.waitUntil(carried);
      const back = await carried;
      if (pathname === "/collector" && held.push(back) === 1) ctx.waitUntil(land(env.DB));
    }
    if (pathname === "/same") {
      const said = saidOf(message);
      const id = env.FLOOR.idFromName(message.anonymousId);
      const told = (async () => env.FLOOR.get(id).same(said))();
      ctx.waitUntil(told);
      const { parcel } = JSON.parse(await told) as Told;
      if (rows.push(parcel.events) === 1) ctx.waitUntil(landRows(env.DB));
      const answer = JSON.stringify({ success: true, accepted: 1, dropped: [] });
      return new Response(answer, { headers: ACCEPTED });
    }
    if (pathname === "/d1" || pathname === "/both")
      await env.DB.prepare(INSERT).bind(message.messageId, text).run();
    return Response.json({ success: true });
  },
} satisfies ExportedHandler<Env>;
