/**
 * RudderStack's first way to write its cookies, until version 3 of its browser client: AES-256 in CBC mode with a key from the
 * passphrase `Rudder`, which stands in the client itself, so that this hides nothing. The form is OpenSSL's: base64 of `Salted__`,
 * eight bytes of salt and the text; key and vector are MD5 of passphrase and salt, three times over.
 */
import { RUDDER_COOKIE, RUDDER_PREFIX } from "../domain/intake/left-cookies.ts";
import { bytesOf } from "./secrets.ts";

const PREFIX = "RudderEncrypt:";
const PASSPHRASE = bytesOf("Rudder");
const SALT_AT = 8;
const TEXT_AT = 16;
const KEY_BYTES = 32;
/** Characters: what a browser keeps in one cookie. */
const VALUE_MAX = 4_096;
/** An old and a newer client on one site write over each other's, each around what it finds. */
const LAYERS_MAX = 4;

/** The cookies with that one in the clear; empty where it can't be read. */
export async function withRudderOpened(
  cookies: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const value = cookies.get(RUDDER_COOKIE)?.[0];
  if (
    value === undefined ||
    value.length > VALUE_MAX ||
    !/^(?:RudderEncrypt|RS_ENC_v3_)/.test(value)
  )
    return cookies;
  const opened = await open(value).catch(() => "");
  return new Map([...cookies, [RUDDER_COOKIE, [encodeURIComponent(opened)]]]);
}

/** @throws where a layer isn't what it says it is */
async function open(value: string): Promise<string> {
  let text = decodeURIComponent(value);
  for (let layer = 0; layer < LAYERS_MAX; layer++) {
    if (text.startsWith(PREFIX)) text = unquoted(await decrypted(text.slice(PREFIX.length)));
    else if (text.startsWith(RUDDER_PREFIX))
      text = unquoted(atob(text.slice(RUDDER_PREFIX.length)));
    else return text;
  }
  throw new Error("More layers than clients write.");
}

/** What is kept is JSON, of whatever was kept. */
const unquoted = (json: string): string => (json.startsWith('"') ? String(JSON.parse(json)) : json);

async function decrypted(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const salt = bytes.subarray(SALT_AT, TEXT_AT);
  const derived: number[] = [];
  let last: Uint8Array = new Uint8Array();
  while (derived.length < KEY_BYTES + TEXT_AT) {
    const round = Uint8Array.from([...last, ...PASSPHRASE, ...salt]);
    last = new Uint8Array(await crypto.subtle.digest("MD5", round));
    derived.push(...last);
  }
  const raw = Uint8Array.from(derived.slice(0, KEY_BYTES));
  const iv = Uint8Array.from(derived.slice(KEY_BYTES));
  const key = await crypto.subtle.importKey("raw", raw, "AES-CBC", false, ["decrypt"]);
  const text = await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, bytes.subarray(TEXT_AT));
  return new TextDecoder().decode(text);
}
