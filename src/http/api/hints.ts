/** `GET /_u/api/hints`: who should get what now, by which permitted channel and address, and why. */
import { addressFor, type Address, REACH } from "../../domain/action/address.ts";
import type { Action, ActionChannel, Catalogue } from "../../domain/action/catalogue.ts";
import type { PersonId, VisitorId } from "../../domain/ids.ts";
import { mayContact } from "../../domain/permission/permission.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import type { FittingAnswer } from "../../domain/person/people.ts";
import type { Stage } from "../../domain/person/stage.ts";
import { Problem } from "../../domain/problem.ts";
import { listPeople } from "../../d1/people.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { csv, csvResponse } from "../csv.ts";
import { json } from "../respond.ts";
import { asked, iso, pageSize } from "./input.ts";

export interface HintLine {
  person: PersonId;
  stage: Stage;
  /** People with similar journeys; null while nothing tells. */
  segment: string | null;
  action: string;
  label: string;
  channel: ActionChannel;
  /** Only one that may be contacted over this channel at this moment; null where there is none, and on the site. */
  address: string | null;
  /** False: it fits, but no address of theirs may be contacted over this channel. */
  permitted: boolean;
  why: string[];
  /** Chance of a take, 0 to 1. */
  expected: number;
}

export interface HintList {
  at: string;
  /** People looked at. */
  people: number;
  hints: HintLine[];
  cursor: string | null;
}

/** What the list is made from; a part of the context, so that the scheduled job can make it too. */
export type HintPorts = Pick<Context, "db" | "people" | "sealer" | "catalogue" | "learned" | "now">;

export interface HintQuery {
  action?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Person objects asked at once: subrequests are limited. */
const AT_ONCE = 16;

/** One page of the directory, last seen first. @throws Problem `not_found` for an action that isn't in the catalogue. */
export async function hintList(context: HintPorts, query: HintQuery): Promise<HintList> {
  const whole = await context.catalogue();
  const actions = whole.actions.filter(
    ({ id }) => query.action === undefined || id === query.action,
  );
  if (query.action !== undefined && actions.length === 0)
    throw new Problem("not_found", "there is no such action");
  const catalogue: Catalogue = { ...whole, actions };
  const { limit, cursor } = query;
  const page = await listPeople(context.db, { limit, ...(cursor === undefined ? {} : { cursor }) });
  const hints: HintLine[] = [];
  for (let from = 0; from < page.people.length; from += AT_ONCE) {
    const lines = page.people
      .slice(from, from + AT_ONCE)
      .map(({ id }) => linesOf(context, catalogue, id));
    hints.push(...(await Promise.all(lines)).flat());
  }
  return { at: iso(context.now), people: page.people.length, hints, cursor: page.cursor };
}

/** Null where the person moved into another, which is listed itself, or is gone. */
export async function fittingFor(
  context: HintPorts,
  catalogue: Catalogue,
  person: PersonId,
): Promise<FittingAnswer | null> {
  const learned = await context.learned();
  const answer = await context.people.fitting({
    visitor: person,
    now: context.now,
    catalogue,
    learned,
  });
  return answer.at === "home" && answer.home === person ? answer.value : null;
}

async function linesOf(
  context: HintPorts,
  catalogue: Catalogue,
  person: PersonId,
): Promise<HintLine[]> {
  const fitting = await fittingFor(context, catalogue, person);
  return fitting ? linesIn(context, catalogue.actions, person, fitting) : [];
}

/** What fits somebody of these actions, with the address that may be used for each. */
export async function linesIn(
  context: HintPorts,
  actions: readonly Action[],
  person: PersonId,
  fitting: FittingAnswer,
): Promise<HintLine[]> {
  const byId = new Map(actions.map((action) => [action.id, action]));
  const found = fitting.fits.flatMap((fits) => {
    const action = byId.get(fits.action);
    return action ? [{ ...fits, action }] : [];
  });
  const needsAddress = found.some(({ action }) => REACH[action.channel] !== null);
  const contact = needsAddress ? await contactsOf(context, fitting) : null;
  return found.map(({ action, why, expected }) => {
    const address = contact?.(action) ?? null;
    return {
      person,
      stage: fitting.stage,
      segment: fitting.segment,
      action: action.id,
      label: action.label,
      channel: action.channel,
      address: address?.value ?? null,
      permitted: REACH[action.channel] === null || address !== null,
      why,
      expected,
    };
  });
}

/** Permissions are the whole person's, so that a suppression anywhere counts; addresses are those proven to be its own. */
async function contactsOf(
  context: HintPorts,
  { visitor, trusted }: FittingAnswer,
): Promise<((action: Action) => Address | null) | null> {
  const answer = await context.people.view(visitor);
  if (answer.at !== "home") return null;
  const { visitors } = answer.value;
  const addresses = await addressesOf(context, answer.value, new Set(trusted));
  return (action) =>
    addressFor(action, addresses, (key, channel) => mayContact(visitors, key, channel));
}

/** Only what some channel may use is opened. */
async function addressesOf(
  { sealer }: HintPorts,
  { visitors }: PersonView,
  trusted: ReadonlySet<VisitorId>,
): Promise<Address[]> {
  const claims = visitors
    .filter(({ id }) => trusted.has(id))
    .flatMap(({ id, claims: said }) => said.map((claim) => ({ id, claim })))
    .filter(({ claim }) => claim.state !== "refused" && claim.sealed !== undefined)
    .filter(({ claim }) =>
      Object.values(REACH).some(
        (reach) => reach?.kind === claim.kind && mayContact(visitors, claim.key, reach.permission),
      ),
    );
  const opened = await Promise.all(
    claims.map(async ({ id, claim: { key, kind, assurance, at, side, sealed = "" } }) => {
      const [value] = await sealer.unseal(id, [sealed]);
      return value ? [{ key, kind, assurance, at, value, ...(side ? { side } : {}) }] : [];
    }),
  );
  return opened.flat();
}

const query = (request: Request) => ({
  action: asked(request, "action"),
  limit: pageSize(request),
  cursor: asked(request, "cursor"),
});

/** People looked at for one answer; each is a call to an object or two. */
const LOOKED_AT_MOST = 300;

/**
 * Of one action the directory's pages are gone through until something fills an answer: what few people get shouldn't look
 * like what nobody gets.
 */
async function search(context: HintPorts, asking: HintQuery): Promise<HintList> {
  let list = await hintList(context, asking);
  if (asking.action === undefined) return list;
  while (
    list.cursor !== null &&
    list.hints.length < asking.limit &&
    list.people + asking.limit <= LOOKED_AT_MOST
  ) {
    const { people, hints, cursor } = await hintList(context, { ...asking, cursor: list.cursor });
    list = { ...list, people: list.people + people, hints: [...list.hints, ...hints], cursor };
  }
  return list;
}

export const getHints = forRole("marketer", async (request, context) =>
  json(await search(context, query(request))),
);

const COLUMNS = [
  "person",
  "stage",
  "segment",
  "action",
  "label",
  "channel",
  "address",
  "permitted",
  "why",
  "expected",
  "at",
] as const;

/** One list of all pages. */
export const hintsCsv = (pages: readonly HintList[]): string =>
  csv(
    COLUMNS,
    pages.flatMap(({ at, hints }) =>
      hints.map((hint) => [
        hint.person,
        hint.stage,
        hint.segment,
        hint.action,
        hint.label,
        hint.channel,
        hint.address,
        hint.permitted ? "yes" : "no",
        hint.why.join("; "),
        Number(hint.expected.toFixed(4)),
        at,
      ]),
    ),
  );

export const getHintsCsv = forRole("marketer", async (request, context) => {
  const page = await search(context, query(request));
  return csvResponse(
    hintsCsv([page]),
    "hints.csv",
    page.cursor === null ? {} : { "usher-cursor": page.cursor },
  );
});
