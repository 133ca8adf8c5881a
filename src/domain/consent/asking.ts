/** Which purposes the visitor is still to be asked about. */
import { REASONS, type Because } from "./because.ts";
import type { StoredChoice } from "./choice.ts";
import type { GateInput, GateResult } from "./gate.ts";
import type { Policy } from "./policy.ts";
import type { Purpose, Regime } from "./purposes.ts";

/** Milliseconds. */
const DAY = 86_400_000;

/** What is still to be asked: nothing that a valid signal answers, nothing that an answer could not change. */
export function stillOpen(
  input: GateInput,
  regime: Regime,
  decisions: GateResult["decisions"],
): Purpose[] {
  if (regime !== "opt-in")
    return Object.keys(decisions).filter((id) => REASKED.has(decisions[id]?.code));
  const codes = Object.values(decisions).map(({ code }) => code);
  const asked = input.choice !== null && Object.keys(input.choice.answers).length > 0;
  const tool = codes.some((code) => isTools(code) && isAnswer(code));
  const leaveToTool = tool && !asked && !input.policy.reask.besideOtherTools;
  return Object.keys(decisions).filter((purpose) => {
    const code = decisions[purpose]?.code;
    if (code === undefined) return false;
    if (code === "default-denied") return !leaveToTool;
    if (code === "choice-refused" || code === "choice-withdrawn") return isOld(input, purpose);
    return REASONS[code].state === "expired" || UNANSWERED.has(code);
  });
}

/**
 * Where the rule is to tell: whether something goes on by default that the visitor wasn't told of, in this version or another
 * since it is as it is. Who answered anything, here or in the site's own tool, was told.
 */
export function isUntold(
  policy: Policy,
  choice: StoredChoice | null,
  { regime, decisions }: Pick<GateResult, "regime" | "decisions">,
): boolean {
  if (regime !== "notice" || Object.keys(choice?.answers ?? {}).length > 0) return false;
  const codes = Object.values(decisions).map(({ code }) => code);
  const byTool = codes.some((code) => isTools(code) && isAnswer(code));
  if (byTool && !policy.reask.besideOtherTools) return false;
  return policy.purposes.some(
    ({ id, since }) => decisions[id]?.code === "default-granted" && since > (choice?.told ?? 0),
  );
}

const isTools = (code: Because): boolean => code.startsWith("tcf-") || code.startsWith("cmp-");

/** Own answers that hold no more, of which the visitor is told that they are asked again: wherever they are. */
const REASKED: ReadonlySet<Because | undefined> = new Set([
  "choice-expired",
  "choice-policy-changed",
  "choice-regime-changed",
  "choice-unreadable",
]);

/** Unreadable answers that the visitor can replace by answering us. Opt-out signals aren't among them. */
const UNANSWERED: ReadonlySet<Because> = new Set([
  "choice-unreadable",
  "tcf-unreadable",
  "tcf-invalid",
  "cmp-unreadable",
]);

function isAnswer(code: Because): boolean {
  return REASONS[code].state === "granted" || REASONS[code].state === "refused";
}

function isOld({ choice, policy, now }: GateInput, purpose: Purpose): boolean {
  const answer = choice?.answers[purpose];
  return answer !== undefined && now - answer.at > policy.reask.refusalDays * DAY;
}
