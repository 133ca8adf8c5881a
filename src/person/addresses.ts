/**
 * Addresses that messages go to. Those of push belong to an installed app: whoever uses it last is reached by them, so
 * they join nobody, and whoever is known to have left the device loses them.
 */
import { type Claim, surer } from "../domain/identity/claims.ts";
import type { Millis } from "../domain/ids.ts";
import type { Origin } from "../domain/identity/policy.ts";
import { type PermissionWord, REACHES, withChanges } from "../domain/permission/permission.ts";
import type { VisitorDoc } from "./documents.ts";

/** Whoever proved here that the address is theirs speaks for it as surely as the site's server. */
export function permit(doc: VisitorDoc, words: readonly PermissionWord[]): void {
  const changes = words.flatMap(({ identifier, ...word }) => {
    const said = Object.values(doc.claims)
      .filter(({ kind, state }) => kind === REACHES[word.channel] && state !== "refused")
      .map(({ key }) => key);
    return (identifier ? [identifier] : said).map((key) => ({
      ...word,
      proven: word.proven || doc.claims[key]?.assurance === "verified",
      identifier: key,
    }));
  });
  doc.permissions = withChanges(doc.permissions, changes);
}

/** An app has one address at a time; a server's record of somebody may stand for several apps. */
const MOST: Readonly<Record<Origin, number>> = { browser: 1, server: 8, import: 8 };

/** A new address takes the place of the oldest, and what was allowed for that one holds for it. */
export function addPushAddress(
  doc: VisitorDoc,
  claim: Omit<Claim, "at" | "state">,
  now: Millis,
  origin: Origin,
): void {
  const known = doc.claims[claim.key];
  if (known) {
    const assurance = surer(known.assurance, claim.assurance);
    doc.claims[claim.key] = { ...known, assurance, at: now };
    return;
  }
  const before = pushAddresses(doc).toSorted((a, b) => a.at - b.at);
  doc.claims[claim.key] = { ...claim, at: now, state: "kept" };
  for (const old of before.slice(0, Math.max(0, before.length + 1 - MOST[origin]))) {
    const held = doc.permissions[old.key]?.push;
    if (held)
      doc.permissions = withChanges(doc.permissions, [
        { ...held, identifier: claim.key, channel: "push" },
      ]);
    drop(doc, old);
  }
}

/** Somebody else uses the device now. */
export function dropPushAddresses(doc: VisitorDoc): void {
  for (const claim of pushAddresses(doc)) drop(doc, claim);
}

const pushAddresses = (doc: VisitorDoc): Claim[] =>
  Object.values(doc.claims).filter(({ kind }) => kind === "push");

function drop(doc: VisitorDoc, { key }: Claim): void {
  delete doc.claims[key];
  const { [key]: _, ...rest } = doc.permissions;
  doc.permissions = rest;
}
