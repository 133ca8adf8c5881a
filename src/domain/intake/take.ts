/**
 * From one message of the wire to an event that could be recorded: a list of named steps, each giving the message on or
 * the reason why it is dropped. Nothing here knows of consent; the gate decides.
 */
import type { CallType, Channel, DropReason } from "../event.ts";
import { namesDevice } from "../identity/claims.ts";
import { dayOf, type MessageId, type Millis } from "../ids.ts";
import { isObject, type JsonObject } from "../json.ts";
import { bounded, CONSENT_BOUNDS, PROPERTY_BOUNDS } from "./bounded.ts";
import { BUILT_IN, type IsBlocked } from "./blocked.ts";
import { isBot } from "./bots.ts";
import { readCampaign, recordIdClaims } from "./campaign.ts";
import { readDevice, visitorAgent } from "./device.ts";
import { readIdentifiers } from "./identifiers.ts";
import type { Message, Taken } from "./message.ts";
import { ID_MAX } from "./normalise.ts";
import { readPage } from "./page.ts";
import { readProperties, readTopics, readValueCents } from "./properties.ts";
import { scrub } from "./scrub.ts";
import { namesItself, type Sender } from "./sender.ts";
import { cut, scalarText } from "./text.ts";
import { readTimes, WINDOW_MS } from "./times.ts";

export const MESSAGE_ID_MAX = 100;
const NAME_MAX = 200;
/** A signed identity token with a handful of claims is a few hundred characters. */
const TOKEN_MAX = 4_096;

/** What a step may look at. */
interface Given {
  raw: JsonObject;
  context: JsonObject;
  sender: Sender;
  now: Millis;
  isBlocked: IsBlocked;
}

type Step = (message: Message, given: Given) => Message | DropReason;

const CALL_TYPES: ReadonlySet<string> = new Set<CallType>([
  "track",
  "page",
  "screen",
  "identify",
  "group",
  "alias",
]);

const isCallType = (type: unknown): type is CallType =>
  typeof type === "string" && CALL_TYPES.has(type);

/** A string, a number, or not there. */
const isScalar = (value: unknown): boolean =>
  value === undefined || value === null || typeof value === "string" || typeof value === "number";

const isId = (value: unknown): boolean =>
  isScalar(value) && (typeof value !== "string" || value.trim().length <= ID_MAX);

/** The fields are of the types that the protocol says, and what the call is nothing without is there. */
const shape: Step = (message, { raw }) => {
  const type = raw["type"];
  if (!isCallType(type)) return "invalid";
  const fields = ["userId", "anonymousId", "previousId"] as const;
  if (!fields.every((field) => isId(raw[field]))) return "invalid";
  const said = type === "track" ? raw["event"] : raw["name"];
  if (!isScalar(said)) return "invalid";
  const name = scalarText(said);
  if (type === "track" && name === null) return "invalid";
  if (type === "group" && scalarText(raw["groupId"]) === null) return "invalid";
  const isNamed = type === "track" || type === "page" || type === "screen";
  return withDraft(message, {
    type,
    name: isNamed && name !== null ? cut(scrub(name), NAME_MAX) : null,
  });
};

/** A message without an id gets one; one with an id that can't be kept as sent can't be deduplicated. */
const messageId: Step = (message, { raw }) =>
  isScalar(raw["messageId"]) && (scalarText(raw["messageId"])?.length ?? 0) <= MESSAGE_ID_MAX
    ? message
    : "invalid";

const bot: Step = (message, { context, sender }) =>
  sender.kind !== "import" && isBot(visitorAgent(context, sender)) ? "bot" : message;

const times: Step = (message, { raw, sender, now }) => {
  const { day, at, dated } = readTimes(raw, sender.sentAt, now);
  return namesItself(sender) && at < now - WINDOW_MS
    ? "too_old"
    : { ...withDraft(message, { day, at, received: now }), dated };
};

/**
 * Who it is about. A placeholder is as good as nothing: identify and alias are nothing without their ids, and a server
 * must name somebody. A browser's visitor is its cookie, so its other calls stand without any id.
 */
const identity: Step = (message, { raw, context, sender, isBlocked }) => {
  const { type } = message.draft;
  const { userId, anonymousId, previousId, claims, blocked } = readIdentifiers(
    type,
    raw,
    context,
    sender,
    isBlocked,
  );
  if (type === "alias") {
    if (blocked.has("userId") || blocked.has("previousId")) return "blocked";
    if (userId === null || previousId === null || userId === previousId) return "invalid";
  }
  const isAnonymous = claims.every((claim) => namesDevice(claim.kind));
  if (type === "identify" && blocked.has("userId") && isAnonymous) return "blocked";
  const isNameless = claims.every((claim) => claim.kind === "push");
  if (isNameless && !namesItself(sender)) return blocked.size > 0 ? "blocked" : "invalid";
  return { ...message, userId, anonymousId, previousId, claims };
};

const CHANNELS: ReadonlyMap<string, Channel> = new Map([
  ["web", "web"],
  ["browser", "web"],
  ["app", "app"],
  ["mobile", "app"],
  ["email", "email"],
  ["server", "server"],
  ["offline", "offline"],
]);

/** Where it took place: the sender knows, or the message says, or it shows. */
const channel: Step = (message, { raw, context, sender }) => {
  const said =
    sender.kind === "browser"
      ? null
      : (scalarText(context["channel"]) ?? scalarText(raw["channel"]));
  const named = CHANNELS.get(said?.toLowerCase() ?? "");
  return withDraft(message, {
    channel: sender.channel ?? named ?? shownChannel(message, context, sender),
  });
};

function shownChannel({ draft }: Message, context: JsonObject, sender: Sender): Channel {
  if (draft.device?.app) return "app";
  if (sender.kind === "import") return "offline";
  if (draft.type === "track" && /^e-?mail /i.test(draft.name ?? "")) return "email";
  if (sender.kind === "server") return isObject(context["page"]) ? "web" : "server";
  return sender.kind === "pixel" && !isObject(context["page"]) ? "email" : "web";
}

const device: Step = (message, { context, sender }) => {
  const read = readDevice(message.draft.type, context, sender);
  return read === null ? message : withDraft(message, { device: read });
};

/** The page, and from its URL the campaign and the record ids of e-mail vendors. */
const page: Step = (message, { raw, context, isBlocked }) => {
  const said =
    message.draft.type === "page" && isObject(raw["properties"]) ? raw["properties"] : null;
  const read = readPage(context, said);
  const campaign = readCampaign(
    context,
    read,
    isObject(raw["properties"]) ? raw["properties"] : undefined,
  );
  const known = new Set(message.claims.map(({ kind, value }) => `${kind}:${value}`));
  const claims = recordIdClaims(read.params, isBlocked).filter(
    ({ kind, value }) => !known.has(`${kind}:${value}`),
  );
  return {
    ...withDraft(message, {
      ...(read.page === null ? {} : { page: read.page }),
      ...(campaign === null ? {} : { campaign }),
    }),
    claims: claims.length === 0 ? message.claims : [...message.claims, ...claims],
  };
};

const properties: Step = (message, { raw }) => {
  const { type, name } = message.draft;
  const props = readProperties(type, raw);
  const isEvent = type === "track" || type === "page" || type === "screen";
  const topics = isEvent ? readTopics(raw) : [];
  const valueCents = type === "track" ? readValueCents(name ?? "", raw) : null;
  return withDraft(message, {
    ...(props === null ? {} : { props }),
    ...(topics.length === 0 ? {} : { topics }),
    ...(valueCents === null ? {} : { valueCents }),
  });
};

/** A group's traits stay apart under `group`, so that its name doesn't become that of whoever joined. */
const traits: Step = (message, { raw, context }) => {
  const { type } = message.draft;
  const own = isObject(raw["traits"]) ? raw["traits"] : null;
  const person =
    (type === "identify" ? own : null) ?? (isObject(context["traits"]) ? context["traits"] : null);
  const said = { ...person, ...(type === "group" && own !== null ? { group: own } : {}) };
  const kept = bounded(said, PROPERTY_BOUNDS);
  return Object.keys(kept).length === 0 ? message : { ...message, traits: kept };
};

/** What the message brings along for the gate: consent as the site's own tool put it, and a proof of who signed in. */
const carried: Step = (message, { context }) => {
  const { consent, consentManagement, identityToken } = context;
  const said: JsonObject = {
    ...(isObject(consent) || typeof consent === "string" ? { consent } : {}),
    ...(isObject(consentManagement) ? { consentManagement } : {}),
  };
  const isToken = typeof identityToken === "string" && identityToken.length <= TOKEN_MAX;
  return {
    ...message,
    carriedConsent: Object.keys(said).length === 0 ? null : bounded(said, CONSENT_BOUNDS),
    identityToken: isToken && identityToken !== "" ? identityToken : null,
  };
};

/** What can be said of a message before anybody asks whether it may be recorded. */
const SCREENING: readonly Step[] = [messageId, shape, bot];

const STEPS: readonly Step[] = [
  ...SCREENING,
  times,
  identity,
  device,
  channel,
  page,
  properties,
  traits,
  carried,
];

/** The draft is the message's own, made by `take`, so that it is filled rather than copied at each step. */
function withDraft(message: Message, facts: Partial<Message["draft"]>): Message {
  Object.assign(message.draft, facts);
  return message;
}

/**
 * Takes one message. `newId` gives the id of a message that has none. `mayRecord` is what consent says of it, where that is
 * known: what it doesn't cover is read no further than to tell what is no message and who is a machine. `isBlocked`: which
 * values name nobody. Never throws, whatever `raw` holds; strings that come out are bounded, and what may be stored in the
 * clear holds no e-mail address.
 */
export function take(
  raw: JsonObject,
  sender: Sender,
  now: Millis,
  newId: () => string,
  mayRecord = true,
  isBlocked: IsBlocked = BUILT_IN,
): Taken {
  const ownId = isScalar(raw["messageId"]) ? scalarText(raw["messageId"]) : null;
  const id = cut(ownId ?? newId(), MESSAGE_ID_MAX) as MessageId;
  const given: Given = {
    raw,
    context: isObject(raw["context"]) ? raw["context"] : {},
    sender,
    now,
    isBlocked,
  };
  let message: Message = {
    draft: {
      id,
      type: "track",
      name: null,
      channel: "web",
      day: dayOf(now),
      at: now,
      received: now,
    },
    hasOwnId: ownId !== null,
    dated: false,
    userId: null,
    anonymousId: null,
    previousId: null,
    claims: [],
    traits: null,
    carriedConsent: null,
    identityToken: null,
  };
  for (const step of mayRecord ? STEPS : SCREENING) {
    const next = step(message, given);
    if (typeof next === "string") return { ok: false, messageId: id, reason: next };
    message = next;
  }
  return mayRecord ? { ok: true, message } : { ok: false, messageId: id, reason: "consent" };
}
