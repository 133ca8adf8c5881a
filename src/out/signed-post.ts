/**
 * Sending to a system of the site's own. `Usher-Signature: t=<seconds>,v1=<hex>` is HMAC-SHA256 by the system's secret over
 * `<seconds>.<body>`; a receiver turns away what is minutes old. `Usher-Delivery` is the same for each try, so that it takes
 * none twice. A redirect isn't followed: what is sent goes nowhere else.
 */
import type { Millis } from "../domain/ids.ts";
import { addressFault } from "./address.ts";

export interface Posting {
  post(url: string, init: RequestInit): Promise<Response>;
}

export interface Posted {
  taken: boolean;
  /** Null when no answer came. */
  status: number | null;
}

const TIMEOUT_MS = 10_000;

/** Never rejects. */
export async function signedPost(
  { post }: Posting,
  to: { url: string; secret: string },
  id: string,
  body: string,
  now: Millis,
): Promise<Posted> {
  if (addressFault(to.url) !== null) return { taken: false, status: null };
  const seconds = Math.floor(now / 1000);
  const signature = await hmacHex(to.secret, `${seconds}.${body}`);
  try {
    const answer = await post(to.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "usher-delivery": id,
        "usher-signature": `t=${seconds},v1=${signature}`,
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    return { taken: answer.ok, status: answer.status === 0 ? null : answer.status };
  } catch {
    return { taken: false, status: null };
  }
}

export const TRIES = 8;
const FIRST_PAUSE_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;

/** How long to wait after so many failed tries: five minutes, ten, twenty, up to six hours. */
export const pauseAfter = (tries: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);

export async function hmacHex(secret: string, text: string): Promise<string> {
  const utf8 = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", utf8.encode(secret), algorithm, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", key, utf8.encode(text));
  return [...new Uint8Array(signed)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
