/**
 * `GET /_u/api/export/events.ndjson?purpose=`: every event recorded under a purpose that its visitor still allows at this
 * moment, and as long as that purpose's retention lasts. In the order of day, visitor and id, so that `after` is `<day>.<visitor>.<id>` of any line.
 */
import type { Policy } from "../../domain/consent/policy.ts";
import { dayName, dayOf, type VisitorId } from "../../domain/ids.ts";
import { firstDayFor, retentionOf } from "../../domain/retention.ts";
import { type EventKey, eventsAfter, type Stored } from "../../d1/outgoing.ts";
import { eventNow, lineOf, namesFor } from "../../out/line.ts";
import { type Allowed, allowedNow, mayLeave } from "../../out/standing.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { type Asked, ndjson, type Page, readAfter, readAsked } from "./stream.ts";

/** Rows read at once: an event is 32 KB at most. */
const ROWS = 200;
/** Persons asked by one answer: a Worker's calls are limited, and each of these is one or a few. */
const MOST_ASKED = 800;
const MOST_ROWS = 50_000;

export const getEventsExport = forRole("officer", async (request, context) => {
  const policy = await context.policy();
  const query = readAsked(request, policy, context.now);
  if (query.after !== null) readAfter(query.after);
  const reader = new EventReader(context, policy, query);
  return ndjson(
    `events-${query.purpose}.ndjson`,
    query.after,
    (after) => reader.page(after),
    () => reader.isSpent,
  );
});

type Ports = Pick<Context, "db" | "people" | "now">;

export class EventReader {
  /** Persons asked so far. */
  asked = 0;
  private rows = 0;
  /** A visitor's events of one day stand together, so that the last one asked is often the next. */
  private last: [VisitorId, Allowed | undefined] | null = null;
  private readonly context: Ports;
  private readonly policy: Policy;
  private readonly query: Asked;

  constructor(context: Ports, policy: Policy, query: Asked) {
    this.context = context;
    this.policy = policy;
    this.query = query;
  }

  get isSpent(): boolean {
    return this.asked >= MOST_ASKED || this.rows >= MOST_ROWS;
  }

  async page(after: string | null): Promise<Page & { looked: number }> {
    const { from, to, purpose } = this.query;
    const usable = firstDayFor(retentionOf(this.policy), purpose, dayOf(this.context.now));
    const start: EventKey = { day: Math.max(from, usable), visitor: "", id: "" };
    const key = after === null ? start : later(readAfter(after), start);
    const stored = await eventsAfter(
      this.context.db,
      key,
      to,
      namesFor(this.policy, purpose),
      ROWS,
    );
    const allowed = await this.allowed(stored);
    this.rows += stored.length;
    const lines = stored.flatMap(({ visitor, event }) => {
      const standing = allowed.get(visitor);
      return mayLeave(this.policy, eventNow(this.policy, event), standing, purpose)
        ? [lineOf({ visitor, person: standing.person, event }, this.policy, purpose)]
        : [];
    });
    const end = stored.at(-1);
    const isMore = end !== undefined && stored.length === ROWS;
    return { lines, next: isMore ? keyOf(end) : null, looked: stored.length };
  }

  private async allowed(stored: readonly Stored[]): Promise<Map<VisitorId, Allowed>> {
    const visitors = new Set(stored.map(({ visitor }) => visitor));
    const known = this.last && visitors.delete(this.last[0]) ? this.last : null;
    this.asked += visitors.size;
    const allowed = await allowedNow(this.context, this.policy, visitors, this.context.now);
    if (known?.[1]) allowed.set(known[0], known[1]);
    const end = stored.at(-1)?.visitor;
    this.last = end === undefined ? null : [end, allowed.get(end)];
    return allowed;
  }
}

const keyOf = ({ visitor, event }: Stored): string =>
  `${dayName(event.day)}.${visitor}.${event.id}`;

const later = (a: EventKey, b: EventKey): EventKey => (a.day < b.day ? b : a);
