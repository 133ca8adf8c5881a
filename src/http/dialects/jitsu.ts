/**
 * Jitsu: `@jitsu/js` in a browser and on a server, with `host` at `/_u`. Single calls in Segment's shapes, under
 * `/api/s/`, with the key in a header of its own.
 */
import { endpointNamed, openEnvelope } from "../../domain/intake/envelope.ts";
import { isObject, type JsonObject } from "../../domain/json.ts";
import { Problem } from "../../domain/problem.ts";
import { gather } from "../collect/routes.ts";
import { type Answer, delivered, type DialectRoute } from "./dialect.ts";

/** The client insists on `<name>:<key>`; the key is what counts. In the body it is masked. */
const keyOf = (header: string | null): string | null =>
  header === null ? null : header.slice(header.indexOf(":") + 1);

/** A page's name stands among its properties. */
function named(message: JsonObject): JsonObject {
  const { properties } = message;
  const isNamed = message["type"] === "page" && isObject(properties) && "name" in properties;
  return isNamed && message["name"] === undefined
    ? { ...message, name: properties["name"] ?? null }
    : message;
}

const call: Answer = async (request, services) => {
  const endpoint = endpointNamed(request.params["call"] ?? "");
  if (!endpoint) throw new Problem("not_found", "There is no such call.");
  const writeKey = keyOf(request.headers.get("x-write-key"));
  const collected = await gather(request, services, (json, bytes) => {
    const envelope = openEnvelope(json, bytes, endpoint);
    return {
      ...envelope,
      writeKey: writeKey ?? envelope.writeKey,
      messages: envelope.messages.map(named),
    };
  });
  return delivered(collected, { ok: true, destinations: [] });
};

export const jitsu: readonly DialectRoute[] = [
  ["POST", "/_u/api/s/s2s/:call", call],
  ["POST", "/_u/api/s/:call", call],
];
