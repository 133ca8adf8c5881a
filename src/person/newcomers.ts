/** Whether somebody else uses a visitor's device by now, so that what is said goes on as a new visitor. */
import type { Claim } from "../domain/identity/claims.ts";
import type { Origin } from "../domain/identity/policy.ts";
import { isHeldBack, isUnique, type MergeRules } from "../domain/identity/rules.ts";
import { type DeviceUse, partedFrom, sharingOf } from "../domain/identity/sharing.ts";
import type { Day, IdentifierKey } from "../domain/ids.ts";
import { isLapsed } from "../domain/identity/turned-down.ts";
import type { VisitorDoc } from "./documents.ts";
import type { SealedItem } from "./record.ts";
import type { Transactor } from "./transactor.ts";

export interface Newcomer {
  /** By which the new visitor is named, so that a repetition of the call names the same. */
  key: IdentifierKey;
  /** What the new visitor has to know of the device. */
  deviceOf(doc: VisitorDoc): DeviceUse;
}

/** Null as long as it may well be the same human. */
export function newcomer(
  tx: Transactor,
  doc: VisitorDoc,
  item: SealedItem,
  { origin, today }: { origin: Origin; today: Day },
  rules: MergeRules,
): Newcomer | null {
  const key = strangersKey(tx, doc, item, rules);
  if (key) return { key, deviceOf: ({ device }) => device };
  return origin === "browser" && today - doc.today.day < STORAGE_DAYS
    ? nameless(tx, doc, item, rules)
    : null;
}

/**
 * The key of a unique identifier in this item when this device, or who it is proved to be one with, has another and not
 * this one: it is somebody else. What the visitor itself said counts whatever became of it, unless an officer blocked it;
 * what strangers typed who were joined to it doesn't turn a proved sign-in away. On a kiosk even the first to sign in is
 * somebody else than those before.
 */
function strangersKey(
  tx: Transactor,
  doc: VisitorDoc,
  item: SealedItem,
  rules: MergeRules,
): IdentifierKey | null {
  const named = item.claims.filter((claim) => isUnique(rules, claim.kind));
  if (named.length === 0) return null;
  const trusted = new Set(tx.trusted(doc.id).map((companion) => companion.id));
  // A staged person is about to be one with this one; its identifiers count already.
  const known = [...tx.companions(doc.id), ...tx.staged.values()].flatMap((companion) =>
    Object.values(companion.claims)
      .filter((claim) => companion.id === doc.id || claim.state !== "refused" || isLapsed(claim))
      .map((claim) => ({ ...claim, near: trusted.has(companion.id) || companion.id === doc.id })),
  );
  const isUsedKiosk = sharingOf(doc.device, rules) === "kiosk" && doc.today.events > 0;
  const stranger = named.find((claim) => {
    const held = known.filter(({ kind, key }) => kind === claim.kind && !isHeldBack(rules, key));
    if (held.some(({ key }) => key === claim.key)) return false;
    const others = held.filter(
      ({ near, assurance }) => near || claim.assurance !== "verified" || assurance === "verified",
    );
    return others.length > 0 || isUsedKiosk;
  });
  return stranger?.key ?? null;
}

/** The name that a client of others gives the browser, and changes when somebody signs out. */
const isOwnName = ({ kind, aside }: Pick<Claim, "kind" | "aside">): boolean =>
  kind === "anonymous_id" && !aside;

/** What was found beside the client's own name, and turns out to be it. */
export function takeOwnName(doc: VisitorDoc, { key, aside }: Pick<Claim, "key" | "aside">): void {
  const known = doc.claims[key];
  if (!known?.aside || aside) return;
  const { aside: _, ...own } = known;
  doc.claims[key] = own;
}

/** Some browsers empty what scripts store of a site after so many days without a visit, and leave the collector's cookie. */
const STORAGE_DAYS = 7;

/**
 * Clients forget the user and give the browser another name when somebody signs out, and say nothing else of it. So a name
 * that was never said here, without a user, after somebody had signed in under another one, is somebody new. It may be the
 * same human on another of the site's hosts: then the next message that names the user joins both again.
 */
function nameless(
  tx: Transactor,
  doc: VisitorDoc,
  { claims }: SealedItem,
  rules: MergeRules,
): Newcomer | null {
  const name = claims.find(isOwnName);
  if (!name || doc.claims[name.key] || claims.some(({ kind }) => kind === "user_id")) return null;
  if (!isUnique(rules, "user_id")) return null;
  const said = Object.values(doc.claims);
  const user = said.findLast(({ kind, key }) => kind === "user_id" && !isHeldBack(rules, key));
  if (!user || !said.some(isOwnName)) return null;
  // Whom this visitor followed on the device, and turned out to be.
  if (tx.companions(doc.id).some((companion) => companion.claims[name.key])) return null;
  return partedFrom(doc.device, user.key)
    ? { key: name.key, deviceOf: ({ device }) => partedFrom(device, user.key) ?? device }
    : null;
}
