/**
 * The merge policy: may these two persons become one, on this evidence? Pure, with its reason (DESIGN.md 3).
 *
 * With the same verified evidence the verdict doesn't depend on the order of arrival. Limits are first come, first kept.
 */
import type { IdentifierKey, VisitorId } from "../ids.ts";
import { type Assurance, atLeast, type Claim, kindOf } from "./claims.ts";
import { isDoubtful } from "./doubts.ts";
import { type Evidence, type Inferred, isInferred, severedVisitor } from "./evidence.ts";
import { kindsWords, kindWords } from "./kind-words.ts";
import { crowdedKind, standing } from "./limits.ts";
import { livesApart, personasApart } from "./personas.ts";
import { isUnique, leastAssuranceOf, limitOf, type MergeRules } from "./rules.ts";
import { type DeviceUse, sharingOf } from "./sharing.ts";
import { isDisowned } from "./turned-down.ts";

export type Origin = "browser" | "server" | "import";

/** What the policy may know of one visitor. */
export interface VisitorFacts {
  id: VisitorId;
  origin: Origin;
  claims: Readonly<Record<IdentifierKey, Claim>>;
  /** Whether `recognition` stands at this moment. */
  recognition: boolean;
  /** Visitors that are another persona of the same human. */
  separate: readonly VisitorId[];
  severed: Readonly<Record<string, true>>;
  device: DeviceUse;
}

/** One person: the visitor whose evidence it is, and everyone with it. */
export interface Side {
  at: VisitorFacts;
  visitors: readonly VisitorFacts[];
}

export type RefusalCode =
  | "unique"
  | "limit"
  | "assurance"
  | "consent"
  | "separate"
  | "severed"
  | "anonymous"
  | "quarantined"
  | "forwarded"
  | "corrected"
  /** A human said of this claim that it isn't that device's. */
  | "disowned"
  /** It is of somebody whose claim that is. */
  | "foreign";

/** Closed: the words are elsewhere, for people. */
export const REFUSALS: readonly RefusalCode[] = [
  "unique",
  "limit",
  "assurance",
  "consent",
  "separate",
  "severed",
  "anonymous",
  "quarantined",
  "forwarded",
  "corrected",
  "disowned",
  "foreign",
];

export type Verdict =
  | { verdict: "merge"; because: string }
  | { verdict: "link" | "separate" | "refuse"; reason: RefusalCode; because: string };

const refuse = (reason: RefusalCode, because: string): Verdict => ({
  verdict: "refuse",
  reason,
  because,
});

export function decideMerge(
  evidence: Evidence,
  a: Side,
  b: Side,
  rules: MergeRules,
  already: readonly Edgelike[] = [],
): Verdict {
  const crowded = crowding(evidence, a, b, rules);
  if (evidence.kind === "command") {
    const unfit = evidence.inferred ? probableRefusal(evidence.by, evidence.inferred, a, b) : null;
    if (unfit) return unfit;
    if (evidence.force) return { verdict: "merge", because: `${evidence.by} decided it` };
    if (areSeparate(a, b) || livesApart(a, b, rules)) return personas();
    return crowded ?? { verdict: "merge", because: `${evidence.by} decided it` };
  }
  const { identifier } = evidence;
  if ([a, b].some(({ at }) => at.claims[identifier] && isDisowned(at.claims[identifier])))
    return refuse(
      "foreign",
      `somebody decided that the ${nameOf(identifier)} isn't that device's; only a human may take that back`,
    );
  if (areSevered(identifier, a, b))
    return refuse(
      "severed",
      "a merge on this identifier was undone; only a human may join them again",
    );
  if (areSeparate(a, b)) return personas();
  const strangers = forwardedTo(identifier, a, b, rules);
  if (strangers) return strangers;
  const weak = tooWeak(identifier, a.at, b.at, rules);
  if (weak) return weak;
  if (!a.at.recognition || !b.at.recognition)
    return refuse("consent", "recognition isn't allowed on both sides");
  if (kindOf(identifier) === "anonymous_id") {
    const taken = anonymousRefusal(identifier, a, b, already);
    if (taken) return taken;
  }
  if (personasApart(identifier, a, b, rules)) return personas();
  if (isDoubtful(identifier, a, b))
    return {
      verdict: "link",
      reason: "assurance",
      because: `the ${nameOf(identifier)} was only typed, and may be somebody else's`,
    };
  return crowded ?? { verdict: "merge", because: `both said the same ${nameOf(identifier)}` };
}

/**
 * What a merge that was weighed and agreed to can still fail by when it takes place, however the rules are by then: since it was
 * agreed to, somebody took back their consent, or a human said that these are two.
 */
export function takenBack(
  evidence: Evidence,
  a: Side,
  b: Side,
): Extract<RefusalCode, "consent" | "separate"> | null {
  if (evidence.kind === "command" && evidence.force) return null;
  if (areSeparate(a, b)) return "separate";
  const needsConsent = evidence.kind === "claim" || isInferred(evidence);
  return needsConsent && !(a.at.recognition && b.at.recognition) ? "consent" : null;
}

/** An edge as far as the policy needs it. */
export interface Edgelike {
  a: VisitorId;
  b: VisitorId;
  evidence: Evidence;
}

const personas = (): Verdict => ({
  verdict: "separate",
  reason: "separate",
  because: "these are two personas of one human, kept apart",
});

/** Its kind, in words. */
export const nameOf = (identifier: IdentifierKey): string => kindWords(kindOf(identifier));

const tooMany = (most: number, kind: string): string =>
  `one person has at most ${most} ${most === 1 ? kindWords(kind) : kindsWords(kind)}; together they would have more`;

function crowding(evidence: Evidence, a: Side, b: Side, rules: MergeRules): Verdict | null {
  const crowded = crowdedKind(evidence, a, b, rules);
  if (!crowded) return null;
  const { kind, count, why } = crowded;
  return why === "unique"
    ? refuse("unique", `one person has one ${kindWords(kind)}; together they would have ${count}`)
    : refuse("limit", tooMany(limitOf(rules, kind), kind));
}

const areSevered = (identifier: IdentifierKey, a: Side, b: Side): boolean =>
  a.visitors.some((x) =>
    b.visitors.some(
      (y) => x.severed[`${identifier}|${y.id}`] || y.severed[`${identifier}|${x.id}`],
    ),
  );

/** What is only probable joins nobody without their consent, and no machine joins on it again what was cut. */
function probableRefusal(by: string, { basis }: Inferred, a: Side, b: Side): Verdict | null {
  if (!a.at.recognition || !b.at.recognition)
    return refuse("consent", "recognition isn't allowed on both sides");
  if (basis === "devices" && by === "policy")
    return refuse("assurance", "where devices are seen joins nobody without a human's decision");
  const cut =
    by === "policy" &&
    [...a.visitors, ...b.visitors].some(({ severed }) =>
      Object.keys(severed).some((key) =>
        [...a.visitors, ...b.visitors].some(({ id }) => id === severedVisitor(key)),
      ),
    );
  return cut ? refuse("severed", "these were taken apart; only a human may join them again") : null;
}

export const areSeparate = (a: Side, b: Side): boolean =>
  a.visitors.some((x) =>
    b.visitors.some((y) => x.separate.includes(y.id) || y.separate.includes(x.id)),
  );

function tooWeak(
  identifier: IdentifierKey,
  a: VisitorFacts,
  b: VisitorFacts,
  rules: MergeRules,
): Verdict | null {
  const kind = kindOf(identifier);
  // An anonymous id isn't a statement about a human; who may say it is settled by its own rule.
  if (kind === "anonymous_id") return null;
  const enough = [a, b].every((visitor) => {
    const sure = visitor.claims[identifier]?.assurance;
    const least = leastOn(visitor, kind, rules);
    return least !== "never" && sure !== undefined && atLeast(sure, least);
  });
  return enough
    ? null
    : {
        verdict: "link",
        reason: "assurance",
        because: `the ${nameOf(identifier)} isn't sure enough on both sides to join them`,
      };
}

/** What is typed on a device of several people may be anybody's; what is proved there is as good as elsewhere. */
function leastOn(
  { origin, device }: VisitorFacts,
  kind: Claim["kind"],
  rules: MergeRules,
): Assurance | "never" {
  const least = leastAssuranceOf(rules, kind);
  const isShared = origin === "browser" && sharingOf(device, rules) !== "personal";
  return isShared && least !== "never" ? "verified" : least;
}

/** Two people who proved to be two users both followed a link from the same mail: one of them forwarded it. */
function forwardedTo(
  identifier: IdentifierKey,
  a: Side,
  b: Side,
  rules: MergeRules,
): Verdict | null {
  const isHint = [a, b].some(({ at }) => at.claims[identifier]?.assurance === "hinted");
  if (!isHint) return null;
  const users = (side: Side): Set<IdentifierKey> =>
    new Set(
      standing(side.visitors, rules).flatMap((claim) =>
        isUnique(rules, claim.kind) && claim.assurance === "verified" ? [claim.key] : [],
      ),
    );
  const [mine, theirs] = [users(a), users(b)];
  if (mine.size === 0 || theirs.size === 0 || [...mine].some((user) => theirs.has(user)))
    return null;
  return refuse("forwarded", `somebody else followed the ${nameOf(identifier)} and has signed in`);
}

/** `anonymous_id` never joins two browsers; server data joins the first browser that said it, and no other. */
function anonymousRefusal(
  identifier: IdentifierKey,
  a: Side,
  b: Side,
  already: readonly Edgelike[],
): Verdict | null {
  const fromBrowser = [a.at, b.at].filter((visitor) => visitor.origin === "browser");
  if (fromBrowser.length === 2)
    return refuse("anonymous", "an anonymous id never joins two browsers");
  if (fromBrowser.length === 0) return null;
  const browsers = new Set(
    [...a.visitors, ...b.visitors].filter((v) => v.origin === "browser").map((v) => v.id),
  );
  const taken = already.some(
    (edge) =>
      edge.evidence.kind === "claim" &&
      edge.evidence.identifier === identifier &&
      (browsers.has(edge.a) || browsers.has(edge.b)),
  );
  return taken ? refuse("anonymous", "this anonymous id already belongs to another browser") : null;
}
