/**
 * Segments: people with similar journeys, and in words what sets each apart from everybody else. Spherical k-means over
 * the common items; deterministic, since it starts from the persons farthest apart.
 */
import { commonItems, type History, logLikelihoodRatio } from "./cooccurrence.ts";
import { itemWords } from "./items.ts";
import type { SegmentPlace } from "./place.ts";

export interface Trait {
  item: string;
  words: string;
  /** Share in the segment and among everybody else, 0 to 1. */
  inside: number;
  outside: number;
  llr: number;
}

export interface Segment extends SegmentPlace {
  people: number;
  traits: Trait[];
}

const SEGMENTS = 5;
/** Persons looked at for each segment that is made of them. */
const PEOPLE_PER_SEGMENT = 10;
const ROUNDS = 20;
const TRAITS = 4;
/** Items that place somebody: of the others each says little. */
const PULLS = 40;
const NAME_CHARACTERS = 160;
/** p = 0.001 with one degree of freedom. */
const LEAST_LLR = 10.83;

type Vector = Float64Array;

const dot = (a: Vector, b: Vector): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

function unit(vector: Vector): Vector {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((x) => x / length);
}

/** Items that few have say more (inverse document frequency). */
function weightsOf(histories: readonly History[], items: readonly string[]): number[] {
  return items.map((item) => {
    const having = histories.filter((history) => history.has(item)).length;
    return Math.log(1 + histories.length / Math.max(1, having));
  });
}

function vectorsOf(
  histories: readonly History[],
  items: readonly string[],
  weights: readonly number[],
): Vector[] {
  return histories.map((history) =>
    unit(Float64Array.from(items, (item, n) => (history.has(item) ? (weights[n] ?? 0) : 0))),
  );
}

/** The person nearest to the middle, then again and again the one least like any chosen so far. */
function seeds(vectors: readonly Vector[], count: number): Vector[] {
  const middle = unit(meanOf(vectors));
  const chosen: Vector[] = [];
  const nearest = vectors.map(() => -1);
  const first = argmax(vectors.map((vector) => dot(vector, middle)));
  for (let next = first; chosen.length < count;) {
    const seed = vectors[next];
    if (!seed) break;
    chosen.push(seed);
    vectors.forEach((vector, n) => {
      nearest[n] = Math.max(nearest[n] ?? -1, dot(vector, seed));
    });
    next = argmax(nearest.map((likeness) => -likeness));
    if ((nearest[next] ?? 1) > 0.999) break;
  }
  return chosen;
}

const argmax = (values: readonly number[]): number =>
  values.reduce((best, value, n) => (value > (values[best] ?? -Infinity) ? n : best), 0);

function meanOf(vectors: readonly Vector[]): Vector {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) vector.forEach((x, i) => (sum[i] = (sum[i] ?? 0) + x));
  return sum;
}

export function segmentsOf(histories: readonly History[]): Segment[] {
  const items = commonItems(histories);
  const known = histories.filter((history) => items.some((item) => history.has(item)));
  const count = Math.min(SEGMENTS, Math.floor(known.length / PEOPLE_PER_SEGMENT));
  if (count < 2) return [];
  const weights = weightsOf(known, items);
  const vectors = vectorsOf(known, items, weights);
  let centres = seeds(vectors, count);
  let places: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = vectors.map((vector) => argmax(centres.map((centre) => dot(vector, centre))));
    if (next.every((place, n) => place === places[n])) break;
    places = next;
    centres = centres.map((centre, place) => {
      const own = vectors.filter((_, n) => places[n] === place);
      return own.length > 0 ? unit(meanOf(own)) : centre;
    });
  }
  return centres
    .map((centre, place) => ({
      pull: pullOf(centre, items, weights),
      members: known.filter((_, n) => places[n] === place),
    }))
    .filter(({ members }) => members.length > 0)
    .map(({ pull, members }) => ({ ...describe(members, known, items), pull }))
    .toSorted((a, b) => Number(isRest(a)) - Number(isRest(b)) || b.people - a.people);
}

/** Of whom nothing can be said but that they aren't the others. */
const isRest = ({ traits }: Pick<Segment, "traits">): boolean => traits.length === 0;

/** Likeness to the middle is a sum over somebody's items. */
const pullOf = (
  centre: Vector,
  items: readonly string[],
  weights: readonly number[],
): SegmentPlace["pull"] =>
  Object.fromEntries(
    items
      .map((item, n): [string, number] => [item, (centre[n] ?? 0) * (weights[n] ?? 0)])
      .filter(([, pull]) => pull > 0)
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, PULLS)
      .map(([item, pull]) => [item, Number(pull.toPrecision(4))]),
  );

function describe(
  members: readonly History[],
  all: readonly History[],
  items: readonly string[],
): Omit<Segment, "pull"> {
  const others = all.length - members.length;
  const traits = items
    .map((item): Trait => {
      const inside = members.filter((history) => history.has(item)).length;
      const total = all.filter((history) => history.has(item)).length;
      return {
        item,
        words: itemWords(item),
        inside: inside / members.length,
        outside: others > 0 ? (total - inside) / others : 0,
        llr: logLikelihoodRatio(inside, members.length, total, all.length),
      };
    })
    .filter(({ llr }) => llr >= LEAST_LLR)
    .toSorted((a, b) => b.llr - a.llr)
    .slice(0, TRAITS);
  return { name: nameOf(traits).slice(0, NAME_CHARACTERS), people: members.length, traits };
}

/** `Mostly read about youth, often ordered`: true of the group, and said of nobody in it. */
function nameOf(traits: readonly Trait[]): string {
  const named = traits.slice(0, 2).map(({ words, inside }) => ({ words, isMost: inside > 0.5 }));
  const part = (often: string, of: typeof named): string[] =>
    of.length === 0 ? [] : [`${often} ${of.map(({ words }) => words).join(" and ")}`];
  const [first, ...rest] = [
    ...part(
      "mostly",
      named.filter(({ isMost }) => isMost),
    ),
    ...part(
      "often",
      named.filter(({ isMost }) => !isMost),
    ),
  ];
  if (first === undefined) return "Everybody else";
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(", ");
}
