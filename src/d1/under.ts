/** Which rows were recorded under a purpose, among others; and for what a purpose opens, under whichever of its names. */
import type { Openings } from "../domain/consent/openings.ts";
import { type Capability, PURPOSE_ID } from "../domain/consent/purposes.ts";

/** A condition on `purposes`. Ids are letters, digits and hyphens, so that they stand in a text as they are. */
export function recordedUnder(ids: Iterable<string>): string {
  const names = [...ids].filter((id) => PURPOSE_ID.test(id));
  if (names.length === 0) return "0";
  const each = names.map((id) => `instr(',' || purposes || ',', ',${id},') > 0`);
  return each.length === 1 ? (each[0] ?? "0") : `(${each.join(" OR ")})`;
}

export const recordedFor = ({ by, always }: Openings, capability: Capability): string =>
  always.has(capability) ? "1" : recordedUnder(by[capability]);
