/**
 * Whom a message speaks of. Blocked values are left out; whether enough remains is for the step to say.
 *
 * An alias says that `previousId` was an earlier name of `userId`. On the wire the two are bare words, so a rule decides
 * what they name:
 * - `previousId` becomes an `anonymous_id` claim, never a `user_id`: a person has one user id, and somebody who was ever
 *   identified isn't renamed by an alias (the field's guard against fusing two accounts; a human can still merge them).
 * - `userId` becomes a `user_id` claim. A server's alias claims it as `anonymous_id` too, so that an id which was only
 *   ever seen as an anonymous one is found: two anonymous records can be joined by an alias.
 * - So of a chain, `b` was `a` and `c` was `b`, `c` stays apart in either order: the first alias makes `b` a user. The field
 *   doesn't agree on more: PostHog refuses to rename `b`, whom an alias has identified; Segment's Unify joins nobody by an
 *   alias; Mixpanel gives an alias one target. Said of `c` alone, `c` was `a` and `c` was `b`, all three are one.
 * - An alias of an id to itself says nothing (`invalid`), and one with a placeholder on either side is `blocked`.
 *
 * An identify whose `userId` is its `anonymousId` identifies nobody: the id stays an anonymous one.
 */
import type { CallType } from "../event.ts";
import type { IdentifierKind, RawClaim } from "../identity/claims.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { onceIn } from "../person/traits.ts";
import { BUILT_IN, type IsBlocked } from "./blocked.ts";
import { normalise, normaliseId } from "./normalise.ts";
import { namesItself, type Sender } from "./sender.ts";

/** Far more than one person has; what comes after is noise. */
const CLAIMS_MAX = 16;

export interface Identifiers {
  userId: string | null;
  anonymousId: string | null;
  previousId: string | null;
  claims: RawClaim[];
  /** Names of the top-level ids that held a placeholder. */
  blocked: ReadonlySet<"userId" | "anonymousId" | "previousId" | "trait">;
}

const PROVIDER = /^[a-z0-9][a-z0-9._-]{0,31}$/;

/** `google` → `social:google`; names that aren't plain are no providers. */
export const socialKind = (provider: string): `social:${string}` | null =>
  kindOfFamily("social", provider) as `social:${string}` | null;

type Family = "social" | "esp";
const FAMILIES: readonly Family[] = ["social", "esp"];

function kindOfFamily(family: Family, provider: string): IdentifierKind | null {
  const name = provider.trim().toLowerCase();
  return PROVIDER.test(name) ? `${family}:${name}` : null;
}

/** `social:<provider>` and `esp:<vendor>` as they are written, in any case; null for other names. */
export function kindInFamily(name: string): IdentifierKind | null {
  const family = FAMILIES.find((each) => name.toLowerCase().startsWith(`${each}:`));
  return family ? kindOfFamily(family, name.slice(family.length + 1)) : null;
}

/** Sign-on providers that sites name without saying that they are one. */
const PROVIDERS: ReadonlySet<string> = new Set(
  "amazon apple discord facebook github google instagram line linkedin microsoft spotify strava tiktok twitch twitter x".split(
    " ",
  ),
);

const KINDS: ReadonlyMap<string, IdentifierKind> = new Map([
  ["email", "email"],
  ["phone", "phone"],
  ["crm", "crm"],
  ["crm_id", "crm"],
  ["crmid", "crm"],
  ["user_id", "user_id"],
  ["anonymous_id", "anonymous_id"],
  ["push", "push"],
]);

/** The kind that a trait's or an external id's name stands for. */
function kindNamed(name: string): IdentifierKind | null {
  const lower = name.toLowerCase();
  const known = KINDS.get(lower);
  if (known !== undefined) return known;
  const named = kindInFamily(lower);
  if (named !== null) return named;
  return PROVIDERS.has(lower) ? socialKind(lower) : null;
}

const TRAITS = ["email", "phone", "crm", "crm_id", "crmId"] as const;

/** Whether a trait of this name says who somebody is, rather than something of them. */
export const isIdentifierTrait = (name: string): boolean =>
  [...TRAITS, ...FAMILIES].some((each) => each === name) || kindInFamily(name) !== null;

type Said = [IdentifierKind, Json];

/**
 * `traits.email`, `phone`, `crm`, `social:<provider>`, `esp:<vendor>`, and `traits.social` as `{<provider>: id}`, `traits.esp`
 * as `{<vendor>: id}`.
 */
function* saidInTraits(traits: JsonObject): Generator<Said> {
  for (const name of TRAITS) {
    const kind = kindNamed(name);
    const value = traits[name];
    if (kind !== null && value !== undefined) yield [kind, value];
  }
  for (const [name, value] of Object.entries(traits)) {
    const kind = kindInFamily(name);
    if (kind !== null) yield [kind, value];
  }
  if (traits["$set_once"] !== undefined) yield* saidInTraits(onceIn(traits));
  for (const family of FAMILIES) {
    const said = traits[family];
    if (!isObject(said)) continue;
    for (const [provider, value] of Object.entries(said)) {
      const kind = kindOfFamily(family, provider);
      if (kind !== null) yield [kind, value];
    }
  }
}

/** `context.externalIds`: `[{id, type}]`, where `type` is a kind's or a sign-on provider's name. */
function* saidInExternalIds(list: Json | undefined): Generator<Said> {
  if (!Array.isArray(list)) return;
  for (const item of list.slice(0, CLAIMS_MAX)) {
    if (!isObject(item) || typeof item["type"] !== "string" || item["id"] === undefined) continue;
    const kind = kindNamed(item["type"]);
    if (kind !== null) yield [kind, item["id"]];
  }
}

/** A group's traits are about the group: its address isn't the address of whoever joined. */
function* saidBesideIds(type: CallType, raw: JsonObject, context: JsonObject): Generator<Said> {
  if (type === "identify" && isObject(raw["traits"])) yield* saidInTraits(raw["traits"]);
  if (isObject(context["traits"])) yield* saidInTraits(context["traits"]);
  yield* saidInExternalIds(context["externalIds"]);
  const { device } = context;
  if (isObject(device) && device["token"] !== undefined) yield ["push", device["token"]];
}

/** Given at all, be it as an empty string: programs send that for nobody. */
const isGiven = (value: Json | undefined): boolean => value !== undefined && value !== null;

const isOwnSnippet = ({ library }: JsonObject): boolean =>
  isObject(library) && library["name"] === "usher.js";

/** A page has it from the link that led to it, and so has whoever the mail was forwarded to. */
const isPassedOn = (kind: IdentifierKind): boolean => kind.startsWith("esp:");

export function readIdentifiers(
  type: CallType,
  raw: JsonObject,
  context: JsonObject,
  sender: Sender,
  isBlocked: IsBlocked = BUILT_IN,
): Identifiers {
  const blocked = new Set<"userId" | "anonymousId" | "previousId" | "trait">();
  const id = (name: "userId" | "anonymousId" | "previousId"): string | null => {
    if (!isGiven(raw[name])) return null;
    const value = normaliseId(raw[name]);
    const kind = name === "userId" ? "user_id" : "anonymous_id";
    if (value !== null && !isBlocked(kind, value)) return value;
    blocked.add(name);
    return null;
  };
  const anonymousId = id("anonymousId");
  const previousId = type === "alias" ? id("previousId") : null;
  const saidUserId = id("userId");
  const userId = type === "identify" && saidUserId === anonymousId ? null : saidUserId;

  // Our own snippet tells of a reset, so that another name of its own is only a storage that was emptied.
  const isTelling = (value: string): boolean => value === anonymousId && !isOwnSnippet(context);
  const claims: RawClaim[] = [];
  const claim = (kind: IdentifierKind, value: string | null): void => {
    if (value === null || claims.length >= CLAIMS_MAX) return;
    if (claims.some((known) => known.kind === kind && known.value === value)) return;
    const isAside = kind === "anonymous_id" && namesItself(sender) && !isTelling(value);
    const assurance = isPassedOn(kind) && namesItself(sender) ? "hinted" : sender.assurance;
    claims.push({ kind, value, assurance, ...(isAside ? { aside: true } : {}) });
  };
  claim("user_id", userId);
  for (const [kind, value] of saidBesideIds(type, raw, context)) {
    const one = normalise(kind, value);
    if (one === null || !isBlocked(kind, one)) claim(kind, one);
    else blocked.add("trait");
  }
  claim("anonymous_id", anonymousId);
  claim("anonymous_id", previousId);
  if (type === "alias" && !namesItself(sender) && !isBlocked("anonymous_id", userId ?? ""))
    claim("anonymous_id", userId);
  return { userId, anonymousId, previousId, claims, blocked };
}
