/** What must hold of consent when a history has come to rest (DESIGN.md 3 and 4). */
import type { IdentifierKey } from "../../src/domain/ids.ts";
import { wholeSlice } from "../../src/person/cold.ts";
import { standingOf } from "../../src/person/standing.ts";
import { grantsOf } from "../../src/person/situation.ts";
import { PURPOSES } from "./consent-history.ts";
import { Broken, type World } from "./world.ts";
import { provenSame } from "./world/will.ts";

const must = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Broken(otherwise);
};

export function consentAtRest(world: World): void {
  for (const [key, purposes] of world.d1.events) {
    const kept = world.kept.get(key);
    must(!kept || kept.join() === purposes.join(), `${key} lies in D1 under ${purposes}`);
  }
  for (const { host } of world.objects.values())
    host.read((tx) => {
      for (const doc of tx.visitors.values()) {
        if (!world.will.hasSpoken(doc.id) && !Object.keys(doc.slice).length) continue;
        const buckets = Object.values(wholeSlice(tx, doc));
        const folded = tallied(buckets.map(({ purposes, events }) => [purposes.join(), events]));
        const kept = [...world.kept].filter(([key]) => key.startsWith(`${doc.id}/`));
        if (kept.length > 0)
          must(
            folded === tallied(kept.map(([, purposes]) => [purposes.join(), 1])),
            `${doc.id} has ${folded} folded`,
          );
        if (!world.will.hasSpoken(doc.id)) continue;
        for (const key of Object.keys(doc.claims) as IdentifierKey[])
          must(world.named.has(`${doc.id} ${key}`), `${doc.id} says ${key} without recognition`);
        for (let seq = 1; seq <= doc.receipts.seq; seq++)
          must(world.d1.receipts.has(`${doc.id} ${seq}`), `receipt ${seq} of ${doc.id} is lost`);
        const same = provenSame(doc.id, tx.visitors.values(), tx.edges.values());
        const grants = grantsOf(tx, doc) ?? {};
        const { decision } = standingOf(tx, doc);
        for (const purpose of PURPOSES) {
          const may = world.will.allows(doc.id, purpose, same) === true;
          must(may || !grants[purpose], `${doc.id} is granted ${purpose}, which was denied`);
          const ought = world.will.allows(doc.id, purpose, same, "all") === true;
          must(
            grants[purpose] === true || !ought || !world.isCalm,
            `${doc.id} isn't granted ${purpose}, which nobody denies`,
          );
          must(
            !world.will.deny(same, purpose) || !decision?.granted[purpose],
            `servers are granted ${purpose} for ${doc.id}, which was denied`,
          );
        }
      }
    });
}

/** How often each comes up, as text. */
function tallied(counts: readonly (readonly [string, number])[]): string {
  const sums = new Map<string, number>();
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums]
    .map(([name, sum]) => `${name}: ${sum}`)
    .sort()
    .join("; ");
}
