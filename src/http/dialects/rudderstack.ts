/**
 * RudderStack, with data plane and configuration at `/_u`. Its HTTP API is Segment's, so `/_u/v1/*` serves the Node client
 * and the browser's ordinary queue; here is what it has beside: the source's configuration, the beacon queue, the pixel.
 */
import { openEnvelope } from "../../domain/intake/envelope.ts";
import { isObject, type JsonObject } from "../../domain/json.ts";
import { gather, picture } from "../collect/routes.ts";
import { keyInHeader } from "../collect/trust.ts";
import { type Answer, delivered, type DialectRoute, requireWriteKey, settings } from "./dialect.ts";

/** No destinations in the browser, and no reports about the client to its maker. */
const sourceConfig: Answer = (request, services) => {
  const key =
    new URL(request.url).searchParams.get("writeKey") ??
    keyInHeader(request.headers.get("authorization"));
  return settings({
    source: {
      id: "usher",
      name: services.config.siteName,
      writeKey: requireWriteKey(key, services),
      enabled: true,
      workspaceId: "usher",
      config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
      connections: [],
      destinations: [],
      dataplanes: {},
    },
  });
};

/** A beacon has no headers of its own: the key stands in the address. */
const beacon: Answer = async (request, services) => {
  const writeKey = new URL(request.url).searchParams.get("writeKey");
  const collected = await gather(request, services, (json, bytes) => ({
    ...openEnvelope(json, bytes, "batch"),
    writeKey,
  }));
  return delivered(collected, "OK");
};

const FIELDS_MAX = 64;
const LEVELS_MAX = 4;
const PROTOTYPE_KEY = /(?:^|\.)(?:__proto__|constructor|prototype)(?:\.|$)/;

/** Of the context a yes or no is one, as consent is carried; properties stay the words that they are. */
const inContext: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

/** The pixel's query is a message with dotted names: `properties.price=9&context.page.url=…`. */
export function undotted(query: URLSearchParams): JsonObject {
  const message: JsonObject = {};
  for (const [name, value] of [...query].slice(0, FIELDS_MAX)) {
    const path = name.split(".");
    const last = path.pop();
    if (last === undefined || path.length > LEVELS_MAX || PROTOTYPE_KEY.test(name)) continue;
    let into = message;
    for (const part of path) {
      const known = into[part];
      into = isObject(known) ? known : (into[part] = {});
    }
    into[last] ??= (path[0] === "context" ? inContext.get(value) : undefined) ?? value;
  }
  return message;
}

const pixelOf =
  (type: "page" | "track"): Answer =>
  (request, services) =>
    picture(request, services, { ...undotted(new URL(request.url).searchParams), type });

export const rudderstack: readonly DialectRoute[] = [
  ["GET", "/_u/sourceConfig", sourceConfig],
  ["POST", "/_u/beacon/v1/batch", beacon],
  ["GET", "/_u/pixel/v1/page", pixelOf("page")],
  ["GET", "/_u/pixel/v1/track", pixelOf("track")],
];
