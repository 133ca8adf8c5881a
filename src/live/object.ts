/**
 * Where those who watch the live view are connected: one object a site, asleep between messages (its sockets stay open), with
 * nothing stored. The Worker hands it lines only while somebody watches.
 */
import { DurableObject } from "cloudflare:workers";
import type { LiveLine } from "../domain/live/line.ts";

/** The page that hears this asks for another line, with the session it has then. */
const ASK_AGAIN = 4_000;
/** Sockets at once; the console is for a few people. */
const MOST = 50;

interface Watcher {
  /** When the session ends that opened it. */
  until: number;
}

export class LiveObject<E> extends DurableObject<E> {
  /** The Worker has seen to it that this is somebody who may, and says until when. */
  override async fetch(request: Request): Promise<Response> {
    const until = Number(request.headers.get("usher-until"));
    if (request.headers.get("upgrade") !== "websocket" || !(until > Date.now()))
      return new Response("A WebSocket is expected.", { status: 426 });
    if (this.ctx.getWebSockets().length >= MOST)
      return new Response("Too many are watching.", { status: 503 });
    const [theirs, ours] = Object.values(new WebSocketPair());
    if (!theirs || !ours) return new Response(null, { status: 500 });
    this.ctx.acceptWebSocket(ours);
    ours.serializeAttachment({ until } satisfies Watcher);
    return new Response(null, { status: 101, webSocket: theirs });
  }

  /** @returns to how many */
  show(lines: readonly LiveLine[]): number {
    const text = JSON.stringify(lines);
    const sockets = this.ctx.getWebSockets();
    for (const socket of sockets) {
      const { until } = socket.deserializeAttachment() as Watcher;
      try {
        if (until > Date.now()) socket.send(text);
        else socket.close(4_001, "signed out");
      } catch {
        // It is gone, and the platform closes it.
      }
    }
    return sockets.length;
  }

  close(): void {
    for (const socket of this.ctx.getWebSockets())
      try {
        socket.close(ASK_AGAIN, "sign in again");
      } catch {
        // It is gone, and the platform closes it.
      }
  }

  /** Nothing that a watcher says means anything. */
  override webSocketMessage(): void {}

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 may be received and not be sent.
    socket.close(code === 1_005 || code === 1_006 ? 1_000 : code);
  }
}
