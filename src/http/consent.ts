/** `/_u/consent`: what is asked and decided, and the visitor's choice. `/_u/reset`: a new visitor on this device. */
import { type ChoiceRequest, choose, isAnswer, NO_CHOICE } from "../domain/consent/choice.ts";
import { policyVersion } from "../d1/policies.ts";
import { parseChoiceRequest } from "../domain/consent/choice-request.ts";
import { allows, deniedElsewhere, type GateResult } from "../domain/consent/gate.ts";
import { pickLanguage, shownText } from "../domain/consent/notice.ts";
import { type Policy, parsePolicy } from "../domain/consent/policy.ts";
import { receiptOf, type ReceiptMethod, toDecision } from "../domain/consent/receipt.ts";
import type { VisitorId } from "../domain/ids.ts";
import { BUILT_IN } from "../domain/intake/blocked.ts";
import { Problem } from "../domain/problem.ts";
import { readJson } from "./body.ts";
import { limit } from "./collect/limit.ts";
import {
  choiceCookie,
  choiceLess,
  endVisit,
  eraseIfWanted,
  erasing,
  withdrawnCookies,
} from "./collect/opt-out.ts";
import type { ChoiceOutcome, Services } from "./collect/services.ts";
import { expireVisitor, firstVisitor, randomVisitor, visitorCookies } from "./collect/visitor.ts";
import { consentDocument } from "./consent-document.ts";
import { writeChoice } from "./cookies.ts";
import { deniedToPerson } from "./elsewhere.ts";
import { isForeignRead, isOwnOrigin } from "./origin.ts";
import { json } from "./respond.ts";
import { sha256 } from "./secrets.ts";
import { gate, gateInput, readVisit, type Visit } from "./visit.ts";

/**
 * Sets the visitor where the default already grants, unless another site asks. What the person denies elsewhere is denied here,
 * and the cookies learn of it.
 */
export async function getConsent(request: Request, services: Services): Promise<Response> {
  const visit = await readVisit(request, services);
  const result = gate(visit, services.now);
  if (isForeignRead(request, services.config)) return json(consentDocument(request, visit, result));
  const choice = await choiceCookie(visit, services);
  const denied = await deniedToPerson(visit, services, result);
  if (denied.length > 0) {
    const told = await withdrawnCookies(visit, services, denied);
    const known = { ...visit, choice: choiceLess(visit, services, denied) };
    const less = deniedElsewhere(gate(known, services.now), denied);
    return withCookies(json(consentDocument(request, known, less)), told);
  }
  return withCookies(json(consentDocument(request, visit, result)), [
    ...choice,
    ...(await idCookies(visit, services, result)),
  ]);
}

/** @throws Problem `forbidden_origin`, `bad_request`, `invalid` with the path, `rate_limited`, `unavailable` */
export async function postConsent(request: Request, services: Services): Promise<Response> {
  if (!isOwnOrigin(request, services.config))
    throw new Problem("forbidden_origin", "This origin isn't among the site's own.");
  const asked = parseChoiceRequest(await readJson(request));
  if (!asked.ok)
    throw new Problem("invalid", "This isn't a choice.", asked.path ? { path: asked.path } : {});
  const { visit, result, cookies } = await takeChoice(request, services, asked.request, "banner");
  return withCookies(json(consentDocument(request, visit, result)), cookies);
}

/** The visitor's choice, wherever it was made: decided on, remembered and proved. */
export async function takeChoice(
  request: Request,
  services: Services,
  asked: ChoiceRequest,
  method: ReceiptMethod,
): Promise<Taken> {
  const before = await readVisit(request, services);
  const shown = await policyShown(before.policy, asked.policy, services);
  if (!isAnswer(asked)) return wasTold(before, services, shown);
  const was = gate(before, services.now);
  const choice = choose({
    policy: before.policy,
    regime: was.regime,
    previous: before.choice,
    request: asked,
    gpc: before.signals.gpc,
    now: services.now,
  });
  const visit: Visit = { ...before, choice };
  const result = gate(visit, services.now);
  const withdrew = Object.entries(was.decisions).some(
    ([purpose, { granted }]) => granted && result.decisions[purpose]?.granted !== true,
  );
  // A no is always taken: what makes nobody known costs next to nothing, and nobody's withdrawal is put off.
  if (!withdrew && outcomeOf(result) !== "none") await limitChoices(request, services);
  services.drops.choice(outcomeOf(result), before.region);
  const { anonymousId } = asked;
  return remember(request, visit, services, { result, method, withdrew, shown, anonymousId });
}

/** The notice was closed. Nobody answered anything, so there is nothing to prove and nobody to tell. */
async function wasTold(before: Visit, services: Services, shown: Policy): Promise<Taken> {
  await choiceCookie(before, services);
  const choice = { ...(before.choice ?? NO_CHOICE), told: shown.version };
  const visit = { ...before, choice };
  const cookie = await writeChoice(services.config.cookieKeys, before.names, choice);
  return { visit, result: gate(visit, services.now), cookies: [cookie] };
}

/**
 * A page may have been open since before another version was published: the answer is to what was on the screen. Where a
 * purpose changed materially since, a yes to it has expired at once, and the visitor is asked again.
 * @throws Problem `invalid` for a version that never was in force
 */
async function policyShown(
  inForce: Policy,
  version: number | undefined,
  services: Services,
): Promise<Policy> {
  if (version === undefined || version === inForce.version) return inForce;
  const published = await policyVersion(services.db, version);
  const parsed = published && parsePolicy(published.document, "published");
  if (!parsed?.ok) throw new Problem("invalid", "There is no such version.", { path: "policy" });
  return parsed.policy;
}

/** Of what may be refused. */
function outcomeOf({ decisions }: GateResult): ChoiceOutcome {
  const asked = Object.values(decisions).filter(({ code }) => code !== "required");
  const granted = asked.filter((decision) => decision.granted).length;
  if (granted === 0) return "none";
  return granted === asked.length ? "all" : "some";
}

/** @throws Problem `rate_limited` */
const limitChoices = (request: Request, services: Services): Promise<void> =>
  limit(request, services).catch((problem: unknown) => {
    services.drops.refused("rate_limited", "browser");
    throw problem;
  });

/** A new visitor on this device: the choice stays, the past stays with the old visitor. */
export async function postReset(request: Request, services: Services): Promise<Response> {
  if (!isOwnOrigin(request, services.config))
    throw new Problem("forbidden_origin", "This origin isn't among the site's own.");
  await limitChoices(request, services);
  const visit = await readVisit(request, services);
  const allowed = allows(visit.policy, gate(visit, services.now), "id-cookie");
  const visitor = randomVisitor();
  const cookies = allowed
    ? await visitorCookies(visit, services, { visitor, home: visitor })
    : await endVisit(visit, services);
  return withCookies(json({ success: true }), cookies);
}

interface Decided {
  result: GateResult;
  method: ReceiptMethod;
  /** Something that was granted is no longer. */
  withdrew: boolean;
  /** What the visitor read. */
  shown: Policy;
  anonymousId: string | undefined;
}

/** What came of a choice: what holds by now, and the cookies that say so. */
interface Taken {
  visit: Visit;
  result: GateResult;
  cookies: string[];
}

/**
 * Tells the visitor's object of the decision and proves it by a receipt, before the cookies change. Without an id and
 * without a grant there is nobody to tell: a refusal leaves no trace. Events are recorded under several purposes at once
 * and never rewritten: where the policy says that a withdrawal erases, the visitor goes, and what is still granted begins
 * anew with another. What is allowed here and denied on another device of the same person is kept as what was said here, while
 * the receipt, the answer and the cookie have it denied.
 */
async function remember(
  request: Request,
  said: Visit,
  services: Services,
  { result: saidResult, method, withdrew, shown, anonymousId }: Decided,
): Promise<Taken> {
  const { cookie, policy } = said;
  let taken = { visit: said, result: saidResult };
  const take = async (ids: Promise<string[]> | string[]): Promise<Taken> => {
    const { names, choice } = taken.visit;
    const cookies = choice ? [await writeChoice(services.config.cookieKeys, names, choice)] : [];
    return { ...taken, cookies: [...cookies, ...(await ids)] };
  };
  if (!cookie && !allows(policy, saidResult, "id-cookie")) return take(expireVisitor(said));
  const language = pickLanguage(shown, request.headers.get("accept-language"));
  const notice = { hash: await sha256(shownText(shown, language)), language };
  const decision = toDecision(gateInput(said, services.now), saidResult, services.now);
  const tell = (visitor: VisitorId, home?: VisitorId, unlessDenied?: true) => {
    const receipt = receiptOf({
      method,
      controller: services.config.siteName,
      notice,
      withdrawal: "/_u/me",
      gate: gateInput(taken.visit, services.now),
      result: taken.result,
    });
    const erases = withdrew && visitor === cookie?.visitor ? erasing(said) : {};
    const request = { visitor, now: services.now, decision, receipt, ...erases };
    return services.people.decide(unlessDenied ? { ...request, unlessDenied } : request, home);
  };
  const known = cookie ?? (await derived(request, services, anonymousId));
  let told = known && (await tell(known.visitor, known.home, true));
  if (known && told?.at === "home" && told.value.denied) {
    const { denied } = told.value;
    const visit = { ...said, choice: choiceLess(said, services, denied) };
    taken = { visit, result: deniedElsewhere(gate(visit, services.now), denied) };
    told = await tell(known.visitor, told.home);
  }
  const { visit } = taken;
  const since = told?.at === "erased" ? told.since : services.now;
  const erases = withdrew && (await eraseIfWanted(said, services, since));
  if (!allows(policy, taken.result, "id-cookie")) return take(expireVisitor(visit));
  if (known && told?.at === "home" && !erases)
    return take(visitorCookies(visit, services, { visitor: known.visitor, home: told.home }));
  // An erased visitor never comes back; the same human does, as somebody new.
  const visitor = randomVisitor();
  await tell(visitor);
  return take(visitorCookies(visit, services, { visitor, home: visitor }));
}

interface Home {
  visitor: VisitorId;
  home: VisitorId;
}

const atHome = (visitor: VisitorId): Home => ({ visitor, home: visitor });

/**
 * Who chose before without having got the cookie: an answer that was lost, or a choice sent twice. Without a name that the browser
 * has for itself nobody is told from others with the same browser behind the same address, and null is the answer.
 */
async function derived(
  request: Request,
  services: Services,
  anonymousId: string | undefined,
): Promise<Home | null> {
  if (anonymousId === undefined || BUILT_IN("anonymous_id", anonymousId)) return null;
  return atHome(await firstVisitor(request, services, anonymousId));
}

async function idCookies(visit: Visit, services: Services, result: GateResult): Promise<string[]> {
  if (!allows(visit.policy, result, "id-cookie")) return endVisit(visit, services);
  return visitorCookies(visit, services, visit.cookie ?? atHome(randomVisitor()));
}

export function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
