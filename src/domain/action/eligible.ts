/**
 * Which actions fit a profile, and the reasons in words. Hold-out, dates, purposes, assurance, stage and all conditions
 * must hold; the first that fails says what is missing.
 */
import { atLeast } from "../identity/claims.ts";
import { DAY_MS, type Millis } from "../ids.ts";
import { reaches, type Stage, STAGE_NAMES } from "../person/stage.ts";
import type { Purpose } from "../consent/purposes.ts";
import type { Action } from "./catalogue.ts";
import { conditionsOf } from "./conditions.ts";
import { armOf } from "./holdout.ts";
import { countOf, type Situation } from "./situation.ts";

export type Fit = { fits: true; why: string[]; topic: string | null; context: number } | Unfit;

export interface Unfit {
  fits: false;
  missing: string;
  /** What isn't granted, where that is what is missing: whoever shows it knows what it is called. */
  purpose?: Purpose;
}

export function fit(action: Action, situation: Situation, now: Millis): Fit {
  const refusal = barred(action, situation, now);
  if (refusal !== null) return { fits: false, ...refusal };
  const why: string[] = [];
  let topic: string | null = null;
  for (const { check } of conditionsOf(action.conditions)) {
    const result = check(situation);
    if (!result.ok) return { fits: false, missing: result.missing };
    if (result.why) why.push(result.why);
    topic ??= result.topic ?? null;
  }
  if (why.length === 0) why.push(KNOWN[action.stage]);
  return { fits: true, why, topic, context: contextOf(situation, topic) };
}

/** Why somebody gets what asks for no more than its stage. */
const KNOWN: Readonly<Record<Stage, string>> = {
  device: "came here",
  activity: "read enough to know what about",
  identified: "said who they are",
  person: "is known to be who they say",
};

function barred(
  action: Action,
  situation: Situation,
  now: Millis,
): Pick<Unfit, "missing" | "purpose"> | null {
  const state = stateOf(action, now);
  if (state !== "live") return { missing: CLOSED[state] };
  const purpose = action.purposes.find((each) => !situation.granted(each));
  if (purpose !== undefined) return { missing: `${purpose} isn't granted`, purpose };
  const missing = lacking(action, situation);
  return missing === null ? null : { missing };
}

/** What isn't known well enough of them, or keeps them out of the comparison. */
function lacking(action: Action, situation: Situation): string | null {
  if (!reaches(situation.stage, action.stage))
    return `needs “${STAGE_NAMES[action.stage]}”, is at “${STAGE_NAMES[situation.stage]}”`;
  const { assurance } = situation;
  if (action.assurance !== null && (assurance === null || !atLeast(assurance, action.assurance)))
    return `needs an identifier that is ${action.assurance}`;
  const arm = armOf(situation.visitors, action.holdOut);
  if (arm === "held") return "is held out, to measure the lift";
  return arm === "mixed" ? "was merged from both arms of the hold-out" : null;
}

export type ActionState = "live" | "scheduled" | "ended" | "off";

const CLOSED = { off: "is switched off", scheduled: "hasn't begun", ended: "is over" } as const;

/** Whether it is given at this moment. */
export function stateOf(
  { enabled, start, end }: Pick<Action, "enabled" | "start" | "end">,
  now: Millis,
): ActionState {
  if (!enabled) return "off";
  if (start !== null && now < Date.parse(start)) return "scheduled";
  return end !== null && now >= endOf(end) ? "ended" : "live";
}

/** A bare day that ends it is still in. */
export const endOf = (end: string): Millis => Date.parse(end) + (end.length === 10 ? DAY_MS : 0);

/** How much the moment speaks for it, 1 to 2: the share of all reads that its topic has. */
function contextOf({ summary }: Situation, topic: string | null): number {
  if (topic === null) return 1;
  const all = Object.values(summary.topics).reduce((a, b) => a + b, 0);
  return all > 0 ? 1 + countOf(summary.topics, topic) / all : 1;
}
