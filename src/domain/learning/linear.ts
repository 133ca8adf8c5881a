/**
 * Bayesian linear regression of the reward on the context, one per action (as in LinTS and LinUCB, disjoint).
 * `covariance` is in units of the noise's variance, its lower triangle row by row. Features beyond its size have not
 * been seen by this action: weight 0, variance 1 / ridge.
 */
export interface Linear {
  readonly weights: readonly number[];
  readonly covariance: readonly number[];
}

/** Mean of the reward, and the variance of that mean in units of the noise's. */
export interface Forecast {
  readonly mean: number;
  readonly variance: number;
}

/** A model that expects `rate` everywhere. */
export const expecting = (rate: number, ridge: number): Linear => ({
  weights: [rate],
  covariance: [1 / ridge],
});

/** What the model expects at a vector. */
export const forecast = (
  { weights, covariance }: Linear,
  vector: readonly number[],
  ridge: number,
): Forecast => {
  let mean = 0;
  let variance = 0;
  let at = 0;
  for (let i = 0; i < weights.length; i += 1) {
    const x = vector[i] ?? 0;
    if (x === 0) {
      at += i + 1;
      continue;
    }
    let off = 0;
    for (let j = 0; j < i; j += 1) off += (covariance[at + j] ?? 0) * (vector[j] ?? 0);
    variance += x * (2 * off + (covariance[at + i] ?? 0) * x);
    mean += (weights[i] ?? 0) * x;
    at += i + 1;
  }
  for (let i = weights.length; i < vector.length; i += 1)
    variance += ((vector[i] ?? 0) * (vector[i] ?? 0)) / ridge;
  return { mean, variance };
};

/** Room for as many features as the vector has. */
const grown = (
  { weights, covariance }: Linear,
  size: number,
  ridge: number,
): { weights: number[]; covariance: number[] } => {
  const wider = { weights: weights.slice(), covariance: covariance.slice() };
  for (let i = weights.length; i < size; i += 1) {
    wider.weights.push(0);
    for (let j = 0; j < i; j += 1) wider.covariance.push(0);
    wider.covariance.push(1 / ridge);
  }
  return wider;
};

/** The model after one more reward: a rank-one update (Sherman–Morrison), in the square of the number of features. */
export const observe = (
  model: Linear,
  vector: readonly number[],
  reward: number,
  ridge: number,
): Linear => {
  const next = grown(model, vector.length, ridge);
  const { weights, covariance } = next;
  const size = weights.length;
  const direction = new Float64Array(size);
  const x = new Float64Array(size);
  for (let i = 0; i < size; i += 1) x[i] = vector[i] ?? 0;
  for (let i = 0, at = 0; i < size; i += 1, at += i) {
    const xi = x[i] ?? 0;
    let sum = (covariance[at + i] ?? 0) * xi;
    for (let j = 0; j < i; j += 1) {
      const entry = covariance[at + j] ?? 0;
      sum += entry * (x[j] ?? 0);
      direction[j] = (direction[j] ?? 0) + entry * xi;
    }
    direction[i] = sum;
  }
  let mean = 0;
  let scale = 1;
  for (let i = 0; i < size; i += 1) {
    mean += (weights[i] ?? 0) * (x[i] ?? 0);
    scale += (direction[i] ?? 0) * (x[i] ?? 0);
  }
  const step = (reward - mean) / scale;
  for (let i = 0, at = 0; i < size; i += 1, at += i) {
    const di = direction[i] ?? 0;
    weights[i] = (weights[i] ?? 0) + step * di;
    const factor = di / scale;
    for (let j = 0; j <= i; j += 1)
      covariance[at + j] = (covariance[at + j] ?? 0) - factor * (direction[j] ?? 0);
  }
  return next;
};

/** Inverse of a positive definite matrix given as its lower triangle, by Cholesky; null when it is not one. */
const inverted = (matrix: readonly number[], size: number): number[] | null => {
  const at = (i: number, j: number): number => (i * (i + 1)) / 2 + j;
  const root: number[] = [];
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[at(i, j)] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (root[at(i, k)] ?? 0) * (root[at(j, k)] ?? 0);
      if (i !== j) root.push(sum / (root[at(j, j)] ?? 1));
      else if (sum > 0) root.push(Math.sqrt(sum));
      else return null;
    }
  const solved: number[] = [];
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j <= i; j += 1) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k += 1) sum -= (root[at(i, k)] ?? 0) * (solved[at(k, j)] ?? 0);
      solved.push(sum / (root[at(i, i)] ?? 1));
    }
  const inverse: number[] = [];
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j <= i; j += 1) {
      let sum = 0;
      for (let k = i; k < size; k += 1) sum += (solved[at(k, i)] ?? 0) * (solved[at(k, j)] ?? 0);
      inverse.push(sum);
    }
  return inverse;
};

/** The model with its evidence at a share of its weight: the same expectations, less sure, never less than at first. */
export const faded = ({ weights, covariance }: Linear, share: number, ridge: number): Linear => {
  const size = weights.length;
  const precision = inverted(covariance, size);
  const mixed = precision?.map((entry) => entry * share) ?? [];
  for (let i = 0; i < size; i += 1) {
    const diagonal = (i * (i + 3)) / 2;
    mixed[diagonal] = (mixed[diagonal] ?? 0) + (1 - share) * ridge;
  }
  const widened = precision === null ? null : inverted(mixed, size);
  // Rounding left no usable matrix: start over with the weights alone.
  return {
    weights,
    covariance: widened ?? grown({ weights: [], covariance: [] }, size, ridge).covariance,
  };
};
