/** `GET /_u/api/people/{id}/sides`: one human with both sides of their life, as people see themselves. */
import { openingsOf } from "../../domain/consent/openings.ts";
import type { Address } from "../../domain/action/address.ts";
import type { ActionChannel } from "../../domain/action/catalogue.ts";
import type { Device } from "../../domain/event.ts";
import type { Assurance, IdentifierKind } from "../../domain/identity/claims.ts";
import type { Side } from "../../domain/identity/claims.ts";
import type { Sharing } from "../../domain/identity/rules.ts";
import type { IdentifierKey, PersonId, VisitorId } from "../../domain/ids.ts";
import { mayContact } from "../../domain/permission/permission.ts";
import type { PersonView } from "../../domain/person/calls.ts";
import {
  type Answered,
  type DeviceLife,
  lifeOfDevice,
  type Matters,
  mattersOf,
  type Preference,
  preferencesOf,
} from "../../domain/person/sides.ts";
import { forRole } from "../auth.ts";
import type { Context } from "../context.ts";
import { json } from "../respond.ts";
import { requireVisitorId } from "./identifiers.ts";
import {
  bestKnown,
  describe,
  findPerson,
  identifiersByKey,
  loadPerson,
  type PermissionAnswer,
  type PersonAnswer,
} from "./person.ts";

export interface SideAddress {
  kind: IdentifierKind;
  /** Null when the key to it is gone. */
  value: string | null;
  assurance: Assurance;
  /** Only of e-mail addresses. */
  side: Side | null;
  permissions: PermissionAnswer[];
}

export interface SideDevice {
  visitor: VisitorId;
  device: Device | null;
  sharing: Sharing | null;
  life: DeviceLife;
  lastSeen: string;
  events: number;
}

/** One persona. */
export interface SideAnswer {
  person: PersonId;
  stage: PersonAnswer["stage"];
  addresses: SideAddress[];
  devices: SideDevice[];
  /** What each side of life is about, by what was read on its devices. */
  matters: Matters[];
  /** Where they would rather be asked: per side of life the likeliest channel in front. */
  rather: Preference[];
}

export interface SidesAnswer {
  person: PersonId;
  sides: SideAnswer[];
}

/** Of so many other personas; a human has two or three. */
const OTHERS_MAX = 8;

/** The person asked for in front, then those that are kept apart from it. */
export async function sidesOf(context: Context, view: PersonView): Promise<SidesAnswer> {
  const apart = new Set(view.visitors.flatMap(({ separate }) => separate));
  const others = await Promise.all(
    [...apart].slice(0, OTHERS_MAX).map((visitor) => findPerson(context, visitor)),
  );
  const personas = new Map<PersonId, PersonView>([[view.id, view]]);
  for (const other of others) if (other && !personas.has(other.id)) personas.set(other.id, other);
  return {
    person: view.id,
    sides: await Promise.all([...personas.values()].map((persona) => sideOf(context, persona))),
  };
}

async function sideOf(context: Context, view: PersonView): Promise<SideAnswer> {
  const [person, known, answered] = await Promise.all([
    describe(context, view),
    identifiersByKey(context, view.visitors),
    answersOf(context, view),
  ]);
  const said = new Map(
    view.visitors.flatMap(({ claims }) =>
      claims.filter(({ state }) => state !== "refused").map((claim) => [claim.key, claim]),
    ),
  );
  const addresses = [...said].flatMap(([key, { kind, side, at }]) => {
    const line = known.get(key);
    if (!line || !isAddress(kind)) return [];
    const { value, assurance, permissions } = line;
    return [{ key, at, kind, value, assurance, side: side ?? null, permissions }];
  });
  return {
    person: view.id,
    stage: person.stage,
    addresses: addresses.map(({ kind, value, assurance, side, permissions }) => ({
      kind,
      value,
      assurance,
      side,
      permissions,
    })),
    devices: person.visitors.flatMap(({ id, origin, device, sharing, lastSeen, events }) => {
      const claims = view.visitors.find((visitor) => visitor.id === id)?.claims ?? [];
      if (origin !== "browser") return [];
      return [{ visitor: id, device, sharing, life: lifeOfDevice(claims), lastSeen, events }];
    }),
    matters: mattersOf(
      view.visitors.map(({ claims, slice }) => ({ life: lifeOfDevice(claims), slice })),
      openingsOf(await context.policy()),
    ),
    rather: preferencesOf(
      addresses.flatMap(opened),
      (key, channel) => mayContact(view.visitors, key, channel),
      answered,
    ),
  };
}

const isAddress = (kind: IdentifierKind): boolean =>
  kind === "email" || kind === "phone" || (kind as string) === "push";

const opened = ({
  value,
  side,
  ...address
}: SideAddress & { key: IdentifierKey; at: number }): Address[] =>
  value === null ? [] : [{ ...address, value, ...(side ? { side } : {}) }];

/** What they did with what was suggested, by channel, on all that is proven to be theirs. */
async function answersOf(
  context: Context,
  view: PersonView,
): Promise<Map<ActionChannel, Answered>> {
  const [catalogue, held] = await Promise.all([
    context.catalogue(),
    context.people.holdings(bestKnown(view).id),
  ]);
  const answered = new Map<ActionChannel, Answered>();
  if (held.at !== "home") return answered;
  const channels = new Map(catalogue.actions.map(({ id, channel }) => [id, channel]));
  for (const { action, outcome } of held.value.visitors.flatMap(({ hints }) => hints)) {
    const channel = channels.get(action);
    if (channel === undefined || outcome === "made") continue;
    const { given, taken } = answered.get(channel) ?? { given: 0, taken: 0 };
    answered.set(channel, { given: given + 1, taken: taken + (outcome === "taken" ? 1 : 0) });
  }
  return answered;
}

export const getSides = forRole("either", async (request, context) =>
  json(await sidesOf(context, await loadPerson(context, requireVisitorId(request.params["id"])))),
);
