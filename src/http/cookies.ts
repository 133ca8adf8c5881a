/**
 * The two cookies (CONTRACT.md): the signed visitor, and the readable choice with its MAC. Over plain http on localhost
 * they have plain names, since browsers refuse `__Host-` there.
 */
import { decodeChoice, encodeChoice, legibleRefusals } from "../domain/consent/choice-cookie.ts";
import {
  mostRestrictive,
  NO_CHOICE,
  refusalsOnly,
  type StoredChoice,
} from "../domain/consent/choice.ts";
import { COOKIE_DAYS } from "../domain/consent/default-cookies.ts";
import { isVisitorId, type Millis, type PersonId, type VisitorId } from "../domain/ids.ts";
import type { Place } from "./address.ts";
import type { NamedKey } from "./context.ts";
import { isOfOldKey, sign, verify } from "./mac.ts";

/** From first set, never renewed. */
const LIFETIME_S = COOKIE_DAYS * 86_400;

export interface CookieNames {
  visitor: string;
  consent: string;
  secure: boolean;
}

const PLAIN: CookieNames = { visitor: "usher", consent: "usher-consent", secure: false };
const SECURE: CookieNames = {
  visitor: "__Host-usher",
  consent: "__Host-usher-consent",
  secure: true,
};

export const cookieNames = ({ isPlain, isLocal }: Place): CookieNames =>
  isPlain && isLocal ? PLAIN : SECURE;

/** All values of all cookies by name; a name may come more than once. */
export function parseCookies(header: string | null): Map<string, string[]> {
  const cookies = new Map<string, string[]>();
  for (const part of (header ?? "").split(";")) {
    const equals = part.indexOf("=");
    if (equals < 1) continue;
    const name = withoutBlanks(part.slice(0, equals));
    const values = cookies.get(name);
    if (values) values.push(withoutBlanks(part.slice(equals + 1)));
    else cookies.set(name, [withoutBlanks(part.slice(equals + 1))]);
  }
  return cookies;
}

/**
 * Blanks as HTTP has them, and no others: browsers keep `__Host-` to the host itself, but "\u{a0}__Host-usher" is another name to
 * them, which any sub-domain may set for all. It must be another name here, too.
 */
function withoutBlanks(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

export interface VisitorCookie {
  visitor: VisitorId;
  /** Where the visitor lived when the cookie was written: a hint. */
  home: PersonId;
  /** When the first cookie was set on this device, in seconds. */
  since: number;
  /** Sealed under a key that another has followed: it is to be written anew. */
  isOld?: true;
}

/** `1.<visitor>.<home, when it isn't the visitor itself>.<since>.<kid>.<MAC>` */
export async function writeVisitor(
  keys: readonly NamedKey[],
  names: CookieNames,
  cookie: VisitorCookie,
  now: Millis,
): Promise<string> {
  const home = cookie.home === cookie.visitor ? "" : cookie.home;
  const payload = `1.${cookie.visitor}.${home}.${cookie.since.toString(36)}`;
  const left = cookie.since + LIFETIME_S - Math.floor(now / 1000);
  const value = `${payload}.${await sign(keys, "visitor", payload)}`;
  return attributes(names.visitor, value, Math.max(left, 0), names.secure, true);
}

/** From the day it was first set on, a device's cookie is good for so long, whatever is in the browser. */
export const isCurrent = ({ since }: Pick<VisitorCookie, "since">, now: Millis): boolean =>
  since + LIFETIME_S > now / 1000;

/** The first value that is whole, ours, and not past its day; null otherwise: a new visitor at most. */
export async function readVisitor(
  keys: readonly NamedKey[],
  values: readonly string[],
  now: Millis,
): Promise<VisitorCookie | null> {
  for (const value of values.slice(0, 4)) {
    const parts = value.split(".");
    if (parts.length !== 6 || value.length > 200) continue;
    const [version, visitor = "", home = "", since = "", kid, mac] = parts;
    if (version !== "1" || !isVisitorId(visitor)) continue;
    if (home !== "" && !isVisitorId(home)) continue;
    const seconds = Number.parseInt(since, 36);
    if (!isCurrent({ since: seconds }, now)) continue;
    const payload = parts.slice(0, 4).join(".");
    const signature = `${kid}.${mac}`;
    if (await verify(keys, "visitor", payload, signature))
      return {
        visitor,
        home: home === "" ? visitor : (home as PersonId),
        since: seconds,
        ...(isOfOldKey(keys, signature) ? { isOld: true } : {}),
      };
  }
  return null;
}

export async function writeChoice(
  keys: readonly NamedKey[],
  names: CookieNames,
  choice: StoredChoice,
  lifetime = LIFETIME_S,
): Promise<string> {
  const payload = encodeChoice(choice);
  const value = `${payload}~${await sign(keys, "choice", payload)}`;
  return attributes(names.consent, value, lifetime, names.secure, false);
}

/** The same choice under the newest key, and no longer for that: from the last answer. Empty where that is too long ago. */
export async function resealChoice(
  keys: readonly NamedKey[],
  names: CookieNames,
  choice: StoredChoice,
  now: Millis,
): Promise<string[]> {
  const answered = Object.values(choice.answers).map(({ at }) => at);
  const said = answered.length === 0 ? now : Math.max(...answered);
  const left = LIFETIME_S - Math.floor((now - said) / 1000);
  return left > 0 ? [await writeChoice(keys, names, choice, Math.min(left, LIFETIME_S))] : [];
}

/** Whether all there is of a choice was sealed by us, under a key that another has followed. */
export async function isOldChoice(
  keys: readonly NamedKey[],
  values: readonly string[],
): Promise<boolean> {
  const [value = "", ...others] = values;
  const [payload = "", signature = ""] = value.split("~");
  if (others.length > 0 || signature.length > 100 || !isOfOldKey(keys, signature)) return false;
  return decodeChoice(payload) !== null && verify(keys, "choice", payload, signature);
}

/**
 * A grant counts only with a valid MAC; a refusal always, whatever else is there. What can't be read, or nothing vouches for,
 * may have been cut out of a refusal: it denies. An empty value is what a page leaves that deletes the cookie: nothing.
 */
export async function readChoice(
  keys: readonly NamedKey[],
  values: readonly string[],
): Promise<StoredChoice | null> {
  let read: StoredChoice | null =
    values.length > CHOICES_READ ? { ...NO_CHOICE, unreadable: true } : null;
  for (const value of values.slice(0, CHOICES_READ)) {
    if (value === "") continue;
    const [payload = "", signature = ""] = value.split("~");
    const choice = decodeChoice(payload);
    const sealed =
      choice !== null &&
      signature.length < 100 &&
      (await verify(keys, "choice", payload, signature));
    const counting = !choice ? legibleRefusals(payload) : sealed ? choice : refusalsOnly(choice);
    read = read ? mostRestrictive(read, counting) : counting;
  }
  return read;
}

/** Of one name, for several paths of a site. */
const CHOICES_READ = 4;

export const expire = (name: string, secure: boolean, httpOnly: boolean): string =>
  attributes(name, "", 0, secure, httpOnly);

function attributes(
  name: string,
  value: string,
  maxAge: number,
  secure: boolean,
  httpOnly: boolean,
): string {
  return [
    `${name}=${value}`,
    "Path=/",
    `Max-Age=${maxAge}`,
    "SameSite=Lax",
    ...(secure ? ["Secure"] : []),
    ...(httpOnly ? ["HttpOnly"] : []),
  ].join("; ");
}
