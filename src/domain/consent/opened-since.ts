/**
 * Since when a purpose opens what it opens. Whoever agreed to less before didn't agree to that: what was recorded under an earlier
 * version isn't counted for it, whatever the purpose opens by now.
 */
import { namesOf, type Naming } from "./openings.ts";
import type { Capability, Purpose } from "./purposes.ts";

export interface Version {
  readonly version: number;
  readonly purposes: readonly Omit<Naming, "since">[];
}

/**
 * The version since which each name opens it without a break. Another name for a purpose opens it since the purpose does; one for
 * several since the last of them does.
 * @param versions all that were published, oldest first
 */
export function openedSince(
  versions: readonly Version[],
  capability: Capability,
): ReadonlyMap<Purpose, number> {
  let before: ReadonlyMap<Purpose, number> = new Map();
  let known: ReadonlySet<Purpose> = new Set();
  for (const { version, purposes } of versions) {
    const since = new Map<Purpose, number>();
    for (const purpose of purposes) {
      if (!purpose.switchesOn.includes(capability)) continue;
      const names = namesOf(purpose);
      const old = names.filter((name) => known.has(name));
      for (const name of old) since.set(name, before.get(name) ?? version);
      const last = Math.max(...old.map((name) => since.get(name) ?? version));
      for (const name of names)
        if (!known.has(name)) since.set(name, old.length > 0 ? last : version);
    }
    before = since;
    known = new Set(purposes.flatMap(namesOf));
  }
  return before;
}
