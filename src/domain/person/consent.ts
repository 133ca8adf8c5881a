/**
 * The consent decision that a visitor's object keeps. The gate decides (domain/consent); this is what of it has to be
 * remembered so that withdrawals reach a person's other devices and server calls find a stored answer.
 */
import { keyedNow, namesNow, type Openings } from "../consent/openings.ts";
import type { Millis, VisitorId } from "../ids.ts";
import type { JsonObject } from "../json.ts";

export interface ConsentDecision {
  at: Millis;
  policy: number;
  region: string;
  regime: string;
  /** Every purpose but `necessary` with its answer. */
  granted: Readonly<Record<string, boolean>>;
  /** An opt-out signal was seen and sticks. */
  gpc: boolean;
  /**
   * Who gave the visitor's own answer, by purpose; a purpose that isn't here was decided by the region's default, by its
   * having expired or for want of a readable answer. Missing as a whole in decisions from before this was kept.
   */
  by?: Readonly<Record<string, string>>;
  /** When a purpose was answered, where that isn't `at`. */
  ats?: Readonly<Record<string, Millis>>;
  /** Sources that were read and leave a purpose to the region's default: an older no of theirs doesn't stand any more. */
  freed?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The decision under the names of now: what was denied under any of the names that a purpose had is denied. A yes to what a purpose
 * was before it changed materially is none to what it is now. The same object where it says the same.
 */
export function decisionNow(
  openings: Pick<Openings, "renamed" | "since">,
  decision: ConsentDecision,
): ConsentDecision {
  const { since, renamed } = openings;
  if (renamed.size === 0 && since.size === 0) return decision;
  const { granted, by, ats, freed, policy } = decision;
  const named = keyedNow(
    openings,
    Object.fromEntries(Object.keys(granted).map((id) => [id, id])),
    (a, b) => (standsBefore(decision, a, b) ? a : b),
  );
  const names = Object.entries(named).filter(
    ([now, id]) => granted[id] !== true || policy >= (since.get(now) ?? 1),
  );
  const isSame = names.length === Object.keys(granted).length;
  if (isSame && names.every(([now, id]) => now === id)) return decision;
  const under = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      names.flatMap(([now, id]) => {
        const value = values[id];
        return value === undefined ? [] : [[now, value] as const];
      }),
    );
  return {
    ...decision,
    granted: under(granted),
    ...(by ? { by: under(by) } : {}),
    ...(ats ? { ats: under(ats) } : {}),
    ...(freed
      ? { freed: keyedNow(openings, freed, (a, b) => namesNow(openings, [...a, ...b])) }
      : {}),
  };
}

/** Of two answers a no; of two noes the newer, of two yeses the older. */
function standsBefore(decision: ConsentDecision, a: string, b: string): boolean {
  const yes = decision.granted[a] === true;
  if (yes !== (decision.granted[b] === true)) return !yes;
  return answeredAt(decision, a) <= answeredAt(decision, b) === yes;
}

export const answeredAt = (decision: ConsentDecision, purpose: string): Millis =>
  decision.ats?.[purpose] ?? decision.at;

/** An answer that the visitor gave, by whatever means. */
export const isOwn = ({ by }: ConsentDecision, purpose: string): boolean =>
  by?.[purpose] !== undefined;

/** A no that the visitor gave, by whatever means, and that no default outweighs. */
export const isOwnNo = (decision: ConsentDecision, purpose: string): boolean =>
  decision.granted[purpose] === false && isOwn(decision, purpose);

/** Nobody answered: it holds, or doesn't, where the visitor is. */
export const isDefault = ({ by }: ConsentDecision, purpose: string): boolean =>
  by !== undefined && by[purpose] === undefined;

/**
 * The purposes to which a visitor said no themselves, on this device or on another that is proven to be theirs, and of which
 * nothing they said later took it back.
 */
export function refusedBy(
  own: ConsentDecision,
  others: readonly { decision: ConsentDecision; retired: boolean }[],
): string[] {
  const purposes = new Set([own, ...others.map(({ decision }) => decision)].flatMap(namedIn));
  return [...purposes].filter(
    (purpose) =>
      isOwnNo(own, purpose) ||
      others.some(
        ({ decision, retired }) =>
          isOwnNo(decision, purpose) && !(retired && outlives(own, decision, purpose)),
      ),
  );
}

const namedIn = ({ granted }: ConsentDecision): string[] => Object.keys(granted);

/** Whether an older no to this purpose is outlived by a newer answer to it, whatever else was answered since. */
const outlives = (own: ConsentDecision, other: ConsentDecision, purpose: string): boolean =>
  answeredAt(other, purpose) < answeredAt(own, purpose) &&
  !(isDefault(own, purpose) && isOwnNo(other, purpose));

/** One row of the receipts ledger, hash-chained per visitor. `body` is the canonical receipt, without raw IP or UA. */
export interface Receipt {
  visitor: VisitorId;
  /** 1, 2, 3, … per visitor. */
  seq: number;
  at: Millis;
  kind: "grant" | "withdrawal" | "opt-out";
  policy: number;
  body: JsonObject;
  /** SHA-256 over the canonical body and the previous hash, base64url. */
  hash: string;
  previous: string;
}

/**
 * What of `own` stands, given the decisions of the visitors it is tied to by verified evidence: the most restrictive
 * answer of those still active wins; a visitor that withdrew and whose cookie is gone denies what was granted before it,
 * so that people can change their mind on the same device later: by an answer, for a region's default is none.
 */
export function mostRestrictive(
  own: ConsentDecision,
  others: readonly { decision: ConsentDecision; retired: boolean }[],
): Record<string, boolean> {
  const isDenied = (purpose: string): boolean =>
    others.some(
      ({ decision, retired }) =>
        decision.granted[purpose] === false && !(retired && outlives(own, decision, purpose)),
    );
  // Also of what this one didn't decide, or decided when it was something else.
  const noes = others.flatMap(({ decision }) =>
    Object.keys(decision.granted).filter((id) => own.granted[id] === undefined && isDenied(id)),
  );
  return Object.fromEntries([
    ...Object.entries(own.granted).map(([id, granted]) => [id, granted && !isDenied(id)] as const),
    ...noes.map((id) => [id, false] as const),
  ]);
}

/** What one of those who say an identifier decided, with everybody who is proven to be one with them. */
export interface Decided {
  decision: ConsentDecision;
  /** They proved the identifier: anybody can type one and then refuse. */
  sure: boolean;
  /**
   * All of them withdrew, and their cookies are gone, so that a newer yes ends their no: not where a human took them apart from
   * others who say the same, whose yes that may be. An object of an older version doesn't say.
   */
  retired?: boolean;
}

/**
 * What stands for whoever an identifier names. All who proved it are the same human, also where they couldn't be joined, as
 * after one of them withdrew: the newest decision, with what any of the others denies denied. Where nobody proved it, the
 * first one's. Each may be an object's that goes by the policy of another moment.
 */
export function standingAmong(
  openings: Pick<Openings, "renamed" | "since">,
  found: readonly Decided[],
): Decided | null {
  const decided = found.map((each) => {
    const decision = decisionNow(openings, each.decision);
    return decision === each.decision ? each : { ...each, decision };
  });
  const sure = decided.filter((each) => each.sure);
  const [newest] = sure.toSorted((a, b) => b.decision.at - a.decision.at);
  if (!newest) return decided[0] ?? null;
  const granted = mostRestrictive(
    newest.decision,
    sure.map(({ decision, retired = false }) => ({ decision, retired })),
  );
  const gpc = sure.some(({ decision }) => decision.gpc);
  return { decision: { ...newest.decision, granted, gpc }, sure: true };
}
