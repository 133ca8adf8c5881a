import { channelsOf, type ConsentedJourney, type Credits } from "./journey.ts";

/**
 * How journeys move: from each state (0 is the start, then the channels) to each channel, and out of it, weighted by
 * how often. `left` counts all departures, `converted` and `value` those that ended well, and with how much.
 */
interface Chain {
  readonly moves: readonly (readonly number[])[];
  readonly left: readonly number[];
  readonly converted: readonly number[];
  readonly value: readonly number[];
}

/** The order-1 chain of all journeys. Repeats of a channel are left out: staying where one is changes no removal effect. */
const chainOf = (journeys: readonly ConsentedJourney[], channels: readonly string[]): Chain => {
  const states = channels.length + 1;
  const place = new Map(channels.map((channel, i) => [channel, i + 1]));
  const zeros = (): number[] => Array.from({ length: states }, () => 0);
  const moves = Array.from({ length: states }, zeros);
  const [left, converted, value] = [zeros(), zeros(), zeros()];
  for (const journey of journeys) {
    const times = journey.conversions + journey.nulls;
    let state = 0;
    for (const { channel } of journey.touches) {
      const next = place.get(channel) ?? 0;
      const row = moves[state];
      if (next === state || row === undefined) continue;
      row[next] = (row[next] ?? 0) + times;
      left[state] = (left[state] ?? 0) + times;
      state = next;
    }
    if (state === 0) continue;
    left[state] = (left[state] ?? 0) + times;
    converted[state] = (converted[state] ?? 0) + journey.conversions;
    value[state] = (value[state] ?? 0) + journey.value;
  }
  return { moves, left, converted, value };
};

/** Solves a system of linear equations by elimination with partial pivoting; `matrix` carries its right sides and is used up. */
const solved = (matrix: number[][], size: number): number[][] => {
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(matrix[row]?.[column] ?? 0) > Math.abs(matrix[pivot]?.[column] ?? 0))
        pivot = row;
    const top = matrix[pivot] ?? [];
    matrix[pivot] = matrix[column] ?? [];
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
  return matrix.map((row, i) => row.slice(size).map((right) => right / (row[i] ?? 1)));
};

/** Expected conversions and value of one journey from the start, with one state removed: who would enter it is lost. */
const worth = (
  { moves, left, converted, value }: Chain,
  removed: number | null,
): { conversions: number; value: number } => {
  const kept = left.flatMap((departures, state) =>
    state !== removed && (departures > 0 || state === 0) ? [state] : [],
  );
  const matrix = kept.map((from, i) => {
    const departures = left[from] || 1;
    const row = kept.map((to, j) => (i === j ? 1 : 0) - (moves[from]?.[to] ?? 0) / departures);
    return [...row, (converted[from] ?? 0) / departures, (value[from] ?? 0) / departures];
  });
  const [start] = solved(matrix, kept.length);
  return { conversions: start?.[0] ?? 0, value: start?.[1] ?? 0 };
};

/** Share of all conversions and of all value that would be lost without a channel. */
export type RemovalEffects = Readonly<
  Record<string, { readonly conversions: number; readonly value: number }>
>;

/**
 * Removal effects in the order-1 Markov chain of the journeys, solved exactly as an absorbing chain (Anderl et al. 2016
 * define them; they are usually simulated). A removed channel leads to null.
 */
export const removalEffects = (journeys: readonly ConsentedJourney[]): RemovalEffects => {
  const channels = channelsOf(journeys);
  const chain = chainOf(journeys, channels);
  const all = worth(chain, null);
  const lost = (whole: number, rest: number): number =>
    whole > 0 ? Math.max(0, 1 - rest / whole) : 0;
  return Object.fromEntries(
    channels.map((channel, i) => {
      const rest = worth(chain, i + 1);
      return [
        channel,
        {
          conversions: lost(all.conversions, rest.conversions),
          value: lost(all.value, rest.value),
        },
      ];
    }),
  );
};

/** Credit in proportion to the removal effects. Journeys without touches credit nobody. */
export const attributeByMarkov = (journeys: readonly ConsentedJourney[]): Credits => {
  const effects = Object.entries(removalEffects(journeys));
  const touched = journeys.filter(({ touches }) => touches.length > 0);
  const conversions = touched.reduce((sum, journey) => sum + journey.conversions, 0);
  const value = touched.reduce((sum, journey) => sum + journey.value, 0);
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
};
