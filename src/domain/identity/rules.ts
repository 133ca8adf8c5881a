/** How identifiers join people: the officer's settings for the merge policy. */
import type { IdentifierKey } from "../ids.ts";
import type { BlockedRules } from "../intake/blocked.ts";
import type { Assurance, IdentifierKind } from "./claims.ts";

/**
 * Whose device it is. `personal`: one human's. `shared`: a family's or a team's; what is typed there joins nobody.
 * `kiosk`: the public's; besides, whoever signs in starts a new visitor, so that what was done before isn't theirs.
 */
export const SHARINGS = ["personal", "shared", "kiosk"] as const;
export type Sharing = (typeof SHARINGS)[number];

export interface MergeRules {
  version: number;
  /** Kinds of which one person has at most one. A second one on the same device starts a new visitor. */
  unique: readonly string[];
  /**
   * Kinds in the order in which they are asked whom they join, first things first. Where a visitor says several that lead to
   * people who can't all be one, it goes with the first of them. Kinds that aren't named come after those that are.
   */
  priority: readonly string[];
  /** How many identifiers of a kind one person may have. */
  limits: Readonly<Record<string, number>> & { readonly default: number };
  /** Least assurance on both sides for a merge, by kind; below it the claim is kept but joins nobody. */
  leastAssurance: Readonly<Record<string, Assurance | "never">> & {
    readonly default: Assurance | "never";
  };
  /** One identifier said by more visitors than this is quarantined: it joins nobody further. */
  maxVisitorsPerIdentifier: number;
  /**
   * One identifier that is said by more than `visitors` within so many hours is quarantined; proven claims go on. One that more
   * than `proven` visitors prove within that time is quarantined for them, too: whoever proved it before keeps it.
   */
  flood: { visitors: number; hours: number; proven: number };
  blocked: BlockedRules;
  /** Identifiers that an officer blocked one by one; they stand beside the document and are no part of what is saved. */
  blockedKeys?: ReadonlySet<IdentifierKey>;
  /** From how many proven users on a device is it shared, from how many a kiosk; with users only typed, shared from one more. */
  devices: { sharedFrom: number; kioskFrom: number };
  tokens: TokenRules;
  personas: PersonaRules;
  probable: ProbableRules;
  /** Whose telephone numbers those are that are written without a country, like DE; null: nobody knows. */
  country: string | null;
}

/** What the site's signed identity tokens are good for. */
export interface TokenRules {
  /** Which are good on the device that used them first and on no other: those with a name of their own (`jti`), or all. */
  bound: "named" | "all";
  /** One that is good for longer than this from when it was issued proves nothing; null: as long as the site says. */
  hours: number | null;
}

/** What becomes of two people whose facts are alike. */
export interface ProbableRules {
  /** Probability from which on an officer is asked. */
  suggestFrom: number;
  /** Probability from which on they are joined without asking; null: never. */
  mergeFrom: number | null;
  /**
   * Whether devices are compared by the networks that they are seen at; `suggest`: an officer is asked. Nothing of networks
   * is recorded while it is off, and nobody is ever joined by them without being asked about.
   */
  devices: "off" | "suggest";
}

/** How the work side and the personal side of one human are told apart. */
export interface PersonaRules {
  /** False: addresses of both sides join like any others. */
  apart: boolean;
  /** Domains of organisations that the site deals with: their addresses are work. */
  organisations: readonly string[];
  /** Domains that people have for themselves although no list knows them. */
  personal: readonly string[];
}

export const DEFAULT_MERGE_RULES: MergeRules = {
  version: 1,
  unique: ["user_id"],
  // The site's own numbers, then what is one person's, then what families share.
  priority: ["user_id", "crm", "email", "social", "phone", "esp"],
  // Five as in Segment's default; anonymous ids are many by nature (one per browser profile and reset).
  limits: { user_id: 1, anonymous_id: 1000, default: 5 },
  leastAssurance: { default: "asserted" },
  maxVisitorsPerIdentifier: 100,
  // A household's devices and a year's resets come over months; a script's visitors come within minutes. What a server tells of
  // one customer may come at once, from all the browsers it knows; a till's login comes from every till.
  flood: { visitors: 20, hours: 1, proven: 40 },
  blocked: { values: [], patterns: [], allowed: [] },
  devices: { sharedFrom: 2, kioskFrom: 6 },
  // What a site signs without a name and with a far end may well be meant for several devices and for long.
  tokens: { bound: "named", hours: null },
  personas: { apart: true, organisations: [], personal: [] },
  probable: { suggestFrom: 0.8, mergeFrom: null, devices: "off" },
  country: null,
};

/** `social:google` is a kind of `social`. */
const familyOf = (kind: string): string => kind.split(":")[0] ?? kind;

/** `social:google` is looked up as itself, then as `social`, then as `default`. */
function setting<T>(table: Readonly<Record<string, T>> & { readonly default: T }, kind: string): T {
  return table[kind] ?? table[familyOf(kind)] ?? table.default;
}

export const limitOf = (rules: MergeRules, kind: IdentifierKind): number =>
  setting(rules.limits, kind);
export const leastAssuranceOf = (rules: MergeRules, kind: IdentifierKind): Assurance | "never" =>
  setting(rules.leastAssurance, kind);
/** The smaller, the earlier it is asked whom it joins. */
export function rankOf({ priority }: MergeRules, kind: IdentifierKind): number {
  const named = priority.indexOf(kind);
  if (named >= 0) return named;
  const family = priority.indexOf(familyOf(kind));
  return family >= 0 ? family : priority.length;
}
export const isUnique = ({ unique }: MergeRules, kind: IdentifierKind): boolean =>
  unique.includes(kind) || unique.includes(familyOf(kind));
/** What an officer blocked counts nowhere, also where it was said before. */
export const isHeldBack = (
  { blockedKeys }: Pick<MergeRules, "blockedKeys">,
  key: IdentifierKey,
): boolean => blockedKeys?.has(key) === true;

/** As many visitors as a limit may be set to. */
export const FLOOD_MAX = 10_000;

/** Where nobody said how many proven claims are a flood, twice as many as typed ones. */
export const completeFlood = ({
  visitors,
  hours,
  proven = Math.min(2 * visitors, FLOOD_MAX),
}: Omit<MergeRules["flood"], "proven"> & {
  proven?: number | undefined;
}): MergeRules["flood"] => ({ visitors, hours, proven });

/** Rules as they were saved, some of them before others existed. */
export type SavedRules = Partial<Omit<MergeRules, "flood">> & {
  flood?: Parameters<typeof completeFlood>[0];
};

/** A document that was saved before a rule existed goes by that rule's default. */
export const completeRules = ({ flood, ...saved }: SavedRules): MergeRules => ({
  ...DEFAULT_MERGE_RULES,
  ...saved,
  flood: flood ? completeFlood(flood) : DEFAULT_MERGE_RULES.flood,
  probable: { ...DEFAULT_MERGE_RULES.probable, ...saved.probable },
});
