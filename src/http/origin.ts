/** Who may call from a browser: the site's own origins, and the collector's own host. */
import { placeOf } from "./address.ts";
import type { Config } from "./context.ts";

/** True for an allowed `Origin`, or none, or one that the browser keeps to itself, with a same-origin `Sec-Fetch-Site`. */
export function isOwnOrigin(request: Request, config: Config): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== "null") return isAllowed(origin, request, config);
  return request.headers.get("sec-fetch-site") === "same-origin";
}

/** For GET: browsers send no `Origin` within a site. What another site embeds is told by `Sec-Fetch-Site`. */
export function isForeignRead(request: Request, config: Config): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null) return !isAllowed(origin, request, config);
  return request.headers.get("sec-fetch-site") === "cross-site";
}

function isAllowed(origin: string, request: Request, config: Config): boolean {
  return config.siteOrigins.includes(origin) || origin === placeOf(request).origin;
}

/** The origin that a call says it comes from, if it is one of the site's own. */
export function ownOrigin(request: Request, config: Config): string | null {
  const origin = request.headers.get("origin");
  return origin !== null && isAllowed(origin, request, config) ? origin : null;
}

/** Lets the site's other sub-domains read the answer and send cookies; other sites get nothing. */
export function corsHeaders(origin: string | null): Record<string, string> {
  if (origin === null) return { vary: "Origin" };
  return {
    vary: "Origin",
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "Usher-Decision, Retry-After",
  };
}

export function withCors(request: Request, config: Config, response: Response): Response {
  // Scripts are for every page and hold nothing of anybody.
  if (response.headers.get("access-control-allow-origin") === "*") return response;
  const { vary = "", ...others } = corsHeaders(ownOrigin(request, config));
  if (response.headers.get("vary") !== vary) response.headers.append("vary", vary);
  for (const [name, value] of Object.entries(others)) response.headers.set(name, value);
  return response;
}

/** Clients of many makers call with headers of their own; without an allowed origin none of it counts. */
export function preflight(request: Request, config: Config): Response {
  const response = new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers":
        request.headers.get("access-control-request-headers") ??
        "content-type, content-encoding, authorization",
      "access-control-max-age": "7200",
    },
  });
  return withCors(request, config, response);
}
