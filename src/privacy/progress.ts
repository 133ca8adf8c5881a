/** How far work has come that goes through all visitors in the order of their ids. */
const DIGITS = "abcdefghijklmnopqrstuvwxyz234567";
const IN_ORDER = [...DIGITS].sort().join("");

/** From 0 to 1: ids are random, so a place in their order is a share of them. */
export function shareBefore(visitor: string | null): number {
  const place = (at: number): number =>
    Math.max(0, IN_ORDER.indexOf(visitor?.[at] ?? IN_ORDER.charAt(0)));
  return (place(0) * 32 + place(1)) / 1024;
}
