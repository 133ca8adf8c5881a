/** Which address a message goes to: one that its channel reaches, that may be contacted over it, and of the right persona. */
import { type Assurance, ASSURANCES, atLeast, type Side } from "../identity/claims.ts";
import { lifeOf } from "../identity/personas.ts";
import { DEFAULT_MERGE_RULES } from "../identity/rules.ts";
import type { IdentifierKey, Millis } from "../ids.ts";
import type { ContactChannel } from "../permission/permission.ts";
import type { ActionChannel, PersonaFit } from "./catalogue.ts";

export interface Address {
  key: IdentifierKey;
  kind: string;
  value: string;
  assurance: Assurance;
  at: Millis;
  side?: Side;
}

/** By channel: the kinds of identifiers it reaches, and the permission it needs. Null: whoever comes to the site sees it. */
export const REACH: Readonly<
  Record<ActionChannel, { kind: string; permission: ContactChannel } | null>
> = {
  site: null,
  email: { kind: "email", permission: "email" },
  push: { kind: "push", permission: "push" },
  sms: { kind: "phone", permission: "sms" },
  sales: { kind: "phone", permission: "call" },
};

const PERSONA: Readonly<Record<Side, Exclude<PersonaFit, "any"> | null>> = {
  work: "work",
  role: "work",
  personal: "personal",
  disposable: null,
};

/** Null where an address doesn't show it. As it was told by the rules in force when it was said. */
export function personaOf({ kind, value, side }: Address): Exclude<PersonaFit, "any"> | null {
  if (side !== undefined) return PERSONA[side];
  return kind === "email" ? PERSONA[lifeOf(value, DEFAULT_MERGE_RULES.personas)] : null;
}

/** Typed at least; a hinted one may be somebody else's forwarded mail. The surest first, of several the one said last. */
export function addressFor(
  action: { channel: ActionChannel; persona: PersonaFit },
  addresses: readonly Address[],
  mayContact: (key: IdentifierKey, channel: ContactChannel) => boolean,
): Address | null {
  const reach = REACH[action.channel];
  if (!reach) return null;
  const [best] = addresses
    .filter(({ kind, assurance }) => kind === reach.kind && atLeast(assurance, "asserted"))
    .filter(({ key }) => mayContact(key, reach.permission))
    .filter((address) => action.persona === "any" || personaOf(address) === action.persona)
    .toSorted(
      (a, b) => ASSURANCES.indexOf(a.assurance) - ASSURANCES.indexOf(b.assurance) || b.at - a.at,
    );
  return best ?? null;
}
