/** The persons that the product made, read back through its own view, beside who the visitors really are. */
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import type { Claim } from "../../../src/domain/identity/claims.ts";
import type { IdentifierKey, PersonId, VisitorId } from "../../../src/domain/ids.ts";
import { keyOf, type Named, type Played } from "./play.ts";
import type { Site } from "./site.ts";

/** One visitor, with the sides of people who said on it who they are. */
export interface Known {
  visitor: VisitorId;
  /** Number of the device; null for what the site's server said. */
  device: number | null;
  kind: string;
  sides: ReadonlySet<string>;
  named: readonly Named[];
}

export interface Person {
  id: PersonId;
  visitors: Known[];
  edges: Edge[];
  claims: Map<VisitorId, Claim[]>;
}

/** Whose an identifier is: all sides that own it; nobody's when it isn't there. */
export type Owners = ReadonlyMap<IdentifierKey, ReadonlySet<string>>;

export async function knownVisitors(site: Site, played: Played): Promise<Map<VisitorId, Known>> {
  const known = new Map<VisitorId, Known>();
  const byVisitor = Map.groupBy(played.named, ({ visitor }) => visitor);
  for (const [visitor, named] of byVisitor)
    known.set(visitor, {
      visitor,
      device: named[0]?.device.number ?? null,
      kind: named[0]?.device.kind ?? "",
      sides: new Set(named.map(({ side }) => side)),
      named,
    });
  for (const { side, says } of played.told) {
    const visitor = await site.sourceOf(says[0]?.slice("user_id:".length) ?? "");
    known.set(visitor, {
      visitor,
      device: null,
      kind: "server",
      sides: new Set([side]),
      named: [],
    });
  }
  return known;
}

/** Who meant which identifier as their own. */
export async function ownersOf(site: Site, played: Played): Promise<Owners> {
  const owners = new Map<IdentifierKey, Set<string>>();
  const all = [
    ...played.named.flatMap(({ side, meant }) => meant.map((said) => ({ side, said }))),
    ...played.told.flatMap(({ side, says }) => says.map((said) => ({ side, said }))),
  ];
  const keys = new Map<string, IdentifierKey>();
  for (const { side, said } of all) {
    const key = keys.get(said) ?? (await keyOf(site, said));
    keys.set(said, key);
    owners.set(key, (owners.get(key) ?? new Set()).add(side));
  }
  return owners;
}

export async function persons(site: Site, known: ReadonlyMap<VisitorId, Known>): Promise<Person[]> {
  const seen = new Set<VisitorId>();
  const found: Person[] = [];
  for (const visitor of known.keys()) {
    if (seen.has(visitor)) continue;
    const answer = await site.people.view(visitor);
    if (answer.at !== "home") throw new Error(`${visitor} is ${answer.at}`);
    const { id, visitors, edges } = answer.value;
    for (const each of visitors) seen.add(each.id);
    found.push({
      id,
      edges,
      visitors: visitors.map(
        (each) =>
          known.get(each.id) ?? {
            visitor: each.id,
            device: null,
            kind: each.origin,
            sides: new Set<string>(),
            named: [],
          },
      ),
      claims: new Map(visitors.map((each) => [each.id, each.claims])),
    });
  }
  return found;
}
