/**
 * What names nobody here: placeholders, what the merge rules add to them and take from them, and single identifiers that an
 * officer blocked, of which only the keyed names are known.
 */
import type { RawClaim } from "../domain/identity/claims.ts";
import type { TokenFault } from "../domain/identity/token-faults.ts";
import { blockedBy } from "../domain/intake/blocked.ts";
import type { Taken } from "../domain/intake/message.ts";
import type { Sender } from "../domain/intake/sender.ts";
import { take } from "../domain/intake/take.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Context } from "./context.ts";
import { keyOf } from "./identifier-key.ts";
import { type Proof, provenBy } from "./identity-token.ts";

type Needed = Pick<Context, "identifiers" | "mergeRules" | "config" | "now">;
type Named = Pick<RawClaim, "kind" | "value">;

const nameOf = ({ kind, value }: Named): string => `${kind}\0${value}`;

/** Of these, those that an officer blocked one by one. */
async function blockedAmong(claims: readonly Named[], services: Needed): Promise<string[]> {
  const { blockedKeys } = await services.mergeRules();
  if (!blockedKeys?.size) return [];
  const keys = await Promise.all(claims.map((claim) => keyOf(claim, services)));
  return claims.flatMap((claim, n) => {
    const key = keys[n];
    return key !== undefined && blockedKeys.has(key) ? [nameOf(claim)] : [];
  });
}

/** `take` under what is blocked here. What isn't recorded isn't asked about. */
export async function takeNamed(
  raw: JsonObject,
  sender: Sender,
  services: Needed,
  newId: () => string,
  mayRecord = true,
): Promise<Taken> {
  if (!mayRecord) return take(raw, sender, services.now, newId, false);
  const isListed = blockedBy((await services.mergeRules()).blocked);
  const blocked = new Set<string>();
  let taken = take(raw, sender, services.now, newId, true, isListed);
  // Without those it may say others that stood behind them.
  while (taken.ok) {
    const { draft, claims } = taken.message;
    const found = await blockedAmong(claims, services);
    if (found.length === 0) break;
    for (const name of found) blocked.add(name);
    taken = take(
      raw,
      sender,
      services.now,
      () => draft.id,
      true,
      (kind, value) => blocked.has(nameOf({ kind, value })) || isListed(kind, value),
    );
  }
  return taken;
}

/** What a good token proves here, else why it proves nothing. */
export async function proofIn(token: string, services: Needed): Promise<Proof | TokenFault> {
  const { tokens, blocked } = await services.mergeRules();
  const { config, now } = services;
  const proof = await provenBy(token, config, now, tokens.hours, blockedBy(blocked));
  if (typeof proof === "string") return proof;
  const names = new Set(await blockedAmong(proof.claims, services));
  if (names.size === 0) return proof;
  const claims = proof.claims.filter((claim) => !names.has(nameOf(claim)));
  return claims.some(({ kind }) => kind === "user_id") ? { ...proof, claims } : "nobody";
}
