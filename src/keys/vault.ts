/**
 * The visitors' encryption keys, in R2: strongly consistent, and outside what a restore of D1 or of an object brings back.
 * A destroyed key leaves an empty object in its place, so that no straggler makes a new one.
 */
import type { Millis, VisitorId } from "../domain/ids.ts";
import type { KeyVault } from "../domain/ports.ts";

const KEY_BYTES = 32;

/** Keys held in memory, and for how long: an isolate that didn't see the erasure forgets the key within a minute. */
const HELD_KEYS = 256;
const HELD_MS = 60_000;

const place = (visitor: VisitorId): string => `visitor/${visitor}`;

const usable = (bytes: BufferSource): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

export function createKeyVault(bucket: R2Bucket, now: () => Millis = Date.now): KeyVault {
  const held = new Map<VisitorId, { key: CryptoKey; until: Millis }>();

  const hold = (visitor: VisitorId, key: CryptoKey): CryptoKey => {
    held.delete(visitor);
    held.set(visitor, { key, until: now() + HELD_MS });
    const [oldest] = held.keys();
    if (held.size > HELD_KEYS && oldest !== undefined) held.delete(oldest);
    return key;
  };

  const open = async (visitor: VisitorId): Promise<CryptoKey | null> => {
    const known = held.get(visitor);
    if (known && known.until > now()) return known.key;
    held.delete(visitor);
    const stored = await bucket.get(place(visitor));
    const bytes = await stored?.arrayBuffer();
    return bytes && bytes.byteLength === KEY_BYTES ? hold(visitor, await usable(bytes)) : null;
  };

  return {
    open,

    /** Rejects when the visitor's key was destroyed. */
    async mint(visitor) {
      const standing = await open(visitor);
      if (standing) return standing;
      const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
      const made = await bucket.put(place(visitor), bytes, { onlyIf: { etagDoesNotMatch: "*" } });
      if (made) return hold(visitor, await usable(bytes));
      const theirs = await open(visitor);
      if (!theirs) throw new Error("this visitor's key was destroyed");
      return theirs;
    },

    async destroy(visitor) {
      held.delete(visitor);
      await bucket.put(place(visitor), new Uint8Array(0));
    },
  };
}
