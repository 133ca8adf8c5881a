/**
 * Which actions fit a profile, and the reasons in words. Every reason is a fact that can be counted again in the events.
 * All conditions of an action must hold; the first that fails says what is missing.
 */
import type { Assurance } from "../identity/claims.ts";
import type { Day } from "../ids.ts";
import { reaches, type Stage } from "../person/stage.ts";
import type { Summary } from "../slice/summary.ts";
import type { Action, Conditions } from "./catalogue.ts";

/** What the ladder may know: already limited to what this visitor may be shown and to `personalization`. */
export interface Situation {
  summary: Summary;
  stage: Stage;
  /** Kinds of identifiers with the best assurance each. */
  known: ReadonlyMap<string, Assurance>;
  today: Day;
}

export type Fit =
  | { fits: true; why: string[]; topic: string | null }
  | { fits: false; missing: string };

type Check = { ok: true; why?: string; topic?: string } | { ok: false; missing: string };

const ok = (why?: string, topic?: string): Check => ({
  ok: true,
  ...(why ? { why } : {}),
  ...(topic ? { topic } : {}),
});
const no = (missing: string): Check => ({ ok: false, missing });

export function fit(action: Action, situation: Situation): Fit {
  if (!reaches(situation.stage, action.stage))
    return { fits: false, missing: `needs the stage ${action.stage}, is at ${situation.stage}` };
  const why: string[] = [];
  let topic: string | null = null;
  for (const check of checks(action.conditions)) {
    const result = check(situation);
    if (!result.ok) return { fits: false, missing: result.missing };
    if (result.why) why.push(result.why);
    topic ??= result.topic ?? null;
  }
  return { fits: true, why, topic };
}

function checks(conditions: Conditions): ((situation: Situation) => Check)[] {
  const { deviceTypes, app, reads, knows, unconfirmed, lacks, orders, lastOrderDays, sessions } =
    conditions;
  return [
    ...(deviceTypes ? [onDevice(deviceTypes)] : []),
    ...(app === undefined ? [] : [withApp(app)]),
    ...(reads ? [hasRead(reads)] : []),
    ...(knows ?? []).map(isKnown),
    ...(unconfirmed ?? []).map(isUnconfirmed),
    ...(lacks ?? []).map(isLacking),
    ...(orders ? [hasOrdered(orders)] : []),
    ...(lastOrderDays ? [orderedAgo(lastOrderDays)] : []),
    ...(sessions ? [hasVisited(sessions)] : []),
  ];
}

const onDevice =
  (types: readonly string[]) =>
  ({ summary }: Situation): Check => {
    const device = summary.devices.find((each) => types.includes(each.type));
    return device
      ? ok(`uses a ${device.type}${device.os ? ` with ${device.os}` : ""}`)
      : no(`no ${types.join(" or ")} seen`);
  };

const withApp =
  (wanted: boolean) =>
  ({ summary }: Situation): Check => {
    const seen = summary.devices.some((device) => device.app);
    if (seen === wanted) return ok(wanted ? "has the app" : "the app wasn't seen yet");
    return no(wanted ? "the app wasn't seen" : "has the app already");
  };

const hasRead =
  ({ topic, atLeast }: { topic: string; atLeast: number }) =>
  ({ summary }: Situation): Check => {
    const [most, count] =
      topic === "*"
        ? favourite(summary)
        : [topic, Object.hasOwn(summary.topics, topic) ? (summary.topics[topic] ?? 0) : 0];
    return count >= atLeast && most !== ""
      ? ok(`read ${count} ${count === 1 ? "page" : "pages"} about ${most}`, most)
      : no(`read ${count} of ${atLeast} pages about ${topic === "*" ? "one topic" : topic}`);
  };

/** The topic read most; ties go by the alphabet, so that the answer doesn't flicker. */
export function favourite(summary: Summary): [topic: string, count: number] {
  return Object.entries(summary.topics).reduce<[string, number]>(
    (best, each) => (each[1] > best[1] || (each[1] === best[1] && each[0] < best[0]) ? each : best),
    ["", 0],
  );
}

const words = (kind: string): string =>
  kind === "email"
    ? "an e-mail address"
    : kind === "phone"
      ? "a phone number"
      : `a ${kind.replace("_", " ")}`;

const isKnown =
  (kind: string) =>
  ({ known }: Situation): Check =>
    known.has(kind) ? ok(`gave ${words(kind)}`) : no(`${words(kind)} isn't known`);

const isUnconfirmed =
  (kind: string) =>
  ({ known }: Situation): Check => {
    const assurance = known.get(kind);
    if (assurance === undefined) return no(`${words(kind)} isn't known`);
    return assurance === "verified"
      ? no(`${words(kind)} is confirmed already`)
      : ok(`gave ${words(kind)} that isn't confirmed`);
  };

const isLacking =
  (kind: string) =>
  ({ known }: Situation): Check =>
    known.has(kind) ? no(`${words(kind)} is known already`) : ok(`${words(kind)} isn't known yet`);

const hasOrdered =
  ({ atLeast, atMost }: { atLeast?: number; atMost?: number }) =>
  ({ summary }: Situation): Check => {
    const { orders } = summary;
    if (atLeast !== undefined && orders < atLeast)
      return no(`ordered ${orders} of ${atLeast} times`);
    if (atMost !== undefined && orders > atMost) return no(`ordered more than ${atMost} times`);
    return ok(
      orders === 0 ? "hasn't ordered yet" : `ordered ${orders} ${orders === 1 ? "time" : "times"}`,
    );
  };

const orderedAgo =
  ({ atLeast, atMost }: { atLeast?: number; atMost?: number }) =>
  ({ summary, today }: Situation): Check => {
    if (summary.lastOrderDay === null) return no("hasn't ordered yet");
    const days = today - summary.lastOrderDay;
    if (atLeast !== undefined && days < atLeast) return no(`ordered ${days} days ago`);
    if (atMost !== undefined && days > atMost) return no(`ordered ${days} days ago`);
    return ok(`ordered ${days} ${days === 1 ? "day" : "days"} ago`);
  };

const hasVisited =
  ({ atLeast }: { atLeast?: number }) =>
  ({ summary }: Situation): Check =>
    atLeast !== undefined && summary.sessions < atLeast
      ? no(`came ${summary.sessions} of ${atLeast} times`)
      : ok(`came ${summary.sessions} ${summary.sessions === 1 ? "time" : "times"}`);
