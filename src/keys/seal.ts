/**
 * Personal values at rest: AES-GCM 256 under the visitor's own key. A sealed text is base64url of a version byte, a random
 * 96-bit IV and the ciphertext with its tag; the visitor's id is bound in, so that it can't be passed off as another's.
 */
import { fromBase64Url, toBase64Url } from "./base64url.ts";

const VERSION = 1;
const IV_BYTES = 12;
const HEAD_BYTES = 1 + IV_BYTES;
const TAG_BYTES = 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const algorithm = (bound: string, iv: Uint8Array) => ({
  name: "AES-GCM",
  iv,
  additionalData: encoder.encode(bound),
});

/** `bound` is the visitor's id, or the name of the one document that the key is for. */
export async function seal(key: CryptoKey, bound: string, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const body = await crypto.subtle.encrypt(algorithm(bound, iv), key, encoder.encode(text));
  const sealed = new Uint8Array(HEAD_BYTES + body.byteLength);
  sealed[0] = VERSION;
  sealed.set(iv, 1);
  sealed.set(new Uint8Array(body), HEAD_BYTES);
  return toBase64Url(sealed);
}

/** Null when it was not sealed with this key for the same, or was changed since. */
export async function unseal(
  key: CryptoKey,
  bound: string,
  sealed: string,
): Promise<string | null> {
  const bytes = fromBase64Url(sealed);
  if (!bytes || bytes.length < HEAD_BYTES + TAG_BYTES || bytes[0] !== VERSION) return null;
  const iv = bytes.subarray(1, HEAD_BYTES);
  try {
    const body = bytes.subarray(HEAD_BYTES);
    return decoder.decode(await crypto.subtle.decrypt(algorithm(bound, iv), key, body));
  } catch {
    return null;
  }
}
