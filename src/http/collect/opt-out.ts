/** What a browser has to be told beside its answer: that an opt-out signal sticks, or that its person said no elsewhere. */
import { NO_CHOICE, type StoredChoice } from "../../domain/consent/choice.ts";
import { allows } from "../../domain/consent/gate.ts";
import { receiptOf, toDecision } from "../../domain/consent/receipt.ts";
import { gate, gateInput, type Visit } from "../visit.ts";
import { writeChoice } from "../cookies.ts";
import type { Services } from "./services.ts";
import { expireVisitor } from "./visitor.ts";

/** GPC seen for the first time sticks, chosen or not; for a known visitor there is a receipt of it. */
export async function choiceCookie(visit: Visit, services: Services): Promise<string[]> {
  if (!visit.gpcIsNew || !visit.choice) return [];
  await proveOptOut(visit, services);
  return [await writeChoice(services.config.cookieKeys, visit.names, visit.choice)];
}

/**
 * The choice as the person has it by now: what is denied elsewhere is withdrawn here, so that no further call is granted by
 * a cookie that doesn't know. The id cookie goes, unless what remains carries one.
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

/** The visit's choice with these purposes withdrawn. */
export function choiceLess(
  visit: Visit,
  services: Services,
  denied: readonly string[],
): StoredChoice {
  const { regime } = gate(visit, services.now);
  const known = visit.choice ?? NO_CHOICE;
  const no = {
    state: "withdrawn",
    at: services.now,
    policy: visit.policy.version,
    regime,
  } as const;
  const optional = new Set(
    visit.policy.purposes.flatMap((each) => (each.required ? [] : [each.id])),
  );
  const answers = Object.fromEntries(
    denied.filter((purpose) => optional.has(purpose)).map((purpose) => [purpose, no]),
  );
  return { ...known, answers: { ...known.answers, ...answers } };
}

async function proveOptOut(visit: Visit, services: Services): Promise<void> {
  if (!visit.cookie) return;
  const input = gateInput(visit, services.now);
  const result = gate(visit, services.now);
  const receipt = receiptOf({
    method: "signal",
    controller: services.config.siteName,
    notice: null,
    withdrawal: "/_u/me",
    gate: input,
    result,
  });
  const decision = toDecision(input, result, services.now);
  await services.people.decide(
    { visitor: visit.cookie.visitor, now: services.now, decision, receipt },
    visit.cookie.home,
  );
}
