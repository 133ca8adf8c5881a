/**
 * Being turned down by one who said the same is no reason to stay apart from the others who said it: else whoever types
 * an address first could keep those apart whom it belongs to. So a claimant asks one after the other, surest first.
 */
import { type Claim, type ClaimState, atLeast } from "./claims.ts";

/** As many are asked. Behind so many who won't be joined there is nobody to be found. */
export const ASKED_MAX = 8;
/** Of one person, as many devices are remembered. */
const DEVICES_MAX = 32;

export const isTurnedDownBy = ({ turnedDown = [] }: Claim, tag: number): boolean =>
  turnedDown.some(({ by }) => by.includes(tag));

/** Whether `reason` is among those for which somebody turned it down. */
export const wasTurnedDownFor = ({ turnedDown = [], state, reason }: Claim, why: string): boolean =>
  turnedDown.some((each) => each.reason === why) || (state !== "waiting" && reason === why);

/** Somebody else says it who couldn't be joined for want of consent, whichever of both was asked: what they decided isn't known here. */
export const isSaidApart = (claim: Claim): boolean =>
  claim.shared === true || wasTurnedDownFor(claim, "consent");

/** A human said that it isn't this visitor's: it joins nobody until a human takes that back, or it is said more surely. */
export const isDisowned = ({ state, reason }: Claim): boolean =>
  state === "refused" && reason === "disowned";

/**
 * It was kept as long as it may be and not said again: its value is gone, from the index as well. What is left proves a merge that
 * stands, and is nobody's name any more; said again, it is as if it were said for the first time.
 */
export const isLapsed = ({ state, reason }: Claim): boolean =>
  state === "refused" && reason === "lapsed";

/** What is left of a claim that has lapsed. */
export function lapsed({ key, kind, assurance, at, again }: Claim): Claim {
  const day = again === undefined ? {} : { again };
  return { key, kind, assurance, at, ...day, state: "refused", reason: "lapsed" };
}

/** What more assurance, or more consent, on the other side may settle: what both prove isn't kept out by what was only said. */
export const isOpenToMore = (claim: Claim): boolean =>
  claim.state === "kept" ||
  wasTurnedDownFor(claim, "assurance") ||
  wasTurnedDownFor(claim, "consent") ||
  wasTurnedDownFor(claim, "foreign") ||
  (claim.assurance === "verified" &&
    (wasTurnedDownFor(claim, "limit") || wasTurnedDownFor(claim, "severed")));

/** A waiting claim that one person turned down, whose claimants have these tags: it goes on waiting, or has ended. */
export function turnDown(claim: Claim, reason: string, by: readonly number[]): Claim {
  const news = by.filter((tag) => !isTurnedDownBy(claim, tag)).slice(0, DEVICES_MAX);
  if (news.length === 0) return claim;
  const turnedDown = [...(claim.turnedDown ?? []), { reason, by: news }];
  const next = { ...claim, turnedDown };
  return asksFurther(claim) && turnedDown.length < ASKED_MAX ? next : ended(next);
}

/** An anonymous id joins its first claimant only, and what is merely a hint joins nobody by itself. */
const asksFurther = ({ kind, assurance }: Claim): boolean =>
  kind !== "anonymous_id" && atLeast(assurance, "asserted");

/** A claim when nobody is left to be asked: what the surest of those who were asked said stands. */
export function ended(claim: Claim): Claim {
  const { reason: _, ...rest } = claim;
  // Whose it isn't has no say in whose it is.
  const first = claim.turnedDown?.find(({ reason }) => reason !== "foreign");
  if (!first) return { ...rest, state: "settled" };
  const state: ClaimState = first.reason === "assurance" ? "kept" : "refused";
  return { ...rest, state, reason: first.reason };
}

/** The claim as if it were made now: everybody is asked again. */
export function anew(claim: Claim): Claim {
  const { reason: _, turnedDown: __, ...rest } = claim;
  return { ...rest, state: "waiting" };
}
