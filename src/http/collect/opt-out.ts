/**
 * What a browser and its person have to be told beside the answer: that an opt-out signal sticks, that the person said no
 * elsewhere, or that the site's consent tool takes back what stood.
 */
import { BECAUSE_CODES, REASONS } from "../../domain/consent/because.ts";
import { NO_CHOICE, standingOverrides, type StoredChoice } from "../../domain/consent/choice.ts";
import { allows, type GateResult } from "../../domain/consent/gate.ts";
import { namesNow, openingsOf } from "../../domain/consent/openings.ts";
import { receiptOf, toDecision } from "../../domain/consent/receipt.ts";
import { type CmpReading, NONE } from "../../domain/consent/signals/types.ts";
import type { Millis, VisitorId } from "../../domain/ids.ts";
import type { DecideAnswer, DecideRequest, UnchainedReceipt } from "../../domain/person/calls.ts";
import { eraseWithdrawn } from "../../privacy/withdrawal.ts";
import { gate, gateInput, type Visit } from "../visit.ts";
import { resealChoice, writeChoice, type VisitorCookie } from "../cookies.ts";
import type { Services } from "./services.ts";
import { expireVisitor } from "./visitor.ts";

/**
 * GPC seen for the first time sticks, chosen or not; for a known visitor there is a receipt of it. What was sealed under a key
 * that another has followed is sealed anew.
 */
export async function choiceCookie(visit: Visit, services: Services): Promise<string[]> {
  const { choice, names } = visit;
  const { cookieKeys } = services.config;
  if (!choice) return [];
  if (!visit.gpcIsNew)
    return visit.isOldChoice ? resealChoice(cookieKeys, names, choice, services.now) : [];
  await proveOptOut(visit, services);
  return [await writeChoice(cookieKeys, names, choice)];
}

/**
 * The choice as the person has it by now: what is denied elsewhere is withdrawn here, so that no further call is granted by
 * a cookie that doesn't know. The id cookie goes, unless what remains carries one. It stays so until it is agreed to here again, also
 * where somebody finds out later that it was said by someone else: a no in the cookie always counts, a cookie without an id names
 * no person whom to ask, and a yes isn't given back without being said.
 */
export async function withdrawnCookies(
  visit: Visit,
  services: Services,
  denied: readonly string[],
): Promise<string[]> {
  const choice = choiceLess(visit, services, denied);
  const keeps = allows(visit.policy, gate({ ...visit, choice }, services.now), "id-cookie");
  return [
    await writeChoice(services.config.cookieKeys, visit.names, choice),
    ...(keeps ? [] : expireVisitor(visit)),
  ];
}

/** A no to everything that can be refused, and no id: of who was erased, or is a child. The person isn't told. */
export const allWithdrawn = (visit: Visit, services: Services): Promise<string[]> =>
  withdrawnCookies(
    visit,
    services,
    visit.policy.purposes.map(({ id }) => id),
  );

/** The visit's choice with these purposes withdrawn. */
export function choiceLess(
  visit: Visit,
  { now }: Pick<Services, "now">,
  denied: readonly string[],
): StoredChoice {
  const { regime } = gate(visit, now);
  const known = visit.choice ?? NO_CHOICE;
  const no = {
    state: "withdrawn",
    at: now,
    policy: visit.policy.version,
    regime,
  } as const;
  const optional = new Set(
    visit.policy.purposes.flatMap((each) => (each.required ? [] : [each.id])),
  );
  const names = namesNow(openingsOf(visit.policy), denied);
  const answers = Object.fromEntries(
    names.filter((purpose) => optional.has(purpose)).map((purpose) => [purpose, no]),
  );
  const all = { ...known.answers, ...answers };
  return {
    ...known,
    answers: all,
    overrides: standingOverrides(visit.policy, all, known.overrides),
  };
}

/** What was said by signals, with the consent that the call itself carried. */
export interface Said {
  result: GateResult;
  carried: CmpReading;
}

/** Whether a consent tool or an opt-out string decided anything. */
export function isSaidBySignals({ decisions }: GateResult): boolean {
  for (const purpose in decisions) if (isToolsAnswer(decisions[purpose]?.code)) return true;
  return false;
}

/** Proof of what signals say; null where nobody said anything. */
export const receiptOfSignals = (
  visit: Visit,
  { result, carried }: Said,
  { config, now }: Services,
): UnchainedReceipt | null =>
  receiptOf({
    method: "signal",
    controller: config.siteName,
    notice: null,
    withdrawal: "/_u/me",
    gate: gateInput(visit, now, carried),
    result,
  });

/** The id cookie goes; if it was the site's consent tool that took back what stood, the person hears of it first. */
export async function endVisit(
  visit: Visit,
  services: Services,
  said: Said = { result: gate(visit, services.now), carried: NONE },
): Promise<string[]> {
  await tellRefusal(visit, services, said);
  return expireVisitor(visit);
}

/**
 * What persons were told, and until when they needn't be told it again: of those who go on calling with their id cookie.
 * Whatever is recorded in between ends it.
 */
const told = new Map<VisitorId, { denied: string; until: Millis }>();
const TOLD_MAX = 1_000;
const TOLD_FOR_MS = 60_000;

/** Something is recorded: a refusal after it is new. */
export function tellAgain(visitor: VisitorId): void {
  if (told.size > 0) told.delete(visitor);
}

/**
 * Nothing of this call is recorded, so the person wouldn't learn that the site's consent tool or an opt-out string now denies
 * what stands. Only somebody with a valid id cookie is known; any other refusal costs nothing. True when the person was
 * erased, as the policy wants it on a withdrawal.
 */
export async function tellRefusal(visit: Visit, services: Services, said: Said): Promise<boolean> {
  const { cookie } = visit;
  const denied = Object.entries(said.result.decisions).flatMap(([purpose, { code }]) =>
    isToolsAnswer(code) && !REASONS[code].granted ? [purpose] : [],
  );
  if (!cookie || denied.length === 0) return false;
  const known = told.get(cookie.visitor);
  if (known && known.denied === denied.join() && known.until > services.now) return false;
  const how = { ifRefuses: true, ...erasing(visit) } as const;
  const { withdrew = [] } = (await decideBySignals(visit, services, said, cookie, how)) ?? {};
  if (told.size >= TOLD_MAX) told.clear();
  told.set(cookie.visitor, { denied: denied.join(), until: services.now + TOLD_FOR_MS });
  return withdrew.length > 0 && (await eraseIfWanted(visit, services));
}

const TOOLS_ANSWERS: ReadonlySet<string | undefined> = new Set(
  BECAUSE_CODES.filter((code) => {
    const { source, state } = REASONS[code];
    return (
      ["tcf", "cmp", "gpp", "usp"].includes(source) && (state === "granted" || state === "refused")
    );
  }),
);
const isToolsAnswer = (code: string | undefined): boolean => TOOLS_ANSWERS.has(code);

/**
 * What is recorded takes back something that stood, by the site's consent tool or an opt-out string. True when the policy
 * wants the person erased for it, and they were: whatever is still granted begins anew.
 */
export async function eraseIfRefused(
  visit: Visit,
  services: Services,
  said: Said,
  withdrew: readonly string[],
): Promise<boolean> {
  const { cookie, policy } = visit;
  if (!cookie || withdrew.length === 0 || policy.withdrawal !== "erase") return false;
  await decideBySignals(visit, services, said, cookie, erasing(visit));
  return eraseIfWanted(visit, services);
}

/**
 * The person was told that something was withdrawn, `since` when: an earlier word of theirs may not have been carried out yet. True
 * when the policy wants it erased, and it was.
 */
export async function eraseIfWanted(
  { cookie, policy }: Visit,
  services: Services,
  since = services.now,
): Promise<boolean> {
  if (!cookie || policy.withdrawal !== "erase") return false;
  await eraseWithdrawn(services, cookie.visitor, since);
  return true;
}

/** How a withdrawal is told, so that what the policy wants of it comes about also where nobody is left to see to it. */
export const erasing = ({ cookie, policy }: Visit): Pick<DecideRequest, "erases"> =>
  cookie && policy.withdrawal === "erase" ? { erases: true } : {};

/** `ifRefuses`: nothing is kept unless it takes back what stood. */
async function decideBySignals(
  visit: Visit,
  services: Services,
  said: Said,
  { visitor, home }: VisitorCookie,
  how: Pick<DecideRequest, "ifRefuses" | "erases"> = {},
): Promise<DecideAnswer | null> {
  const { now } = services;
  const decision = toDecision(gateInput(visit, now, said.carried), said.result, now);
  const receipt = receiptOfSignals(visit, said, services);
  const answer = await services.people.decide({ visitor, now, decision, receipt, ...how }, home);
  return answer.at === "home" ? answer.value : null;
}

async function proveOptOut(visit: Visit, services: Services): Promise<void> {
  const { cookie } = visit;
  if (!cookie) return;
  const said = { result: gate(visit, services.now), carried: NONE };
  await decideBySignals(visit, services, said, cookie);
}
