/** Which rows were recorded under a purpose, among others; and for what a purpose opens, under whichever of its names. */
import { openedSince } from "../domain/consent/opened-since.ts";
import type { Openings } from "../domain/consent/openings.ts";
import { type Capability, PURPOSE_ID } from "../domain/consent/purposes.ts";
import { purposesSoFar } from "./policies.ts";

/** A condition on `purposes`. Ids are letters, digits and hyphens, so that they stand in a text as they are. */
export function recordedUnder(ids: Iterable<string>): string {
  const names = [...ids].filter((id) => PURPOSE_ID.test(id));
  if (names.length === 0) return "0";
  const each = names.map((id) => `instr(',' || purposes || ',', ',${id},') > 0`);
  return each.length === 1 ? (each[0] ?? "0") : `(${each.join(" OR ")})`;
}

/**
 * What was recorded when a purpose opened it already: an event says the version of the policy by which it was recorded.
 * @param openings of the policy in force
 */
export async function recordedFor(
  db: D1Database,
  { by, always }: Openings,
  capability: Capability,
): Promise<string> {
  if (always.has(capability)) return "1";
  const since = openedSince(await purposesSoFar(db), capability);
  const versions = Map.groupBy(by[capability], (name) => since.get(name) ?? 1);
  const each = [...versions].map(([version, names]) =>
    version > 1 ? `(policy >= ${version} AND ${recordedUnder(names)})` : recordedUnder(names),
  );
  return each.length === 0 ? "0" : `(${each.join(" OR ")})`;
}
