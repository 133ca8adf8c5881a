/**
 * Proxy mode: the Worker stands on `example.org/*`, and what isn't its own is the site's. `PROXY` says where the site is:
 * - empty: there is no proxy mode, the Worker has its own paths only;
 * - `https://origin.example.org` (or the site's own origin, where the Worker is a route before it): pages pass through,
 *   with the snippet in them;
 * - the same followed by ` off`: everything passes through as it is.
 */
import { withoutSession } from "../session.ts";

/** Where a request for the site goes, and whether pages may be touched on their way back. */
export interface SiteBehind {
  target: URL;
  touch: boolean;
}

/** Anybody can bring about a page of ours that says what went wrong: nobody else is to get it out of a cache. */
export const UNKEPT = { "cache-control": "no-store" } as const;

/** Marks a request as passed on, so that a `PROXY` that leads back here is seen at once. */
export const PASSED = "usher-passed-on";

/** Usher's own paths, which are never the site's. */
export const isOurs = (pathname: string): boolean =>
  pathname === "/_u" || pathname.startsWith("/_u/") || pathname === "/.well-known/gpc.json";

/** Null where the request is Usher's own, or there is no proxy mode. */
export function siteBehind(request: Request, variable: string | undefined): SiteBehind | null {
  const [, address = "", off] = /^\s*(\S+?)\/*(\s+off)?\s*$/.exec(variable ?? "") ?? [];
  const origin = address === "" ? null : URL.parse(address);
  if (origin === null || (origin.protocol !== "https:" && origin.protocol !== "http:")) return null;
  const url = new URL(request.url);
  if (isOurs(url.pathname)) return null;
  // Put together as text: a path of two slashes would be taken for a host.
  const target = new URL(origin.origin + url.pathname + url.search);
  return { target, touch: off === undefined };
}

/** The site's answer as it is; only a redirect to the site's hidden address is one to its public address. */
export async function passThrough(request: Request, { target }: SiteBehind): Promise<Response> {
  if (request.headers.has(PASSED))
    return new Response("PROXY leads back to this Worker.", { status: 508, headers: UNKEPT });
  const { origin, host, protocol } = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.set(PASSED, "1");
  if (target.origin !== origin) {
    headers.set("x-forwarded-host", host);
    headers.set("x-forwarded-proto", protocol.replace(":", ""));
  }
  const cookies = headers.get("cookie");
  if (cookies !== null) {
    const handedOn = withoutSession(cookies);
    if (handedOn === null) headers.delete("cookie");
    else headers.set("cookie", handedOn);
  }
  if (isNavigation(request)) {
    // The page in the browser's cache isn't the one at the site.
    headers.delete("if-none-match");
    headers.delete("if-modified-since");
  }
  const response = await fetch(new Request(target, request), { headers, redirect: "manual" });
  const location = response.headers.get("location");
  if (location === null || target.origin === origin || !location.startsWith(`${target.origin}/`))
    return response;
  const moved = new Response(response.body, response);
  moved.headers.set("location", origin + location.slice(target.origin.length));
  return moved;
}

/** A page that somebody opens: not a part of one, nor what a script fetches. */
export function isNavigation(request: Request): boolean {
  if (request.method !== "GET") return false;
  const dest = request.headers.get("sec-fetch-dest");
  if (dest !== null) return dest === "document";
  return (request.headers.get("accept") ?? "").includes("text/html");
}
