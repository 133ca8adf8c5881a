/**
 * Whom requests name. `about/<visitor>/<id>` in R2 says that the request names this visitor, so that an erasure finds every one
 * to take the name out of.
 */
import type { VisitorId } from "../domain/ids.ts";
import type { PrivacyPorts } from "./ports.ts";

export type Naming = Pick<PrivacyPorts, "bucket" | "identifiers" | "erasures">;

export const place = (id: string): string => `request/${id}`;
const ABOUT = "about/";
const aboutPlace = (visitor: string, id: string): string => `${ABOUT}${visitor}/${id}`;

/** To be called before the request is written. */
export async function mention(
  bucket: R2Bucket,
  id: string,
  visitors: readonly string[],
): Promise<void> {
  await Promise.all(visitors.map((visitor) => bucket.put(aboutPlace(visitor, id), "")));
}

export const unmention = (
  bucket: R2Bucket,
  id: string,
  visitors: readonly string[],
): Promise<void> => bucket.delete(visitors.map((visitor) => aboutPlace(visitor, id)));

/** Nobody knows whom it was to name: rare enough to look through all that names somebody. */
export async function unmentionAll(bucket: R2Bucket, id: string): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: ABOUT, ...(cursor === undefined ? {} : { cursor }) });
    const keys = page.objects.map(({ key }) => key).filter((key) => key.endsWith(`/${id}`));
    if (keys.length > 0) await bucket.delete(keys);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
}

/** Puts a keyed name in place of an erased visitor's in every request but `own`, which closes by itself. */
export async function renameInRequests(
  { bucket, identifiers }: Naming,
  visitor: VisitorId,
  own: string,
): Promise<void> {
  const name = await identifiers.stubs.name(visitor);
  const prefix = aboutPlace(visitor, "");
  for (let more = true; more;) {
    const { objects, truncated } = await bucket.list({ prefix });
    for (const { key } of objects) {
      const id = key.slice(prefix.length);
      if (id !== own) await rename(bucket, id, visitor, name);
      await bucket.delete(key);
    }
    more = truncated;
  }
}

/**
 * The same in a request that was just written, for those whose erasure may have looked for it a moment too early: they were in
 * the erasure ledger by then.
 * @returns whether there were any
 */
export async function renameErased(
  { bucket, identifiers, erasures }: Naming,
  id: string,
  visitors: readonly VisitorId[],
): Promise<boolean> {
  const isErased = await Promise.all(visitors.map((visitor) => erasures.has(visitor)));
  const erased = visitors.filter((_, n) => isErased[n]);
  for (const visitor of erased) {
    await rename(bucket, id, visitor, await identifiers.stubs.name(visitor));
    await unmention(bucket, id, [visitor]);
  }
  return erased.length > 0;
}

/** Times a request is looked at again when somebody else changed it meanwhile. */
const TRIES = 5;

/** @throws Error when others change it all the time */
async function rename(
  bucket: R2Bucket,
  id: string,
  visitor: VisitorId,
  name: string,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const object = await bucket.get(place(id));
    if (!object) return;
    const text = await object.text();
    const renamed = await bucket.put(place(id), text.replaceAll(visitor, name), {
      onlyIf: { etagMatches: object.etag },
      customMetadata: object.customMetadata ?? {},
    });
    if (renamed) return;
  }
  throw new Error("the request was changed meanwhile");
}
