/** What `/_u/consent` answers: what is asked, what is decided, and the words for both. */
import { isUntold } from "../domain/consent/asking.ts";
import { allows, type GateResult } from "../domain/consent/gate.ts";
import {
  directionOf,
  noticeText,
  pickLanguage,
  purposeTexts,
  toldText,
} from "../domain/consent/notice.ts";
import { namesOf } from "../domain/consent/openings.ts";
import { CAPABILITIES } from "../domain/consent/purposes.ts";
import type { Json } from "../domain/json.ts";
import type { Visit } from "./visit.ts";

/** As CONTRACT.md has it. */
export function consentDocument(request: Request, visit: Visit, result: GateResult): Json {
  const { policy, signals, choice } = visit;
  const tell = !result.ask && isUntold(policy, choice, result);
  const language = pickLanguage(policy, request.headers.get("accept-language"));
  return {
    policy: {
      version: policy.version,
      language,
      direction: directionOf(language),
      purposes: purposeTexts(policy, language).map((purpose) => ({ ...purpose })),
      notice: { ...noticeText(policy, language) },
    },
    region: visit.region,
    regime: result.regime,
    signals: { gpc: result.gpc.seen, tcf: signals.tcf.state, gpp: signals.gpp.state },
    gpcHonoured: result.gpc.honoured,
    choice:
      choice && Object.keys(choice.answers).length > 0
        ? Object.fromEntries(
            Object.entries(choice.answers).map(([purpose, { state }]) => [
              purpose,
              state === "granted",
            ]),
          )
        : null,
    decisions: Object.fromEntries(
      // Pages, and snippets that they pin, may still call a purpose what it was called before.
      policy.purposes.flatMap((purpose) =>
        namesOf(purpose).flatMap((name) => {
          const decision = result.decisions[purpose.id];
          return decision ? [[name, { ...decision }] as const] : [];
        }),
      ),
    ),
    open: CAPABILITIES.filter((capability) => allows(policy, result, capability)),
    // Whatever the snippet's version, it opens the banner where there is something to ask; the banner knows what to say.
    ask: result.ask || tell,
    ...(tell ? { tell: { ...toldText(policy, language, byDefault(result)) } } : {}),
    ...(allows(policy, result, "engagement") ? { engagement: true } : {}),
  };
}

const byDefault = ({ decisions }: GateResult): string[] =>
  Object.keys(decisions).filter((id) => decisions[id]?.code === "default-granted");
