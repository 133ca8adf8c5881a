/**
 * Whose data a request is about. A browser can claim any address, so an identifier leads only to visitors that have it
 * verified and to those tied to them by verified evidence or by a human's decision; the others are named as "maybe".
 */
import type { IdentifierKey, VisitorId } from "../domain/ids.ts";
import type { Holdings } from "../domain/person/calls.ts";
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
  return gather(covered, asserted);
}

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
