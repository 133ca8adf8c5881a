/**
 * The signed webhook: once a day the list of who should get what goes to the site's own system, page by page. A page that
 * isn't taken is tried again later, made anew each time, so that it never holds an address whose permission has ended.
 */
import type { Catalogue } from "./domain/action/catalogue.ts";
import { type Day, dayOf, type Millis } from "./domain/ids.ts";
import { type HintLine, hintList, type HintPorts } from "./http/api/hints.ts";
import { readDocument, saveDocument } from "./d1/learning.ts";

export interface DeliveryPorts extends Omit<HintPorts, "now"> {
  /** Signs: the receiver has it already. */
  serverKey: string;
  post(url: string, init: RequestInit): Promise<Response>;
}

/** How far the day's list was sent. */
interface Delivery {
  day: Day;
  cursor: string | null;
  state: "open" | "done" | "given up";
  tries: number;
  /** Not before. */
  next: Millis;
}

/** People a page, and pages a run: subrequests are limited. */
const PAGE = 100;
const PAGES_A_RUN = 5;
const TRIES = 8;
const FIRST_PAUSE_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;
const TIMEOUT_MS = 10_000;

export async function deliverHints(ports: DeliveryPorts, now: Millis): Promise<void> {
  const catalogue = await ports.catalogue();
  if (!catalogue.webhook) return;
  const day = dayOf(now);
  const stored = (await readDocument(ports.db, "delivery")) as unknown as Delivery | null;
  // What is left of yesterday's list is out of date.
  let delivery: Delivery =
    stored?.day === day ? stored : { day, cursor: null, state: "open", tries: 0, next: now };
  for (let n = 0; n < PAGES_A_RUN && delivery.state === "open" && now >= delivery.next; n++) {
    delivery = await deliverPage(ports, catalogue, delivery, now);
    await saveDocument(ports.db, "delivery", delivery, now);
  }
}

async function deliverPage(
  ports: DeliveryPorts,
  catalogue: Catalogue,
  delivery: Delivery,
  now: Millis,
): Promise<Delivery> {
  const { day, cursor } = delivery;
  const page = await hintList(
    { ...ports, now },
    { limit: PAGE, ...(cursor === null ? {} : { cursor }) },
  );
  const hints = page.hints.filter(({ address }) => address !== null);
  const body = JSON.stringify({ at: page.at, hints });
  const url = catalogue.webhook?.url ?? "";
  const taken = hints.length === 0 || (await send(ports, url, `${day}.${cursor ?? ""}`, body, now));
  if (taken) {
    await markSent(ports, catalogue, hints, now);
    return {
      ...delivery,
      cursor: page.cursor,
      state: page.cursor === null ? "done" : "open",
      tries: 0,
    };
  }
  const tries = delivery.tries + 1;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return { ...delivery, tries, next: now + pause, state: tries < TRIES ? "open" : "given up" };
}

/** So that caps and cool-downs hold for what was sent, and what comes of it is measured and learned. */
async function markSent(
  { people }: DeliveryPorts,
  { actions }: Catalogue,
  hints: readonly HintLine[],
  now: Millis,
): Promise<void> {
  const byPerson = Map.groupBy(hints, ({ person }) => person);
  for (const [visitor, lines] of byPerson) {
    const sent = new Set(lines.map(({ action }) => action));
    await people.sent({ visitor, actions: actions.filter(({ id }) => sent.has(id)), now }, visitor);
  }
}

/**
 * `Usher-Signature: t=<seconds>,v1=<hex>`: HMAC-SHA256 by the server key over `<seconds>.<body>`. `Usher-Delivery` is the
 * same for each try of one page. A redirect isn't followed: the list goes nowhere else.
 */
async function send(
  ports: DeliveryPorts,
  url: string,
  id: string,
  body: string,
  now: Millis,
): Promise<boolean> {
  const seconds = Math.floor(now / 1000);
  const signature = await hmacHex(ports.serverKey, `${seconds}.${body}`);
  try {
    const answer = await ports.post(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "usher-delivery": id,
        "usher-signature": `t=${seconds},v1=${signature}`,
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

async function hmacHex(secret: string, text: string): Promise<string> {
  const utf8 = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", utf8.encode(secret), algorithm, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", key, utf8.encode(text));
  return [...new Uint8Array(signed)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
