/**
 * Everything held about a person, as data (Art. 15 and 20 GDPR): what D1, the person objects and their outboxes have, with
 * sealed values opened. Nothing that is kept is left out; what others hold of themselves is not in it. Purposes are called as
 * they are now, but in receipts, which say what was said.
 */
import { readJourney } from "../d1/events.ts";
import { hintsOf } from "../d1/held.ts";
import { receiptsOf, type StoredReceipt } from "../d1/receipts.ts";
import { suggestionsOf } from "../d1/suggestions.ts";
import { namesNow, type Openings, openingsOf } from "../domain/consent/openings.ts";
import type { Policy } from "../domain/consent/policy.ts";
import type { UsherEvent } from "../domain/event.ts";
import type { Claim } from "../domain/identity/claims.ts";
import type { Edge, UndoneEdge } from "../domain/identity/evidence.ts";
import { dayName, type IdentifierKey, type Millis, type VisitorId } from "../domain/ids.ts";
import type { HeldVisitor } from "../domain/person/calls.ts";
import type { HintRecord } from "../domain/ports.ts";
import { daysOf } from "../domain/slice/slice.ts";
import { stepInWords } from "../domain/suggestion/words.ts";
import type { PrivacyPorts } from "./ports.ts";
import { countMaybe, type Maybe } from "./scope.ts";

type Ports = Pick<PrivacyPorts, "db" | "people" | "sealer">;

export type PersonExport = Awaited<ReturnType<typeof exportOf>>;
export type VisitorExport = PersonExport["visitors"][number];

/** Rows read from D1 at once. */
const PAGE = 2_000;

const iso = (at: Millis): string => new Date(at).toISOString();

/** `visitors` and `maybe` as the scope of the request says (scope.ts). Who was erased meanwhile is left out. */
export async function exportOf(
  ports: Ports,
  scope: { visitors: readonly VisitorId[]; maybe: readonly Maybe[] },
  now: Millis,
  policy: Pick<Policy, "purposes">,
) {
  const openings = openingsOf(policy);
  const held = await gather(ports, scope.visitors);
  const said = await identifiersSaid(ports, held);
  const covered = new Set<VisitorId>(held.map(({ id }) => id));
  const merges = held.flatMap(({ edges, undone }) => [
    ...edges.filter(({ a, b }) => covered.has(a) && covered.has(b)),
    ...undone,
  ]);
  return {
    format: "usher-export/1",
    at: iso(now),
    visitors: await Promise.all(held.map((visitor) => describe(ports, visitor, said, openings))),
    merges: [...new Map(merges.map((edge) => [edge.id, edge])).values()].map((edge) =>
      describeMerge(edge, covered, said),
    ),
    /** Who else the facts fit: how probable it was and what became of it, without saying who. */
    probable: (await suggestionsOf(ports.db, [...covered])).map(
      ({ at, state, basis, probability, decidedBy, steps }) => ({
        at: iso(at),
        state,
        basis,
        probability,
        decidedBy,
        because: steps.map(stepInWords),
      }),
    ),
    /** Others that may be the same human: nothing proves it, so nothing of theirs is shown. */
    maybe: countMaybe(scope.maybe),
  };
}

async function gather({ people }: Ports, visitors: readonly VisitorId[]): Promise<HeldVisitor[]> {
  const held = new Map<VisitorId, HeldVisitor>();
  for (const visitor of visitors) {
    if (held.has(visitor)) continue;
    const answer = await people.holdings(visitor);
    if (answer.at !== "home") continue;
    for (const each of answer.value.visitors)
      if (visitors.includes(each.id)) held.set(each.id, each);
  }
  return [...held.values()];
}

/** What each identifier's key stands for, in the words of whoever of these visitors said it. */
type SaidValues = ReadonlyMap<IdentifierKey, string | null>;

async function identifiersSaid(
  { sealer }: Ports,
  held: readonly HeldVisitor[],
): Promise<SaidValues> {
  const values = new Map<IdentifierKey, string | null>();
  for (const { id, claims } of held) {
    const opened = await sealer.unseal(
      id,
      claims.map(({ sealed }) => sealed ?? ""),
    );
    claims.forEach(({ key }, at) => values.set(key, opened[at] ?? values.get(key) ?? null));
  }
  return values;
}

async function describe(ports: Ports, visitor: HeldVisitor, said: SaidValues, openings: Openings) {
  const { db, sealer } = ports;
  const { id, pending } = visitor;
  const [events, receipts, outcomes, traits] = await Promise.all([
    eventsOf(ports, visitor, openings),
    allReceipts(db, visitor),
    hintsOf(db, [id]),
    sealer.unseal(
      id,
      visitor.traits.map(({ sealed }) => sealed),
    ),
  ]);
  return {
    id,
    origin: visitor.origin,
    since: iso(visitor.created),
    identifiers: visitor.claims.map((claim) => describeClaim(claim, said)),
    permissions: Object.entries(visitor.permissions).flatMap(([key, channels]) =>
      Object.entries(channels).map(([channel, { state, at, source }]) => ({
        address: said.get(key as IdentifierKey) ?? null,
        channel,
        state,
        source,
        at: iso(at),
      })),
    ),
    traits: visitor.traits.map(({ at }, n) => ({ at: iso(at), values: parsed(traits[n] ?? null) })),
    /** Where this browser was seen: a keyed mark tells one network from another, and no address is kept. */
    networks: Object.entries(visitor.sightings?.networks ?? {}).map(([mark, days]) => ({
      mark,
      seen: days.map(([day, hours]) => ({ day: dayName(day), hoursUtc: hoursIn(hours) })),
    })),
    consent: visitor.decision && { ...visitor.decision, at: iso(visitor.decision.at) },
    withdrawn: visitor.retired,
    receipts,
    profile: Object.values(visitor.slice).map(({ day, ...bucket }) => ({
      day: dayName(day),
      ...bucket,
      purposes: namesNow(openings, bucket.purposes),
    })),
    events,
    hints: visitor.hints.map(({ at, until, outcomeAt, ...hint }) => ({
      ...hint,
      at: iso(at),
      until: iso(until),
      outcomeAt: iso(outcomeAt),
    })),
    hintOutcomes: withoutRepeats([...outcomes, ...pending.outcomes]),
    /** What was decided about who this is. */
    decisions: visitor.history.map(({ op, at, by, because, evidence }) => ({
      op,
      at: iso(at),
      by,
      because,
      evidence,
    })),
    /** Other personas of the same human, by an officer's decision. */
    keptApart: visitor.separate.length,
  };
}

const describeClaim = (
  { key, kind, assurance, at, state, reason, place }: Claim,
  said: SaidValues,
) => ({
  kind,
  value: said.get(key) ?? null,
  assurance,
  at: iso(at),
  state,
  ...(reason === undefined ? {} : { reason }),
  /** A keyed mark of where a mail link was followed: it only tells two places apart. */
  ...(place === undefined ? {} : { place }),
});

const hoursIn = (bits: number): number[] =>
  Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => (bits & (1 << hour)) !== 0);

const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));

/** Landed and waiting, each once; traits opened. */
async function eventsOf({ db, sealer }: Ports, visitor: HeldVisitor, openings: Openings) {
  const { id, slice, pending } = visitor;
  const found = new Map<string, UsherEvent>();
  const keep = (event: UsherEvent): unknown => found.set(`${event.day} ${event.id}`, event);
  pending.events.forEach(keep);
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof readJourney>> = await readJourney(db, {
      of: [{ visitor: id, days: daysOf(slice) }],
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const { event } of page.events) keep(event);
    ({ cursor } = page);
  } while (cursor !== null);
  const events = [...found.values()].toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const opened = await sealer.unseal(
    id,
    events.map(({ sealed }) => sealed ?? ""),
  );
  return events.map(({ sealed, day, at, received, ...event }, n) => ({
    ...event,
    purposes: namesNow(openings, event.purposes),
    day: dayName(day),
    at: iso(at),
    received: iso(received),
    ...(sealed === undefined ? {} : { traits: parsed(opened[n] ?? null) }),
  }));
}

async function allReceipts(db: D1Database, { id, pending }: HeldVisitor): Promise<StoredReceipt[]> {
  const found = new Map<number, StoredReceipt>(
    pending.receipts.map((receipt) => [receipt.seq, receipt]),
  );
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof receiptsOf>> = await receiptsOf(db, {
      visitors: [id],
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const receipt of page.receipts) found.set(receipt.seq, receipt);
    ({ cursor } = page);
  } while (cursor !== null);
  return [...found.values()].toSorted((a, b) => a.seq - b.seq);
}

const withoutRepeats = (outcomes: readonly HintRecord[]) =>
  [...new Map(outcomes.map((each) => [`${each.hint}/${each.outcome}`, each])).values()].map(
    ({ visitor, at, ...outcome }) => ({ visitor, ...outcome, at: iso(at) }),
  );

/** Who is named is only who is exported: the other end of a merge that was taken back is somebody else's matter. */
function describeMerge(edge: Edge | UndoneEdge, of: ReadonlySet<VisitorId>, said: SaidValues) {
  const { evidence } = edge;
  const visitors = [edge.a, edge.b].filter((visitor) => of.has(visitor));
  return {
    // A merge is named after one of both.
    ...(visitors.includes(edge.a) ? { id: edge.id } : {}),
    visitors,
    because: edge.because,
    by: edge.by,
    at: iso(edge.at),
    identifier: evidence.kind === "claim" ? (said.get(evidence.identifier) ?? null) : null,
    undone: "undone" in edge ? { at: iso(edge.undone.at), by: edge.undone.by } : null,
  };
}
