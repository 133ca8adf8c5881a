/** The live view's line to the collector: lines go out only while somebody watches, and never keep an answer waiting. */
import { watchedUntil, watchUntil } from "../d1/live.ts";
import { type Decided, type LiveLine, linesOf, refusedLine } from "../domain/live/line.ts";
import type { Refusal } from "../domain/intake/refusal.ts";
import type { Millis } from "../domain/ids.ts";
import { isOver } from "../domain/lease.ts";
import type { JsonObject } from "../domain/json.ts";

/** How long one look at the page counts; the page says again that it is open. */
export const WATCH_MS = 15 * 60_000;
/** How old an isolate's knowledge of it may be. */
const FRESH_MS = 5_000;
/** After nobody was there, for so long nobody is asked again. */
const QUIET_MS = 30_000;
/** Requests shown per second and isolate: more than anybody can read. */
const PER_SECOND = 20;

export interface LiveStub {
  /** @returns to how many */
  show(lines: readonly LiveLine[]): Promise<number>;
  fetch(request: Request): Promise<Response>;
  /** Closes every line. */
  close(): Promise<void>;
}

export interface Live {
  /** Tells those who watch what became of these messages. */
  tell(messages: readonly JsonObject[], decided: Decided, sender: LiveLine["sender"]): void;
  /** Tells them of a call of which no message was looked at. */
  refused(reason: Refusal, sender: LiveLine["sender"]): void;
  /** Somebody looks at the page now. */
  watch(by: string): Promise<void>;
  /** Answers with a WebSocket that lasts until the session ends at the latest. */
  connect(until: Millis): Promise<Response>;
  /** Closes every line; whoever is still signed in opens another. */
  close(): Promise<void>;
}

interface Known {
  until: Millis;
  /** When it was last asked for. */
  asked: Millis;
  /** Nobody was there a moment ago. */
  quiet: Millis;
  /** How often somebody has come. */
  comings: number;
  second: number;
  shown: number;
}

const known = new WeakMap<D1Database, Known>();

export function liveOf(
  db: D1Database,
  stub: () => LiveStub,
  later: (work: Promise<unknown>) => void,
): Live {
  const mine = known.get(db) ?? {
    until: 0,
    asked: 0,
    quiet: 0,
    comings: 0,
    second: 0,
    shown: 0,
  };
  known.set(db, mine);

  const refresh = async (): Promise<void> => {
    mine.until = await watchedUntil(db).catch(() => mine.until);
  };
  const mayShow = (now: Millis): boolean => {
    if (now >= mine.until || now < mine.quiet) return false;
    const second = Math.floor(now / 1_000);
    if (mine.second !== second) Object.assign(mine, { second, shown: 0 });
    return ++mine.shown <= PER_SECOND;
  };

  const come = (): void => {
    mine.comings++;
    mine.quiet = 0;
  };

  const show = (lines: (now: Millis) => LiveLine[]): void => {
    const now = Date.now();
    if (isOver(mine.asked, FRESH_MS, now)) {
      mine.asked = now;
      later(refresh());
    }
    if (!mayShow(now)) return;
    const send = async (): Promise<void> => {
      const { comings } = mine;
      const watchers = await stub().show(lines(now));
      // Unless somebody came while it was asked.
      if (watchers === 0 && comings === mine.comings) mine.quiet = now + QUIET_MS;
    };
    later(send().catch(() => undefined));
  };

  return {
    tell: (messages, decided, sender) => show((now) => linesOf(messages, decided, sender, now)),
    refused: (reason, sender) => show((now) => [refusedLine(reason, sender, now)]),
    async watch(by) {
      mine.until = Date.now() + WATCH_MS;
      come();
      await watchUntil(db, mine.until, by);
    },
    async connect(until) {
      const answer = await stub().fetch(
        new Request("https://live/", {
          headers: { upgrade: "websocket", "usher-until": String(until) },
        }),
      );
      // What happened since the page was asked for found nobody yet.
      come();
      return answer;
    },
    close: () => stub().close(),
  };
}
