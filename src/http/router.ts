/** The whole surface on one screen (CONTRACT.md). */
import { Router } from "itty-router";
import { getNowhere } from "../console/page.tsx";
import { consoleRoutes } from "../console/routes.ts";
import { type Endpoint, endpointNamed } from "../domain/intake/envelope.ts";
import { Problem } from "../domain/problem.ts";
import { rawPath } from "./address.ts";
import { getLedger } from "./api/receipts.ts";
import { apiRoutes } from "./api/routes.ts";
import { banner, frozenModule, frozenSnippet, leave, slots, snippet } from "./assets.ts";
import { audited } from "./audit.ts";
import { collect, pixel } from "./collect/routes.ts";
import type { Services } from "./collect/services.ts";
import { getConsent, postConsent, postReset } from "./consent.ts";
import type { Call, Handler } from "./context.ts";
import { dialectRoutes } from "./dialects/index.ts";
import { gpcStatement, health } from "./health.ts";
import { askUnsubscribe, go, openPixel, unsubscribe } from "./links.ts";
import { getNext, postOutcome } from "./hints.ts";
import { getMe, getMyExport, postMyChoice, postMyErasure } from "./me.ts";
import { getCookiesPage } from "./me/cookies.tsx";
import { getStyle } from "./me/frame.tsx";
import { preflight, withCors } from "./origin.ts";
import { refused } from "./collect/answer.ts";
import { failure } from "./respond.ts";

type Args = [services: Services];
type Answer = (request: Call, services: Services) => Promise<Response> | Response;

const router = Router<Call, Args, Response>({
  // The default sends the error's own message to whoever asked.
  catch: (error: unknown) => failure(error),
});

const get = (path: string, answer: Answer): void => void router.get(path, answer);
const post = (path: string, answer: Answer): void => void router.post(path, answer);
/** Monitors, link checkers and scanners of mail ask for the head alone: told where an answer changes nothing for anybody. */
const look = (path: string, answer: Answer): void => {
  get(path, answer);
  router.head(path, answer);
};

router.options("/_u/*", (request, { config }) => preflight(request, config));

for (const [method, path, answer] of dialectRoutes) (method === "GET" ? look : post)(path, answer);

post("/_u/v1/:call", (request, services) => {
  const endpoint = endpointNamed(request.params["call"] ?? "");
  if (!endpoint) throw new Problem("not_found", "There is no such call.");
  return collect(request, services, endpoint);
});
look("/_u/v1/pixel/page", (request, services) => pixel(request, services, "page"));
look("/_u/v1/pixel/track", (request, services) => pixel(request, services, "track"));
look("/_u/px.gif", (request, services) => pixel(request, services, "page"));

look("/_u/go", go);
look("/_u/open.gif", openPixel);
look("/_u/unsubscribe", askUnsubscribe);
post("/_u/unsubscribe", unsubscribe);

get("/_u/consent", getConsent);
post("/_u/consent", postConsent);
post("/_u/reset", postReset);

look("/_u/me", getMe);
get("/_u/me/export", getMyExport);
post("/_u/me/consent", postMyChoice);
post("/_u/me/erase", postMyErasure);
look("/_u/me/style.css", getStyle);
look("/_u/cookies", getCookiesPage);

get("/_u/next", getNext);
post("/_u/hints/:hint/:outcome", postOutcome);

look("/_u/usher.js", snippet);
// Greedy: a version has dots.
look("/_u/usher.:version+.js", frozenSnippet);
look("/_u/usher.:version+.mjs", frozenModule);
look("/_u/banner.js", banner);
look("/_u/slots.js", slots);
look("/_u/leave.js", leave);
look("/_u/health", health);
look("/_u/ledger.json", getLedger);
look("/.well-known/gpc.json", gpcStatement);

for (const each of [...apiRoutes, ...consoleRoutes]) {
  const [method, path] = each;
  const mounted: Handler = audited(each);
  router[method.toLowerCase() as "get" | "post" | "put" | "delete"](path, mounted);
}

get("/_u/console/*", getNowhere);
router.all("*", () => {
  throw new Problem("not_found", "There is nothing here.");
});

/** Two parts of a path below ours, without whatever names somebody: `console/people`. */
const placeOf = (pathname: string): string =>
  pathname
    .split("/")
    .slice(2, 4)
    .map((part) => (/^[a-z0-9.-]{1,16}$/.test(part) ? part : "…"))
    .join("/");

const COLLECTOR = "/_u/v1/";

/** Nearly all calls are these: they are answered without looking through the table. */
function collecting(request: Request): Endpoint | null {
  if (request.method !== "POST") return null;
  const path = rawPath(request.url);
  return path.startsWith(COLLECTOR) ? endpointNamed(path.slice(COLLECTOR.length)) : null;
}

/** Answers every request; never rejects. */
export async function route(request: Request, services: Services): Promise<Response> {
  const endpoint = collecting(request);
  const answering =
    endpoint === null
      ? router.fetch(request as Call, services)
      : collect(request, services, endpoint).catch(refused);
  // What somebody began to change comes to its end, and into the log, also when they leave. Messages they send again.
  if (endpoint === null && request.method !== "GET") services.waitUntil(answering);
  const whole = await answering;
  const response = request.method === "HEAD" ? new Response(null, whole) : whole;
  if (endpoint !== null && response.status < 400) return response;
  const { pathname } = new URL(request.url);
  if (response.status >= 500) services.drops.failure(response.status, placeOf(pathname));
  const isApi = /^\/_u\/api\/(?!s\/)/.test(pathname);
  const isConsole = pathname.startsWith("/_u/console/");
  if (response.status === 401 && (isApi || isConsole))
    services.drops.refused("wrong_token", isApi ? "api" : "sign-in");
  const forBrowsers = !isApi && !isConsole;
  return forBrowsers ? withCors(request, services.config, response) : response;
}
