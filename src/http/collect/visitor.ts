/** Minting, deriving and resetting visitors, and the cookie that goes with each. */
import type { VisitorId } from "../../domain/ids.ts";
import { visitorIdFrom } from "../../domain/ids.ts";
import { expire, type VisitorCookie, writeVisitor } from "../cookies.ts";
import type { Visit } from "../visit.ts";
import type { Services } from "./services.ts";

const HOUR_MS = 3_600_000;

export const randomVisitor = (): VisitorId =>
  visitorIdFrom(crypto.getRandomValues(new Uint8Array(16)));

/**
 * A page's first calls run in parallel, each without a cookie: they derive the same visitor from what they have in
 * common and nobody elsewhere can guess.
 */
export async function firstVisitor(
  request: Request,
  services: Services,
  anonymousId: string | null,
): Promise<VisitorId> {
  if (anonymousId === null) return randomVisitor();
  return services.identifiers.firstVisitor({
    anonymousId,
    userAgent: request.headers.get("user-agent") ?? "",
    network: networkOf(request.headers.get("cf-connecting-ip") ?? ""),
    hour: Math.floor(services.now / HOUR_MS),
  });
}

/** The first three bytes of an IPv4 address, the first three groups of an IPv6 one. */
export function networkOf(address: string): string {
  if (address.includes(":")) return address.split(":").slice(0, 3).join(":");
  return address.split(".").slice(0, 3).join(".");
}

/** The cookie for this visitor, if what the browser has doesn't say the same under the newest key; it keeps the first one's day. */
export async function visitorCookies(
  visit: Visit,
  services: Services,
  current: { visitor: VisitorId; home: VisitorId },
): Promise<string[]> {
  const { cookie } = visit;
  const saysSo = cookie?.visitor === current.visitor && cookie.home === current.home;
  if (saysSo && cookie.isOld !== true) return [];
  const since = cookie?.since ?? Math.floor(services.now / 1000);
  const next: VisitorCookie = { ...current, since };
  return [await writeVisitor(services.config.cookieKeys, visit.names, next, services.now)];
}

export const expireVisitor = (visit: Visit): string[] =>
  visit.sentId ? [expire(visit.names.visitor, visit.names.secure, true)] : [];
