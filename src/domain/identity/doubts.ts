/**
 * When what was only typed may be somebody else's: a family types its addresses on one tablet, shares one telephone, and
 * mistypes. What is in doubt is kept as said, and joins nobody before it is proven.
 */
import type { IdentifierKey, Millis, VisitorId } from "../ids.ts";
import { atLeast, type Claim, kindOf } from "./claims.ts";
import type { Side, VisitorFacts } from "./policy.ts";

/** Private addresses only: whoever has a mailbox at work seldom lends the computer. */
const isPrivate = ({ side }: Pick<Claim, "side">): boolean =>
  side === "personal" || side === "disposable";

const privateAddresses = ({ claims }: VisitorFacts, least: "verified" | "asserted"): Claim[] =>
  Object.values(claims).filter(
    (claim) =>
      claim.kind === "email" &&
      isPrivate(claim) &&
      claim.state !== "refused" &&
      atLeast(claim.assurance, least),
  );

const isProvenOn = (identifier: IdentifierKey, { visitors }: Side): boolean =>
  visitors.some(({ claims }) => claims[identifier]?.assurance === "verified");

/** Whether this identifier, not proven on both sides, may name two humans. Proven ones are never in doubt. */
export function isDoubtful(identifier: IdentifierKey, a: Side, b: Side): boolean {
  const isProven = [a, b].every(({ at }) => at.claims[identifier]?.assurance === "verified");
  switch (kindOf(identifier)) {
    case "email":
      return (
        !isProven &&
        (isRoles(identifier, a, b) || [a, b].some((side) => saysAnother(identifier, side)))
      );
    case "phone":
      return !isProven && (areOfTwoHouseholders(a, b) || [a, b].some(isOfSeveral));
    case "anonymous_id":
      return isSomebodyElses(a, b) || isSomebodyElses(b, a);
    default:
      return false;
  }
}

/** `info@` and the like: several people read it, so that two who type it are hardly one. */
const isRoles = (identifier: IdentifierKey, ...sides: readonly Side[]): boolean =>
  sides.some(({ at }) => at.claims[identifier]?.side === "role");

/**
 * An address that somebody typed where another is known already: on that browser, or proven by whoever it belongs to. One
 * human has two private addresses less often than two humans have one tablet.
 */
function saysAnother(identifier: IdentifierKey, side: Side): boolean {
  const said = side.at.claims[identifier];
  if (side.at.origin !== "browser" || !said || !isPrivate(said)) return false;
  if (isProvenOn(identifier, side)) return false;
  return [...privateAddresses(side.at, "asserted"), ...provenAddresses(side)].some(
    ({ key }) => key !== identifier,
  );
}

/** A telephone is a household's: where both are known otherwise and have nothing of it in common, it joins nobody. */
function areOfTwoHouseholders(a: Side, b: Side): boolean {
  const [mine, theirs] = [namesOf(a), namesOf(b)];
  return mine.size > 0 && theirs.size > 0 && isApart(mine, theirs);
}

/** More than one human has typed an address on this browser. */
const isOfSeveral = ({ at }: Side): boolean =>
  at.origin === "browser" && privateAddresses(at, "asserted").length > 1;

/** Data of a server about one human, in a browser on which somebody typed an address that isn't among those proven theirs. */
function isSomebodyElses(browser: Side, server: Side): boolean {
  if (browser.at.origin !== "browser" || server.at.origin === "browser") return false;
  const [said, proven] = [privateAddresses(browser.at, "asserted"), provenAddresses(server)];
  return said.length > 0 && proven.length > 0 && isApart(keysOf(said), keysOf(proven));
}

const provenAddresses = ({ visitors }: Side): Claim[] =>
  visitors.flatMap((visitor) => privateAddresses(visitor, "verified"));

const isApart = (some: ReadonlySet<IdentifierKey>, others: ReadonlySet<IdentifierKey>): boolean =>
  ![...some].some((key) => others.has(key));

const keysOf = (claims: readonly Claim[]): Set<IdentifierKey> =>
  new Set(claims.map(({ key }) => key));

/** What names a single human. */
const namesOf = ({ visitors }: Side): Set<IdentifierKey> =>
  keysOf(
    visitors.flatMap(({ claims }) =>
      Object.values(claims).filter(
        ({ kind, state, assurance }) =>
          (kind === "user_id" || kind === "email") &&
          state !== "refused" &&
          atLeast(assurance, "asserted"),
      ),
    ),
  );

/** Of all that these have proven, the private addresses: without any, nothing is refuted. */
export const provenIn = (visitors: readonly VisitorFacts[]): Set<IdentifierKey> =>
  keysOf(visitors.flatMap((visitor) => privateAddresses(visitor, "verified")));

/** What `isRefuted` can't be without, told from the two visitors alone: to ask before their sides are worked out. */
export function mayBeRefuted(
  identifier: IdentifierKey,
  ends: readonly VisitorFacts[],
  proven: ReadonlySet<IdentifierKey>,
): boolean {
  if (kindOf(identifier) === "email") return [...proven].some((key) => key !== identifier);
  return (
    kindOf(identifier) === "anonymous_id" &&
    ends.some(
      (end) =>
        end.origin === "browser" &&
        privateAddresses(end, "asserted").some(({ key }) => !proven.has(key)),
    )
  );
}

/**
 * Whether it has come out since that what joins these two was somebody else's: a browser on which an address was only typed
 * has turned out to be of somebody who proved another one, or a server's data to be about somebody else.
 */
export function isRefuted(identifier: IdentifierKey, a: Side, b: Side): boolean {
  const kind = kindOf(identifier);
  if (kind === "anonymous_id") return isSomebodyElses(a, b) || isSomebodyElses(b, a);
  return kind === "email" && [a, b].some((side) => isOfAnotherAddress(identifier, side));
}

/** Whose typed address is refuted, where it is one side's alone. */
export function refutedIn(identifier: IdentifierKey, a: Side, b: Side): VisitorId | undefined {
  if (kindOf(identifier) !== "email") return undefined;
  const [one, other] = [a, b].filter((side) => isOfAnotherAddress(identifier, side));
  return other ? undefined : one?.at.id;
}

function isOfAnotherAddress(identifier: IdentifierKey, side: Side): boolean {
  const said = side.at.claims[identifier];
  return (
    side.at.origin === "browser" &&
    said !== undefined &&
    isPrivate(said) &&
    !isProvenOn(identifier, side) &&
    provenAddresses(side).length > 0
  );
}

/** A form sent again so soon with another address corrects the first. */
const CORRECTED_MS = 10 * 60_000;

/** Of what this browser said before: the private addresses that this one, typed in their place, corrects. */
export const correctedBy = (
  typed: Pick<Claim, "key" | "kind" | "side" | "assurance">,
  before: readonly Claim[],
  now: Millis,
): IdentifierKey[] =>
  typed.kind === "email" && typed.assurance === "asserted" && isPrivate(typed)
    ? before
        .filter(
          (claim) =>
            claim.kind === "email" &&
            claim.key !== typed.key &&
            claim.assurance === "asserted" &&
            isPrivate(claim) &&
            claim.state !== "refused" &&
            Math.abs(now - claim.at) <= CORRECTED_MS,
        )
        .map(({ key }) => key)
    : [];
