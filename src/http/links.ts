/**
 * Links in the site's own mails: clicks and opens, told by links that we signed ourselves. The destination is inside the
 * signature, so nobody can make us redirect elsewhere. A link says to which address the mail went, never who reads it: it
 * is a hint for the browser that follows it, and an event on the record of the mails to that address.
 */
import { choiceOf } from "../domain/consent/receipt.ts";
import { allows, decideSafely, type GateResult } from "../domain/consent/gate.ts";
import { openingsOf } from "../domain/consent/openings.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { NO_SIGNALS } from "../domain/consent/signals/types.ts";
import { type HintId, type IdentifierKey, type VisitorId, visitorIn } from "../domain/ids.ts";
import { isBot } from "../domain/intake/bots.ts";
import { take } from "../domain/intake/take.ts";
import { MAIL_VENDOR, RECORD_PARAM } from "../domain/intake/url-params.ts";
import type { JsonObject } from "../domain/json.ts";
import type { KeyedClaim } from "../domain/person/calls.ts";
import { standingAmong } from "../domain/person/consent.ts";
import { itemOf } from "./collect/items.ts";
import type { Services } from "./collect/services.ts";
import type { Call } from "./context.ts";
import { GIF } from "./gif.ts";
import { askPage, donePage, nowherePage } from "./link-pages.tsx";
import { type Link, readLink } from "./link-token.ts";
import { inTime } from "./patience.ts";
import { statusOf } from "./respond.ts";
import { suppress } from "./suppress.ts";

/** Claimants asked for what the person decided. */
const ASKED_MAX = 8;
const MINUTE_MS = 60_000;

/** 302 to where the mail's author meant, or 404: a link that isn't ours leads nowhere. */
export async function go(request: Call, services: Services): Promise<Response> {
  const link = await linkIn(request, services, "go");
  if (!link?.url) return nowherePage(services.config.siteName);
  const { url, hint } = link;
  await Promise.all([
    noted(request, services, note(request, services, link, "Email Link Clicked", { url })),
    hint && noted(request, services, takeHint(request, services, hint)),
  ]);
  return new Response(null, {
    status: 302,
    headers: {
      location: withRecordId(link, services, request),
      "cache-control": "private, no-store",
      "referrer-policy": "no-referrer",
    },
  });
}

/** A picture in any case. */
export async function openPixel(request: Call, services: Services): Promise<Response> {
  const link = await linkIn(request, services, "open");
  if (link) await noted(request, services, note(request, services, link, "Email Opened", {}));
  return new Response(GIF, {
    headers: { "content-type": "image/gif", "cache-control": "private, no-store" },
  });
}

/** Asks first: mail scanners follow links. */
export async function askUnsubscribe(request: Call, services: Services): Promise<Response> {
  const link = await linkIn(request, services, "unsubscribe");
  if (!link) return nowherePage(services.config.siteName);
  return askPage(services.config.siteName);
}

/** RFC 8058: mail programs post here themselves. The signed link is what allows it, whoever sends it. */
export async function unsubscribe(request: Call, services: Services): Promise<Response> {
  const link = await linkIn(request, services, "unsubscribe");
  if (!link) return nowherePage(services.config.siteName);
  const change = {
    identifier: link.to,
    channel: link.channel ?? "email",
    state: "suppressed",
    source: "unsubscribe",
    at: services.now,
    proven: true,
  } as const;
  await suppress([change], services);
  return donePage(services.config.siteName);
}

const linkIn = (request: Call, { config }: Services, does: Link["does"]): Promise<Link | null> =>
  readLink(config.tokenKeys, new URL(request.url).searchParams.get("t") ?? "", does);

/** The landing page learns which mail led to it, if it is the site's own; nobody else is told. */
function withRecordId(link: Link, { config }: Services, request: Call): string {
  const url = new URL(link.url ?? "");
  const isOwn =
    config.siteOrigins.includes(url.origin) || url.origin === new URL(request.url).origin;
  if (isOwn) url.searchParams.set(RECORD_PARAM, link.to);
  return url.href;
}

/** Whoever has the message takes its hint by following its link; kept where the person agrees to hints. */
async function takeHint(request: Call, { people, now }: Services, hint: HintId): Promise<void> {
  const visitor = visitorIn(hint);
  if (visitor === null || isProgram(request)) return;
  await people.outcome({ visitor, hint, outcome: "taken", now, told: true });
}

/** Programs look where a link leads before a human does. */
const isProgram = (request: Call): boolean =>
  request.method === "HEAD" || isBot(request.headers.get("user-agent") ?? "");

/** Nobody is kept from where a link leads because it can't be noted; what takes too long goes on behind the answer. */
async function noted(
  request: Call,
  { drops, waitUntil }: Services,
  noting: Promise<void>,
): Promise<void> {
  const settled = noting.catch((error: unknown) => {
    drops.failure(statusOf(error), new URL(request.url).pathname.split("/", 3)[2] ?? "");
    const name = error instanceof Error ? error.name : "unknown";
    console.warn(JSON.stringify({ message: "a link couldn't be noted", error: name }));
  });
  waitUntil(settled);
  await inTime("person", settled).catch(() => undefined);
}

/** On the record of the mails to this address, under what its person decided; without a decision nothing is kept. */
async function note(
  request: Call,
  services: Services,
  link: Link,
  event: string,
  properties: JsonObject,
): Promise<void> {
  if (isProgram(request)) return;
  const policy = await services.policy();
  const record = await services.identifiers.sourceVisitor("email", `mail\0${link.to}`);
  const result = await decisionFor(services, policy, link.to, record);
  if (!result || !allows(policy, result, "events")) return;
  const { now } = services;
  const taken = take(
    {
      type: "track",
      event,
      // Programs fetch a link twice; a human comes back later.
      messageId: `mail:${event.length}:${link.name}:${Math.floor(now / MINUTE_MS)}`,
      anonymousId: `mail:${link.to}`,
      properties: { ...properties, ...(link.campaign ? { campaign: link.campaign } : {}) },
      context: link.campaign
        ? { campaign: { source: MAIL_VENDOR, medium: "email", name: link.campaign } }
        : {},
    },
    {
      kind: "server",
      assurance: "verified",
      userAgent: request.headers.get("user-agent") ?? "",
      hints: {},
      sentAt: null,
      channel: "email",
    },
    now,
    () => crypto.randomUUID(),
  );
  if (!taken.ok) return;
  const claims = await claimsOf(services, link);
  const item = itemOf({ ...taken.message, hasOwnId: true }, claims, policy, result);
  await services.people.record({
    visitor: record,
    origin: "server",
    now,
    decision: null,
    ifKnownAs: null,
    items: [item],
  });
}

/** The mails went to this address, so their record is its bearer's; what only a link's follower says is a hint. */
async function claimsOf({ identifiers }: Services, { to, channel }: Link): Promise<KeyedClaim[]> {
  if (channel === "sms") return [{ kind: "phone", value: "", key: to, assurance: "verified" }];
  const kind = `esp:${MAIL_VENDOR}` as const;
  return [
    { kind: "email", value: "", key: to, assurance: "verified" },
    { kind, value: to, key: await identifiers.key(kind, to), assurance: "verified" },
  ];
}

/** `about`: the record that it is asked for, which a human may have taken apart from somebody who has the address. */
async function decisionFor(
  services: Services,
  policy: Policy,
  to: IdentifierKey,
  about: VisitorId,
): Promise<GateResult | null> {
  const claimants = (await services.index.claimants([to])).get(to) ?? [];
  const asked = await Promise.all(
    claimants.slice(0, ASKED_MAX).map((visitor) => services.people.decision(visitor, to, about)),
  );
  const stored = standingAmong(
    openingsOf(policy),
    asked.flatMap((each) => each ?? []),
  );
  if (!stored) return null;
  return decideSafely({
    policy,
    region: null,
    browser: false,
    signals: NO_SIGNALS,
    choice: choiceOf(stored.decision, policy.signals.gpc.governs),
    carried: { state: "none" },
    subject: { child: false, erased: false },
    now: services.now,
  });
}
