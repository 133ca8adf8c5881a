/** From a message and what consent says of it to what a person object records. */
import { allows, type GateResult, grantedPurposes } from "../../domain/consent/gate.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { NECESSARY } from "../../domain/consent/purposes.ts";
import { withhold } from "../../domain/consent/withhold.ts";
import { type RawClaim, surer } from "../../domain/identity/claims.ts";
import { everyMailDomain } from "../../domain/identity/mail-lists.ts";
import { lifeOf } from "../../domain/identity/personas.ts";
import { internationalPhone } from "../../domain/identity/phones.ts";
import type { MergeRules } from "../../domain/identity/rules.ts";
import type { IdentifierKey } from "../../domain/ids.ts";
import { isObject, type JsonObject } from "../../domain/json.ts";
import { type PermissionWord, suppressionsIn } from "../../domain/permission/permission.ts";
import { type Address, addressesIn, wordsIn } from "../../domain/permission/words.ts";
import type { Message } from "../../domain/intake/message.ts";
import type { KeyedClaim, RecordItem } from "../../domain/person/calls.ts";
import { keyOf } from "../identifier-key.ts";
import { suppress, suppressAllOf } from "../suppress.ts";
import type { Services } from "./services.ts";

/** Each identifier once, at its surest, with its index key. */
export async function keyed(
  claims: readonly RawClaim[],
  services: Services,
): Promise<KeyedClaim[]> {
  if (claims.length === 0) return [];
  const byKey = new Map<IdentifierKey, KeyedClaim>();
  const rules = await services.mergeRules();
  const all = await Promise.all(
    claims.map(async (claim) => ({
      ...claim,
      ...(await spelled(claim, rules)),
      key: await keyOf(claim, services),
    })),
  );
  for (const claim of all) {
    const known = byKey.get(claim.key);
    const assurance = known ? surer(known.assurance, claim.assurance) : claim.assurance;
    byKey.set(claim.key, { ...claim, assurance });
  }
  return [...byKey.values()];
}

/** What the rules say of a value: how a telephone number is written in full, and on which side of a life an address is. */
async function spelled(
  { kind, value }: Pick<RawClaim, "kind" | "value">,
  rules: MergeRules,
): Promise<Partial<RawClaim>> {
  if (kind === "phone") return { value: await internationalPhone(value, rules.country) };
  if (kind !== "email") return {};
  return { side: lifeOf(value, rules.personas, await everyMailDomain()) };
}

/** The message under what was granted, less what nothing granted opens. */
export function itemOf(
  message: Message,
  claims: KeyedClaim[],
  policy: Policy,
  result: GateResult,
  permissions: PermissionWord[] = [],
): RecordItem {
  const purposes = grantedPurposes(result)
    .filter((purpose) => purpose !== NECESSARY)
    .sort();
  const event = withhold({ ...message.draft, purposes, policy: policy.version }, policy);
  if (event.campaign?.click && !allows(policy, result, "click-ids")) {
    const { vendor, param } = event.campaign.click;
    event.campaign = { ...event.campaign, click: { vendor, param } };
  }
  const recognized = allows(policy, result, "claims");
  return {
    event,
    dedupe: message.hasOwnId,
    claims: recognized ? claims : [],
    traits: recognized ? message.traits : null,
    ...(permissions.length > 0 ? { permissions } : {}),
  };
}

/**
 * What the message says of whom may be contacted; `proven` for the site's own server. Whoever else has an address that its
 * server says isn't to be written to is told first, whatever becomes of the message: that needs nobody's consent. Where
 * that fails it rejects, and the sender tries again.
 */
export async function permissionsOf(
  message: Message,
  raw: JsonObject,
  proven: boolean,
  services: Services,
): Promise<PermissionWord[]> {
  const context = isObject(raw["context"]) ? raw["context"] : {};
  const name = message.draft.type === "track" ? message.draft.name : null;
  const about = (): Address[] => (proven ? addressesOf(message, raw) : []);
  const words = await Promise.all(
    wordsIn(name, context, about).map(async ({ address, ...word }) => ({
      ...word,
      identifier: address && (await keyOf(address, services)),
      at: message.draft.at,
      proven,
    })),
  );
  if (proven) await tellOthers(message, words, services);
  return words;
}

async function tellOthers(
  { userId }: Message,
  words: readonly PermissionWord[],
  services: Services,
): Promise<void> {
  await suppress(suppressionsIn(words), services);
  const unnamed = words.filter(
    ({ identifier, state }) => identifier === null && state === "suppressed",
  );
  if (userId === null || unnamed.length === 0) return;
  await suppressAllOf(await keyOf({ kind: "user_id", value: userId }, services), unnamed, services);
}

/** What an event's report is about: the address in its properties, else those of who it says it was. */
function addressesOf({ claims }: Message, { properties }: JsonObject): Address[] {
  const told = isObject(properties) ? addressesIn(properties) : [];
  if (told.length > 0) return told;
  return claims.flatMap(({ kind, value }) =>
    kind === "email" || kind === "phone" ? [{ kind, value }] : [],
  );
}

/**
 * What goes on as the visitor who was made for `newcomer`. Anonymous ids are the device's: they name the user before, not the
 * one who came after, but for the one by which it shows that somebody came.
 */
export const goingOn = (item: RecordItem, newcomer: IdentifierKey): RecordItem => ({
  ...item,
  claims: item.claims.filter(({ kind, key }) => kind !== "anonymous_id" || key === newcomer),
});

/** Where one device is one user's, a new name of the browser is nobody new. */
export const ofOneUser = (item: RecordItem): RecordItem => ({
  ...item,
  claims: item.claims.map((claim) =>
    claim.kind === "anonymous_id" ? { ...claim, aside: true } : claim,
  ),
});
