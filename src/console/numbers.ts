/** Figures as people read them. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const MONEY = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `1,204` */
export const whole = (n: number): string => WHOLE.format(n);

/** `1,204`, and `2.3` where a whole number would say too little. */
export function average(n: number): string {
  if (n > 0 && n < 0.05) return "under 0.1";
  return n < 10 && !Number.isInteger(n) ? n.toFixed(1) : whole(n);
}

/** `1.2K`, for axes and other narrow places. */
export const short = (n: number): string => SHORT.format(n);

/** Cents → `1,204.50`. The site knows its currency. */
export const money = (cents: number): string => MONEY.format(cents / 100);

/** `1 event`, `1,204 events` */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${whole(n)} ${n === 1 ? one : many}`;

/** 0.82 → `82 %`; with a decimal below one percent and above ninety-nine, so that little isn't nothing. */
export function percent(share: number): string {
  const hundredths = share * 100;
  if (hundredths > 0 && hundredths < 0.1) return "under 0.1 %";
  const edge = (hundredths > 0 && hundredths < 1) || (hundredths > 99 && hundredths < 100);
  const shown = edge ? Math.min(99.9, hundredths).toFixed(1) : Math.round(hundredths);
  return `${Number(shown)} %`;
}

/** `12 % more than before`, of two like spans; undefined where there is nothing to compare with. */
export function changeWords(now: number, before: number | null): string | undefined {
  if (before === null || before === 0) return undefined;
  const change = now / before - 1;
  if (Math.abs(change) < 0.005) return "as much as before";
  if (change > 9) return "over ten times as much as before";
  return `${percent(Math.abs(change))} ${change > 0 ? "more" : "less"} than before`;
}
