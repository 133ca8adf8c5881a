/** How identifiers join people: the officer's settings for the merge policy. */
import type { Assurance, IdentifierKind } from "./claims.ts";

export interface MergeRules {
  version: number;
  /** Kinds of which one person has at most one. A second one on the same device starts a new visitor. */
  unique: readonly string[];
  /** How many identifiers of a kind one person may have. */
  limits: Readonly<Record<string, number>> & { readonly default: number };
  /** Least assurance on both sides for a merge, by kind; below it the claim is kept but joins nobody. */
  leastAssurance: Readonly<Record<string, Assurance | "never">> & {
    readonly default: Assurance | "never";
  };
  /** One identifier said by more visitors than this is quarantined: it joins nobody further. */
  maxVisitorsPerIdentifier: number;
}

export const DEFAULT_MERGE_RULES: MergeRules = {
  version: 1,
  unique: ["user_id"],
  // Five as in Segment's default; anonymous ids are many by nature (one per browser profile and reset).
  limits: { user_id: 1, anonymous_id: 1000, default: 5 },
  leastAssurance: { default: "asserted" },
  maxVisitorsPerIdentifier: 100,
};

/** `social:google` is looked up as itself, then as `social`, then as `default`. */
function setting<T>(table: Readonly<Record<string, T>> & { readonly default: T }, kind: string): T {
  return table[kind] ?? table[kind.split(":")[0] ?? kind] ?? table.default;
}

export const limitOf = (rules: MergeRules, kind: IdentifierKind): number =>
  setting(rules.limits, kind);
export const leastAssuranceOf = (rules: MergeRules, kind: IdentifierKind): Assurance | "never" =>
  setting(rules.leastAssurance, kind);
export const isUnique = (rules: MergeRules, kind: IdentifierKind): boolean =>
  rules.unique.includes(kind);
