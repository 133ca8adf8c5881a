/** What one policy changes about another, in plain words. */
import { CHILD_BELOW } from "../../domain/consent/child.ts";
import type { Policy, PolicyCookie, PolicyPurpose } from "../../domain/consent/policy.ts";
import type { PolicyChange } from "../../domain/consent/policy-change.ts";
import type { Capability, Regime } from "../../domain/consent/purposes.ts";
import { listWords, placesWords } from "./places.ts";
import { labelOf } from "../../domain/consent/notice.ts";
import {
  BASIS_NAMES,
  CAPABILITY_NAMES,
  days,
  labelsOf,
  languageName,
  REGIME_NAMES,
  SECOND_USER_WORDS,
  VALUE_NAMES,
  WITHDRAWAL_WORDS,
} from "./words.ts";

export interface ChangeWords {
  /** The fields it speaks of. */
  paths: string[];
  words: string;
}

/** One sentence a change; changes of many regions to one rule are one. */
export function changesInWords(
  before: Policy,
  after: Policy,
  changes: readonly PolicyChange[],
): ChangeWords[] {
  const moved = new Map<string, { paths: string[]; regions: string[] }>();
  const told: ChangeWords[] = [];
  for (const change of changes) {
    // The name that it had is told with the one that it gets.
    if (isToldWithId(change, changes)) continue;
    const region = /^regimes\.regions\.(.+)$/.exec(change.path)?.[1];
    if (region === undefined) {
      told.push({ paths: [change.path], words: sentence(before, after, change) });
      continue;
    }
    const key = `${nameOf(change.before)} → ${nameOf(change.after)}`;
    const known = moved.get(key) ?? { paths: [], regions: [] };
    moved.set(key, known);
    known.paths.push(change.path);
    known.regions.push(region);
    if (known.paths.length === 1) told.push({ paths: known.paths, words: key });
  }
  return told.map(({ paths, words }) => {
    const group = moved.get(words);
    return { paths, words: group ? `${capital(placesWords(group.regions, 8))}: ${words}.` : words };
  });
}

function isToldWithId(
  { path, before, after }: PolicyChange,
  all: readonly PolicyChange[],
): boolean {
  const purpose = /^(purposes\..+)\.formerly$/.exec(path)?.[1];
  const id = all.find((change) => change.path === `${purpose}.id`);
  if (purpose === undefined || !id) return false;
  const [had, has] = [(before ?? []) as string[], (after ?? []) as string[]];
  return has.every((name) => had.includes(name) || name === id.before);
}

const nameOf = (regime: unknown): string =>
  regime === undefined ? "as everywhere else" : `“${REGIME_NAMES[regime as Regime].toLowerCase()}”`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function sentence(before: Policy, after: Policy, change: PolicyChange): string {
  const parts = change.path.split(".");
  const told = SENTENCES[parts[0] ?? ""]?.(parts.slice(1), change, before, after);
  return told ?? `${change.path}: ${plain(change.before)} → ${plain(change.after)}.`;
}

type Teller = (
  path: readonly string[],
  change: PolicyChange,
  before: Policy,
  after: Policy,
) => string | undefined;

const SENTENCES: Readonly<Record<string, Teller>> = {
  purposes: ([id = "", field = "", language], { before, after }, old, now) => {
    if (field === "")
      return after === undefined
        ? `The purpose ${labelOf(old, id)} is gone: nobody is asked for it, and nothing is recorded under it.`
        : `A new purpose, ${labelOf(now, id)}: “${(after as PolicyPurpose).description[now.notice.language] ?? ""}”`;
    const name = labelOf(now, id);
    if (field === "id")
      return `${name}: it is called ${quoted(after)} from now on, and was ${quoted(before)} before; what was recorded and answered stays with it.`;
    if (field === "formerly")
      return `${name}: what is said of ${listWords(((after ?? []) as string[]).map(quoted)) || "no other id"} is said of it, too.`;
    if (field === "retentionDays")
      return `${name}: what is recorded is kept for ${days(Number(after))} instead of ${days(Number(before))}.`;
    if (field === "basis")
      return `${name}: the legal basis is ${basis(after)} instead of ${basis(before)}.`;
    if (field === "required")
      return after === true
        ? `${name}: visitors can no longer refuse it.`
        : `${name}: visitors can refuse it.`;
    if (field === "switchesOn") return switched(name, before, after);
    return `${name}: the ${field}${language ? ` (${language})` : ""} is now ${quoted(after)}.`;
  },
  regimes: (_, { after }) => `Everywhere else: ${nameOf(after)}.`,
  defaults: ([regime = "", id = ""], { after }, old, now) =>
    `Where the rule is ${nameOf(regime)}, ${labelOf(now.purposes.some((each) => each.id === id) ? now : old, id)} ${
      after === true ? "may begin before the visitor says anything" : "waits for a yes"
    }.`,
  signals: ([signal = "", field = ""], { before, after }, _, now) => {
    const name = SIGNAL_NAMES[signal] ?? signal;
    if (field === "governs")
      return `${name} ${(after as string[]).length === 0 ? "denies nothing any more" : `denies ${labelsOf(now, after as string[])}`}.`;
    if (field === "regimes")
      return `${name} may grant where the rule is ${listWords((after as Regime[]).map(nameOf)) || "(nowhere)"}.`;
    if (field === "maxAgeMonths")
      return `${name} is good for ${plain(after)} months instead of ${plain(before)}.`;
    return undefined;
  },
  cookies: ([name = "", field = ""], { before, after }, _, now) => {
    if (field === "")
      return after === undefined
        ? `The cookie ${name} is no longer declared.`
        : `The cookie ${name} is declared, under ${labelsOf(now, (after as PolicyCookie).purposes) || "no purpose"}.`;
    if (field === "lifetimeDays")
      return `The cookie ${name} lives ${days(Number(after))} instead of ${days(Number(before))}.`;
    if (field === "purposes")
      return `The cookie ${name} stands under ${labelsOf(now, after as string[]) || "no purpose"}.`;
    return `What is declared of the cookie ${name} changes (${field}).`;
  },
  notice: ([field = "", language, part], { before, after }) => {
    if (field === "language") return `The notice's own language is ${languageName(String(after))}.`;
    const name = languageName(language ?? "");
    if (part === undefined)
      return before === undefined
        ? `The notice is there in ${name} too.`
        : `The notice is no longer there in ${name}.`;
    return `The notice in ${name} says ${quoted(after)}.`;
  },
  reask: ([field = ""], { before, after }) => {
    if (field === "grantDays")
      return `A yes is good for ${days(Number(after))} instead of ${days(Number(before))}.`;
    if (field === "refusalDays")
      return `After a no, nobody is asked again for ${days(Number(after))} instead of ${days(Number(before))}.`;
    return after === true
      ? "What another consent tool leaves open is asked here."
      : "Where another consent tool has asked, nothing is asked here.";
  },
  withdrawal: (_, { after }) =>
    `When consent is withdrawn, ${WITHDRAWAL_WORDS[after as Policy["withdrawal"]]}.`,
  scrub: ([field = ""], { before, after }) => {
    const names = field === "values" ? VALUE_NAMES : null;
    return added(before as string[], after as string[], (each) =>
      names ? names[each as keyof typeof VALUE_NAMES] : `values named “${each}”`,
    );
  },
  sensitiveTopics: (_, { before, after }) =>
    added(before as string[], after as string[], (each) => `the topic “${each}”`),
  childBelow: (_, { after }) =>
    `A child is whoever is known to be younger than ${plain(after ?? CHILD_BELOW)} years.`,
  sharedDevice: (_, { after }) =>
    `A second person who signs in on a device ${SECOND_USER_WORDS[after as Policy["sharedDevice"]["secondUser"]]}.`,
};

const SIGNAL_NAMES: Readonly<Record<string, string>> = {
  gpc: "Global Privacy Control",
  gpp: "An opt-out in a GPP string",
  usp: "A US Privacy string",
  tcf: "A TCF string",
  cmp: "The site's consent tool",
};

const basis = (value: unknown): string =>
  BASIS_NAMES[value as PolicyPurpose["basis"]]?.toLowerCase() ?? plain(value);

function switched(name: string, before: unknown, after: unknown): string {
  const [had, has] = [before as Capability[], after as Capability[]];
  const words = (list: readonly Capability[]): string =>
    listWords(list.map((each) => CAPABILITY_NAMES[each].toLowerCase()));
  const more = has.filter((each) => !had.includes(each));
  const less = had.filter((each) => !has.includes(each));
  return [
    more.length > 0 ? `${name} also lets Usher ${words(more)}.` : "",
    less.length > 0 ? `${name} no longer lets Usher ${words(less)}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

function added(
  had: readonly string[],
  has: readonly string[],
  name: (each: string) => string,
): string {
  const more = has.filter((each) => !had.includes(each)).map(name);
  const less = had.filter((each) => !has.includes(each)).map(name);
  return [
    more.length > 0
      ? `Left out from now on, and taken out of what is stored: ${listWords(more)}.`
      : "",
    less.length > 0
      ? `No longer left out: ${listWords(less)}. What was left out before doesn't come back.`
      : "",
  ]
    .filter(Boolean)
    .join(" ");
}

const quoted = (value: unknown): string =>
  typeof value === "string" && value !== "" ? `“${value}”` : "gone";

/** A value as the field has it, for the table of fields. */
export function plain(value: unknown): string {
  if (value === undefined) return "–";
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}
