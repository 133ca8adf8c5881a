/**
 * PostHog, with `api_host` (browser) or `host` (servers) at `/_u`: capture in its forms, and its settings and feature
 * flags, which are always none. Whom an event is about is one `distinct_id`; whether that names a user shows in its
 * properties.
 */
import type { Envelope } from "../../domain/intake/envelope.ts";
import { instant } from "../../domain/intake/times.ts";
import { parseJson } from "../../domain/intake/parse.ts";
import { isObject, type Json, type JsonObject, textOf } from "../../domain/json.ts";
import { Problem } from "../../domain/problem.ts";
import type { Collected } from "../collect/answer.ts";
import { gather } from "../collect/routes.ts";
import type { Services } from "../collect/services.ts";
import type { Call } from "../context.ts";
import { clientFileOf } from "./client-files.ts";
import {
  type Answer,
  compact,
  delivered,
  type DialectRoute,
  envelopeOf,
  requireWriteKey,
  script,
  settings,
} from "./dialect.ts";
import { objectOf, ownOf, traitsOf, whoOf, withGroups } from "./posthog-person.ts";

/** Recordings of screens and measurements of the client: not events of a person, and never kept. */
const NOT_EVENTS: ReadonlySet<string> = new Set(["$snapshot", "$$heatmap", "$performance_event"]);

/** JSON; base64 of it; or either as the field `data` of a form, as beacons and older clients send it. */
export function parseCapture(bytes: Uint8Array): Json {
  const first = bytes.find((byte) => byte > 0x20);
  if (first === 0x7b || first === 0x5b) return parseJson(bytes);
  const text = new TextDecoder().decode(bytes);
  const data = text.startsWith("data=")
    ? (new URLSearchParams(text).get("data") ?? "").replaceAll(" ", "+")
    : text.trim();
  if (/^[{[]/.test(data)) return parseJson(new TextEncoder().encode(data));
  let decoded: string;
  try {
    decoded = atob(data);
  } catch {
    throw new Problem("bad_request", "The body is not JSON, nor base64 of it.");
  }
  return parseJson(Uint8Array.from(decoded, (char) => char.charCodeAt(0)));
}

/** Where a site may put what was agreed to, in the order in which it counts; PostHog itself has no place for it. */
function consentOf(event: JsonObject, properties: JsonObject): JsonObject {
  const places = [
    objectOf(event["context"]),
    objectOf(properties["context"]),
    properties,
    objectOf(properties["$set"]),
  ];
  const said = (name: string): JsonObject | undefined =>
    places.map((place) => place[name]).find((value) => isObject(value));
  return compact({ consent: said("consent"), consentManagement: said("consentManagement") });
}

function contextOf(
  event: JsonObject,
  properties: JsonObject,
  traits: JsonObject | undefined,
): JsonObject {
  const referrer = properties["$referrer"];
  const page = compact({
    url: properties["$current_url"],
    path: properties["$pathname"],
    title: properties["title"] ?? properties["$title"],
    referrer: referrer === "$direct" ? undefined : referrer,
  });
  return compact({
    page: Object.keys(page).length === 0 ? undefined : page,
    library: compact({ name: properties["$lib"], version: properties["$lib_version"] }),
    userAgent: properties["$raw_user_agent"],
    locale: properties["$browser_language"],
    traits,
    ...consentOf(event, properties),
  });
}

/** The instant by the client's clock: said, or told as how long before sending (`offset`) it was. */
function timestampOf(event: JsonObject, sentAt: number): Json | undefined {
  const offset = event["offset"];
  if (event["timestamp"] !== undefined) return event["timestamp"];
  return typeof offset === "number" ? sentAt - offset : undefined;
}

/** One captured event as Usher's message. `sentAt` is when the client sent it, by its own clock where that is known. */
export function messageOf(event: JsonObject, sentAt: number): JsonObject {
  const properties = objectOf(event["properties"]);
  const traits = traitsOf(event, properties);
  const { userId, anonymousId, previousId } = whoOf(event, properties);
  const shared = {
    messageId: event["uuid"] ?? properties["$insert_id"] ?? event["message_id"],
    timestamp: timestampOf(event, sentAt),
    userId,
    anonymousId,
    previousId,
  };
  const name = event["event"];
  const context = contextOf(event, properties, traits);
  const own = withGroups(ownOf(properties), properties);
  switch (name) {
    case "$identify":
    case "$set":
      return compact({ ...shared, type: "identify", traits, context });
    case "$create_alias":
      return compact({ ...shared, type: "alias", context });
    case "$groupidentify":
      return compact({
        ...shared,
        type: "group",
        groupId: properties["$group_key"],
        traits: objectOf(properties["$group_set"]),
        context,
      });
    case "$pageview": {
      const { title: _, ...rest } = own;
      return compact({ ...shared, type: "page", properties: rest, context });
    }
    case "$screen":
      return compact({
        ...shared,
        type: "screen",
        name: properties["$screen_name"],
        properties: own,
        context,
      });
    default:
      return compact({ ...shared, type: "track", event: name, properties: own, context });
  }
}

const keyOf = (fields: JsonObject): string | null =>
  textOf(fields["api_key"]) ?? textOf(fields["token"]) ?? textOf(fields["$token"]);

/** A list of events, a batch, or one event; the key stands with the body or in the properties of each. */
export function openCapture(
  body: Json,
  bytes: number,
  sentAtInQuery: string | null,
  now: number,
): Envelope {
  const wrap = isObject(body) ? body : {};
  const list = Array.isArray(body) ? body : Array.isArray(wrap["batch"]) ? wrap["batch"] : [body];
  const events = list.filter(
    (event) => !(isObject(event) && NOT_EVENTS.has(textOf(event["event"]) ?? "")),
  );
  const first = objectOf(list[0]);
  const key = keyOf(wrap) ?? keyOf(first) ?? keyOf(objectOf(first["properties"]));
  const sentAt = wrap["sent_at"] ?? wrap["created_at"] ?? first["sent_at"] ?? sentAtInQuery;
  const sent = instant(sentAt) ?? now;
  const envelope = envelopeOf(key, sentAt, events, bytes, (event) => messageOf(event, sent));
  const isEmpty = !Array.isArray(body) && !isObject(body);
  return isEmpty
    ? { ...envelope, problem: new Problem("bad_request", "The body holds no event.") }
    : envelope;
}

/** Its browser client gives up on whatever is below 500, so that too many calls are put as a time out of service. */
async function captured(request: Call, services: Services): Promise<Collected> {
  const query = new URL(request.url).searchParams;
  try {
    return await gather(
      request,
      services,
      (json, bytes) => openCapture(json, bytes, query.get("_"), services.now),
      parseCapture,
    );
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "rate_limited") throw error;
    throw new Problem("unavailable", error.message, { retryAfter: error.retryAfter ?? 10 });
  }
}

const capture: Answer = async (request, services) =>
  delivered(await captured(request, services), { status: 1 });

/** The newer capture answers by event; what isn't named was taken. */
const captureByEvent: Answer = async (request, services) =>
  delivered(await captured(request, services), { results: {} });

/** Nothing is decided by flags, nothing recorded of screens, nothing loaded beside the client itself. */
const CONFIG: JsonObject = {
  supportedCompression: ["gzip", "gzip-js"],
  hasFeatureFlags: false,
  analytics: { endpoint: "/i/v0/e/" },
  elementsChainAsString: true,
  autocaptureExceptions: false,
  captureDeadClicks: false,
  capturePerformance: false,
  defaultIdentifiedOnly: true,
  heatmaps: false,
  isAuthenticated: false,
  sessionRecording: false,
  siteApps: [],
  toolbarParams: {},
};

const flags: Answer = () =>
  settings({
    ...CONFIG,
    config: { enable_collect_everything: true },
    errorsWhileComputingFlags: false,
    flags: {},
    featureFlags: {},
    featureFlagPayloads: {},
  });

const definitions: Answer = () => settings({ flags: [], group_type_mapping: {}, cohorts: {} });

const config: Answer = (request, services) =>
  settings({ token: requireWriteKey(request.params["token"], services), ...CONFIG });

const configScript: Answer = (request, services) => {
  const token = requireWriteKey(request.params["token"], services);
  const value = JSON.stringify({ config: { token, ...CONFIG }, siteApps: [] });
  return script(
    `(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{})[${JSON.stringify(token)}]=${value};`,
  );
};

export const posthog: readonly DialectRoute[] = [
  // What PostHog's install snippet loads: the client alone, no recorder, surveys or toolbar.
  ["GET", "/_u/static/:file+", clientFileOf("posthog-js")],
  ...["/_u/e", "/_u/i/v0/e", "/_u/batch", "/_u/capture", "/_u/track", "/_u/engage"].map(
    (path): DialectRoute => ["POST", path, capture],
  ),
  ["POST", "/_u/i/v1/analytics/events", captureByEvent],
  ["POST", "/_u/flags", flags],
  ["GET", "/_u/flags", flags],
  ["POST", "/_u/decide", flags],
  ["GET", "/_u/array/:token/config", config],
  ["GET", "/_u/array/:token/config.js", configScript],
  ["GET", "/_u/api/surveys", () => settings({ surveys: [] })],
  ["GET", "/_u/flags/definitions", definitions],
  ["GET", "/_u/api/feature_flag/local_evaluation", definitions],
];
