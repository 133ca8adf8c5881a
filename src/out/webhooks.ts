/**
 * Signed webhooks: what was recorded under a purpose goes to a system of the site's own within minutes, in the order of
 * arrival. A delivery is a stretch of arrivals; its events are read and asked for consent again by each try, so that what
 * was withdrawn or erased meanwhile isn't sent.
 */
import * as v from "valibot";
import {
  arrivals,
  arrived,
  beginDelivery,
  beginTry,
  clearDeliveries,
  type Delivery,
  endTry,
  handedOver,
  handOver,
  openDelivery,
  type Stretch,
} from "../d1/deliveries.ts";
import { latestSetting } from "../d1/settings.ts";
import { nameNow, openingsOf } from "../domain/consent/openings.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { PURPOSE_ID } from "../domain/consent/purposes.ts";
import { DAY_MS, type Day, dayOf, type Millis } from "../domain/ids.ts";
import { addressFault } from "./address.ts";
import { eventNow, iso, lineOf, namesFor, purposesOf } from "./line.ts";
import { inTurn, RUN_MS } from "./in-turn.ts";
import { hmacHex, pauseAfter, type Posting, signedPost, TRIES } from "./signed-post.ts";
import { allowedNow, mayLeave, type StandingPorts } from "./standing.ts";

const WebhookSchema = v.strictObject({
  /** Names it in the log and makes its secret; another id, another stream. */
  id: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9-]{1,40}$/, "must be up to 40 small letters, figures and dashes"),
  ),
  url: v.pipe(
    v.string(),
    v.maxLength(2_000),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? addressFault(dataset.value) : null;
      if (message !== null) addIssue({ message });
    }),
  ),
  /** Only events recorded under it, and only while it is allowed. */
  purpose: v.pipe(v.string(), v.regex(PURPOSE_ID)),
  /** A webhook that is off waits; what came in the last week is sent when it is on again. */
  enabled: v.optional(v.boolean(), true),
  /** Names of events and pages; all when empty. */
  events: v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(200))), v.maxLength(100)),
    [],
  ),
  /** Which of its secrets signs: another number, another secret. */
  secret: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
});

export const WebhooksSchema = v.strictObject({
  /** The version that was edited: another one in force is a conflict. Without it the newest is replaced. */
  version: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  hooks: v.pipe(
    v.array(WebhookSchema),
    v.maxLength(20),
    v.check(
      (hooks) => new Set(hooks.map(({ id }) => id)).size === hooks.length,
      "every webhook has an id of its own",
    ),
  ),
});

export type EventWebhook = v.InferOutput<typeof WebhookSchema>;
export type EditedWebhooks = v.InferOutput<typeof WebhooksSchema>;

export interface WebhookPorts extends StandingPorts, Posting {
  db: D1Database;
  /** What the webhooks' own secrets are made of. */
  serverKey: string;
}

export async function webhooksInForce(
  db: D1Database,
): Promise<{ version: number; hooks: EventWebhook[] }> {
  const saved = await latestSetting(db, "webhooks");
  if (!saved) return { version: 0, hooks: [] };
  return { version: saved.version, hooks: v.parse(WebhooksSchema, saved.document).hooks };
}

/** A webhook's secret is made of the server key and stored nowhere: one that leaks opens nothing else. */
export const webhookSecret = (
  serverKey: string,
  { id, secret }: Pick<EventWebhook, "id" | "secret">,
): Promise<string> => hmacHex(serverKey, `event webhook ${id} ${secret}`);

/** Browsers may hold events back for a week, and clocks are wrong by a day. */
const DAYS_OPEN = 8;
const HOUR_MS = 3_600_000;
/** A transaction is long over by then, so that no second grows once it was read. */
const SETTLED_SECONDS = 10;
/** Events of a delivery, about: a second is never cut. */
const EVENTS = 100;
/** For each webhook and run, since a Worker's calls are limited. */
const DELIVERIES = 10;
const LOG_DAYS = 30;

export async function deliverEvents(
  ports: WebhookPorts,
  policy: Policy,
  now: Millis,
): Promise<void> {
  const { hooks } = await webhooksInForce(ports.db);
  const enabled = hooks.filter((hook) => hook.enabled);
  await inTurn(enabled, now, async (hook) => {
    for (let n = 0; n < DELIVERIES && (await deliverNext(ports, hook, policy, now)); n++);
  });
}

/** False when there is nothing to send now. */
async function deliverNext(
  ports: WebhookPorts,
  hook: EventWebhook,
  policy: Policy,
  now: Millis,
): Promise<boolean> {
  const delivery =
    (await openDelivery(ports.db, hook.id)) ?? (await nextDelivery(ports.db, hook, policy, now));
  if (!delivery || delivery.next > now) return false;
  const begun = failedOnce(delivery, now);
  // Who is cut off while they try has failed, too: what cuts them off each time is given up in the end.
  await beginTry(ports.db, begun);
  const tried = await tryDelivery(ports, hook, policy, begun, now);
  await endTry(ports.db, tried);
  return tried.state !== "open";
}

function failedOnce(delivery: Delivery, now: Millis): Delivery {
  const tries = delivery.tries + 1;
  const state = tries < TRIES ? ("open" as const) : ("dead" as const);
  return { ...delivery, tries, state, next: now + pauseAfter(tries) };
}

/** Of one that was noted as failed. */
async function tryDelivery(
  ports: WebhookPorts,
  hook: EventWebhook,
  policy: Policy,
  delivery: Delivery,
  now: Millis,
): Promise<Delivery> {
  const events = await eventsOf(ports, hook, policy, delivery, now);
  // The webhook's own purpose: what waited since it had another one goes under the one it was begun for.
  if (events.length === 0) return { ...delivery, state: "sent", next: now, events: 0 };
  const { id } = delivery;
  const purpose = nameNow(openingsOf(policy), delivery.purpose);
  const body = JSON.stringify({ hook: hook.id, delivery: id, purpose, at: iso(now), events });
  const to = { url: hook.url, secret: await webhookSecret(ports.serverKey, hook) };
  const { taken, status } = await signedPost(ports, to, `${hook.id}.${id}`, body, now);
  const tried = { ...delivery, events: events.length, status };
  return taken ? { ...tried, state: "sent", next: now } : tried;
}

async function eventsOf(
  ports: WebhookPorts,
  { events: names }: EventWebhook,
  policy: Policy,
  delivery: Delivery,
  now: Millis,
) {
  const purpose = nameNow(openingsOf(policy), delivery.purpose);
  // A purpose that the policy no longer has allows nothing, also not of those who never decided.
  if (!purposesOf(policy).includes(purpose)) return [];
  const wanted = (await arrived(ports.db, delivery, namesFor(policy, purpose))).filter(
    ({ event }) => names.length === 0 || (event.name !== null && names.includes(event.name)),
  );
  const allowed = await allowedNow(
    ports,
    policy,
    wanted.map(({ visitor }) => visitor),
    now,
  );
  return wanted.flatMap(({ visitor, event }) => {
    const standing = allowed.get(visitor);
    return mayLeave(policy, eventNow(policy, event), standing, purpose)
      ? [lineOf({ visitor, person: standing.person, event }, policy, purpose)]
      : [];
  });
}

/** The next stretch of arrivals, noted as a delivery; null when nothing has come. */
async function nextDelivery(
  db: D1Database,
  hook: EventWebhook,
  policy: Policy,
  now: Millis,
): Promise<Delivery | null> {
  const until = Math.floor(now / 1000) - SETTLED_SECONDS;
  const today = dayOf(now);
  const days = Array.from({ length: DAYS_OPEN + 2 }, (_, n) => today - DAYS_OPEN + n);
  const handed = await handedOver(db, hook.id);
  if (handed.size === 0) {
    // A new webhook begins now: exports are for what was before.
    await handOver(db, hook.id, days, until);
    return null;
  }
  for (const day of days.filter((each) => each >= today - 1 || isFirstOfHour(now))) {
    const open = { day, since: handed.get(day) ?? 0, until };
    const stretch = await stretchOf(db, open, namesFor(policy, hook.purpose));
    if (!stretch) continue;
    const { id, purpose } = { id: `${now}`.padStart(15, "0"), purpose: hook.purpose };
    const delivery: Delivery = {
      ...stretch,
      hook: hook.id,
      id: `${id}-${day}-${stretch.until}`,
      purpose,
      at: now,
      state: "open",
      tries: 0,
      next: now,
      events: 0,
      status: null,
    };
    await beginDelivery(db, delivery);
    return delivery;
  }
  return null;
}

/** Days before yesterday get few events and cost a scan each, so they are looked at once an hour. */
const isFirstOfHour = (now: Millis): boolean =>
  Math.floor(now / HOUR_MS) !== Math.floor((now - RUN_MS) / HOUR_MS);

async function stretchOf(
  db: D1Database,
  open: Stretch,
  purposes: readonly string[],
): Promise<Stretch | null> {
  const seconds = await arrivals(db, open, purposes, EVENTS);
  const [first] = seconds;
  if (!first) return null;
  let sum = 0;
  const fits = seconds.filter(({ events }) => (sum += events) <= EVENTS);
  return { ...open, until: (fits.at(-1) ?? first).landed };
}

export async function clearLog(db: D1Database, now: Millis): Promise<void> {
  const { hooks } = await webhooksInForce(db);
  await clearDeliveries(
    db,
    hooks.map(({ id }) => id),
    { at: now - LOG_DAYS * DAY_MS, day: (dayOf(now) - DAYS_OPEN - 2) as Day },
  );
}
