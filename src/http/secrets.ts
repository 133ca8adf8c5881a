/** Comparing and signing with WebCrypto. */
import { toBase64Url } from "../keys/base64url.ts";

const utf8 = new TextEncoder();

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(utf8.encode(text));

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(text)));
}

/** SHA-256 of a text, base64url. */
export const sha256 = async (text: string): Promise<string> => toBase64Url(await digest(text));

/**
 * Whether two secrets are equal, in a time that depends on the length of what was given alone. Nothing equals an empty one.
 */
export function sameSecret(given: string, expected: string): boolean {
  const [a, b] = [utf8.encode(given), utf8.encode(expected)];
  let difference = expected === "" ? 1 : a.length ^ b.length;
  // Round and round the expected one, so that its length doesn't show either.
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at % b.length] ?? 0);
  return difference === 0;
}

/** HMAC-SHA256, base64url. */
export async function mac(secret: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    "raw",
    secret,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(text))));
}
