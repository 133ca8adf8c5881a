import { channelsOf, type ConsentedJourney, type Credits, type Journey } from "./journey.ts";

/**
 * How journeys move, counted: from each state (0 is the start, then the channels in the order of `channels`) to each
 * channel, and out of it. `left` counts all departures, `converted` and `value` those that ended well, and with how much.
 * Only moves that were made are held. Plain data, so that a long count can be put down and taken up again.
 */
export interface Chain {
  readonly channels: string[];
  readonly moves: Map<number, number>[];
  readonly left: number[];
  readonly converted: number[];
  readonly value: number[];
}

export const emptyChain = (): Chain => ({
  channels: [],
  moves: [new Map()],
  left: [0],
  converted: [0],
  value: [0],
});

/** A channel's state; a new one has none of its own yet and gets it. */
function stateOf(chain: Chain, places: Map<string, number>, channel: string): number {
  const known = places.get(channel);
  if (known !== undefined) return known;
  const state = chain.channels.push(channel);
  places.set(channel, state);
  chain.moves.push(new Map());
  for (const counts of [chain.left, chain.converted, chain.value]) counts.push(0);
  return state;
}

const raise = (counts: number[], at: number, by: number): void => {
  counts[at] = (counts[at] ?? 0) + by;
};

/** Counts journeys into a chain. Repeats of a channel are left out: staying where one is changes no removal effect. */
export function countMoves(chain: Chain, journeys: readonly Journey[]): void {
  const places = new Map(chain.channels.map((channel, i) => [channel, i + 1]));
  for (const journey of journeys) {
    const times = journey.conversions + journey.nulls;
    let state = 0;
    for (const { channel } of journey.touches) {
      const next = stateOf(chain, places, channel);
      if (next === state) continue;
      const row = chain.moves[state];
      row?.set(next, (row.get(next) ?? 0) + times);
      raise(chain.left, state, times);
      state = next;
    }
    if (state === 0) continue;
    raise(chain.left, state, times);
    raise(chain.converted, state, journey.conversions);
    raise(chain.value, state, journey.value);
  }
}

/** Solves a system of linear equations by elimination with partial pivoting; `matrix` carries its right sides and is used up. */
const solved = (matrix: Float64Array[], size: number): Float64Array[] => {
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(matrix[row]?.[column] ?? 0) > Math.abs(matrix[pivot]?.[column] ?? 0))
        pivot = row;
    const top = matrix[pivot] ?? new Float64Array();
    matrix[pivot] = matrix[column] ?? new Float64Array();
    matrix[column] = top;
    for (let row = 0; row < size; row += 1) {
      const other = matrix[row];
      if (row === column || other === undefined) continue;
      const factor = (other[column] ?? 0) / (top[column] ?? 1);
      if (factor === 0) continue;
      for (let i = column; i < top.length; i += 1)
        other[i] = (other[i] ?? 0) - factor * (top[i] ?? 0);
    }
  }
  return matrix.map((row, i) => row.subarray(size).map((right) => right / (row[i] ?? 1)));
};

/** Share of all conversions and of all value that would be lost without a channel. */
export type RemovalEffects = Readonly<
  Record<string, { readonly conversions: number; readonly value: number }>
>;

/**
 * Removal effects in the order-1 Markov chain of the journeys, solved exactly as an absorbing chain (Anderl et al. 2016
 * define them; they are usually simulated). A removed channel leads to null.
 *
 * One inverse serves for all channels: a journey is worth what it brings before it first comes to a channel, and then, if
 * it comes there, what that channel is worth. So removing the channel takes away the chance to come there, `visits from the
 * start / visits from itself`, times its worth.
 */
export function effectsIn({ channels, moves, left, converted, value }: Chain): RemovalEffects {
  const states = left.flatMap((departures, state) =>
    departures > 0 || state === 0 ? [state] : [],
  );
  const place = new Map(states.map((state, i) => [state, i]));
  const size = states.length;
  const matrix = states.map((from, i) => {
    const row = new Float64Array(size * 2 + 2);
    const departures = left[from] || 1;
    row[i] = 1;
    for (const [to, times] of moves[from] ?? []) {
      const column = place.get(to);
      if (column !== undefined && column !== i) row[column] = -times / departures;
    }
    row[size + i] = 1;
    row[size * 2] = (converted[from] ?? 0) / departures;
    row[size * 2 + 1] = (value[from] ?? 0) / departures;
    return row;
  });
  const rows = solved(matrix, size);
  const start = rows[0];
  const worth = (row: Float64Array | undefined, of: "conversions" | "value"): number =>
    row?.[of === "conversions" ? size : size + 1] ?? 0;
  const lost = (at: number | undefined, of: "conversions" | "value"): number => {
    const all = worth(start, of);
    const own = at === undefined ? undefined : rows[at];
    if (at === undefined || own === undefined || !(all > 0)) return 0;
    const comes = (start?.[at] ?? 0) / (own[at] || 1);
    return Math.min(1, Math.max(0, (comes * worth(own, of)) / all));
  };
  return Object.fromEntries(
    channels
      .map((channel, i) => [channel, place.get(i + 1)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([channel, at]) => [
        channel,
        { conversions: lost(at, "conversions"), value: lost(at, "value") },
      ]),
  );
}

/** Credit in proportion to the removal effects. @param sums of the journeys with touches */
export function creditsIn(
  chain: Chain,
  { conversions, value }: { conversions: number; value: number },
): Credits {
  const effects = Object.entries(effectsIn(chain));
  const total = effects.reduce((sum, [, effect]) => sum + effect.conversions, 0);
  const totalValue = effects.reduce((sum, [, effect]) => sum + effect.value, 0);
  return Object.fromEntries(
    effects.map(([channel, effect]) => [
      channel,
      {
        conversions: total > 0 ? (conversions * effect.conversions) / total : 0,
        value: totalValue > 0 ? (value * effect.value) / totalValue : 0,
      },
    ]),
  );
}

function chainOf(journeys: readonly Journey[]): Chain {
  const chain = emptyChain();
  // In one order, whatever that of the journeys.
  const places = new Map<string, number>();
  for (const channel of channelsOf(journeys)) stateOf(chain, places, channel);
  countMoves(chain, journeys);
  return chain;
}

export const removalEffects = (journeys: readonly ConsentedJourney[]): RemovalEffects =>
  effectsIn(chainOf(journeys));

/** Journeys without touches credit nobody. */
export function attributeByMarkov(journeys: readonly ConsentedJourney[]): Credits {
  const touched = journeys.filter(({ touches }) => touches.length > 0);
  return creditsIn(chainOf(journeys), {
    conversions: touched.reduce((sum, journey) => sum + journey.conversions, 0),
    value: touched.reduce((sum, journey) => sum + journey.value, 0),
  });
}
