/** The merge rules in plain sentences, one a rule, each under the name that it has in the document. */
import { kindsWords, kindWords } from "../../domain/identity/kind-words.ts";
import type { MergeRules } from "../../domain/identity/rules.ts";
import { count, percent, whole } from "../numbers.ts";

export interface Sentence {
  /** The rule's place in the document, like `limits.email`. */
  id: string;
  words: string;
  /** Of a rule that is a list: what it lists. */
  items?: readonly string[];
}

export interface Part {
  id: string;
  title: string;
  sentences: readonly Sentence[];
}

const FAMILIES: Readonly<Record<string, string>> = {
  social: "account elsewhere",
  esp: "mail tool's record id",
  default: "other identifier",
};

/** `social:google` → `google account`; a family by what all of it is. */
export const kindName = (kind: string): string => FAMILIES[kind] ?? kindWords(kind);

const many = (kind: string): string => (FAMILIES[kind] ? `${FAMILIES[kind]}s` : kindsWords(kind));

const listed = (parts: readonly string[], word = "and"): string =>
  parts.length < 2
    ? (parts[0] ?? "")
    : `${parts.slice(0, -1).join(", ")} ${word} ${parts.at(-1) ?? ""}`;

const hours = (n: number): string => (n === 1 ? "an hour" : count(n, "hour"));

/** The named kinds first, what goes for all others last. */
const byKind = <T>(table: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(table).toSorted(([a], [b]) => Number(a === "default") - Number(b === "default"));

function kinds({ unique, priority, limits, leastAssurance }: MergeRules): Sentence[] {
  return [
    {
      id: "unique",
      words:
        unique.length === 0
          ? "No kind of identifier is one a person: a device never starts anew because somebody else signs in."
          : `One person has ${listed(unique.map((kind) => `one ${kindName(kind)}`))}. A second one on the same device starts a new visitor.`,
    },
    {
      id: "priority",
      words:
        priority.length === 0
          ? "Who says several identifiers of people who can't be one goes with any of them."
          : `Who says several identifiers of people who can't be one goes with the first of ${listed(priority.map(kindName))}, then all others.`,
    },
    ...byKind(limits).map(([kind, most]) => ({
      id: `limits.${kind}`,
      words:
        kind === "default"
          ? `Of any other kind, one person has at most ${whole(most)}.`
          : `One person has at most ${most === 1 ? `1 ${kindName(kind)}` : `${whole(most)} ${many(kind)}`}.`,
    })),
    ...byKind(leastAssurance).map(([kind, least]) => ({
      id: `leastAssurance.${kind}`,
      words: `${kind === "default" ? "Any other identifier" : capital(article(kindName(kind)))} ${JOINS[least]}.`,
    })),
  ];
}

const article = (name: string): string =>
  /^(?:[aei]|other)/i.test(name) ? `an ${name}` : `a ${name}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const JOINS: Readonly<Record<MergeRules["leastAssurance"]["default"], string>> = {
  verified: "joins people once both sides have proven it",
  asserted: "joins people where both sides said it, be it typed into a form",
  hinted: "joins people even if it only came with a link in an e-mail",
  inferred: "joins people even if it is only probable",
  never: "is noted and joins nobody",
};

const crowds = ({ maxVisitorsPerIdentifier: most, flood, devices }: MergeRules): Sentence[] => [
  {
    id: "flood.visitors",
    words: `What more than ${count(flood.visitors, "device")} say within ${hours(flood.hours)} is quarantined until an officer releases it; those who prove it go on.`,
  },
  {
    id: "flood.proven",
    words: `What more than ${count(flood.proven, "device")} prove within ${hours(flood.hours)} is quarantined for them, too; who proved it before keeps it.`,
  },
  {
    id: "maxVisitorsPerIdentifier",
    words: `What more than ${count(most, "device")} say, however slowly they come, is quarantined as well; those who prove it go on, until they are as many.`,
  },
  {
    id: "devices.sharedFrom",
    words: `A device on which ${count(devices.sharedFrom, "person", "people")} have proven who they are, or ${devices.sharedFrom + 1} only said it, is shared: what is typed there joins nobody.`,
  },
  {
    id: "devices.kioskFrom",
    words: `A device on which ${count(devices.kioskFrom, "person", "people")} have proven who they are is a kiosk: besides, whoever signs in starts anew.`,
  },
];

const blocked = ({ blocked: { values, patterns, allowed } }: MergeRules): Sentence[] => [
  list("blocked.values", values, {
    none: "Beside the placeholders that Usher knows, no value is blocked.",
    some: (n) =>
      `${count(n, "value")} name${n === 1 ? "s" : ""} nobody, wherever ${n === 1 ? "it comes" : "they come"} from:`,
  }),
  list("blocked.patterns", patterns, {
    none: "No pattern of values is blocked.",
    some: (n) =>
      `What looks like ${n === 1 ? "this pattern" : "one of these patterns"} names nobody:`,
  }),
  list("blocked.allowed", allowed, {
    none: "Nothing is excepted from that.",
    some: () => "Excepted, so that it names somebody:",
  }),
];

const list = (
  id: string,
  items: readonly string[],
  { none, some }: { none: string; some: (n: number) => string },
): Sentence => ({ id, words: items.length === 0 ? none : some(items.length), items });

const tokens = ({ tokens: { bound, hours: most } }: MergeRules): Sentence[] => [
  {
    id: "tokens.bound",
    words:
      bound === "all"
        ? "Every signed identity token is good on the device that used it first, and on no other."
        : "A signed identity token with an id of its own (jti) is good on the device that used it first; one without, on any device until it expires.",
  },
  {
    id: "tokens.hours",
    words:
      most === null
        ? "A token is good for as long as the site signed it for."
        : `A token that is good for longer than ${hours(most)} proves nothing.`,
  },
];

function personas({ personas: { apart, organisations, personal } }: MergeRules): Sentence[] {
  return [
    {
      id: "personas.apart",
      words: apart
        ? "The work side and the personal side of one human stay two people."
        : "Work addresses and personal addresses join like any others.",
    },
    list("personas.organisations", organisations, {
      none: "No domain is named as an organisation's.",
      some: (n) => `Addresses at ${count(n, "domain")} are work:`,
    }),
    list("personas.personal", personal, {
      none: "No domain is named as personal beyond those that lists know.",
      some: (n) => `Addresses at ${count(n, "domain")} are personal although no list knows them:`,
    }),
  ];
}

const REGIONS = new Intl.DisplayNames(["en"], { type: "region" });

const countries = ({ country }: MergeRules): Sentence[] => [
  {
    id: "country",
    words:
      country === null
        ? "Phone numbers written without a country are kept as they were written, so they don't meet those written with one."
        : `Phone numbers written without a country are from ${REGIONS.of(country) ?? country}.`,
  },
];

const probable = ({ probable: { suggestFrom, mergeFrom, devices } }: MergeRules): Sentence[] => [
  {
    id: "probable.suggestFrom",
    words: `From ${percent(suggestFrom)} on, an officer is asked whether two are one person.`,
  },
  {
    id: "probable.mergeFrom",
    words:
      mergeFrom === null
        ? "Nobody is ever joined on what is only probable without an officer."
        : `From ${percent(mergeFrom)} on, two are joined without asking; that can be undone.`,
  },
  {
    id: "probable.devices",
    words:
      devices === "off"
        ? "Devices aren't compared by the networks they are seen at, and nothing of networks is recorded."
        : "Devices are compared by the networks they are seen at, where recognition is allowed; an officer is asked.",
  },
];

export const partsOf = (rules: MergeRules): readonly Part[] => [
  { id: "kinds", title: "Identifiers", sentences: kinds(rules) },
  { id: "crowds", title: "Crowds and shared devices", sentences: crowds(rules) },
  { id: "blocked", title: "Values that name nobody", sentences: blocked(rules) },
  { id: "personas", title: "Work and personal", sentences: personas(rules) },
  { id: "tokens", title: "Signed tokens", sentences: tokens(rules) },
  { id: "phones", title: "Phone numbers", sentences: countries(rules) },
  { id: "probable", title: "Probable matches", sentences: probable(rules) },
];
