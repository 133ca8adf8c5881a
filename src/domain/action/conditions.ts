/**
 * Conditions: each is said in plain words for marketers, and checked with a reason for whoever it is about. A reason is
 * a fact that can be counted again in the events.
 */
import type { Assurance } from "../identity/claims.ts";
import type { Summary } from "../slice/summary.ts";
import type { Stage } from "../person/stage.ts";
import { type Conditions, type Place, type Range, type Reads, readsIn } from "./catalogue.ts";
import { countOf, doneWords, eventKey, favourite, placeOf, type Situation } from "./situation.ts";

export type Check = { ok: true; why?: string; topic?: string } | { ok: false; missing: string };

export interface Condition {
  /** What it asks for, as a part of a sentence. */
  words: string;
  check(situation: Situation): Check;
}

const ok = (why?: string, topic?: string): Check => ({
  ok: true,
  ...(why ? { why } : {}),
  ...(topic ? { topic } : {}),
});
const no = (missing: string): Check => ({ ok: false, missing });

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
const or = (words: readonly string[]): string => words.join(" or ");
const inDays = (days: number | undefined): string =>
  days === undefined ? "" : ` in the last ${counted(days, "day")}`;
const over = (situation: Situation, days: number | undefined): Summary =>
  days === undefined ? situation.summary : situation.within(days);

const isNever = ({ atLeast = 0, atMost }: Range): boolean => atLeast === 0 && atMost === 0;

/** `at least 3 times`, `at most 1 time`, `3 to 5 times`, `exactly 0 times`. */
function rangeWords({ atLeast, atMost }: Range, one: string): string {
  if (atLeast !== undefined && atLeast === atMost) return `exactly ${counted(atLeast, one)}`;
  if (atLeast !== undefined && atMost !== undefined) return `${atLeast} to ${counted(atMost, one)}`;
  if (atLeast !== undefined) return `at least ${counted(atLeast, one)}`;
  return atMost === undefined ? `any number of ${one}s` : `at most ${counted(atMost, one)}`;
}
const isWithin = ({ atLeast, atMost }: Range, count: number): boolean =>
  (atLeast === undefined || count >= atLeast) && (atMost === undefined || count <= atMost);

export function conditionsOf(conditions: Conditions): Condition[] {
  const { deviceTypes, os, app, did, campaign, knows, unconfirmed, lacks } = conditions;
  const { orders, lastOrderDays, awayDays, sessions, places, stages, meter } = conditions;
  return [
    ...(deviceTypes ? [onDevice(deviceTypes)] : []),
    ...(os ? [onSystem(os)] : []),
    ...(app === undefined ? [] : [withApp(app)]),
    ...readsIn(conditions).map(hasRead),
    ...(did ?? []).map(hasDone),
    ...(campaign ? [cameBy(campaign)] : []),
    ...(knows ?? []).map(isKnown),
    ...(unconfirmed ?? []).map(isUnconfirmed),
    ...(lacks ?? []).map(isLacking),
    ...(orders ? [hasOrdered(orders)] : []),
    ...(lastOrderDays ? [orderedAgo(lastOrderDays)] : []),
    ...(awayDays ? [wasAway(awayDays)] : []),
    ...(sessions ? [hasVisited(sessions)] : []),
    ...(places ? [standsAt(places)] : []),
    ...(stages ? [isKnownAs(stages)] : []),
    ...(meter ? [hasUsed(meter)] : []),
  ];
}

/** Each condition by itself. */
export function apart(conditions: Conditions): Conditions[] {
  const { reads: _, did, knows, unconfirmed, lacks, ...rest } = conditions;
  return [
    ...readsIn(conditions).map((reads): Conditions => ({ reads })),
    ...Object.entries(rest).map(([name, asked]): Conditions => ({ [name]: asked })),
    ...(did ?? []).map((each): Conditions => ({ did: [each] })),
    ...(knows ?? []).map((kind): Conditions => ({ knows: [kind] })),
    ...(unconfirmed ?? []).map((kind): Conditions => ({ unconfirmed: [kind] })),
    ...(lacks ?? []).map((kind): Conditions => ({ lacks: [kind] })),
  ];
}

/** The conditions as a marketer reads them. */
export function sentence(conditions: Conditions): string {
  const words = conditionsOf(conditions).map((condition) => condition.words);
  return words.length === 0 ? "Everybody." : `Whoever ${words.join(", and ")}.`;
}

const onDevice = (types: readonly string[]): Condition => ({
  words: `uses a ${or(types)}`,
  check: ({ summary }) => {
    const device = summary.devices.find((each) => types.includes(each.type));
    return device
      ? ok(`uses a ${device.type}${device.os ? ` with ${device.os}` : ""}`)
      : no(`no ${or(types)} seen`);
  },
});

const onSystem = (systems: readonly string[]): Condition => ({
  words: `uses ${or(systems)}`,
  check: ({ summary }) => {
    const wanted = systems.map((each) => each.toLowerCase());
    const found = summary.devices.find(({ os }) => os && wanted.includes(os.toLowerCase()));
    return found ? ok(`uses ${found.os}`) : no(`no ${or(systems)} seen`);
  },
});

const withApp = (wanted: boolean): Condition => ({
  words: wanted ? "has the app" : "hasn't been seen in the app",
  check: ({ summary }) => {
    const seen = summary.devices.some((device) => device.app);
    if (seen === wanted) return ok(wanted ? "has the app" : "the app wasn't seen yet");
    return no(wanted ? "the app wasn't seen" : "has the app already");
  },
});

const hasRead = ({ topic, atLeast, withinDays }: Reads): Condition => ({
  words: `read at least ${counted(atLeast, "page")} about ${topic === "*" ? "one topic" : topic}${inDays(withinDays)}`,
  check: (situation) => {
    const summary = over(situation, withinDays);
    const [most, count] =
      topic === "*"
        ? favourite(summary, situation.meter?.topics, atLeast)
        : [topic, countOf(summary.topics, topic)];
    return count >= atLeast && most !== ""
      ? ok(`read ${counted(count, "page")} about ${most}${inDays(withinDays)}`, most)
      : no(`read ${count} of ${atLeast} pages about ${topic === "*" ? "one topic" : topic}`);
  },
});

const hasDone = ({
  event,
  withinDays,
  ...range
}: NonNullable<Conditions["did"]>[number]): Condition => {
  const { did, hasnt } = doneWords(event);
  const when = inDays(withinDays);
  return {
    words: isNever(range) ? `${hasnt}${when}` : `${did} ${rangeWords(range, "time")}${when}`,
    check: (situation) => {
      const count = countOf(over(situation, withinDays).names, eventKey(event));
      const often = `${did} ${counted(count, "time")}`;
      if (!isWithin(range, count)) return no(often);
      return ok(count === 0 ? `${hasnt}${when}` : `${often}${when}`);
    },
  };
};

const cameBy = ({ withinDays, ...wanted }: NonNullable<Conditions["campaign"]>): Condition => {
  const named = (["name", "source", "medium"] as const).flatMap((part) => wanted[part] ?? []);
  const name = named.length === 0 ? "any campaign" : named.join(", ");
  return {
    words: `came by ${name}${inDays(withinDays)}`,
    check: (situation) => {
      const found = over(situation, withinDays).campaigns.findLast(({ campaign }) =>
        (["name", "source", "medium"] as const).every(
          (part) =>
            wanted[part] === undefined ||
            campaign[part]?.toLowerCase() === wanted[part].toLowerCase(),
        ),
      );
      if (!found) return no(`didn't come by ${name}`);
      const { name: title, source, medium } = found.campaign;
      const by = [title, source, medium].filter((part) => part !== undefined).join(", ");
      return ok(by === "" ? "came by a campaign" : `came by ${by}`);
    },
  };
};

function kindWords(kind: string): string {
  if (kind === "email") return "an e-mail address";
  if (kind === "phone") return "a phone number";
  if (kind === "user_id") return "a user id";
  if (kind.startsWith("esp:")) return "a newsletter's record id";
  if (kind === "push") return "an address for push messages";
  return `a ${kind.replaceAll("_", " ").replace(/:\*$/, "")}`;
}

/** What is known of a kind, or of the family that `esp:*` stands for. */
function knownAs(known: Situation["known"], kind: string): Assurance | undefined {
  if (!kind.endsWith(":*")) return known.get(kind);
  const family = kind.slice(0, -1);
  return [...known].find(([each]) => each.startsWith(family))?.[1];
}

const isMailTools = (kind: string): boolean => kind.startsWith("esp:");

const isKnown = (kind: string): Condition => ({
  words: isMailTools(kind) ? `is known by ${kindWords(kind)}` : `gave ${kindWords(kind)}`,
  check: ({ known }) => {
    const assurance = knownAs(known, kind);
    if (assurance === undefined) return no(`${kindWords(kind)} isn't known`);
    if (!isMailTools(kind)) return ok(`gave ${kindWords(kind)}`);
    return ok(assurance === "hinted" ? "came by a newsletter's link" : "gets a newsletter");
  },
});

const isUnconfirmed = (kind: string): Condition => ({
  words: `gave ${kindWords(kind)} that isn't confirmed`,
  check: ({ known }) => {
    const assurance = knownAs(known, kind);
    if (assurance === undefined) return no(`${kindWords(kind)} isn't known`);
    return assurance === "verified"
      ? no(`${kindWords(kind)} is confirmed already`)
      : ok(`gave ${kindWords(kind)} that isn't confirmed`);
  },
});

const isLacking = (kind: string): Condition => ({
  words: `hasn't given ${kindWords(kind)}`,
  check: ({ known }) =>
    knownAs(known, kind) === undefined
      ? ok(`${kindWords(kind)} isn't known yet`)
      : no(`${kindWords(kind)} is known already`),
});

const hasOrdered = ({ withinDays, ...range }: NonNullable<Conditions["orders"]>): Condition => {
  const when = inDays(withinDays);
  return {
    words: isNever(range) ? `hasn't ordered${when}` : `ordered ${rangeWords(range, "time")}${when}`,
    check: (situation) => {
      const { orders } = over(situation, withinDays);
      if (!isWithin(range, orders)) return no(`ordered ${counted(orders, "time")}${when}`);
      if (orders > 0) return ok(`ordered ${counted(orders, "time")}${when}`);
      return ok(withinDays === undefined ? "hasn't ordered yet" : `hasn't ordered${when}`);
    },
  };
};

const orderedAgo = (range: Range): Condition => ({
  words: `ordered last ${rangeWords(range, "day")} ago`,
  check: ({ summary, today }) => {
    if (summary.lastOrderDay === null) return no("hasn't ordered yet");
    const days = today - summary.lastOrderDay;
    const fact = `ordered ${counted(days, "day")} ago`;
    return isWithin(range, days) ? ok(fact) : no(fact);
  },
});

const wasAway = (range: Range): Condition => ({
  words: `was away for ${rangeWords(range, "day")}`,
  check: ({ summary, today }) => {
    const before = summary.days.findLast((day) => day < today);
    if (before === undefined) return no("wasn't here before today");
    const fact = `was here last ${counted(today - before, "day")} ago`;
    return isWithin(range, today - before) ? ok(fact) : no(fact);
  },
});

const hasVisited = (range: Range): Condition => ({
  words: `came ${rangeWords(range, "time")}`,
  check: ({ summary: { sessions } }) => {
    const fact = `came ${counted(sessions, "time")}`;
    return isWithin(range, sessions) ? ok(fact) : no(fact);
  },
});

const PLACE_WORDS: Readonly<Record<Place, string>> = {
  new: "is here for the first time",
  returning: "came back, without looking at what is for sale",
  considering: "looked at what is for sale, without an order",
  customer: "ordered within a year",
  lapsed: "ordered more than a year ago",
};

const standsAt = (places: readonly Place[]): Condition => ({
  words: or(places.map((place) => PLACE_WORDS[place])),
  check: (situation) => {
    const place = placeOf(situation);
    return places.includes(place) ? ok(PLACE_WORDS[place]) : no(PLACE_WORDS[place]);
  },
});

const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  device: "is known by no more than a device",
  activity: "read enough to know what about, and hasn't said who they are",
  identified: "said who they are, and hasn't proved it",
  person: "is known to be who they say",
};

const isKnownAs = (stages: readonly Stage[]): Condition => ({
  words: or(stages.map((stage) => STAGE_WORDS[stage])),
  check: ({ stage }) => (stages.includes(stage) ? ok(STAGE_WORDS[stage]) : no(STAGE_WORDS[stage])),
});

const hasUsed = (range: Range): Condition => ({
  words: `used ${rangeWords(range, "read")} of the meter`,
  check: ({ meter }) => {
    if (!meter) return no("there is no meter");
    const fact = `read ${meter.read} of ${meter.limit} free pages${inDays(meter.days)}`;
    return isWithin(range, meter.read) ? ok(fact) : no(fact);
  },
});
