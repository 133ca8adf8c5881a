import { choiceNow, keyedNow, openingsOf } from "./openings.ts";
import type { Policy, PolicyPurpose } from "./policy.ts";
import type { Purpose, Regime } from "./purposes.ts";

/** What a visitor said about one purpose, and under which rules. */
export interface Answer {
  /** `withdrawn` is a no after a yes; `refused` a no without one. */
  readonly state: "granted" | "refused" | "withdrawn";
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Version of the policy that was in force. */
  readonly policy: number;
  /** The regime that applied. */
  readonly regime: Regime;
}

/** Opt-out signals that a visitor can overrule after being told about the conflict. */
export type Override = "gpc";

/** The visitor's own answers, from the banner or the own-data page. No id in it. */
export interface StoredChoice {
  readonly answers: Readonly<Record<Purpose, Answer>>;
  readonly overrides: readonly Override[];
  /** Global Privacy Control was seen once; its absence later is not consent. */
  readonly gpc: boolean;
  /** There was more that can't be read, or that nothing vouches for: it may have been a no to anything. */
  readonly unreadable?: true;
  /** Version of the policy of which the visitor was told, and closed the notice, where nobody is asked. No answer. */
  readonly told?: number;
}

export const NO_CHOICE: StoredChoice = { answers: {}, overrides: [], gpc: false };

/** What comes out of the banner: some purposes, or all or none of them. */
export interface ChoiceRequest {
  readonly choices?: Readonly<Record<Purpose, boolean>> | undefined;
  readonly accept?: "all" | "none" | undefined;
  /** The signals overruled from now on, told of the conflict: an empty list ends what was. Left out: as it was. */
  readonly override?: readonly Override[] | undefined;
  /** The notice was closed, where nobody is asked: no answer, and none is made of it. */
  readonly seen?: true | undefined;
  /** Version of the policy that was shown; left out: the one in force. */
  readonly policy?: number | undefined;
  /** The browser's own name for itself: who has no cookie yet and says it again is the same visitor. */
  readonly anonymousId?: string | undefined;
}

/**
 * The choice after a request. Purposes left out are refused the first time and unchanged later; purposes the policy
 * doesn't have, and required ones, are ignored; one that was renamed may be called by either name. A new no to what GPC governs
 * ends an override. An override is a yes said now to what GPC governs, where one stands: it is newer than what the signal denied.
 */
export function choose(input: {
  readonly policy: Policy;
  readonly regime: Regime;
  readonly previous: StoredChoice | null;
  readonly request: ChoiceRequest;
  readonly gpc: boolean;
  readonly now: number;
}): StoredChoice {
  const { policy, regime, now } = input;
  const openings = openingsOf(policy);
  const previous = choiceNow(openings, input.previous ?? NO_CHOICE);
  const { choices } = input.request;
  const request = choices
    ? { ...input.request, choices: keyedNow(openings, choices, (a, b) => a && b) }
    : input.request;
  const first = Object.keys(previous.answers).length === 0;
  const answers: Record<Purpose, Answer> = { ...previous.answers };
  const governed = request.override?.includes("gpc") ? policy.signals.gpc.governs : [];
  const overruled = ({ id, since }: PolicyPurpose): true | undefined => {
    const before = answers[id];
    const stands =
      before?.state === "granted" &&
      before.policy >= since &&
      before.regime === regime &&
      isFresh(before, policy.reask.grantDays, now);
    return stands && governed.includes(id) ? true : undefined;
  };

  for (const purpose of policy.purposes) {
    if (purpose.required) continue;
    const before = answers[purpose.id];
    const isOpen = first || (previous.unreadable === true && before === undefined);
    const said = spoken(request, purpose.id) ?? (isOpen ? false : undefined) ?? overruled(purpose);
    if (said === undefined) continue;
    const state = said
      ? "granted"
      : before === undefined || before.state === "refused"
        ? "refused"
        : "withdrawn";
    answers[purpose.id] = { state, at: now, policy: request.policy ?? policy.version, regime };
  }

  return {
    answers,
    overrides: standingOverrides(policy, answers, request.override ?? previous.overrides),
    gpc: previous.gpc || input.gpc,
    ...toldIn(previous, previous),
  };
}

/** Not older than so many days, and not from a future that no clock of ours could have written. */
export function isFresh(answer: Answer, days: number, now: number): boolean {
  return now - answer.at <= days * DAY && answer.at - now <= DAY;
}

/** An override ends with the last yes to what the signal governs, whoever takes that back. */
export function standingOverrides(
  policy: Policy,
  answers: StoredChoice["answers"],
  overrides: readonly Override[],
): Override[] {
  const governed = policy.signals.gpc.governs.map((id) => answers[id]?.state);
  return governed.includes("granted") ? [...new Set(overrides)] : [];
}

/** Whether it answers anything. */
export const isAnswer = ({ choices, accept, override }: ChoiceRequest): boolean =>
  choices !== undefined || accept !== undefined || override !== undefined;

function spoken(request: ChoiceRequest, purpose: Purpose): boolean | undefined {
  if (request.choices !== undefined && Object.hasOwn(request.choices, purpose))
    return request.choices[purpose];
  return request.accept === undefined ? undefined : request.accept === "all";
}

/** The choice with GPC remembered; the same object where nothing changes. */
export function rememberGpc(choice: StoredChoice | null, gpc: boolean): StoredChoice | null {
  if (!gpc || choice?.gpc === true) return choice;
  return { ...(choice ?? NO_CHOICE), gpc: true };
}

/** What remains of a choice whose seal doesn't hold: every no counts, no yes and no override does, and more may be missing. */
export function refusalsOnly(choice: StoredChoice): StoredChoice {
  const refusals = Object.entries(choice.answers).filter(
    ([, answer]) => answer.state !== "granted",
  );
  return {
    answers: Object.fromEntries(refusals),
    overrides: [],
    gpc: choice.gpc,
    unreadable: true,
  };
}

/** Whether anything at all was granted; only then may a visitor be identified. */
export function grantsAnything(choice: StoredChoice): boolean {
  return Object.values(choice.answers).some((answer) => answer.state === "granted");
}

/**
 * Two choices of the same visitor, say the cookie's and the person's: purpose by purpose the newer answer stands, at
 * the same time a no. GPC carries over; overrides are those of the side that answered last.
 */
export function newest(a: StoredChoice, b: StoredChoice): StoredChoice {
  const last = (choice: StoredChoice): number =>
    Math.max(0, ...Object.values(choice.answers).map(time));
  const overrides = last(a) >= last(b) ? a.overrides : b.overrides;
  const answers = join(a, b, (x, y) => (newer(x, y) ? x : y));
  return { answers, overrides, gpc: a.gpc || b.gpc, ...unreadableIn(a, b), ...toldIn(a, b) };
}

/**
 * Two people's choices joined by verified evidence: purpose by purpose a no beats a yes, whatever its age. An
 * override stands only where every side that sends GPC recorded it.
 */
export function mostRestrictive(a: StoredChoice, b: StoredChoice): StoredChoice {
  const answers = join(a, b, (x, y) => {
    if (isNo(x) !== isNo(y)) return isNo(x) ? x : y;
    // Of two yeses the older one stands, since it expires first; of two noes the newer.
    return newer(x, y) === isNo(x) ? x : y;
  });
  const overruled = [a, b].every((choice) => !choice.gpc || choice.overrides.includes("gpc"));
  const overrides = overruled ? [...new Set([...a.overrides, ...b.overrides])] : [];
  return { answers, overrides, gpc: a.gpc || b.gpc, ...unreadableIn(a, b), ...toldIn(a, b) };
}

const toldIn = (a: StoredChoice, b: StoredChoice): Pick<StoredChoice, "told"> => {
  const told = Math.max(a.told ?? 0, b.told ?? 0);
  return told > 0 ? { told } : {};
};

const unreadableIn = (a: StoredChoice, b: StoredChoice): Pick<StoredChoice, "unreadable"> =>
  a.unreadable === true || b.unreadable === true ? { unreadable: true } : {};

function join(
  a: StoredChoice,
  b: StoredChoice,
  pick: (x: Answer, y: Answer) => Answer,
): Record<Purpose, Answer> {
  const answers: Record<Purpose, Answer> = { ...a.answers };
  for (const [purpose, answer] of Object.entries(b.answers)) {
    const other = answers[purpose];
    answers[purpose] = other === undefined ? answer : pick(other, answer);
  }
  return answers;
}

/** Whether x replaces y; at the same time a no does. */
function newer(x: Answer, y: Answer): boolean {
  return time(x) === time(y) ? isNo(x) : time(x) > time(y);
}

function isNo(answer: Answer): boolean {
  return answer.state !== "granted";
}

/** A no known only by its day (see choice-cookie.ts) is the last word of that day. */
function time(answer: Answer): number {
  return isNo(answer) && answer.at % DAY === 0 ? answer.at + DAY - 1 : answer.at;
}

/** Milliseconds. */
const DAY = 86_400_000;
