/**
 * What a message says of permission to contact: sign-ups and unsubscriptions by their events' names, Segment's
 * `context.messaging_subscriptions`, and what mail services report (spam complaints, bounces).
 */
import { normalise } from "../intake/normalise.ts";
import { isObject, type Json, type JsonObject, textOf } from "../json.ts";
import {
  type ContactChannel,
  type PermissionSource,
  type PermissionState,
  REACHES,
} from "./permission.ts";

export interface Address {
  kind: "email" | "phone";
  value: string;
}

export interface Word {
  channel: ContactChannel;
  state: PermissionState;
  source: PermissionSource;
  /** The address it is about; null: those that the visitor has said. */
  address: Address | null;
}

type Said = Pick<Word, "channel" | "state" | "source">;

const CHANNEL_WORDS = "newsletter|mailing list|e-?mail|sms|text messages?|push(?: notifications?)?";
const NAMES: readonly (readonly [RegExp, (channel: ContactChannel) => Said])[] = [
  [
    new RegExp(`^(?:(${CHANNEL_WORDS}) )?(?:signed up|sign-?up|subscribed|opted in)$`, "i"),
    (channel) => ({ channel, state: "granted", source: "sign-up" }),
  ],
  [
    new RegExp(`^(?:(${CHANNEL_WORDS}) )?(?:unsubscribed|opted out)$`, "i"),
    (channel) => ({ channel, state: "suppressed", source: "unsubscribe" }),
  ],
  [
    /^(e-?mail) marked as spam$/i,
    (channel) => ({ channel, state: "suppressed", source: "complaint" }),
  ],
  [/^(e-?mail) bounced$/i, (channel) => ({ channel, state: "suppressed", source: "bounce" })],
];

function channelOf(word: string | undefined): ContactChannel {
  const said = word?.toLowerCase() ?? "";
  if (said.startsWith("sms") || said.startsWith("text")) return "sms";
  return said.startsWith("push") ? "push" : "email";
}

/**
 * `name` is the event's, null for other calls than track. "Signed Up" alone is an account, not a newsletter. `about`: the
 * addresses that the message names. A suppression is of those, where there are any: one record may report on many.
 */
export function wordsIn(
  name: string | null,
  context: JsonObject,
  about: () => readonly Address[] = () => [],
): Word[] {
  return [...named(name, about), ...subscriptions(context["messaging_subscriptions"])];
}

function named(name: string | null, about: () => readonly Address[]): Word[] {
  if (name === null || /^(signed up|sign-?up)$/i.test(name)) return [];
  for (const [pattern, wordOf] of NAMES) {
    const found = pattern.exec(name);
    if (!found) continue;
    const said = wordOf(channelOf(found[1]));
    const addresses =
      said.state === "suppressed"
        ? about().filter(({ kind }) => kind === REACHES[said.channel])
        : [];
    if (addresses.length === 0) return [{ ...said, address: null }];
    return addresses.map((address) => ({ ...said, address }));
  }
  return [];
}

/** The addresses that mail services' reports carry: `properties.email`, `properties.phone`. */
export const addressesIn = (properties: JsonObject): Address[] =>
  (["email", "phone"] as const).flatMap((kind) => {
    const value = normalise(kind, properties[kind]);
    return value === null ? [] : [{ kind, value }];
  });

const TYPES: ReadonlyMap<string, readonly [ContactChannel, "email" | "phone"]> = new Map([
  ["EMAIL", ["email", "email"]],
  ["SMS", ["sms", "phone"]],
  ["WHATSAPP", ["sms", "phone"]],
] as const);

/** Nothing of what is no text: an object's own `toString` may be no function. */
const capitals = (said: Json | undefined): string => (textOf(said) ?? "").toUpperCase();
const MOST = 16;

function subscriptions(said: Json | undefined): Word[] {
  if (!Array.isArray(said)) return [];
  return said.slice(0, MOST).flatMap((entry): Word[] => {
    if (!isObject(entry)) return [];
    const [channel, kind] = TYPES.get(capitals(entry["type"])) ?? [];
    const value = kind && normalise(kind, entry["key"]);
    const status = capitals(entry["status"]);
    if (!channel || !kind || !value) return [];
    if (status !== "SUBSCRIBED" && status !== "UNSUBSCRIBED") return [];
    const isGrant = status === "SUBSCRIBED";
    return [
      {
        channel,
        state: isGrant ? "granted" : "suppressed",
        source: isGrant ? "sign-up" : "unsubscribe",
        address: { kind, value },
      },
    ];
  });
}
