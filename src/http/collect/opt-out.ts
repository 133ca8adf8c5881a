/** An opt-out signal that a known visitor sends for the first time: it reaches the person, and is proved by a receipt. */
import { receiptOf, toDecision } from "../../domain/consent/receipt.ts";
import { gate, gateInput, type Visit } from "../visit.ts";
import type { Services } from "./services.ts";

export async function proveOptOut(visit: Visit, services: Services): Promise<void> {
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
  const decision = { ...toDecision(input, result), at: services.now };
  await services.people.decide(
    { visitor: visit.cookie.visitor, now: services.now, decision, receipt },
    visit.cookie.home,
  );
}
