/**
 * Where requests of data subjects are kept: in R2, so that a restore of D1 doesn't forget them. No request holds an
 * identifier. `request/<id>` is the request; `open/<id>` says that it isn't finished; `ready/<id>` that it is, and nobody has
 * handed it over; `about/<visitor>/<id>` that it names this visitor, so that an erasure finds every request to take the name
 * out of.
 */
import { base32, type Day, type IdentifierKey, type MergeId } from "../domain/ids.ts";
import type { Millis, VisitorId } from "../domain/ids.ts";
import { isOver } from "../domain/lease.ts";
import { dueOf, type RequestKind, type RequestState } from "../domain/request.ts";
import type { HeldRows } from "../d1/held.ts";
import type { MatchedRows } from "../d1/matching.ts";
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
export const place = (id: string): string => `request/${id}`;
const readyPlace = (id: string): string => `ready/${id}`;
const openPlace = (id: string): string => `open/${id}`;
const ABOUT = "about/";
const aboutPlace = (visitor: string, id: string): string => `${ABOUT}${visitor}/${id}`;

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
  { bucket }: Bucket,
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
  const named = [...scope.visitors, ...scope.maybe.map(({ visitor }) => visitor)];
  // The mark is there first, by which it is found that the request was never written.
  await bucket.put((kind === "erase" ? openPlace : readyPlace)(request.id), "");
  await Promise.all(named.map((visitor) => bucket.put(aboutPlace(visitor, request.id), "")));
  const made = await bucket.put(place(request.id), JSON.stringify(request), {
    onlyIf: { etagDoesNotMatch: "*" },
    customMetadata: markOf(request),
  });
  return made ? request : known({ bucket }, request, named);
}

const randomId = (): string => base32(crypto.getRandomValues(new Uint8Array(16)));

/** Somebody else made it; where it is over, nothing more names those whom it was about. */
async function known(
  ports: Bucket,
  request: StoredRequest,
  named: readonly string[],
): Promise<StoredRequest> {
  const version = await loadRequest(ports, request.id);
  if (!version) throw new Error("the request was changed meanwhile");
  if (version.request.state === "done") {
    await ports.bucket.delete(named.map((visitor) => aboutPlace(visitor, request.id)));
    await closeRequest(ports, request.id);
  }
  return version.request;
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

/** Nobody knows whom it was to name: rare enough to look through all that name somebody. */
async function forgetUnwritten(bucket: R2Bucket, id: string, mark: typeof openPlace) {
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: ABOUT, ...(cursor === undefined ? {} : { cursor }) });
    const keys = page.objects.map(({ key }) => key).filter((key) => key.endsWith(`/${id}`));
    if (keys.length > 0) await bucket.delete(keys);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
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

/** Puts a keyed name in place of an erased visitor's in every request but `own`, which closes by itself. */
export async function renameInRequests(
  { bucket }: Bucket,
  visitor: VisitorId,
  name: string,
  own: string,
): Promise<void> {
  const prefix = aboutPlace(visitor, "");
  for (let more = true; more;) {
    const { objects, truncated } = await bucket.list({ prefix });
    for (const { key } of objects) {
      const id = key.slice(prefix.length);
      if (id !== own) await rename(bucket, place(id), visitor, name);
      await bucket.delete(key);
    }
    more = truncated;
  }
}

/** @throws Error when it was changed meanwhile: the step is repeated. */
async function rename(
  bucket: R2Bucket,
  key: string,
  visitor: VisitorId,
  name: string,
): Promise<void> {
  const object = await bucket.get(key);
  if (!object) return;
  const text = await object.text();
  const renamed = await bucket.put(key, text.replaceAll(visitor, name), {
    onlyIf: { etagMatches: object.etag },
    customMetadata: object.customMetadata ?? {},
  });
  if (!renamed) throw new Error("the request was changed meanwhile");
}
