/** Comparing one record with those that share a key with it, and saying who it probably is one with. */
import { type MatchRecord, recordsOf, sharing } from "../d1/matching.ts";
import { type Found, saveFound } from "../d1/suggestions.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { Millis, VisitorId } from "../domain/ids.ts";
import type { Explanation, Matcher } from "../domain/matching/index.ts";
import type { PersonView } from "../domain/person/calls.ts";
import { isComparable } from "../domain/suggestion/eligible.ts";
import { type Facts, readFacts } from "../domain/suggestion/facts.ts";
import { LARGEST_BLOCK } from "../domain/suggestion/index-keys.ts";
import { joinByRule } from "./automatic.ts";
import type { SuggestPorts } from "./ports.ts";
import { openTo, viewOf } from "./standing.ts";

export interface Comparing {
  ports: SuggestPorts;
  matcher: Matcher;
  version: number;
  rules: MergeRules;
  now: Millis;
}

export interface Comparable extends MatchRecord {
  facts: Facts;
}

/**
 * Gives how many it was compared with. `firstOnly`: those with a greater id alone, since the others find it themselves.
 */
export async function compare(
  comparing: Comparing,
  record: Comparable,
  known: PersonView | null,
  firstOnly: boolean,
): Promise<number> {
  const { ports, matcher, version, rules, now } = comparing;
  const { visitor } = record;
  const near = await sharing(ports.db, record.keys, LARGEST_BLOCK);
  const others = near.filter((other) => (firstOnly ? other > visitor : other !== visitor));
  const candidates = await openRecords(ports, others);
  const matches = candidates
    .map((other) => ({ other: other.visitor, ...explainPair(matcher, record, other) }))
    .filter(({ probability }) => probability >= rules.probable.suggestFrom);
  const found: Found[] = [];
  const view = matches.length > 0 ? (known ?? (await viewOf(ports, visitor))) : null;
  const mine = view?.visitors.find(({ id }) => id === visitor);
  for (const { other, bits, probability, steps } of matches) {
    if (!view || !mine || !isComparable(mine, rules)) break;
    if (!(await openTo(ports, view, visitor, other, rules))) continue;
    const [a, b] = visitor < other ? [visitor, other] : [other, visitor];
    found.push({
      a,
      b,
      at: now,
      weight: Math.round(bits * 1000),
      probability,
      model: version,
      steps: steps.map((step) => ({ ...step, bits: Math.round(step.bits * 1000) / 1000 })),
      basis: "facts",
    });
  }
  await saveFound(ports.db, visitor, found, firstOnly);
  for (const each of found) await joinByRule(comparing, each);
  return candidates.length;
}

async function openRecords(
  { db, sealer }: SuggestPorts,
  visitors: readonly VisitorId[],
): Promise<Named[]> {
  const opened = await Promise.all(
    (await recordsOf(db, visitors)).map(async ({ visitor, sealed }): Promise<Named | null> => {
      const [text] = await sealer.unseal(visitor, [sealed]);
      return text ? { visitor, facts: readFacts(text) } : null;
    }),
  );
  return opened.filter((each) => each !== null);
}

type Named = Pick<Comparable, "visitor" | "facts">;

/** The smaller id first, whoever finds whom: names read crosswise count as the first one's. */
function explainPair(matcher: Matcher, x: Named, y: Named): Explanation {
  const [a, b] = x.visitor < y.visitor ? [x, y] : [y, x];
  return matcher.explain({ id: a.visitor, fields: a.facts }, { id: b.visitor, fields: b.facts });
}
