/** Which address a message goes to: one that its channel reaches, that may be contacted over it, and of the right persona. */
import { type Assurance, ASSURANCES, atLeast } from "../identity/claims.ts";
import type { IdentifierKey } from "../ids.ts";
import type { ContactChannel } from "../permission/permission.ts";
import type { ActionChannel, PersonaFit } from "./catalogue.ts";

export interface Address {
  key: IdentifierKey;
  kind: string;
  value: string;
  assurance: Assurance;
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

/** Where people have their private mail; whatever else is taken for work. */
const PRIVATE_MAIL =
  /@(?:gmail|googlemail|outlook|hotmail|live|msn|icloud|me|mac|yahoo|ymail|aol|gmx|web|t-online|freenet|posteo|mailbox|proton|protonmail|pm|fastmail|hey|zoho|mail|orange|wanadoo|laposte|libero|virgilio|btinternet|sky|virginmedia|comcast|verizon|att|sbcglobal)\.[a-z.]{2,6}$/i;

/** Null where an address doesn't show it. */
export const personaOf = ({ kind, value }: Address): Exclude<PersonaFit, "any"> | null =>
  kind !== "email" ? null : PRIVATE_MAIL.test(value) ? "personal" : "work";

/** Typed at least; a hinted one may be somebody else's forwarded mail. The surest first. */
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
    .toSorted((a, b) => ASSURANCES.indexOf(a.assurance) - ASSURANCES.indexOf(b.assurance));
  return best ?? null;
}
