/**
 * Where requests of data subjects are kept: in R2, so that a restore of D1 doesn't forget them. No request holds an
 * identifier. `request/<id>` is the request; `open/<id>` says that it isn't finished; `about/<visitor>/<id>` that it names
 * this visitor, so that an erasure finds every request to take the name out of.
 */
import { base32, type Day, type IdentifierKey, type MergeId } from "../domain/ids.ts";
import type { Millis, VisitorId } from "../domain/ids.ts";
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
const openPlace = (id: string): string => `open/${id}`;
const aboutPlace = (visitor: string, id: string): string => `about/${visitor}/${id}`;

export interface NewRequest {
  kind: RequestKind;
  about: string;
  by: string;
  scope: Scope;
}

/** An export is answered when it is looked at, so it is done; an erasure is to be run. */
export async function createRequest(
  { bucket }: Bucket,
  { kind, about, by, scope }: NewRequest,
  now: Millis,
): Promise<StoredRequest> {
  const request: StoredRequest = {
    id: base32(crypto.getRandomValues(new Uint8Array(16))),
    kind,
    state: kind === "erase" ? "running" : "done",
    about,
    by,
    at: now,
    due: dueOf(now),
    doneAt: kind === "erase" ? null : now,
    visitors: scope.visitors,
    maybe: scope.maybe,
    erasure: kind === "erase" ? { step: "ledger", failures: 0, known: [], removed: null } : null,
  };
  const named = [...scope.visitors, ...scope.maybe.map(({ visitor }) => visitor)];
  await Promise.all(named.map((visitor) => bucket.put(aboutPlace(visitor, request.id), "")));
  if (kind === "erase") await bucket.put(openPlace(request.id), "");
  await bucket.put(place(request.id), JSON.stringify(request), { customMetadata: markOf(request) });
  return request;
}

/** Beside the request, so that lists needn't read it. Names nobody. */
const markOf = ({ at, kind, state }: StoredRequest): Record<string, string> => ({
  at: String(at),
  kind,
  state,
});

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

/** Those not finished, in no order of meaning. */
export async function openRequests({ bucket }: Bucket, limit: number): Promise<string[]> {
  const { objects } = await bucket.list({ prefix: openPlace(""), limit });
  return objects.map(({ key }) => key.slice(openPlace("").length));
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
