/**
 * Values that officers block, which nobody may have said yet, so that no visitor's key could seal them: each is sealed under a
 * key of its own, in R2. Without the key nothing is read, also not from a copy of the database.
 */
import type { IdentifierKey } from "../domain/ids.ts";
import { seal, unseal } from "./seal.ts";

const KEY_BYTES = 32;

const place = (identifier: IdentifierKey): string => `blocked/${identifier}`;

const usable = (bytes: BufferSource): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

async function keyTo(bucket: R2Bucket, identifier: IdentifierKey): Promise<CryptoKey | null> {
  const stored = await bucket.get(place(identifier));
  return stored && usable(await stored.arrayBuffer());
}

export async function sealBlocked(
  bucket: R2Bucket,
  identifier: IdentifierKey,
  value: string,
): Promise<string> {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const made = await bucket.put(place(identifier), bytes, {
    onlyIf: { etagDoesNotMatch: "*" },
  });
  const key = made ? await usable(bytes) : await keyTo(bucket, identifier);
  if (!key) throw new Error("the key to a blocked value was destroyed meanwhile");
  return seal(key, identifier, value);
}

/** Null where its key was destroyed. */
export async function unsealBlocked(
  bucket: R2Bucket,
  identifier: IdentifierKey,
  sealed: string,
): Promise<string | null> {
  const key = await keyTo(bucket, identifier);
  return key && unseal(key, identifier, sealed);
}

/** From here on nobody can read it. */
export const forgetBlocked = (bucket: R2Bucket, identifier: IdentifierKey): Promise<void> =>
  bucket.delete(place(identifier));
