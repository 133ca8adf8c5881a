/** Histories in which people have more addresses than the limit allows: those who proved the same are one person nevertheless. */
import { expect, test, vi } from "vitest";
import { components, type Edge } from "../../src/domain/identity/evidence.ts";
import type { IdentifierKey, VisitorId } from "../../src/domain/ids.ts";
import type { VisitorDoc } from "../../src/person/documents.ts";
import { atRest, stepwise } from "./checks.ts";
import type { History, Operation } from "./history.ts";
import { below, pick, seeded } from "./random.ts";
import { Broken, World } from "./world.ts";

vi.mock(import("../../src/domain/identity/rules.ts"), async (original) => {
  const rules = await original();
  const { limits } = rules.DEFAULT_MERGE_RULES;
  return {
    ...rules,
    DEFAULT_MERGE_RULES: {
      ...rules.DEFAULT_MERGE_RULES,
      limits: { ...limits, default: 2 },
    },
  };
});

/** One address is proven, or it and one user id; whatever else is said is only typed. */
function crowded(seed: number, proven: readonly string[]): History {
  const random = seeded(seed * 31 + 7);
  const visitors = 2 + below(random, 4);
  const operations = Array.from({ length: 4 + below(random, 12) }, (): Operation => {
    const visitor = 1 + below(random, visitors);
    return random() < 0.4
      ? { do: "identify", visitor, says: pick(random, proven), sure: true }
      : { do: "identify", visitor, says: `e${1 + below(random, 5)}`, sure: false };
  });
  const trouble = below(random, 3) * below(random, 4);
  return {
    seed,
    operations,
    eager: random() < 0.5,
    faults: { crash: trouble, drop: trouble, double: below(random, 4), d1: below(random, 3) },
  };
}

/** Who proved something and isn't one with another who did. */
function apart(world: World): string | null {
  const docs: VisitorDoc[] = [];
  const edges: Edge[] = [];
  for (const { host } of world.objects.values())
    host.read((tx) => {
      docs.push(...tx.visitors.values());
      edges.push(...tx.edges.values());
    });
  const ids = docs.map(({ id }) => id);
  const people = components(ids, edges, (a, b) => (a < b ? -1 : 1));
  const first = new Map<IdentifierKey, VisitorId>();
  for (const { id, claims } of docs)
    for (const { key, assurance } of Object.values(claims)) {
      if (assurance !== "verified") continue;
      const other = first.get(key) ?? id;
      first.set(key, other);
      if (!people.some((person) => person.includes(id) && person.includes(other)))
        return `${id} and ${other} both proved ${key} and are two persons`;
    }
  return null;
}

/** Histories in which they stayed two, because the proof crossed a refusal. */
const FOUND = [5364, 5865, 10234, 10808, 11153];

test.each([["an address", ["e1"]] as const, ["an address and a user id", ["e1", "u1"]] as const])(
  "whatever is typed beside it, in whatever order and whatever fails, those who proved %s are one person",
  (_, proven) => {
    const failures: string[] = [];
    for (const seed of [...Array.from({ length: 800 }, (_, n) => n + 1), ...FOUND]) {
      const world = new World(crowded(seed, proven));
      try {
        world.run(stepwise());
        atRest(world);
        const two = apart(world);
        if (two) throw new Broken(two);
      } catch (error) {
        if (!(error instanceof Broken)) throw new Error(`seed ${seed}`, { cause: error });
        failures.push(`${seed}: ${error.message}`);
      }
    }
    expect(failures).toEqual([]);
  },
);
