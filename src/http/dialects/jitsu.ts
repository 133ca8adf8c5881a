/**
 * Jitsu: `@jitsu/js` in a browser and on a server, with `host` at `/_u`. Single calls in Segment's shapes, under
 * `/api/s/`, with the key in a header of its own.
 */
import { endpointNamed, openEnvelope } from "../../domain/intake/envelope.ts";
import { Problem } from "../../domain/problem.ts";
import { gather } from "../collect/routes.ts";
import { type Answer, delivered, type DialectRoute } from "./dialect.ts";

/** The key stands in `X-Write-Key`, and also counts where the body has it. */
const call: Answer = async (request, services) => {
  const endpoint = endpointNamed(request.params["call"] ?? "");
  if (!endpoint) throw new Problem("not_found", "There is no such call.");
  const writeKey = request.headers.get("x-write-key");
  const collected = await gather(request, services, (json, bytes) => {
    const envelope = openEnvelope(json, bytes, endpoint);
    return { ...envelope, writeKey: writeKey ?? envelope.writeKey };
  });
  return delivered(collected, { ok: true, destinations: [] });
};

export const jitsu: readonly DialectRoute[] = [
  ["POST", "/_u/api/s/s2s/:call", call],
  ["POST", "/_u/api/s/:call", call],
];
