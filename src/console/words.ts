/** What the console says about data, in the field's own words. Pure: everything shown is made of what is stored. */
import type { Campaign, Channel, Device, DropReason, UsherEvent } from "../domain/event.ts";
import type { Assurance } from "../domain/identity/claims.ts";
import type { JsonObject } from "../domain/json.ts";
import type { ContactChannel, PermissionState } from "../domain/permission/permission.ts";
import type { Stage } from "../domain/person/stage.ts";
import type { Belief } from "../domain/identity/hints.ts";
import { kindWords } from "../domain/identity/kind-words.ts";
import type { MergeAnswer } from "../http/api/merge-answer.ts";
import type { IdentifierAnswer, VisitorAnswer } from "../http/api/person.ts";
import { count, percent } from "./numbers.ts";

export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  device: "A device, and no more",
  activity: "Enough reads to say a topic",
  identified: "Gave an identifier",
  person: "Identified for sure",
};

export const ASSURANCE_WORDS: Readonly<Record<Assurance, string>> = {
  verified: "confirmed by a sign-in or by the site's own server",
  asserted: "typed into a form",
  hinted: "from a link in an e-mail, which may have been forwarded",
  inferred: "likely by behaviour",
};

export const DEVICE_WORDS: Readonly<Record<string, string>> = {
  phone: "Phone",
  tablet: "Tablet",
  desktop: "Computer",
  tv: "Television",
  server: "Server",
  other: "Device",
} satisfies Record<Device["type"], string>;

/** A value in words; one that there are none for says itself, whatever it is called. */
export const wordFor = (words: Readonly<Record<string, string>>, value: string): string =>
  Object.hasOwn(words, value) ? (words[value] ?? value) : value;

/** Where something took place. */
export const PLACE_WORDS: Readonly<Record<string, string>> = {
  web: "Website",
  app: "App",
  email: "E-mail",
  server: "Server",
  offline: "Offline",
} satisfies Record<Channel, string>;

const ORIGINS = { browser: "Browser", server: "Server record", import: "Imported record" } as const;

/** `Phone · iOS · Safari` */
export function deviceWords({ device, origin }: Pick<VisitorAnswer, "device" | "origin">): string {
  if (!device) return ORIGINS[origin];
  return [DEVICE_WORDS[device.type], device.os, device.app ? "app" : device.browser]
    .filter((part) => part !== undefined && part !== "")
    .join(" · ");
}

/** A, B, …, Z, A2, …: short names for the devices of one page. */
export function letter(index: number): string {
  const round = Math.floor(index / 26);
  return `${String.fromCharCode(65 + (index % 26))}${round === 0 ? "" : round + 1}`;
}

const textIn = (traits: JsonObject, ...names: string[]): string | null => {
  for (const name of names) {
    const value = traits[name];
    if (typeof value === "string" && value.trim() !== "") return value.trim();
  }
  return null;
};

/** What to call somebody: their own name, else the identifier that is surest, else nothing but that they came. */
export function nameOf(traits: JsonObject, identifiers: readonly IdentifierAnswer[]): string {
  const parts = [
    textIn(traits, "firstName", "first_name"),
    textIn(traits, "lastName", "last_name"),
  ];
  const joined = parts.filter((part) => part !== null).join(" ");
  const own = textIn(traits, "name", "fullName") ?? (joined === "" ? null : joined);
  if (own !== null) return own;
  const readable = ["email", "user_id", "phone", "crm"];
  const known = readable.flatMap((kind) =>
    identifiers.filter((each) => each.kind === kind && each.state !== "refused"),
  );
  return known.find(({ value }) => value !== null)?.value ?? "Somebody without a name";
}

/** What happened, as a headline. */
export function eventWords({ type, name, page }: UsherEvent): string {
  if (type === "page") return `Viewed ${page?.title ?? name ?? page?.path ?? "a page"}`;
  if (type === "screen") return `Opened ${name ?? "a screen"} in the app`;
  if (type === "identify") return "Said who they are";
  if (type === "group") return "Joined a group";
  if (type === "alias") return "Was given another id";
  return name ?? "Did something without a name";
}

/** How they came: `newsletter / email, spring-renewal` */
export function campaignWords({ source, medium, name, click }: Campaign): string {
  const way = [source, medium].filter(Boolean).join(" / ") || (click ? `${click.vendor} ad` : "");
  return [way, name].filter(Boolean).join(", ") || "a campaign";
}

/** One merge as a sentence, with the devices by the names the page gives them. */
export function mergeSentence(merge: MergeAnswer, naming: (visitor: string) => string): string {
  const [a, b] = merge.visitors.map(naming);
  const { identifier } = merge;
  if (identifier?.value)
    return `${a} and ${b} both said the same ${kindWords(identifier.kind)}, ${identifier.value}.`;
  if (merge.by === "policy" || merge.probability !== null)
    return `${a} and ${b}: ${merge.because}.`;
  return `The ${merge.by} decided that ${a} and ${b} are one person.`;
}

/** How far a record id on a mail link may be believed: `81 % sure that it is theirs: other devices followed it, too.` */
export function beliefWords({ confidence, forwarded, because }: Belief): string {
  const sure = `${percent(confidence)} sure that it is theirs`;
  return forwarded ? `Looks forwarded: ${because}. ${sure}.` : `${sure}: ${because}.`;
}

const REFUSALS: Readonly<Record<string, string>> = {
  unique: "a person has only one of these, and another one stands",
  limit: "this person has as many of these as one person may have",
  assurance: "it wasn't sure enough to join anybody",
  consent: "recognition wasn't allowed on both sides",
  separate: "it belongs to another persona",
  severed: "a merge on it was undone",
  anonymous: "an anonymous id never joins two browsers",
  forwarded: "somebody else who has signed in followed a link from the same mail",
  quarantined: "so many devices say it that it names nobody, or an officer blocked it",
  corrected: "it was typed again with another spelling within minutes",
  disowned: "somebody decided that it isn't this device's",
  foreign: "somebody decided that it isn't the other device's",
};

/** Why an identifier that was said here joins nobody. */
export const refusalWords = (reason: string | null): string =>
  REFUSALS[reason ?? ""] ?? "the merge policy kept it apart";

/** With a capital and a full stop. */
export const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;

const SPANS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
] as const;

/** `3 days`, `1 hour`: the largest unit that fits at least once. */
export function spanWords(ms: number): string {
  const [unit, name] = SPANS.find(([length]) => ms >= length) ?? SPANS[2];
  return count(Math.round(ms / unit), name);
}

const DROPS: Readonly<Record<DropReason, string>> = {
  consent: "No consent",
  bot: "A bot",
  duplicate: "Sent twice",
  blocked: "An id that names nobody",
  invalid: "Not readable",
  erased: "Of somebody who was erased",
  too_old: "Too old",
  capped: "More than one device sends in a day",
};

const WHERE: Readonly<Record<string, string>> = {
  "opt-in": "where visitors are asked first",
  "opt-out": "where visitors may say no",
  notice: "where visitors are told",
};

/** Why something was not recorded, with the regime where the gate was reached. */
export const dropWords = (reason: DropReason, regime: string): string =>
  regime === "" ? DROPS[reason] : `${DROPS[reason]}, ${WHERE[regime] ?? regime}`;

const COUNTRIES = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });

/** `DE` → `Germany`, `US-CA` → `United States, CA` */
export function regionWords(region: string): string {
  if (region === "others") return "Other regions";
  const [country = "", part] = region.split("-");
  if (!/^[A-Z]{2}$/.test(country))
    return region === "" || region === "unknown" ? "Unknown region" : region;
  return [COUNTRIES.of(country), part].filter(Boolean).join(", ");
}

const WAITS: Readonly<Record<string, string>> = {
  minute: "over a minute",
  hour: "over an hour",
  day: "over a day",
};

/** The longest that events waited. */
export function waitedWords(waited: readonly { atLeast: string }[]): string {
  const longest = ["day", "hour", "minute"].find((each) =>
    waited.some(({ atLeast }) => atLeast === each),
  );
  return `stored after ${WAITS[longest ?? ""] ?? "a while"}`;
}

const WAYS: Readonly<Record<string, string>> = {
  email: "e-mail",
  sms: "SMS",
  push: "push",
  call: "phone",
};

/** Whether an address may be used over a channel. */
export const contactWords = (channel: ContactChannel, state: PermissionState): string =>
  `${state === "granted" ? "may be reached" : "mustn't be reached"} by ${WAYS[channel] ?? channel}`;
