/** What the marketer's pages say about actions. */
import { STAGE_NAMES } from "../../domain/person/stage.ts";
import type { Action, ActionChannel } from "../../domain/action/catalogue.ts";
import type { ActionState } from "../../domain/action/eligible.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { labelsOf } from "../consent/words.ts";
import { momentWords } from "../days.ts";
import { count, percent } from "../numbers.ts";

export const CHANNEL_WORDS: Readonly<Record<ActionChannel, string>> = {
  site: "on the site",
  email: "by e-mail",
  push: "by push",
  sms: "by SMS",
  sales: "by a call",
};

export const STATE_TONES: Readonly<Record<ActionState, string>> = {
  live: "verified",
  scheduled: "asserted",
  ended: "stage-device",
  off: "stage-device",
};

/** Enough of an address to know it, and too little to use it: `j•••@example.org`, `+44•••67`. */
export function masked(address: string): string {
  const at = address.lastIndexOf("@");
  if (at > 0) return `${address.slice(0, 1)}•••${address.slice(at)}`;
  return address.length < 8 ? "•••" : `${address.slice(0, 3)}•••${address.slice(-2)}`;
}

const hours = (n: number): string =>
  n >= 48 && n % 24 === 0 ? count(n / 24, "day") : count(n, "hour");

/** From when to when it is given, where that is bound. */
function whenOf({ start, end }: Action): string[] {
  const from = start === null ? "" : `from ${momentWords(start)} on`;
  const until =
    end === null ? "" : `until ${end.length === 10 ? "the end of " : ""}${momentWords(end)}`;
  const words = [from, until].filter((each) => each !== "").join(", ");
  return words === "" ? [] : [`Given ${words}.`];
}

/** How often, for how long, and what counts. @param policy tells what its purposes are called */
export function termsOf(action: Action, policy: Policy): string[] {
  const { cap, coolDownHours, windowHours, success, holdOut, slots, channel } = action;
  const { assurance, persona, purposes, stage } = action;
  return [
    `Goes out ${CHANNEL_WORDS[channel]}${slots.length > 0 ? `, in the slots ${slots.join(", ")}` : ""}.`,
    `From “${STAGE_NAMES[stage]}” on${assurance ? `, with an identifier that is ${assurance}${assurance === "verified" ? "" : " or surer"}` : ""}.`,
    ...(purposes.length > 0
      ? [`Beside consent to suggestions it needs ${labelsOf(policy, purposes)}.`]
      : []),
    ...whenOf(action),
    ...(persona === "any" ? [] : [`To a ${persona} address alone.`]),
    `At most ${count(cap, "time")} to one person in 30 days, with ${hours(coolDownHours)} of rest.`,
    success === null
      ? `Taken when its link is followed within ${hours(windowHours)}.`
      : `Taken when its link is followed, or “${success}” happens, within ${hours(windowHours)}.`,
    holdOut > 0
      ? `${percent(holdOut)} of visitors never see it, so that its lift can be measured.`
      : "Nobody is held out, so its lift can't be measured.",
  ];
}
