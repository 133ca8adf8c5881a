/** What must hold after every step, and when a history has come to rest (DESIGN.md 3, issue "The edge worker"). */
import { components, type Edge } from "../../src/domain/identity/evidence.ts";
import type { IdentifierKey, MergeId, VisitorId } from "../../src/domain/ids.ts";
import type { VisitorDoc } from "../../src/person/documents.ts";
import {
  ASKED_MAX,
  isTurnedDownBy,
  wasTurnedDownFor,
} from "../../src/domain/identity/turned-down.ts";
import { hashId, wholeSlice } from "../../src/person/cold.ts";
import { sidesWithout } from "../../src/person/part.ts";
import type { Transactor } from "../../src/person/transactor.ts";
import { Broken, type World } from "./world.ts";

const must = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Broken(otherwise);
};

const order = (a: VisitorId, b: VisitorId): number => (a < b ? -1 : 1);

/** At any time: nobody lives twice, and no new edge joins what a human took apart. */
export function stepwise(): (world: World) => void {
  const known = new Set<MergeId>();
  return (world) => {
    const at = new Map<VisitorId, VisitorId>();
    for (const object of world.objects.values())
      object.host.read((tx) => {
        for (const visitor of tx.visitors.keys()) {
          must(!at.has(visitor), `${visitor} lives in ${at.get(visitor)} and ${object.name}`);
          at.set(visitor, object.name);
        }
        for (const edge of tx.edges.values()) {
          if (known.has(edge.id)) continue;
          known.add(edge.id);
          const [left, right] = sidesWithout(tx, edge);
          noteEdge(world, edge, left, right);
        }
      });
  };
}

function noteEdge(world: World, edge: Edge, left: VisitorId[], right: VisitorId[]): void {
  const { evidence } = edge;
  if (evidence.kind === "command") {
    must(!world.undoneCommands.has(evidence.id), `the undone merge ${evidence.id} came back`);
    world.heal(evidence, left, right);
    return;
  }
  const apart = world.apart.find(
    ({ a, b }) =>
      (left.includes(a) && right.includes(b)) || (left.includes(b) && right.includes(a)),
  );
  must(apart === undefined, `${apart?.a} and ${apart?.b} are kept apart and were joined`);
  const crossing = world.severed.find(
    ({ identifier, a, b }) =>
      identifier === evidence.identifier &&
      ((left.includes(a) && right.includes(b)) || (left.includes(b) && right.includes(a))),
  );
  must(
    crossing === undefined,
    `severed ${evidence.identifier} joined ${crossing?.a} and ${crossing?.b} again`,
  );
}

/** When nothing is left to do. */
export function atRest(world: World): void {
  const docs = new Map<VisitorId, { doc: VisitorDoc; home: VisitorId; events: number }>();
  const edges: Edge[] = [];
  for (const object of world.objects.values())
    object.host.read((tx) => {
      must(tx.components().length <= 1, `${object.name} holds two persons`);
      must(!tx.isNameErased, `${object.name} was erased and others live under its name`);
      must(mentions(tx, world.erased) === null, `${mentions(tx, world.erased)} is still named`);
      must(!tx.moving && tx.staged.size === 0, `${object.name} is still moving`);
      edges.push(...tx.edges.values());
      for (const doc of tx.visitors.values()) {
        must(!docs.has(doc.id), `${doc.id} lives twice`);
        must(!world.erased.has(doc.id), `${doc.id} was erased and lives in ${object.name}`);
        const buckets = Object.values(wholeSlice(tx, doc));
        const events = buckets.reduce((sum, bucket) => sum + bucket.events, 0);
        docs.set(doc.id, { doc, home: object.name, events });
      }
      const users = [...tx.visitors.values()].flatMap((doc) =>
        Object.values(doc.claims)
          .filter((claim) => claim.kind === "user_id" && claim.state !== "refused")
          .map((claim) => claim.key),
      );
      must(new Set(users).size <= 1, `${object.name} has two user ids`);
    });
  keptApart(world, docs, edges);
  homesLeadOn(world, docs);
  directory(world, docs);
  forest(docs, edges);
  books(world, docs);
  index(world, docs, edges);
  provenTogether(world, docs, edges);
}

/** An erased visitor that a document of somebody else still names, if there is one. */
function mentions(tx: Transactor, erased: ReadonlySet<VisitorId>): string | null {
  for (const { pending: _, ...doc } of tx.visitors.values())
    for (const visitor of erased)
      if (JSON.stringify(doc).includes(`${visitor}"`)) return `${visitor}, in ${doc.id},`;
  return null;
}

type Docs = Map<VisitorId, { doc: VisitorDoc; home: VisitorId; events: number }>;

function homesLeadOn(world: World, docs: Docs): void {
  for (const [visitor, homes] of world.homes) {
    must(world.erased.has(visitor) || docs.has(visitor), `${visitor} lives nowhere`);
    for (const home of homes) {
      let at = home;
      for (let hop = 0; ; hop++) {
        const here = world.object(at).host.read((tx) => ({
          ends: tx.visitors.has(visitor) || tx.tombs.has(visitor),
          to: tx.pointers.get(visitor)?.to,
        }));
        if (here.ends) break;
        must(here.to !== undefined, `no way on from ${at} to ${visitor}`);
        must(hop < 50, `the pointers of ${visitor} run in a circle`);
        at = here.to as VisitorId;
      }
    }
  }
}

/** Nobody is one person with whom they are kept apart from, and both sides know of it, so that either can tell of its erasure. */
function keptApart(world: World, docs: Docs, edges: Edge[]): void {
  const persons = components(docs.keys(), edges, order);
  for (const [visitor, { doc }] of docs)
    for (const other of doc.separate) {
      must(
        !persons.some((person) => person.includes(visitor) && person.includes(other)),
        `${visitor} and ${other} are kept apart and are one person`,
      );
      must(
        docs.get(other)?.doc.separate.includes(visitor) === true,
        `${visitor} is kept apart from ${other}, who doesn't know`,
      );
    }
  for (const { a, b } of world.apart)
    must(
      docs.get(a)?.doc.separate.includes(b) === true,
      `a human said that ${a} and ${b} are two, and nothing is left of it`,
    );
}

/** Every person is listed under its home's name, and nobody else is, however late what was said of them came. */
function directory(world: World, docs: Docs): void {
  const homes = new Set([...docs.values()].map(({ home }) => home));
  for (const home of homes)
    must(world.d1.people.get(home)?.listed === true, `${home} isn't in the directory`);
  for (const [id, { listed }] of world.d1.people)
    must(!listed || homes.has(id), `${id} is in the directory and nobody lives there`);
}

function forest(docs: Docs, edges: Edge[]): void {
  for (const { a, b } of edges) must(docs.has(a) && docs.has(b), `the edge ${a}–${b} dangles`);
  must(new Set(edges.map((edge) => edge.id)).size === edges.length, "an edge is stored twice");
  const persons = components(docs.keys(), edges, order);
  must(edges.length === docs.size - persons.length, "the merges don't form a forest");
  for (const person of persons) {
    const homes = new Set(person.map((visitor) => docs.get(visitor)?.home));
    must(homes.size === 1, `the person ${person.join(", ")} lives in ${[...homes].join(", ")}`);
  }
}

function books(world: World, docs: Docs): void {
  const counted = new Map<VisitorId, number>();
  for (const key of world.d1.events.keys()) {
    const visitor = key.split("/")[0] as VisitorId;
    must(!world.erased.has(visitor), `the erased event ${key} is in D1`);
    counted.set(visitor, (counted.get(visitor) ?? 0) + 1);
  }
  for (const key of world.accepted) {
    const visitor = key.split("/")[0] as VisitorId;
    must(
      world.erased.has(visitor) || world.d1.events.has(key),
      `the accepted event ${key} isn't in D1`,
    );
  }
  for (const [visitor, { events }] of docs)
    must(
      events === (counted.get(visitor) ?? 0),
      `${visitor} has ${events} events folded, D1 has ${counted.get(visitor) ?? 0}`,
    );
}

function index(world: World, docs: Docs, edges: Edge[]): void {
  for (const identifier of world.d1.index.identifiers())
    for (const visitor of world.d1.index.claimants(identifier)) {
      must(!world.erased.has(visitor), `the erased ${visitor} is in the index`);
      must(
        docs.get(visitor)?.doc.claims[identifier] !== undefined,
        `the index has ${identifier} of ${visitor}, who doesn't say so`,
      );
    }
  const persons = components(docs.keys(), edges, order);
  const personOf = (visitor: VisitorId): VisitorId[] =>
    persons.find((person) => person.includes(visitor)) ?? [];
  for (const [visitor, { doc }] of docs)
    for (const claim of Object.values(doc.claims)) {
      // More than the rules allow is never said to the index, nor what is taken back at once.
      if (claim.turnedDown === undefined && ["limit", "corrected"].includes(claim.reason ?? ""))
        continue;
      const claimants = world.d1.index.claimants(claim.key);
      must(claimants.includes(visitor), `${visitor} says ${claim.key}, the index doesn't know`);
      const before = claimants.slice(0, claimants.indexOf(visitor));
      const mine = personOf(visitor);
      // Joined with one of those before it, it needs no other; taken apart from one, it asks nobody by itself.
      if (before.some((other) => mine.includes(other)) || isCut(world, docs, claim.key, mine))
        continue;
      for (const other of before)
        must(
          isTurnedDownBy(claim, hashId(other)) || (claim.turnedDown?.length ?? 0) >= ASKED_MAX,
          `${visitor} and ${other} both say ${claim.key} and are two persons without a reason (${claim.state})`,
        );
    }
}

/** Where only addresses are said and nobody takes anything apart, all who proved the same are one person. */
function provenTogether(world: World, docs: Docs, edges: Edge[]): void {
  const isPlain = world.history.operations.every(
    (operation) =>
      ["visit", "squat", "erase"].includes(operation.do) ||
      (operation.do === "identify" && operation.says.startsWith("e")),
  );
  // Limits are first come, first kept.
  const isCrowded = [...docs.values()].some(({ doc }) =>
    Object.values(doc.claims).some((claim) => wasTurnedDownFor(claim, "limit")),
  );
  if (!isPlain || isCrowded) return;
  const persons = components(docs.keys(), edges, order);
  const first = new Map<IdentifierKey, VisitorId>();
  for (const [visitor, { doc }] of docs)
    for (const { key, assurance } of Object.values(doc.claims)) {
      if (assurance !== "verified") continue;
      const other = first.get(key) ?? visitor;
      first.set(key, other);
      must(
        persons.some((person) => person.includes(visitor) && person.includes(other)),
        `${visitor} and ${other} both proved ${key} and are two persons`,
      );
    }
}

/** By a human, or by a proved sign-in. */
const isCut = (world: World, docs: Docs, identifier: IdentifierKey, mine: VisitorId[]): boolean =>
  world.severed.some(
    (cut) => cut.identifier === identifier && (mine.includes(cut.a) || mine.includes(cut.b)),
  ) ||
  mine.some((visitor) =>
    Object.keys(docs.get(visitor)?.doc.severed ?? {}).some((key) =>
      key.startsWith(`${identifier}|`),
    ),
  );
