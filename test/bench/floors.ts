/**
 * What any Worker of this kind pays at least, path by path: an answer and nothing else; a body read, and an answer without
 * one; a body read and answered as a refusal is, with the same bytes; one hop to an object that writes one row; the same with
 * the message there and back and a call that outlives its client, which is a collector without anything of its own; that and
 * every message in D1 afterwards, those of a second in one statement; the hop and one row in D1; one row in D1 alone. The body is parsed in all but the first, as a collector's must be. Each message is a row of
 * its own that stays, and can be counted afterwards.
 */
import { DurableObject } from "cloudflare:workers";

interface Env {
  DB: D1Database;
  FLOOR: DurableObjectNamespace<Floor>;
}

interface Message {
  anonymousId: string;
  messageId: string;
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

export class Floor extends DurableObject<Env> {
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
    if (pathname === "/d1" || pathname === "/both")
      await env.DB.prepare(INSERT).bind(message.messageId, text).run();
    return Response.json({ success: true });
  },
} satisfies ExportedHandler<Env>;
