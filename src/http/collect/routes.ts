/** `/_u/v1/*`: Segment's HTTP tracking API, its short forms and the pixel. */
import { isObject, type Json, type JsonObject } from "../../domain/json.ts";
import {
  type Endpoint,
  endpointNamed,
  type Envelope,
  openEnvelope,
} from "../../domain/intake/envelope.ts";
import { inOrder, steady } from "../../domain/intake/order.ts";
import { pixelMessage } from "../../domain/intake/pixel.ts";
import { refusalOf } from "../../domain/intake/refusal.ts";
import { instant } from "../../domain/intake/times.ts";
import { hintsFromHeaders, type Sender } from "../../domain/intake/sender.ts";
import { Problem } from "../../domain/problem.ts";
import { type Parse, receiveBody } from "../body.ts";
import { GIF } from "../gif.ts";
import { ownOrigin } from "../origin.ts";
import { retryHeaders } from "../respond.ts";
import { type Collected, collected, inWords } from "./answer.ts";
import { collectFromBrowser } from "./browser.ts";
import { collectFromServer } from "./server.ts";
import { limit } from "./limit.ts";
import type { Services } from "./services.ts";
import { judgeTrust, type Trust } from "./trust.ts";

/** @throws Problem */
export async function collect(
  request: Request,
  services: Services,
  endpoint: Endpoint,
): Promise<Response> {
  const gathered = await gather(request, services, (json, bytes) =>
    openEnvelope(json, bytes, endpoint),
  );
  return collected(gathered, ownOrigin(request, services.config));
}

/**
 * The one way in for messages, whatever dialect they came in: `open` finds the key and the messages in the body. Refusals
 * in the contract's order: size, key, origin, what is wrong with the body, too many calls.
 * @throws Problem
 */
export async function gather(
  request: Request,
  services: Services,
  open: (json: Json, bytes: number) => Envelope,
  parse?: Parse,
): Promise<Collected> {
  const { envelope, trust } = await admit(request, services, open, parse).catch(
    (problem: unknown) => {
      noteRefusal(request, services, problem);
      throw problem;
    },
  );
  const sentAt = steady(envelope.sentAt, services.now);
  const sender = senderOf(request, trust === "server" ? "server" : "browser", sentAt);
  const messages = inOrder(envelope.messages);
  const done =
    trust === "server"
      ? await collectFromServer(services, messages, sender)
      : await collectFromBrowser(request, services, messages, sender);
  if (done.accepted > 0) noteClock(services, envelope.sentAt, trust);
  services.live?.tell(messages, done, trust);
  return done;
}

/** @throws Problem */
async function admit(
  request: Request,
  services: Services,
  open: (json: Json, bytes: number) => Envelope,
  parse?: Parse,
): Promise<{ envelope: Envelope; trust: Trust }> {
  const body = await receiveBody(request, parse);
  const envelope = open(body.json, body.bytes);
  const trust = judgeTrust(request, envelope.writeKey, services.config, body.problem === null);
  const problem = body.problem ?? envelope.problem;
  if (problem) throw problem;
  if (trust === "browser") await limit(request, services);
  return { envelope, trust };
}

/** For the setup check and the live view. Only browsers say an origin; whose it is isn't kept. */
function noteRefusal(request: Request, { drops, live }: Services, problem: unknown): void {
  const reason = problem instanceof Problem ? refusalOf(problem.code) : null;
  if (reason === null) return;
  const sender = request.headers.has("origin") ? "browser" : "server";
  drops.refused(reason, sender);
  live?.refused(reason, sender);
}

/** For the setup check; times are corrected either way. */
const OFF_MS = 10 * 60_000;

function noteClock({ drops, now }: Services, sentAt: Json, trust: Trust): void {
  const sent = instant(sentAt);
  if (sent !== null && Math.abs(now - sent) > OFF_MS)
    drops.clock(sent > now ? "ahead" : "behind", trust);
}

/**
 * A page of the site loads the picture, rather than a mail or somebody else's page. Only then do place and cookies say
 * something about who looks.
 */
const isOnSite = (request: Request): boolean =>
  ["same-origin", "same-site"].includes(request.headers.get("sec-fetch-site") ?? "");

/** `/_u/v1/pixel/*` and `/_u/px.gif`: the message in the address's query. */
export const pixel = (
  request: Request,
  services: Services,
  type: "page" | "track",
): Promise<Response> =>
  picture(
    request,
    services,
    placed(request, pixelMessage(type, new URL(request.url).searchParams)),
  );

/**
 * A page without script can't say where it is, and its browser does. Not to another sub-domain: there it says no more than
 * the host, which would be taken for the home page.
 */
function placed(request: Request, message: JsonObject): JsonObject {
  const isOwnPage = request.headers.get("sec-fetch-site") === "same-origin";
  const url = isOwnPage ? request.headers.get("referer") : null;
  const context = isObject(message["context"]) ? message["context"] : {};
  if (url === null || isObject(context["page"])) return message;
  return { ...message, context: { ...context, page: { url } } };
}

/** Always a picture, whatever became of the event: a broken image in a mail helps nobody. */
export async function picture(
  request: Request,
  services: Services,
  message: JsonObject,
): Promise<Response> {
  const headers = new Headers({
    "content-type": "image/gif",
    "cache-control": "private, no-store",
  });
  // Somebody looks whether it is there, and sees nothing.
  if (request.method === "HEAD") return new Response(null, { headers });
  try {
    await limit(request, services);
    const done = await collectFromBrowser(
      request,
      services,
      [message],
      senderOf(request, "pixel", message["sentAt"] ?? null),
      { isVisit: isOnSite(request) },
    );
    services.live?.tell([message], done, "pixel");
    headers.set("usher-decision", inWords(done));
    for (const cookie of done.cookies) headers.append("set-cookie", cookie);
  } catch (problem) {
    headers.set("usher-decision", notTaken(problem, services));
    for (const [name, value] of Object.entries(retryHeaders(problem))) headers.set(name, value);
  }
  return new Response(GIF, { headers });
}

/** Why a picture's message couldn't be looked at, or be kept, for now. Anything else is thrown on. */
function notTaken(problem: unknown, { drops, live }: Services): string {
  if (!(problem instanceof Problem)) throw problem;
  if (problem.code === "rate_limited") {
    drops.refused(problem.code, "browser");
    live?.refused(problem.code, "pixel");
  } else if (problem.code === "unavailable") drops.failure(503, "pixel");
  else throw problem;
  return `not recorded (${problem.code}): ${problem.message}`;
}

/** The hints are read when the first message needs them: what is refused never does. */
function senderOf(request: Request, kind: Sender["kind"], sentAt: Sender["sentAt"]): Sender {
  let hints: Sender["hints"] | undefined;
  return {
    kind,
    assurance: kind === "server" ? "verified" : "asserted",
    userAgent: request.headers.get("user-agent") ?? "",
    get hints() {
      return (hints ??= hintsFromHeaders((name) => request.headers.get(name)));
    },
    sentAt,
  };
}

export { endpointNamed };
