/**
 * Landing over Cloudflare Queues, for sites whose databases shouldn't meet every rush at once. A Worker sends what it carries;
 * the consumer lands it in larger batches, with tombstones and order looked after by the statements themselves, so that
 * repeated, late and reordered messages do no harm.
 *
 * Nothing depends on the queue. An object keeps what it handed over until D1 has it: its alarm, some minutes later, lands it
 * once more (which writes nothing when the queue was faster) and only then forgets it. Until then the journey reads it
 * there, and a message that the queue loses or sets apart is landed all the same.
 */
import type { Parcel } from "./domain/ports.ts";
import { type LandingPorts, landParcels } from "./landing.ts";
import { isVisitorId } from "./domain/ids.ts";
import { isObject } from "./domain/json.ts";

/** Longer than the queue takes in ordinary times, so that objects land nothing themselves then. */
export const QUEUE_PATIENCE_MS = 5 * 60_000;

/** Bytes of one message, of 128,000 that Queues takes; each begun 64 KB is billed, and a small message fails alone. */
const MESSAGE_BYTES = 60_000;
const LARGEST_BYTES = 120_000;
/** Of one call: Queues takes a hundred messages and 256 KB. */
const CALL_BYTES = 240_000;
const CALL_MESSAGES = 100;

const utf8 = new TextEncoder();

/** @returns parcels too large for a message: they have to land another way */
export async function sendParcels(queue: Queue, parcels: readonly Parcel[]): Promise<Parcel[]> {
  const tooLarge: Parcel[] = [];
  const texts: { text: string; bytes: number }[] = [];
  for (const parcel of parcels) {
    const text = JSON.stringify(parcel);
    const bytes = utf8.encode(text).length + 1;
    if (bytes > LARGEST_BYTES) tooLarge.push(parcel);
    else texts.push({ text, bytes });
  }
  const messages = grouped(texts, MESSAGE_BYTES, Infinity).map((group) => ({
    body: `[${group.map(({ text }) => text).join(",")}]`,
    contentType: "text" as const,
    bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
  }));
  for (const call of grouped(messages, CALL_BYTES, CALL_MESSAGES))
    await queue.sendBatch(call.map(({ body, contentType }) => ({ body, contentType })));
  return tooLarge;
}

/** In their order, of at most so many bytes and items each; one that is larger alone is a group of its own. */
function grouped<T extends { bytes: number }>(items: readonly T[], bytes: number, count: number) {
  const groups: T[][] = [];
  let size = 0;
  for (const item of items) {
    const last = groups.at(-1);
    size += item.bytes;
    if (last && size <= bytes && last.length < count) last.push(item);
    else {
      groups.push([item]);
      size = item.bytes;
    }
  }
  return groups;
}

/** Messages that fail alone, one after the other, before the database is taken to be away. */
const FAILURES = 3;
const FIRST_DELAY_SECONDS = 10;
const LONGEST_DELAY_SECONDS = 900;

/**
 * Lands a batch: all of it in one go, and when that fails, message by message, so that one that can't be landed doesn't keep
 * the others back. What fails is delivered again later; after the last time the platform sets it apart in the dead-letter
 * queue. Each message is acknowledged for itself, and only after D1 has answered.
 */
export async function consume(
  ports: LandingPorts & { log(message: string, fields: Record<string, string | number>): void },
  { messages }: Pick<MessageBatch, "messages">,
): Promise<void> {
  const readable: { message: Message; parcels: Parcel[] }[] = [];
  for (const message of messages) {
    const parcels = readParcels(message.body);
    if (parcels) readable.push({ message, parcels });
    else {
      ports.log("a message of the queue isn't one of ours", { attempts: message.attempts });
      message.retry();
    }
  }
  try {
    await landParcels(
      ports,
      readable.flatMap(({ parcels }) => parcels),
    );
    for (const { message } of readable) message.ack();
    return;
  } catch (error) {
    ports.log("a batch of the queue couldn't be landed whole", {
      messages: readable.length,
      error: error instanceof Error ? error.name : "unknown",
    });
  }
  let failures = 0;
  for (const { message, parcels } of readable) {
    const landed = failures < FAILURES && (await isLanded(ports, parcels));
    failures = landed ? 0 : failures + 1;
    if (landed) message.ack();
    else message.retry({ delaySeconds: delayOf(message) });
  }
}

const isLanded = (ports: LandingPorts, parcels: readonly Parcel[]): Promise<boolean> =>
  landParcels(ports, parcels).then(
    () => true,
    () => false,
  );

const delayOf = ({ attempts }: Message): number =>
  Math.min(FIRST_DELAY_SECONDS * 2 ** Math.min(attempts - 1, 10), LONGEST_DELAY_SECONDS);

/** Null for what no Worker of ours sent. */
function readParcels(body: unknown): Parcel[] | null {
  if (typeof body !== "string") return null;
  try {
    const parcels: unknown = JSON.parse(body);
    return Array.isArray(parcels) && parcels.every(isParcel) ? parcels : null;
  } catch {
    return null;
  }
}

function isParcel(value: unknown): value is Parcel {
  if (!isObject(value)) return false;
  const { visitor, mark, events, receipts, hints, person, claims } = value;
  return (
    typeof visitor === "string" &&
    isVisitorId(visitor) &&
    [mark, events, receipts, hints].every((part) => typeof part === "string") &&
    (person === null || (isObject(person) && typeof person["id"] === "string")) &&
    Array.isArray(claims)
  );
}
