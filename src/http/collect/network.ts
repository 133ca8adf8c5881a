/** The network that a browser calls from, by its keyed name: only where the merge rules want it and the person allows it. */
import { allows, type GateResult } from "../../domain/consent/gate.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { networkPrefix } from "../../domain/suggestion/networks.ts";
import type { NetworkKey } from "../../domain/suggestion/sightings.ts";
import type { Services } from "./services.ts";

/** Null where it is to be forgotten with the call. Never rejects: no event is lost for it. */
export async function networkSeen(
  request: Request,
  { identifiers, mergeRules }: Pick<Services, "identifiers" | "mergeRules">,
  policy: Policy,
  result: GateResult,
): Promise<NetworkKey | null> {
  if (!allows(policy, result, "claims")) return null;
  const rules = await mergeRules().catch(() => null);
  if (rules?.probable.devices !== "suggest") return null;
  const prefix = networkPrefix(request.headers.get("cf-connecting-ip") ?? "");
  return prefix === null ? null : identifiers.network(prefix);
}
