/** From a message and what consent says of it to what a person object records. */
import { allows, type GateResult, grantedPurposes } from "../../domain/consent/gate.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { NECESSARY } from "../../domain/consent/purposes.ts";
import type { UsherEvent } from "../../domain/event.ts";
import { type RawClaim, surer } from "../../domain/identity/claims.ts";
import { lifeOf } from "../../domain/identity/personas.ts";
import type { IdentifierKey } from "../../domain/ids.ts";
import type { Message } from "../../domain/intake/message.ts";
import type { KeyedClaim, RecordItem } from "../../domain/person/calls.ts";
import type { Services } from "./services.ts";

/** Each identifier once, at its surest, with its index key. */
export async function keyed(
  claims: readonly RawClaim[],
  { identifiers, mergeRules }: Services,
): Promise<KeyedClaim[]> {
  if (claims.length === 0) return [];
  const byKey = new Map<IdentifierKey, KeyedClaim>();
  const { personas } = await mergeRules();
  const all = await Promise.all(
    claims.map(async (claim) => ({
      ...claim,
      ...(claim.kind === "email" ? { side: lifeOf(claim.value, personas) } : {}),
      key: await identifiers.key(claim.kind, claim.value),
    })),
  );
  for (const claim of all) {
    const known = byKey.get(claim.key);
    const assurance = known ? surer(known.assurance, claim.assurance) : claim.assurance;
    byKey.set(claim.key, { ...claim, assurance });
  }
  return [...byKey.values()];
}

/** The message under what was granted: claims and traits need `recognition`, click ids `advertising`. */
export function itemOf(
  message: Message,
  claims: KeyedClaim[],
  policy: Policy,
  result: GateResult,
): RecordItem {
  const event: UsherEvent = {
    ...message.draft,
    purposes: grantedPurposes(result)
      .filter((purpose) => purpose !== NECESSARY)
      .sort(),
    policy: policy.version,
  };
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
  };
}

/** The anonymous id is the device's: it names the user before, not the one who came after. */
export const withoutAnonymousId = (item: RecordItem): RecordItem => ({
  ...item,
  claims: item.claims.filter((claim) => claim.kind !== "anonymous_id"),
});
