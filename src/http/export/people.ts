/**
 * `GET /_u/api/export/people.ndjson?purpose=`: one line a person, of what was recorded under a purpose that they still
 * allow at this moment. Identifiers and traits are in it only of those who allow to be recognised. The range is that of
 * the day on which they were last heard of; `after` is `<day>.<person>`.
 */
import type { Policy } from "../../domain/consent/policy.ts";
import { type Day, dayName, dayOf, type PersonId } from "../../domain/ids.ts";
import type { PersonView, VisitorView } from "../../domain/person/calls.ts";
import { firstDayFor, retentionOf } from "../../domain/retention.ts";
import { filterSlice, usableFor } from "../../domain/slice/slice.ts";
import { peopleAfter } from "../../d1/outgoing.ts";
import { iso, opens, withoutClickId } from "../../out/line.ts";
import { type Allowed, allowedNow } from "../../out/standing.ts";
import { identifiersOf, stageOf, summaryOf, traitsOf } from "../api/person.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { type Asked, ndjson, type Page, readAfter, readAsked } from "./stream.ts";

/** Persons read at once, and by one answer: each takes a few calls. */
export const PERSONS = 20;
const MOST_PERSONS = 200;

export const getPeopleExport = forRole("officer", async (request, context) => {
  const policy = await context.policy();
  const query = readAsked(request, policy, context.now);
  if (query.after !== null) readAfter(query.after);
  let read = 0;
  return ndjson(
    `people-${query.purpose}.ndjson`,
    query.after,
    async (after) => {
      read += PERSONS;
      return peoplePage(context, policy, query, after);
    },
    () => read >= MOST_PERSONS,
  );
});

type Ports = Pick<Context, "db" | "people" | "now" | "sealer" | "identifiers">;

export async function peoplePage(
  context: Ports,
  policy: Policy,
  { from, to, purpose }: Asked,
  after: string | null,
): Promise<Page & { looked: number }> {
  const key = after === null ? null : readAfter(after);
  const start = key && key.day >= from ? { day: key.day, id: key.visitor } : { day: from, id: "" };
  const rows = await peopleAfter(context.db, start, to, PERSONS);
  const lines = await Promise.all(
    rows.map(async ({ id, day }) => {
      const line = await personLine(context, policy, purpose, id);
      return line ? [{ ...line, day: dayName(day) }] : [];
    }),
  );
  const last = rows.at(-1);
  const isMore = last !== undefined && rows.length === PERSONS;
  const next = isMore ? `${dayName(last.day)}.${last.id}` : null;
  return { lines: lines.flat(), next, looked: rows.length };
}

/** Null for who moved into another person, who is listed too, and where nothing may leave. */
async function personLine(context: Ports, policy: Policy, purpose: string, id: PersonId) {
  const answer = await context.people.view(id);
  if (answer.at !== "home" || answer.value.id !== id) return null;
  const allowed = await allowedNow(
    context,
    policy,
    answer.value.visitors.map((visitor) => visitor.id),
    context.now,
  );
  const from = firstDayFor(retentionOf(policy), purpose, dayOf(context.now));
  const visitors = usable(answer.value, allowed, purpose, from);
  if (visitors.length === 0) return null;
  const recognised = visitors.filter((visitor) =>
    isRecognised(visitor, allowed.get(visitor.id), policy),
  );
  const summary = summaryOf(visitors);
  const mayClick = opens(policy, purpose, "click-ids");
  return {
    person: id,
    stage: stageOf(recognised.length > 0 ? recognised : visitors.map(withoutClaims)),
    firstSeen: iso(summary.firstSeen ?? 0),
    lastSeen: iso(summary.lastSeen ?? 0),
    visitors: visitors.map(({ id: visitor, origin }) => ({ id: visitor, origin })),
    events: summary.events,
    sessions: summary.sessions,
    names: summary.names,
    topics: summary.topics,
    channels: summary.channels,
    devices: summary.devices,
    campaigns: summary.campaigns.map(({ campaign, first, last, count }) => ({
      ...(mayClick ? campaign : withoutClickId(campaign)),
      first: iso(first),
      last: iso(last),
      count,
    })),
    orders: summary.orders,
    value: summary.orderCents / 100,
    identifiers: await identifiersIn(context, answer.value, recognised),
    traits: recognised.length > 0 ? await traitsOf(context, recognised) : {},
  };
}

/** What these visitors said, with the whole person's permissions: who is suppressed anywhere is suppressed. */
async function identifiersIn(context: Ports, { visitors }: PersonView, of: readonly VisitorView[]) {
  if (of.length === 0) return [];
  const ids = new Set(of.map(({ id }) => id));
  return (await identifiersOf(context, visitors))
    .filter(({ state, value }) => state !== "refused" && value !== null)
    .filter((said) => said.visitors.some((id) => ids.has(id)))
    .map(({ kind, value, assurance, permissions }) => ({ kind, value, assurance, permissions }));
}

/** The visitors that still allow it, each with what was recorded under it from that day on. */
const usable = (
  { visitors }: PersonView,
  allowed: ReadonlyMap<string, Allowed>,
  purpose: string,
  from: Day,
): VisitorView[] =>
  visitors.flatMap((visitor) => {
    const standing = allowed.get(visitor.id);
    const may = standing && (standing.purposes === null || standing.purposes.has(purpose));
    const recorded = may ? usableFor(visitor.slice, purpose) : {};
    const slice = filterSlice(recorded, ({ day }) => day >= from);
    return Object.keys(slice).length > 0 ? [{ ...visitor, slice }] : [];
  });

const withoutClaims = (visitor: VisitorView): VisitorView => ({ ...visitor, claims: [] });

/** By what stands now; where nothing was decided, by what it was recorded under. */
const isRecognised = (
  { slice }: VisitorView,
  allowed: Allowed | undefined,
  policy: Policy,
): boolean => {
  const recorded = new Set(Object.values(slice).flatMap(({ purposes }) => purposes));
  const standing = allowed?.purposes ?? recorded;
  return [...standing].some((purpose) => opens(policy, purpose, "claims"));
};
