/** One person as officers and marketers see it: who, by which evidence, and how well known. */
import type { Device } from "../../domain/event.ts";
import {
  type Assurance,
  type Claim,
  type ClaimState,
  type IdentifierKind,
  namesDevice,
  surer,
} from "../../domain/identity/claims.ts";
import type { MergeRules, Sharing } from "../../domain/identity/rules.ts";
import { sharingOf } from "../../domain/identity/sharing.ts";
import type { IdentifierKey, PersonId, VisitorId } from "../../domain/ids.ts";
import { isObject, type JsonObject } from "../../domain/json.ts";
import type { PersonView, VisitorView } from "../../domain/person/calls.ts";
import { reaches, type Stage } from "../../domain/person/stage.ts";
import { foldTraits } from "../../domain/person/traits.ts";
import { Problem } from "../../domain/problem.ts";
import { believe, type Belief } from "../../domain/identity/hints.ts";
import {
  type ContactChannel,
  type PermissionState,
  standingPermissions,
} from "../../domain/permission/permission.ts";
import { isDisowned } from "../../domain/identity/turned-down.ts";
import { followersOf } from "../../d1/followers.ts";
import { summarise, type Summary } from "../../domain/slice/summary.ts";
import { READS_FOR_ACTIVITY } from "../../person/directory.ts";
import type { Context } from "../context.ts";
import { type HistoryLine, historyOf } from "./history.ts";
import { iso } from "./input.ts";
import { describeMerge, type MergeAnswer } from "./merge-answer.ts";

export interface PersonAnswer {
  id: PersonId;
  stage: Stage;
  /** What they said of themselves, newest value of each trait. */
  traits: JsonObject;
  visitors: VisitorAnswer[];
  identifiers: IdentifierAnswer[];
  merges: MergeAnswer[];
  /** Other personas of the same human: persons of their own. */
  separate: VisitorId[];
  /** Everything that was decided about who this is, newest first. */
  history: HistoryLine[];
}

export interface VisitorAnswer {
  id: VisitorId;
  origin: VisitorView["origin"];
  device: Device | null;
  firstSeen: string;
  lastSeen: string;
  events: number;
  /** Whose device it is; null for what isn't a device. */
  sharing: Sharing | null;
}

export interface IdentifierAnswer {
  kind: IdentifierKind;
  /** Null when the key to it is gone. */
  value: string | null;
  assurance: Assurance;
  /** `refused`: said here, but it is somebody else's by the merge policy; `reason` says by which rule. */
  state: ClaimState;
  reason: string | null;
  /** Who of the visitors said it. */
  visitors: VisitorId[];
  /** Only where there are any: those who said it, and of whom an officer decided that it isn't theirs. */
  disowned?: VisitorId[];
  /** Over which channels this address may be contacted, or mustn't be. */
  permissions: PermissionAnswer[];
  /** Only of what a mail link hints at: how far it may be believed. */
  belief?: Belief;
}

export interface PermissionAnswer {
  channel: ContactChannel;
  state: PermissionState;
  since: string;
  source: string;
}

/** @throws Problem `not_found` when nobody of this id was recorded, or it was erased. */
export async function loadPerson(context: Context, id: VisitorId): Promise<PersonView> {
  const view = await findPerson(context, id);
  if (view) return view;
  throw new Problem("not_found", "there is nobody of this id");
}

export async function findPerson(
  context: Pick<Context, "people">,
  id: VisitorId,
): Promise<PersonView | null> {
  const answer = await context.people.view(id);
  return answer.at === "home" ? answer.value : null;
}

export const summaryOf = (visitors: readonly VisitorView[]): Summary =>
  summarise(Object.fromEntries(visitors.map(({ id, slice }) => [id, slice])));

const names = (claim: Claim): boolean => !namesDevice(claim.kind) && claim.state !== "refused";

/** How well these visitors are known, by the surest of their claims. */
export function stageOf(visitors: readonly VisitorView[]): Stage {
  const claims = visitors.flatMap((visitor) => visitor.claims).filter(names);
  if (claims.some(({ assurance }) => assurance === "verified")) return "person";
  if (claims.some(({ assurance }) => assurance === "asserted")) return "identified";
  const reads = Object.values(summaryOf(visitors).topics).reduce((a, b) => a + b, 0);
  return reads >= READS_FOR_ACTIVITY ? "activity" : "device";
}

/** Whom to ask for the person's next action: the visitor best known, of several the one last seen. */
export function bestKnown(view: PersonView): VisitorView {
  const better = (a: VisitorView, b: VisitorView): VisitorView => {
    const [x, y] = [stageOf([a]), stageOf([b])];
    if (x !== y) return reaches(x, y) ? a : b;
    return lastSeen(b) > lastSeen(a) ? b : a;
  };
  return view.visitors.reduce(better);
}

export const lastSeen = (visitor: VisitorView): number =>
  summaryOf([visitor]).lastSeen ?? visitor.created;

export async function describe(context: Context, view: PersonView): Promise<PersonAnswer> {
  const here = new Set(view.visitors.map(({ id }) => id));
  const [known, traits, rules] = await Promise.all([
    identifiersByKey(context, view.visitors),
    traitsOf(context, view.visitors),
    context.mergeRules(),
  ]);
  const merges = [...view.edges, ...view.undone].toSorted((a, b) => a.at - b.at);
  return {
    id: view.id,
    stage: stageOf(view.visitors),
    traits,
    visitors: view.visitors.map((visitor) => describeVisitor(visitor, rules)),
    identifiers: [...known.values()],
    merges: merges.map((edge) => describeMerge(edge, known, view.visitors)),
    separate: [...new Set(view.visitors.flatMap((visitor) => visitor.separate))].filter(
      (id) => !here.has(id),
    ),
    history: historyOf(view),
  };
}

function describeVisitor(visitor: VisitorView, rules: MergeRules): VisitorAnswer {
  const summary = summaryOf([visitor]);
  return {
    id: visitor.id,
    origin: visitor.origin,
    device: summary.devices[0] ?? null,
    firstSeen: iso(summary.firstSeen ?? visitor.created),
    lastSeen: iso(summary.lastSeen ?? visitor.created),
    events: summary.events,
    sharing: visitor.origin === "browser" ? sharingOf(visitor.device, rules) : null,
  };
}

/** What opens what people said. */
export type Opener = Pick<Context, "sealer" | "db" | "people">;

/** One line an identifier, whoever of the visitors said it. */
export const identifiersOf = async (
  context: Opener,
  visitors: readonly VisitorView[],
): Promise<IdentifierAnswer[]> => [...(await identifiersByKey(context, visitors)).values()];

export async function identifiersByKey(
  context: Opener,
  visitors: readonly VisitorView[],
): Promise<Map<IdentifierKey, IdentifierAnswer>> {
  const byKey = new Map<IdentifierKey, { visitor: VisitorId; claim: Claim }[]>();
  for (const { id, claims } of visitors)
    for (const claim of claims) {
      const said = byKey.get(claim.key) ?? [];
      byKey.set(claim.key, [...said, { visitor: id, claim }]);
    }
  const described = [...byKey].map(
    async ([key, said]) => [key, await describeIdentifier(context, visitors, said)] as const,
  );
  return new Map(await Promise.all(described));
}

async function describeIdentifier(
  context: Opener,
  persons: readonly VisitorView[],
  said: readonly { visitor: VisitorId; claim: Claim }[],
): Promise<IdentifierAnswer> {
  // Where it stands for one of them it is the person's; refused elsewhere is that visitor's own matter.
  const standing = said.filter(({ claim }) => claim.state !== "refused");
  const counted = standing.length > 0 ? standing : said;
  const claims = counted.map(({ claim }) => claim);
  const [first] = claims as [Claim, ...Claim[]];
  const belief = await beliefIn(context, counted);
  return {
    kind: first.kind,
    value: await firstValue(context, counted),
    assurance: claims.map(({ assurance }) => assurance).reduce(surer),
    state: first.state,
    reason: first.reason ?? null,
    visitors: counted.map(({ visitor }) => visitor),
    ...disownedIn(said),
    permissions: standingPermissions(persons, first.key).map(({ channel, state, at, source }) => ({
      channel,
      state,
      since: iso(at),
      source,
    })),
    ...(belief ? { belief } : {}),
  };
}

function disownedIn(
  said: readonly { visitor: VisitorId; claim: Claim }[],
): Pick<IdentifierAnswer, "disowned"> {
  const disowned = said.flatMap(({ visitor, claim }) => (isDisowned(claim) ? [visitor] : []));
  return disowned.length === 0 ? {} : { disowned };
}

/** Null for what isn't hinted. Whoever else followed the link, and who of them proved who they are, tells. */
async function beliefIn(
  context: Opener,
  said: readonly { visitor: VisitorId; claim: Claim }[],
): Promise<Belief | null> {
  const hinted = said.find(({ claim }) => claim.assurance === "hinted");
  if (!hinted || said.some(({ claim }) => claim.assurance !== "hinted")) return null;
  const key = hinted.claim.key;
  const followers = (await followersOf(context.db, [key])).get(key) ?? [];
  const proven = await Promise.all(
    followers.map(async ({ visitor, at }) => {
      const view = await findPerson(context, visitor);
      const isProven = view !== null && stageOf(view.visitors) === "person";
      const said = view?.visitors.find(({ id }) => id === visitor)?.claims;
      const claim = said?.find((each) => each.key === key);
      return {
        visitor,
        at,
        proven: isProven ? view.id : null,
        place: claim?.place ?? null,
        ...(claim && claim.assurance !== "hinted" ? { isRecord: true as const } : {}),
      };
    }),
  );
  return believe(hinted.visitor, proven);
}

async function firstValue(
  context: Opener,
  said: readonly { visitor: VisitorId; claim: Claim }[],
): Promise<string | null> {
  for (const { visitor, claim } of said) {
    if (claim.sealed === undefined) continue;
    const [value] = await context.sealer.unseal(visitor, [claim.sealed]);
    if (value) return value;
  }
  return null;
}

export async function traitsOf(
  context: Opener,
  visitors: readonly VisitorView[],
): Promise<JsonObject> {
  const sets = await Promise.all(
    visitors.map(async ({ id, traits }) => {
      const texts = await context.sealer.unseal(
        id,
        traits.map(({ sealed }) => sealed),
      );
      return traits.map(({ at }, index) => ({ at, text: texts[index] ?? null }));
    }),
  );
  const oldestFirst = sets.flat().toSorted((a, b) => a.at - b.at);
  return foldTraits(
    oldestFirst.flatMap(({ text }) => {
      const traits: unknown = text === null ? null : JSON.parse(text);
      return isObject(traits) ? [traits] : [];
    }),
  );
}
