/** ln Γ(x) for x > 0, to about 1e-12: recurrence up to 8, then Stirling's series (Abramowitz & Stegun 6.1.41). */
export const logGamma = (x: number): number => {
  let below = 1;
  let z = x;
  while (z < 8) {
    below *= z;
    z += 1;
  }
  const inverse = 1 / z;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - Math.log(below);
};

/** ψ′(x) for x > 0: the variance of the log of a gamma variable (Abramowitz & Stegun 6.4.12). */
export const trigamma = (x: number): number => {
  let sum = 0;
  let z = x;
  while (z < 6) {
    sum += 1 / (z * z);
    z += 1;
  }
  const square = 1 / (z * z);
  return sum + 1 / z + square / 2 + (square / z) * (1 / 6 - square * (1 / 30 - square / 42));
};

/** Φ(x), absolute error below 8e-8 (Abramowitz & Stegun 26.2.17). */
export const normalCdf = (x: number): number => {
  if (x > 8) return 1;
  if (x < -8) return 0;
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const poly =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = 0.3989422804014327 * Math.exp((-x * x) / 2) * poly;
  return x >= 0 ? 1 - tail : tail;
};

export const logit = (p: number): number => Math.log(p / (1 - p));

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const clamp = (x: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, x));
