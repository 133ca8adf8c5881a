/**
 * Signed webhooks: once a day the list of who should get what goes to the site's own systems, page by page, to each what
 * its channels carry. A page that isn't taken is tried again later, made anew each time, so that it never holds an
 * address whose permission has ended.
 */
import type { ActionChannel, Catalogue, Webhook } from "../domain/action/catalogue.ts";
import { type Day, dayOf, type HintId, type Millis } from "../domain/ids.ts";
import { type HintPorts, type SendableLine, told } from "./api/hint-lines.ts";
import { hintsOfEverybody } from "./api/hints.ts";
import { isPlace } from "../d1/everybody.ts";
import type { Config } from "./context.ts";
import { hintNamed } from "./hint-name.ts";
import { writeLink } from "./link-token.ts";
import { readDocument, savePart } from "../d1/learning.ts";
import { inTurn } from "../out/in-turn.ts";
import { hmacHex, pauseAfter, type Posting, signedPost, TRIES } from "../out/signed-post.ts";

export interface DeliveryPorts extends Omit<HintPorts, "now">, Posting {
  /** What the systems' own secrets are made of. */
  serverKey: string;
  config: Config;
}

/** What a system is told of one message, beside the line of the list. */
interface Sent {
  /** To say by it what became of the message. */
  hint: HintId;
  /** Where the action leads, by way of us: who follows it takes the hint. Null where the channel carries no link. */
  link: string | null;
}

/** How far the day's list was sent to one system. */
export interface Delivery {
  day: Day;
  cursor: string | null;
  state: "open" | "done" | "given up";
  tries: number;
  /** Not before. */
  next: Millis;
  /** The latest tries, newest first. */
  log: readonly Try[];
}

export interface Try {
  at: Millis;
  /** Hints in the page. */
  hints: number;
  taken: boolean;
  /** The status it was answered with; null when no answer came. */
  status: number | null;
}

type Deliveries = Record<string, Delivery>;

/** People a page, and pages a run: subrequests are limited. */
const PAGE = 100;
const PAGES_A_RUN = 5;
const LOGGED = 20;

export async function readDeliveries(db: D1Database): Promise<Deliveries> {
  return ((await readDocument(db, "deliveries")) ?? {}) as unknown as Deliveries;
}

export async function deliverHints(ports: DeliveryPorts, now: Millis): Promise<void> {
  await inTurn((await ports.catalogue()).webhooks ?? [], now, (webhook) =>
    deliverTo(ports, webhook, now),
  );
}

/** A page that waits for its next try is tried at once, and one that was given up begins anew. */
export async function retryNow(ports: DeliveryPorts, webhook: Webhook, now: Millis): Promise<void> {
  const held = (await readDeliveries(ports.db))[webhook.id];
  if (held && held.state !== "done")
    await save(ports.db, webhook, { ...held, state: "open", tries: 0, next: now }, now);
  await deliverTo(ports, webhook, now);
}

async function deliverTo(ports: DeliveryPorts, webhook: Webhook, now: Millis): Promise<void> {
  const day = dayOf(now);
  const stored = (await readDeliveries(ports.db))[webhook.id];
  // What is left of yesterday's list is out of date.
  let delivery: Delivery =
    stored?.day === day
      ? resumable(stored)
      : { day, cursor: null, state: "open", tries: 0, next: now, log: stored?.log ?? [] };
  if (stored?.day === day && delivery !== stored) await save(ports.db, webhook, delivery, now);
  for (let n = 0; n < PAGES_A_RUN && delivery.state === "open" && now >= delivery.next; n++) {
    const begun = failedOnce(delivery, now);
    // Who is cut off while they try has failed, too: what cuts them off each time is given up in the end.
    await save(ports.db, webhook, begun, now);
    delivery = await deliverPage(ports, webhook, begun, now);
    await save(ports.db, webhook, delivery, now);
  }
}

function failedOnce(delivery: Delivery, now: Millis): Delivery {
  const tries = delivery.tries + 1;
  const state = tries < TRIES ? "open" : "given up";
  return { ...delivery, tries, state, next: now + pauseAfter(tries) };
}

/** What an earlier version left in the middle has no place here: the rest goes out tomorrow, and nothing twice today. */
const resumable = (stored: Delivery): Delivery =>
  isPlace(stored.cursor) ? stored : { ...stored, cursor: null, state: "done" };

const save = (db: D1Database, { id }: Webhook, delivery: Delivery, now: Millis): Promise<void> =>
  savePart(db, "deliveries", id, delivery, now);

/** Of one that was noted as failed. */
async function deliverPage(
  ports: DeliveryPorts,
  webhook: Webhook,
  delivery: Delivery,
  now: Millis,
): Promise<Delivery> {
  const { day, cursor } = delivery;
  const catalogue = await ports.catalogue();
  const page = await hintsOfEverybody(
    { ...ports, catalogue: async () => carriedBy(webhook, catalogue), now },
    { limit: PAGE, ...(cursor === null ? {} : { cursor }) },
  );
  // One message a person and channel: what goes first.
  const lines = page.hints.filter(({ address, first }) => first && address !== null);
  const sent = await Promise.all(lines.map((line) => sentAs(ports, webhook, day, line)));
  const hints = lines.map((line, n) => ({ ...told(line), ...sent[n] }));
  const body = JSON.stringify({ at: page.at, hints });
  const id = `${webhook.id}.${day}.${cursor ?? ""}`;
  const secret = await secretOf(ports.serverKey, webhook);
  const to = { url: webhook.url, secret };
  const answer = hints.length === 0 ? null : await signedPost(ports, to, id, body, now);
  const log = answer
    ? [{ at: now, hints: hints.length, ...answer }, ...delivery.log]
    : delivery.log;
  const tried = { ...delivery, log: log.slice(0, LOGGED) };
  if (!answer || answer.taken) {
    await markSent(ports, catalogue, lines, sent, now);
    const state = page.cursor === null ? "done" : "open";
    return { ...tried, cursor: page.cursor, state, tries: 0, next: now };
  }
  return tried;
}

const carriedBy = ({ channels }: Webhook, catalogue: Catalogue): Catalogue => ({
  ...catalogue,
  actions: catalogue.actions.filter(({ channel }) => channels.some((each) => each === channel)),
});

/** The same for each try of a day, so that a link of a page whose taking we never learned of still leads to its hint. */
async function sentAs(
  { serverKey, config }: DeliveryPorts,
  { id }: Webhook,
  day: Day,
  { person, action, href, channel, sending: { visitor, to } }: SendableLine,
): Promise<Sent> {
  const hint = await hintNamed(serverKey, visitor, [id, day, person, action]);
  const [origin] = config.siteOrigins;
  if (origin === undefined || to === null || !carriesLinks(channel)) return { hint, link: null };
  const url = new URL(href, origin).href;
  const link = { does: "go", to, url, campaign: action, channel, hint } as const;
  const token = await writeLink(config.tokenKeys, link);
  return { hint, link: `${origin}/_u/go?t=${token}` };
}

/** Where somebody reads the message who may follow a link in it; a push message brings its own, and a call has none. */
const carriesLinks = (channel: ActionChannel): channel is "email" | "sms" =>
  channel === "email" || channel === "sms";

/** So that caps and cool-downs hold for what was sent, and what comes of it is measured and learned. */
async function markSent(
  { people }: DeliveryPorts,
  { actions }: Catalogue,
  lines: readonly SendableLine[],
  sent: readonly Sent[],
  now: Millis,
): Promise<void> {
  const numbered = lines.map((line, n) => ({ ...line, hint: sent[n]?.hint }));
  for (const [visitor, all] of Map.groupBy(numbered, ({ person }) => person)) {
    const names = new Set(all.map(({ action }) => action));
    const offered = actions.filter(({ id }) => names.has(id));
    const as = Object.fromEntries(
      all.flatMap(({ action, hint, sending: { propensity } }) =>
        hint ? [[action, { hint, propensity: propensity ?? 1 }]] : [],
      ),
    );
    const segment = all[0]?.segment ?? null;
    await people.sent({ visitor, actions: offered, as, segment, now }, visitor);
  }
}

/** A system's secret is made of the server key and stored nowhere: one that leaks opens nothing else. */
export const secretOf = (serverKey: string, { id, secret }: Webhook): Promise<string> =>
  hmacHex(serverKey, `webhook ${id} ${secret}`);
