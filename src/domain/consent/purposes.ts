/**
 * What data may be used for. A purpose is a plain string because a privacy officer may rename and add purposes: what one opens is
 * asked of the policy (openings.ts), never of its id.
 */
export type Purpose = string;

/** The one that every policy has, and that is never called otherwise. */
export const NECESSARY = "necessary";

/** Those of the default policy. */
export const BUILT_IN_PURPOSES = [
  NECESSARY,
  "measurement",
  "personalization",
  "recognition",
  "advertising",
] as const satisfies readonly Purpose[];

/**
 * A purpose id: lower case, so that it can stand in cookies, URLs and column values without escaping; and nothing that every object
 * has, so that no table seems to name a purpose that it doesn't.
 */
export const PURPOSE_ID = /^(?!constructor$)[a-z][a-z0-9-]{0,31}$/;

/** Former names that a purpose may have: every one is looked for with each of its records. */
export const FORMER_MOST = 16;

/**
 * What a purpose switches on inside Usher. The policy says which purposes open which capability, so that a
 * renamed or added purpose keeps its meaning (CONTRACT.md, "Which purpose opens what").
 */
export const CAPABILITIES = [
  /** Recording an event. */
  "events",
  /** Setting the cookie that carries the visitor's id. */
  "id-cookie",
  /** Keeping a claim of an identifier and linking visitors by it. */
  "claims",
  /** Measuring how far a page was scrolled and how long it was looked at. No purpose does by default. */
  "engagement",
  /** Showing a next action. */
  "hints",
  /** Keeping click ids of ad and social networks. */
  "click-ids",
  /** Using campaigns in attribution. */
  "attribution",
  /** Handing audiences or conversions to advertising systems. */
  "ad-export",
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** How a region's law treats consent. Ordered from the strictest to the laxest. */
export const REGIMES = ["opt-in", "opt-out", "notice"] as const;

export type Regime = (typeof REGIMES)[number];

/** The strictest of several regimes; without any, opt-in. */
export function strictest(regimes: readonly Regime[]): Regime {
  return REGIMES.find((regime) => regimes.includes(regime)) ?? "opt-in";
}
