/** MACs under rotating keys: the newest signs, all verify. Comparison is WebCrypto's own, in constant time. */
import { fromBase64Url, toBase64Url } from "../keys/base64url.ts";
import type { NamedKey } from "./context.ts";

const imported = new WeakMap<Uint8Array, CryptoKey>();
const encoder = new TextEncoder();

/** Made once per isolate. Kept once it is there, not as a promise: that would belong to the request that made it. */
async function cryptoKey({ secret }: NamedKey): Promise<CryptoKey> {
  const known = imported.get(secret);
  if (known) return known;
  const key = await crypto.subtle.importKey(
    "raw",
    secret,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign", "verify"],
  );
  imported.set(secret, key);
  return key;
}

/** `<kid>.<MAC>`; the purpose keeps what is signed for one thing from standing for another. */
export async function sign(
  keys: readonly NamedKey[],
  purpose: string,
  payload: string,
): Promise<string> {
  const [newest] = keys;
  if (!newest) throw new Error("there is no key to sign with");
  const mac = await crypto.subtle.sign(
    "HMAC",
    await cryptoKey(newest),
    encoder.encode(`${purpose}\0${payload}`),
  );
  return `${newest.kid}.${toBase64Url(new Uint8Array(mac))}`;
}

export async function verify(
  keys: readonly NamedKey[],
  purpose: string,
  payload: string,
  signature: string,
): Promise<boolean> {
  const dot = signature.indexOf(".");
  const kid = signature.slice(0, dot);
  const mac = fromBase64Url(signature.slice(dot + 1));
  if (dot < 1 || !mac) return false;
  // Whoever rotates a key may leave it its name.
  for (const key of keys) {
    if (key.kid !== kid) continue;
    const text = encoder.encode(`${purpose}\0${payload}`);
    if (await crypto.subtle.verify("HMAC", await cryptoKey(key), mac, text)) return true;
  }
  return false;
}

/** Signed under a key that another has followed. */
export const isOfOldKey = ([newest]: readonly NamedKey[], signature: string): boolean =>
  signature.slice(0, signature.indexOf(".")) !== newest?.kid;
