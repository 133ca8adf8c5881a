/** What one version of the merge rules changes about another, in words. */
import type { MergeRules } from "../../domain/identity/rules.ts";
import { partsOf, type Sentence } from "./words.ts";

export interface RuleChange {
  /** The rule's place in the document. */
  id: string;
  /** Null where there was, or is, no such rule. */
  before: string | null;
  after: string | null;
}

/** In the order of the document. */
export function changesBetween(before: MergeRules, after: MergeRules): RuleChange[] {
  const [old, now] = [sentences(before), sentences(after)];
  const ids = new Set([...now.keys(), ...old.keys()]);
  return [...ids].flatMap((id) => changeOf(id, old.get(id), now.get(id)));
}

const sentences = (rules: MergeRules): Map<string, Sentence> =>
  new Map(partsOf(rules).flatMap(({ sentences: all }) => all.map((each) => [each.id, each])));

function changeOf(id: string, old: Sentence | undefined, now: Sentence | undefined): RuleChange[] {
  if (old?.items || now?.items) return listChange(id, old?.items ?? [], now?.items ?? []);
  const [before, after] = [old?.words ?? null, now?.words ?? null];
  return before === after ? [] : [{ id, before, after }];
}

const NAMES: Readonly<Record<string, string>> = {
  "personas.organisations": "Domains of organisations",
  "personas.personal": "Domains that are personal",
  "blocked.values": "Values that name nobody",
  "blocked.patterns": "Patterns of values that name nobody",
  "blocked.allowed": "Excepted values",
};

/** Of a list only what came and what went. */
function listChange(id: string, old: readonly string[], now: readonly string[]): RuleChange[] {
  const gone = old.filter((each) => !now.includes(each));
  const come = now.filter((each) => !old.includes(each));
  if (gone.length === 0 && come.length === 0) return [];
  const name = NAMES[id] ?? id;
  return [
    {
      id,
      before: gone.length === 0 ? null : `${name}, no longer: ${gone.join(", ")}.`,
      after: come.length === 0 ? null : `${name}, new: ${come.join(", ")}.`,
    },
  ];
}
