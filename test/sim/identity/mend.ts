/** Takes back every wrong merge by the product's own undo, as an officer would who knew the truth. */
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { type Known, type Person, persons } from "./persons.ts";
import { devicePairs } from "./score.ts";
import type { Site } from "./site.ts";

/** Rounds of looking and undoing; each takes at least one merge out of every wrong person. */
const ROUNDS_MAX = 50;

/** Gives how many merges were undone. */
export async function mend(site: Site, known: ReadonlyMap<VisitorId, Known>): Promise<number> {
  let undone = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const wrong = (await persons(site, known)).flatMap((person) => wrongEdge(person) ?? []);
    if (wrong.length === 0) return undone;
    for (const edge of wrong) {
      const answer = await site.people.undo({
        visitor: edge.a,
        merge: edge.id,
        by: "officer",
        now: edge.at,
      });
      if (answer.at === "home" && answer.value.done) undone++;
      await site.settle();
    }
  }
  throw new Error("wrong merges come back");
}

const shares = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  [...a].some((side) => b.has(side));

/** One merge between two devices that aren't one side's: on the way between them the first that nobody shares. */
function wrongEdge(person: Person): Edge | null {
  for (const [a, b] of devicePairs(person.visitors)) {
    if (shares(a.sides, b.sides)) continue;
    const known = new Map(person.visitors.map((each) => [each.visitor, each]));
    const way = wayBetween(person.edges, a.visitor, b.visitor);
    const sidesOf = (visitor: VisitorId): ReadonlySet<string> =>
      known.get(visitor)?.sides ?? new Set();
    const between = way.find((edge) => !shares(sidesOf(edge.a), sidesOf(edge.b)));
    const mixed = way.find((edge) => sidesOf(edge.a).size > 1 || sidesOf(edge.b).size > 1);
    return between ?? mixed ?? way[0] ?? null;
  }
  return null;
}

function wayBetween(edges: readonly Edge[], from: VisitorId, to: VisitorId): Edge[] {
  const ways = new Map<VisitorId, Edge[]>([[from, []]]);
  const next = [from];
  for (let at = next.shift(); at !== undefined; at = next.shift()) {
    if (at === to) return ways.get(at) ?? [];
    for (const edge of edges) {
      const other = edge.a === at ? edge.b : edge.b === at ? edge.a : null;
      if (other === null || ways.has(other)) continue;
      ways.set(other, [...(ways.get(at) ?? []), edge]);
      next.push(other);
    }
  }
  return [];
}
