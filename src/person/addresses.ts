/**
 * Addresses that messages go to. Those of push belong to an installed app: whoever uses it last is reached by them, so
 * they join nobody, and whoever is known to have left the device loses them.
 */
import { type Claim, surer } from "../domain/identity/claims.ts";
import type { Millis } from "../domain/ids.ts";
import type { Origin } from "../domain/identity/policy.ts";
import {
  type PermissionChange,
  type PermissionWord,
  REACHES,
  withChanges,
} from "../domain/permission/permission.ts";
import type { VisitorDoc } from "./documents.ts";
import type { Transactor } from "./transactor.ts";

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

/**
 * A suppression is of the address: where what is said is sure and the address proven, everybody else who says it is told.
 * The address needn't be this person's: two users may have one, and either may end what is sent there. What a server says
 * of somebody is about the addresses of who is surely the same, too.
 */
export function silence(tx: Transactor, doc: VisitorDoc, words: readonly PermissionWord[]): void {
  const suppressions = words.filter(
    ({ state, channel }) => state === "suppressed" && channel !== "push",
  );
  if (suppressions.length === 0) return;
  const own = provenOn([doc]);
  const trusted = provenOn(tx.trusted(doc.id));
  const changes = suppressions.flatMap(({ identifier, ...word }): PermissionChange[] =>
    (word.proven ? trusted : own)
      .filter(({ kind, key }) => (identifier ? key === identifier : kind === REACHES[word.channel]))
      .map(({ key }) => ({ ...word, identifier: key, proven: true })),
  );
  if (changes.length === 0) return;
  const isSaidAnew = (held: PermissionChange): boolean =>
    changes.some(
      ({ identifier, channel, at }) =>
        identifier === held.identifier && channel === held.channel && at >= held.at,
    );
  tx.work.silences = [...tx.work.silences.filter((held) => !isSaidAnew(held)), ...changes];
  tx.changedWork();
}

const provenOn = (docs: readonly VisitorDoc[]): Claim[] => [
  ...new Map(
    docs
      .flatMap(({ claims }) => Object.values(claims))
      .filter(({ assurance }) => assurance === "verified")
      .map((claim) => [claim.key, claim]),
  ).values(),
];

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
