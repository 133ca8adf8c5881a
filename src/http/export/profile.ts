/**
 * What of a person leaves for one purpose. An address says over which channels it may be used: none, where it was suppressed
 * or nobody gave permission. It stands among the identifiers alone, so that no copy of it goes without that.
 */
import { policyVersion } from "../../d1/policies.ts";
import { DEFAULT_POLICY } from "../../domain/consent/default-policy.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { type Day, dayOf, type PersonId } from "../../domain/ids.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import { isIdentifierTrait } from "../../domain/intake/identifiers.ts";
import { REACHES } from "../../domain/permission/permission.ts";
import type { PersonView, VisitorView } from "../../domain/person/calls.ts";
import { firstDayFor, retentionOf } from "../../domain/retention.ts";
import { filterSlice, usableFor } from "../../domain/slice/slice.ts";
import { iso, namesFor, opens, withoutClickId } from "../../out/line.ts";
import { type Allowed, allowedNow, sameSince } from "../../out/standing.ts";
import { identifiersOf, stageOf, summaryOf, traitsOf } from "../api/person.ts";
import type { Context } from "../context.ts";

/** Kinds of identifiers that somebody can be written to or called by. */
export const ADDRESSES: ReadonlySet<string> = new Set(Object.values(REACHES));

export type ProfilePorts = Pick<Context, "db" | "people" | "now" | "sealer" | "identifiers">;

export type Profile = NonNullable<Awaited<ReturnType<typeof profileOf>>>;

/** Null for who moved into another person, who is listed too, and where nothing may leave. */
export async function profileOf(
  context: ProfilePorts,
  policy: Policy,
  purpose: string,
  id: PersonId,
) {
  const answer = await context.people.view(id);
  if (answer.at !== "home" || answer.value.id !== id) return null;
  const allowed = await allowedNow(
    context,
    policy,
    answer.value.visitors.map((visitor) => visitor.id),
    context.now,
  );
  const from = firstDayFor(retentionOf(policy), purpose, dayOf(context.now));
  const isUndecided = [...allowed.values()].some(({ purposes }) => purposes === null);
  const same = isUndecided ? await sameFrom(context, policy, purpose) : from;
  const names = new Set(namesFor(policy, purpose));
  const visitors = usable(answer.value, allowed, purpose, names, { from, same });
  if (visitors.length === 0) return null;
  const recognised = visitors.filter((visitor) =>
    isRecognised(visitor, allowed.get(visitor.id), policy),
  );
  const summary = summaryOf(visitors);
  const mayClick = opens(policy, purpose, "click-ids");
  const identifiers = await identifiersIn(context, answer.value, recognised);
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
    identifiers,
    traits: besides(identifiers, await traitsOf(context, recognised)),
  };
}

/** What these visitors said, with the whole person's permissions: who is suppressed anywhere is suppressed. */
async function identifiersIn(
  context: ProfilePorts,
  { visitors }: PersonView,
  of: readonly VisitorView[],
) {
  if (of.length === 0) return [];
  const ids = new Set(of.map(({ id }) => id));
  return (await identifiersOf(context, visitors))
    .filter(({ state, value }) => state !== "refused" && value !== null)
    .filter((said) => said.visitors.some((id) => ids.has(id)))
    .map(({ kind, value, assurance, permissions }) => ({
      kind,
      value,
      assurance,
      mayContact: permissions
        .filter(({ state }) => state === "granted")
        .map(({ channel }) => channel),
      permissions,
    }));
}

/** Traits that aren't identifiers: by their names, or because they repeat an address, however it is written and wherever in them. */
function besides(
  identifiers: readonly { kind: string; value: string | null }[],
  traits: JsonObject,
): JsonObject {
  const told = new Set(
    identifiers.flatMap(({ kind, value }) =>
      ADDRESSES.has(kind) && value !== null ? plain(value) : [],
    ),
  );
  const repeats = (value: Json): boolean =>
    typeof value === "string"
      ? told.has(plain(value))
      : typeof value === "object" && value !== null && Object.values(value).some(repeats);
  return Object.fromEntries(
    Object.entries(traits).filter(([name, value]) => !isIdentifierTrait(name) && !repeats(value)),
  );
}

/** Without what people put between the parts of a telephone number. */
const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s()/.-]/g, "");

/** The first day of which all was recorded under the purpose as it is now: buckets say the day, and not the version. */
async function sameFrom(
  { db, now }: Pick<ProfilePorts, "db" | "now">,
  policy: Policy,
  purpose: string,
): Promise<Day> {
  const since = sameSince(policy, purpose);
  if (since <= DEFAULT_POLICY.version) return 0;
  const published = await policyVersion(db, since);
  return dayOf(published?.at ?? now) + 1;
}

/**
 * The visitors that still allow it, each with what was recorded under it from that day on; of who never decided what was
 * recorded since it has been the `same`.
 */
const usable = (
  { visitors }: PersonView,
  allowed: ReadonlyMap<string, Allowed>,
  purpose: string,
  names: ReadonlySet<string>,
  days: { from: Day; same: Day },
): VisitorView[] =>
  visitors.flatMap((visitor) => {
    const standing = allowed.get(visitor.id);
    const may = standing && (standing.purposes === null || standing.purposes.has(purpose));
    const recorded = may ? usableFor(visitor.slice, names) : {};
    const from = standing?.purposes === null ? Math.max(days.from, days.same) : days.from;
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
