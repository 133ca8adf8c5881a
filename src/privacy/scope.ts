/**
 * Whose data a request is about. A browser can claim any address, so an identifier leads only to visitors that have it
 * verified, to those tied to them by verified evidence or by a human's decision, and to those whom the site itself calls by
 * the same user id; the others are named as "maybe".
 */
import type { Claim } from "../domain/identity/claims.ts";
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { HeldVisitor, Holdings } from "../domain/person/calls.ts";
import type { PrivacyPorts } from "./ports.ts";

export interface Maybe {
  visitor: VisitorId;
  because: string;
}

export interface Scope {
  visitors: VisitorId[];
  maybe: Maybe[];
}

type Ports = Pick<PrivacyPorts, "people" | "index">;

/** A visitor by itself: what its cookie, or the officer who named it, stands for. */
export async function scopeOfVisitor(ports: Ports, visitor: VisitorId): Promise<Scope> {
  return gather(
    [await lookUp(ports, visitor)].filter((found) => found !== null),
    [],
  );
}

/** `decided`: visitors that the officer has found to be this person. */
export async function scopeOfIdentifier(
  ports: Ports,
  key: IdentifierKey,
  decided: readonly VisitorId[],
): Promise<Scope> {
  const claimants = (await ports.index.claimants([key])).get(key) ?? [];
  const covered: Holdings[] = [];
  const asserted: Maybe[] = [];
  for (const visitor of new Set([...decided, ...claimants])) {
    if (covered.some((found) => found.visitors.some(({ id }) => id === visitor))) continue;
    const found = await lookUp(ports, visitor);
    if (!found) continue;
    if (decided.includes(visitor) || isProven(found, visitor, key)) covered.push(found);
    else asserted.push({ visitor, because: "said the identifier, and nothing proves it" });
  }
  await addSameUsers(ports, covered);
  return gather(covered, asserted);
}

/**
 * Those whom the site itself calls by the same user id, though consent didn't let them be joined: such as the row of a file
 * about somebody who was never asked. What only somebody typed, and whom a human keeps apart, isn't among them.
 */
async function addSameUsers(ports: Ports, covered: Holdings[]): Promise<void> {
  const users = new Set(
    covered.flatMap((found) =>
      found.visitors.flatMap(({ claims }) => claims.filter(isSaidBySite).map(({ key }) => key)),
    ),
  );
  if (users.size === 0) return;
  for (const [key, claimants] of await ports.index.claimants([...users]))
    for (const visitor of claimants) {
      const known = covered.flatMap((found) => found.visitors);
      if (known.some(({ id }) => id === visitor)) continue;
      const found = await lookUp(ports, visitor);
      const at = found?.visitors.find(({ id }) => id === visitor);
      if (!found || !at?.claims.some((claim) => claim.key === key && isSaidBySite(claim))) continue;
      if (!known.some((other) => isKeptApart(key, at, other))) covered.push(found);
    }
}

const isSaidBySite = ({ kind, assurance, state, reason }: Claim): boolean =>
  kind === "user_id" && assurance === "verified" && (state !== "refused" || reason === "consent");

const isKeptApart = (key: IdentifierKey, a: HeldVisitor, b: HeldVisitor): boolean =>
  a.separate.includes(b.id) ||
  b.separate.includes(a.id) ||
  a.severed[`${key}|${b.id}`] === true ||
  b.severed[`${key}|${a.id}`] === true;

async function lookUp({ people }: Ports, visitor: VisitorId): Promise<Holdings | null> {
  const answer = await people.holdings(visitor);
  return answer.at === "home" ? answer.value : null;
}

const isProven = (found: Holdings, visitor: VisitorId, key: IdentifierKey): boolean =>
  found.visitors.some(
    ({ id, claims }) =>
      id === visitor &&
      claims.some(
        (claim) => claim.key === key && claim.assurance === "verified" && claim.state !== "refused",
      ),
  );

function gather(covered: readonly Holdings[], asserted: readonly Maybe[]): Scope {
  const visitors = new Set(covered.flatMap((found) => found.visitors.map(({ id }) => id)));
  const maybe = new Map(
    [...covered.flatMap((found) => found.maybe), ...asserted]
      .filter(({ visitor }) => !visitors.has(visitor))
      .map((each) => [each.visitor, each]),
  );
  return { visitors: [...visitors], maybe: [...maybe.values()] };
}

/** For the person asked about: how many, and why, without saying who. */
export function countMaybe(maybe: readonly Maybe[]): { count: number; because: string }[] {
  const counts = new Map<string, number>();
  for (const { because } of maybe) counts.set(because, (counts.get(because) ?? 0) + 1);
  return [...counts].map(([because, count]) => ({ count, because }));
}
