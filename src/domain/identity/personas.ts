/**
 * The two sides of a human's life, told by addresses: mail for the one must not go to the desk of the other. An address
 * doesn't join persons whose other addresses are of the other side; a human can.
 */
import type { IdentifierKey } from "../ids.ts";
import { kindOf, type Side as Life } from "./claims.ts";
import { standing } from "./limits.ts";
import { COMMON_MAIL, isDisposable, isFreeMail, isRole, type MailDomains } from "./mail-domains.ts";
import type { Side, VisitorFacts } from "./policy.ts";
import type { MergeRules, PersonaRules } from "./rules.ts";

/** Of a normalised address. A domain that nobody knows is an organisation's. */
export function lifeOf(
  email: string,
  rules: PersonaRules,
  domains: MailDomains = COMMON_MAIL,
): Life {
  const at = email.lastIndexOf("@");
  const [local, domain] = [email.slice(0, at).replace(/\+.*$/, ""), email.slice(at + 1)];
  const isOf = (list: readonly string[]): boolean =>
    list.some((known) => domain === known || domain.endsWith(`.${known}`));
  if (isOf(rules.personal)) return "personal";
  if (isOf(rules.organisations)) return isRole(local) ? "role" : "work";
  if (isDisposable(domain, domains)) return "disposable";
  if (isFreeMail(domain, domains)) return "personal";
  return isRole(local) ? "role" : "work";
}

const isWork = (life: Life): boolean => life === "work" || life === "role";

/** Whether joining these on this address would put both sides of a life into one person. */
export function personasApart(
  identifier: IdentifierKey,
  a: Side,
  b: Side,
  { personas }: Pick<MergeRules, "personas">,
): boolean {
  if (!personas.apart) return false;
  if (kindOf(identifier) === "phone") return areOfTwoLives(a, b);
  if (kindOf(identifier) !== "email") return false;
  const life = a.at.claims[identifier]?.side ?? b.at.claims[identifier]?.side;
  if (life === undefined) return false;
  return [a, b]
    .flatMap((side) => side.visitors.flatMap((visitor) => otherLives(visitor, identifier)))
    .some((other) => isWork(other) !== isWork(life));
}

/**
 * Whether one of these is known by private addresses alone and the other by those of work: who joins them is to know it.
 * Where either has both, a human has joined them already.
 */
export function livesApart(
  a: Side,
  b: Side,
  rules: Pick<MergeRules, "personas" | "blockedKeys">,
): boolean {
  if (!rules.personas.apart) return false;
  const [mine, theirs] = [a, b].map(
    ({ visitors }) =>
      new Set(
        standing(visitors, rules).flatMap(({ side }) => (side === undefined ? [] : [isWork(side)])),
      ),
  ) as [Set<boolean>, Set<boolean>];
  const [only] = mine;
  return mine.size === 1 && theirs.size === 1 && only !== undefined && !theirs.has(only);
}

/** One telephone for both sides of a life: it joins them no more than a human's name would. */
function areOfTwoLives(a: Side, b: Side): boolean {
  const [mine, theirs] = [a, b].map(({ visitors }) => visitors.flatMap(livesOf)) as [
    Life[],
    Life[],
  ];
  return mine.some((life) => theirs.some((other) => isWork(life) !== isWork(other)));
}

const livesOf = ({ claims }: VisitorFacts): Life[] =>
  Object.values(claims).flatMap(({ side, state }) =>
    side !== undefined && state !== "refused" ? [side] : [],
  );

/** An account that proves both addresses has said itself that they are one person's. */
function otherLives({ claims }: VisitorFacts, identifier: IdentifierKey): Life[] {
  const isProven = claims[identifier]?.assurance === "verified";
  return Object.values(claims).flatMap((claim) => {
    const counts =
      claim.side !== undefined &&
      claim.key !== identifier &&
      claim.state !== "refused" &&
      !(isProven && claim.assurance === "verified");
    return counts && claim.side ? [claim.side] : [];
  });
}
