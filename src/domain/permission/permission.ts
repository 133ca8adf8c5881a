/**
 * Whether one address may be contacted over one channel, since when and from where. Not the same as cookie consent.
 *
 * Each visitor keeps what was said on it; a person's answer is their union. What is proven (the site's server, a signed
 * link, an import that an officer approved) outweighs what anybody could have typed; among equals a suppression wins,
 * whatever came later: nobody is asked again by a merge or an import.
 */
import type { IdentifierKey, Millis } from "../ids.ts";

export const CONTACT_CHANNELS = ["email", "sms", "push", "call"] as const;
export type ContactChannel = (typeof CONTACT_CHANNELS)[number];

export type PermissionState = "granted" | "suppressed";
/** `import:<origin>` for a file; `officer`: somebody told the organisation, and an officer wrote it down. */
export type PermissionSource =
  | "sign-up"
  | "server"
  | "unsubscribe"
  | "complaint"
  | "bounce"
  | "officer"
  | `import:${string}`;

export interface Permission {
  state: PermissionState;
  at: Millis;
  source: PermissionSource;
  /** False for what a browser said without proof of who it is. */
  proven: boolean;
}

export interface PermissionChange extends Permission {
  identifier: IdentifierKey;
  channel: ContactChannel;
}

/** Without an identifier: of all addresses for that channel that the visitor has said. */
export interface PermissionWord extends Permission {
  identifier: IdentifierKey | null;
  channel: ContactChannel;
}

/** Words that end a permission for the address that they name. */
export const suppressionsIn = (words: readonly PermissionWord[]): PermissionChange[] =>
  words.flatMap(({ identifier, ...word }) =>
    identifier !== null && word.state === "suppressed" ? [{ ...word, identifier }] : [],
  );

/** Which kind of identifier a channel reaches. */
export const REACHES: Readonly<Record<ContactChannel, string>> = {
  email: "email",
  sms: "phone",
  call: "phone",
  push: "push",
};

/** What one visitor knows of its addresses. */
export type Permissions = Readonly<
  Record<IdentifierKey, Readonly<Partial<Record<ContactChannel, Permission>>>>
>;

/** Which of two that one visitor has stands: the proven one; of equals the newer, and people may change their mind. */
const newer = (held: Permission, said: Permission): Permission => {
  if (held.proven !== said.proven) return held.proven ? held : said;
  if (held.at !== said.at) return said.at > held.at ? said : held;
  return said.state === "suppressed" ? said : held;
};

export function withChanges(
  permissions: Permissions,
  changes: readonly PermissionChange[],
): Permissions {
  const next: Record<IdentifierKey, Partial<Record<ContactChannel, Permission>>> = {
    ...permissions,
  };
  for (const { identifier, channel, ...said } of changes) {
    const of = next[identifier] ?? {};
    const held = of[channel];
    next[identifier] = { ...of, [channel]: held ? newer(held, said) : said };
  }
  return next;
}

/** Of two visitors of one person: the proven one, of equals the suppression, else the older grant. */
export function stricter(a: Permission, b: Permission): Permission {
  if (a.proven !== b.proven) return a.proven ? a : b;
  if (a.state !== b.state) return a.state === "suppressed" ? a : b;
  return a.at <= b.at ? a : b;
}

export interface Standing extends Permission {
  channel: ContactChannel;
}

/** What stands for one address of a person, given what each of its visitors knows. Without a word there is no permission. */
export function standingPermissions(
  visitors: readonly { permissions: Permissions }[],
  identifier: IdentifierKey,
): Standing[] {
  const standing = new Map<ContactChannel, Permission>();
  for (const { permissions } of visitors)
    for (const channel of CONTACT_CHANNELS) {
      const said = permissions[identifier]?.[channel];
      if (!said) continue;
      const held = standing.get(channel);
      standing.set(channel, held ? stricter(held, said) : said);
    }
  return [...standing].map(([channel, permission]) => ({ channel, ...permission }));
}

/** Whether this address may be written to, or called, over this channel. */
export const mayContact = (
  visitors: readonly { permissions: Permissions }[],
  identifier: IdentifierKey,
  channel: ContactChannel,
): boolean =>
  standingPermissions(visitors, identifier).some(
    (standing) => standing.channel === channel && standing.state === "granted",
  );
