/** Who should get what now, by which permitted channel and address, and why: the lines of every list of hints. */
import { addressFor, type Address, REACH } from "../../domain/action/address.ts";
import type { Action, ActionChannel, Catalogue } from "../../domain/action/catalogue.ts";
import { type Ranked, withTopic } from "../../domain/action/arbitrate.ts";
import type { IdentifierKey, PersonId, VisitorId } from "../../domain/ids.ts";
import { mayContact } from "../../domain/permission/permission.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import type { FittingAnswer } from "../../domain/person/people.ts";
import type { Stage } from "../../domain/person/stage.ts";
import type { Context } from "../context.ts";

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
  /** Its share of the priorities of all that the person may get over this channel, 0 to 1; on the site the moment decides. */
  priority: number;
  /** True for the one message that goes first to this person over this channel. */
  first: boolean;
  title: string;
  text: string;
  href: string;
}

/** A line with what it takes to send it: that stays here. */
export interface SendableLine extends HintLine {
  sending: {
    /** Whom the hint is given to, of the person's visitors. */
    visitor: VisitorId;
    /** The address as its key. */
    to: IdentifierKey | null;
    /** Chance with which it was drawn to go first; null for all others. */
    propensity: number | null;
  };
}

/** What the list is made from; a part of the context, so that the scheduled job can make it too. */
export type HintPorts = Pick<Context, "db" | "people" | "sealer" | "catalogue" | "learned" | "now">;

/** Person objects asked at once: subrequests are limited. */
const AT_ONCE = 16;

/** Of these persons, in their order. */
export async function linesOfAll(
  context: HintPorts,
  catalogue: Catalogue,
  persons: readonly PersonId[],
): Promise<SendableLine[]> {
  const lines: SendableLine[] = [];
  for (let from = 0; from < persons.length; from += AT_ONCE) {
    const asked = persons.slice(from, from + AT_ONCE).map((id) => linesOf(context, catalogue, id));
    lines.push(...(await Promise.all(asked)).flat());
  }
  return lines;
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

/** Of one person, with what goes first over each channel. */
async function linesOf(
  context: HintPorts,
  catalogue: Catalogue,
  person: PersonId,
): Promise<SendableLine[]> {
  const fitting = await fittingFor(context, catalogue, person);
  if (!fitting) return [];
  const lines = await linesIn(context, catalogue.actions, person, fitting);
  // What went first may go to no address; then it is drawn among what may.
  const closed = new Set(lines.filter(({ permitted }) => !permitted).map(({ action }) => action));
  if (!lines.some(({ action, first }) => first && closed.has(action))) return lines;
  const open = catalogue.actions.filter(({ id }) => !closed.has(id));
  const again = await fittingFor(context, { ...catalogue, actions: open }, person);
  const ranks = new Map(again?.fits.map((fits) => [fits.action, fits]));
  return lines.map((line) => ranked(line, ranks.get(line.action)));
}

const ranked = (line: SendableLine, place: Ranked | undefined): SendableLine => ({
  ...line,
  priority: place?.priority ?? 0,
  first: typeof place?.propensity === "number",
  sending: { ...line.sending, propensity: place?.propensity ?? null },
});

/** What fits somebody of these actions, with the address that may be used for each. */
export async function linesIn(
  context: HintPorts,
  actions: readonly Action[],
  person: PersonId,
  fitting: FittingAnswer,
): Promise<SendableLine[]> {
  const byId = new Map(actions.map((action) => [action.id, action]));
  const found = fitting.fits.flatMap((fits) => {
    const action = byId.get(fits.action);
    return action ? [{ ...fits, action }] : [];
  });
  const needsAddress = found.some(({ action }) => REACH[action.channel] !== null);
  const contact = needsAddress ? await contactsOf(context, fitting) : null;
  return found.map(({ action, why, expected, topic, priority, propensity }) => {
    const address = contact?.(action) ?? null;
    const { title, text, href } = withTopic(action, topic);
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
      priority,
      first: propensity !== null,
      title,
      text,
      href,
      sending: { visitor: fitting.visitor, to: address?.key ?? null, propensity },
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

/** Whom lines name. */
export const personsOf = (lines: readonly Pick<HintLine, "person">[]): PersonId[] =>
  lines.map(({ person }) => person);

/** A line as it is shown. */
export function told(line: SendableLine): HintLine {
  const { sending: _, ...shown } = line;
  return shown;
}
