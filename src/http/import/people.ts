/** Known people: one source record for each side of a life, linked with others only where consent counts. */
import { allows, decideSafely, type GateInput } from "../../domain/consent/gate.ts";
import { isKnownChild } from "../../domain/consent/child.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { receiptOf, toDecision } from "../../domain/consent/receipt.ts";
import { readContextConsent } from "../../domain/consent/signals/cmp.ts";
import { NO_SIGNALS } from "../../domain/consent/signals/types.ts";
import type { VisitorId } from "../../domain/ids.ts";
import type { Message } from "../../domain/intake/message.ts";
import type { KeyedClaim, RecordItem } from "../../domain/person/calls.ts";
import {
  type PermissionChange,
  type PermissionWord,
  REACHES,
  suppressionsIn,
} from "../../domain/permission/permission.ts";
import type { ImportedPerson } from "../../import/rows.ts";
import { takeNamed } from "../blocked.ts";
import { itemOf, keyed } from "../collect/items.ts";
import { suppress } from "../suppress.ts";
import { idsOf, type Import, nameOf, type Outcome, SENDER } from "./job.ts";
import { apartFrom, sidesOf, withLives } from "./lives.ts";

/** Who else has an address that isn't to be written to is told before anything is put away: what fails is read again. */
export async function putPeople(
  job: Import,
  people: readonly ImportedPerson[],
): Promise<Outcome[]> {
  const all = await Promise.all(
    people.map(async (person) =>
      Promise.all((await sidesOf(job, person)).map((side) => read(job, side))),
    ),
  );
  const rows = all.flat().flatMap((each) => ("as" in each ? [] : [each]));
  const suppressed = await Promise.all(
    rows.map(({ permissions, visitor }) =>
      newIn(suppressionsIn(permissions), visitor, job.services),
    ),
  );
  await suppress(suppressed.flat(), job.services);
  await dropRefused(rows, job.services);
  return Promise.all(all.map((sides) => putSides(job, sides)));
}

/** Of two sides that of the account first; where it isn't taken the other isn't either, since both are one human's. */
async function putSides(
  job: Import,
  [first, second]: readonly (Row | NonNullable<Outcome>)[],
): Promise<Outcome> {
  if (!first) return null;
  const refused = [first, second].find((each) => each && "as" in each);
  if (refused && "as" in refused) return refused;
  const done = await put(job, first as Row);
  if (!second || done.outcome) return done.outcome;
  const row = second as Row;
  return (await put(job, row, done.visitor)).outcome;
}

/** Of those who say one address, so many are looked at. */
const HOLDERS_ASKED = 100;

/** Takes out the permissions for addresses that somebody else has suppressed: a list asks nobody again. */
async function dropRefused(rows: readonly Row[], { index, people }: Ports): Promise<void> {
  const granted = rows.flatMap(({ permissions }) =>
    permissions.flatMap(({ identifier, state }) =>
      identifier !== null && state === "granted" ? [identifier] : [],
    ),
  );
  if (granted.length === 0) return;
  const holders = await index.claimants(granted);
  const isRefused = async (
    { identifier, channel, state }: PermissionWord,
    own: VisitorId,
  ): Promise<boolean> => {
    if (identifier === null || state !== "granted") return false;
    const others = (holders.get(identifier) ?? []).filter((visitor) => visitor !== own);
    for (const visitor of others.slice(0, HOLDERS_ASKED)) {
      const answer = await people.view(visitor);
      if (answer.at !== "home") continue;
      const held = answer.value.visitors
        .filter(({ id }) => id !== own)
        .map(({ permissions }) => permissions[identifier]?.[channel]);
      if (held.some((each) => each?.proven && each.state === "suppressed")) return true;
    }
    return false;
  };
  await Promise.all(
    rows.map(async (row) => {
      const refused = await Promise.all(
        row.permissions.map((word) => isRefused(word, row.visitor)),
      );
      row.permissions = row.permissions.filter((_, at) => !refused[at]);
    }),
  );
}

type Ports = Pick<Import["services"], "index" | "people">;

/** A row as it will be put away. */
interface Row {
  person: ImportedPerson;
  message: Message;
  claims: KeyedClaim[];
  permissions: PermissionWord[];
  visitor: VisitorId;
}

async function read(job: Import, person: ImportedPerson): Promise<Row | NonNullable<Outcome>> {
  const { services } = job;
  const taken = await takeNamed(
    {
      type: "identify",
      messageId: await nameOf(job, person),
      ...idsOf(person.ids),
      traits: person.traits,
    },
    SENDER,
    services,
    () => crypto.randomUUID(),
  );
  if (!taken.ok) return { as: "invalid", message: `can't be taken: ${taken.reason}` };
  const { message } = taken;
  const told = await withLives(job, person, message.claims, await keyed(message.claims, services));
  const claims = told.map(sureOfOwnIds);
  const permissions = wordsOf(job, person, claims);
  return { person, message, claims, permissions, visitor: await sourceOf(job, message) };
}

/** What became of it, and as which visitor it was put away. */
interface Put {
  outcome: Outcome;
  visitor: VisitorId;
}

/** `first`: the other side of the same life. */
async function put(job: Import, row: Row, first?: VisitorId): Promise<Put> {
  const { services, policy } = job;
  const { person, message, claims, permissions } = row;
  const consented = job.approved && person.consent ? person.consent : null;
  const gate = gateOf(job, person, consented);
  const result = decideSafely(gate);
  const counts = consented !== null && allows(policy, result, "events");
  const receipt =
    consented &&
    receiptOf({
      method: "import",
      controller: services.config.siteName,
      notice: null,
      withdrawal: "/_u/me",
      gate,
      result,
    });
  const item: RecordItem = counts
    ? itemOf(message, claims, policy, result, permissions)
    : { ...bare(message, claims, policy), permissions };
  let { visitor } = row;
  for (;;) {
    const answer = await services.people.record({
      visitor,
      origin: "import",
      now: services.now,
      decision: consented ? toDecision(gate, result) : null,
      ...(receipt ? { receipt } : {}),
      ifKnownAs: null,
      ...(counts ? {} : { unasked: true as const }),
      ...(first ? { apart: apartFrom(job, first, visitor) } : {}),
      items: [item],
    });
    if (answer.at !== "home")
      return { outcome: { as: "dropped", message: "was erased, and stays so" }, visitor };
    const { outcomes, rotate } = answer.value;
    if (rotate === null) {
      const [outcome] = outcomes;
      const stands = !outcome || outcome.kept || outcome.reason === "duplicate";
      return {
        outcome: stands ? null : { as: "dropped", message: `isn't kept: ${outcome.reason}` },
        visitor,
      };
    }
    visitor = await services.identifiers.rotatedVisitor(visitor, rotate);
  }
}

/** The organisation, or its mail tool, gave these ids itself; addresses it was told. */
const sureOfOwnIds = (claim: KeyedClaim): KeyedClaim =>
  claim.kind === "user_id" || claim.kind === "crm" || claim.kind.startsWith("esp:")
    ? { ...claim, assurance: "verified" }
    : claim;

/** What is known of somebody whom nobody has asked: under no purpose. */
const bare = (message: Message, claims: KeyedClaim[], policy: Policy): RecordItem => ({
  event: { ...message.draft, purposes: [], policy: policy.version },
  dedupe: true,
  claims,
  traits: message.traits,
});

function gateOf(
  { services, policy }: Import,
  { traits }: ImportedPerson,
  consent: Record<string, boolean> | null,
): GateInput {
  return {
    policy,
    region: null,
    browser: false,
    signals: NO_SIGNALS,
    choice: null,
    carried: consent
      ? readContextConsent({ consent: { categoryPreferences: consent } })
      : { state: "none" },
    subject: { child: isKnownChild({ traits }, services.now, policy.childBelow), erased: false },
    now: services.now,
  };
}

/** A refusal counts whoever brings it; a permission only from an origin that an officer approved. */
function wordsOf(
  job: Import,
  person: ImportedPerson,
  claims: readonly KeyedClaim[],
): PermissionWord[] {
  return person.permissions
    .filter(({ granted }) => job.approved || !granted)
    .flatMap(({ channel, granted }) =>
      claims
        .filter(({ kind }) => kind === REACHES[channel])
        .map(({ key }) => ({
          identifier: key,
          channel,
          state: granted ? ("granted" as const) : ("suppressed" as const),
          at: job.services.now,
          source: `import:${job.origin}` as const,
          proven: true,
        })),
    );
}

/** Those that this source hasn't said before: the same file again changes nothing, also for who signed up since. */
async function newIn(
  changes: readonly PermissionChange[],
  visitor: VisitorId,
  { people }: Ports,
): Promise<readonly PermissionChange[]> {
  if (changes.length === 0) return changes;
  const answer = await people.view(visitor);
  if (answer.at !== "home") return changes;
  const before = answer.value.visitors.find(({ id }) => id === visitor)?.permissions ?? {};
  return changes.filter(({ identifier, channel, state, source }) => {
    const held = before[identifier]?.[channel];
    return held?.state !== state || held.source !== source;
  });
}

/** One record a source and person, apart from what other sources say: so it can be taken back alone. */
async function sourceOf({ services, origin }: Import, message: Message): Promise<VisitorId> {
  const order = ["user_id", "crm", "email", "phone"] as const;
  const first =
    order
      .map((kind) => message.claims.find((claim) => claim.kind === kind))
      .find((claim) => claim !== undefined) ?? message.claims[0];
  const { kind, value } = first ?? { kind: "anonymous_id" as const, value: message.draft.id };
  return services.identifiers.sourceVisitor(kind, `import\0${origin}\0${value}`);
}
