/**
 * Where requests of data subjects are kept: in R2, so that a restore of D1 doesn't forget them. No request holds an
 * identifier. `request/<id>` is the request; `open/<id>` says that it isn't finished; `ready/<id>` that it is, and nobody has
 * handed it over. Whom it names is marked, too (mentions.ts).
 */
import { base32, type Day, type IdentifierKey, type MergeId } from "../domain/ids.ts";
import type { Millis, VisitorId } from "../domain/ids.ts";
import { isOver } from "../domain/lease.ts";
import { dueOf, type RequestKind, type RequestState } from "../domain/request.ts";
import type { HeldRows } from "../d1/held.ts";
import type { MatchedRows } from "../d1/matching.ts";
import { mention, type Naming, place, renameErased, unmention, unmentionAll } from "./mentions.ts";
import type { PrivacyPorts } from "./ports.ts";
import type { Scope } from "./scope.ts";

/** What an erasure removed, by store. */
export interface Removed {
  /** From person objects. */
  objects: { visitors: number; days: number; identifiers: number; traits: number; hints: number };
  /** Rows of D1; `receipts` left a keyed stub each. */
  database: HeldRows & Partial<MatchedRows> & { devices?: number };
  /** Encryption keys in R2: without them what a backup still holds can't be read. */
  keys: number;
}

/** The steps of an erasure in their order (erase.ts). */
export const STEPS = [
  "ledger",
  "count",
  "objects",
  "keys",
  "database",
  "files",
  "mentions",
  "close",
] as const;
export type Step = (typeof STEPS)[number];

/** What D1 can't be searched for by visitor; kept only while the erasure runs. */
export interface KnownRows {
  visitor: VisitorId;
  identifiers: IdentifierKey[];
  merges: [Day, MergeId][];
  /** On which it has events; missing where nobody knew, so that all are looked through. */
  days?: Day[];
}

export interface HandedOver {
  at: Millis;
  /** The role. */
  by: string;
  how: "download" | "word";
}

export interface StoredRequest {
  id: string;
  kind: RequestKind;
  state: RequestState;
  /** Kind of the identifier it came with, or `visitor`. */
  about: string;
  /** The role that made it, `visitor` for the person's own, `policy` for a withdrawal or retention. */
  by: string;
  at: Millis;
  due: Millis;
  doneAt: Millis | null;
  /**
   * When an officer fetched an export, or said that it was handed over some other way. Null: it is ready, and whoever asked
   * for it still waits. Missing in an erasure, and in exports made before this was asked.
   */
  handedOver?: HandedOver | null;
  /** Whom it covers; keyed names of those who are erased. */
  visitors: string[];
  /** Who may be the same human. */
  maybe: { visitor: string; because: string }[];
  erasure: { step: Step; failures: number; known: KnownRows[]; removed: Removed | null } | null;
}

export interface Version {
  request: StoredRequest;
  etag: string;
}

type Bucket = Pick<PrivacyPorts, "bucket">;

const ID = /^[a-z2-7]{26}$/;
const readyPlace = (id: string): string => `ready/${id}`;
const openPlace = (id: string): string => `open/${id}`;

export interface NewRequest {
  kind: RequestKind;
  about: string;
  by: string;
  scope: Scope;
  /** Where two may ask for the same thing, each not knowing of the other: the first one's request is both's. */
  id?: string;
}

/** What an export brings is gathered when it is fetched, so it is done, and to be handed over; an erasure is to be run. */
export async function createRequest(
  ports: Naming,
  { kind, about, by, scope, id = randomId() }: NewRequest,
  now: Millis,
): Promise<StoredRequest> {
  const request: StoredRequest = {
    id,
    kind,
    state: kind === "erase" ? "running" : "done",
    about,
    by,
    at: now,
    due: dueOf(now),
    doneAt: kind === "erase" ? null : now,
    ...(kind === "export" ? { handedOver: null } : {}),
    visitors: scope.visitors,
    maybe: scope.maybe,
    erasure: kind === "erase" ? { step: "ledger", failures: 0, known: [], removed: null } : null,
  };
  const { bucket } = ports;
  const guessed = scope.maybe.map(({ visitor }) => visitor);
  const named = [...scope.visitors, ...guessed];
  // The mark is there first, by which it is found that the request was never written.
  await bucket.put((kind === "erase" ? openPlace : readyPlace)(request.id), "");
  await mention(bucket, request.id, named);
  const made = await bucket.put(place(request.id), JSON.stringify(request), {
    onlyIf: { etagDoesNotMatch: "*" },
    customMetadata: markOf(request),
  });
  if (!made) return known(ports, request, named);
  // An erasure renames its own when it is over.
  const isRenamed = await renameErased(ports, request.id, kind === "erase" ? guessed : named);
  return isRenamed ? ((await loadRequest(ports, request.id))?.request ?? request) : request;
}

/** Bytes. */
const ID_LENGTH = 16;

const randomId = (): string => base32(crypto.getRandomValues(new Uint8Array(ID_LENGTH)));

/** Alike for whoever asks for what this text says. */
export async function requestIdOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return base32(new Uint8Array(hash).slice(0, ID_LENGTH));
}

/** Somebody else made it: what was marked for it anew, and doesn't hold of it any more, is taken back. */
async function known(
  ports: Bucket,
  { id }: StoredRequest,
  marked: readonly string[],
): Promise<StoredRequest> {
  const version = await loadRequest(ports, id);
  if (!version) throw new Error("the request was changed meanwhile");
  const { request } = version;
  const named = new Set([...request.visitors, ...request.maybe.map(({ visitor }) => visitor)]);
  const others = marked.filter((visitor) => !named.has(visitor));
  if (others.length > 0) await unmention(ports.bucket, id, others);
  if (request.kind === "export" && !isReady(request)) await ports.bucket.delete(readyPlace(id));
  if (request.kind === "erase" && request.state === "done") await closeRequest(ports, id);
  return request;
}

/** Beside the request, so that lists needn't read it. Names nobody. */
const markOf = (request: StoredRequest): Record<string, string> => ({
  at: String(request.at),
  kind: request.kind,
  state: request.state,
  ...(isReady(request) ? { ready: "1" } : {}),
});

/** Made ready, and not handed over yet. */
export const isReady = ({
  state,
  handedOver,
}: Pick<StoredRequest, "state" | "handedOver">): boolean => state === "done" && handedOver === null;

/** Whoever asked has their answer. */
export const isAnswered = (request: Pick<StoredRequest, "state" | "handedOver">): boolean =>
  request.state === "done" && !isReady(request);

export async function loadRequest({ bucket }: Bucket, id: string): Promise<Version | null> {
  const object = ID.test(id) ? await bucket.get(place(id)) : null;
  return object && { request: await object.json<StoredRequest>(), etag: object.etag };
}

/** False when somebody else changed it meanwhile: then what was done is to be looked at again. */
export async function saveRequest(
  { bucket }: Bucket,
  request: StoredRequest,
  etag: string,
): Promise<boolean> {
  const saved = await bucket.put(place(request.id), JSON.stringify(request), {
    onlyIf: { etagMatches: etag },
    customMetadata: markOf(request),
  });
  return saved !== null;
}

export const closeRequest = ({ bucket }: Bucket, id: string): Promise<void> =>
  bucket.delete(openPlace(id));

/** Far longer than anybody writes at a request. */
const WRITTEN_MS = 3_600_000;

/** Closes one that is open and was never written, unless somebody may just be about to. */
export async function closeUnwritten({ bucket }: Bucket, id: string): Promise<void> {
  const opened = await bucket.head(openPlace(id));
  if (opened && isOver(opened.uploaded.getTime(), WRITTEN_MS, Date.now()))
    await forgetUnwritten(bucket, id, openPlace);
}

async function forgetUnwritten(bucket: R2Bucket, id: string, mark: typeof openPlace) {
  await unmentionAll(bucket, id);
  await bucket.delete(mark(id));
}

/** Looked through by one run. */
const READY_MOST = 1_000;

/**
 * Takes away what says of a request that it is ready, where it was never written, or was handed over by somebody who was cut off
 * before saying so.
 */
export async function sweepReady({ bucket }: Bucket): Promise<void> {
  const { objects } = await bucket.list({ prefix: readyPlace(""), limit: READY_MOST });
  for (const { key, uploaded } of objects) {
    const id = key.slice(readyPlace("").length);
    const version = await loadRequest({ bucket }, id);
    if (version && !isReady(version.request)) await bucket.delete(key);
    if (!version && isOver(uploaded.getTime(), WRITTEN_MS, Date.now()))
      await forgetUnwritten(bucket, id, readyPlace);
  }
}

/** Those not finished, in no order of meaning. */
export const openRequests = (ports: Bucket, limit: number): Promise<string[]> =>
  listed(ports, openPlace(""), limit);

/** Those ready and not handed over, in no order of meaning. */
export const readyRequests = (ports: Bucket, limit: number): Promise<string[]> =>
  listed(ports, readyPlace(""), limit);

async function listed({ bucket }: Bucket, prefix: string, limit: number): Promise<string[]> {
  const { objects } = await bucket.list({ prefix, limit });
  return objects.map(({ key }) => key.slice(prefix.length));
}

/** Times a request is looked at again when somebody else changed it meanwhile. */
const TRIES = 5;

/**
 * Writes down that a ready export was handed over; the first time counts.
 * @throws Error when others change it all the time, or it is gone
 */
export async function handOver(
  ports: Bucket,
  id: string,
  handedOver: HandedOver,
): Promise<StoredRequest> {
  for (let tries = 0; tries < TRIES; tries++) {
    const version = await loadRequest(ports, id);
    if (!version) break;
    const { request, etag } = version;
    const next = isReady(request) ? { ...request, handedOver } : request;
    if (next !== request && !(await saveRequest(ports, next, etag))) continue;
    await ports.bucket.delete(readyPlace(id));
    return next;
  }
  throw new Error("the request was changed meanwhile");
}
