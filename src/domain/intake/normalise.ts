/** One spelling for each identifier, so that equal means equal. Null: not an identifier of that kind. */
import type { IdentifierKind } from "../identity/claims.ts";
import type { Json } from "../json.ts";
import { scalarText } from "./text.ts";

/** An id longer than this is none: cutting it would make two ids one. */
export const ID_MAX = 256;

/** RFC 5321: 64 before the @, 254 in all. */
const EMAIL_MAX = 254;
const LOCAL_MAX = 64;

/** ITU-T E.164 allows 15 digits; fewer than 6 are short codes that many share. */
const PHONE_DIGITS = { least: 6, most: 15 };

/**
 * User ids and the like: trimmed, otherwise as sent, since `A1` and `a1` may be two people. One in which a letter was lost on
 * its way is none: `M\u{fffd}ller` may be Müller or Möller, and would make them one.
 */
export function normaliseId(raw: Json | undefined): string | null {
  const text = scalarText(raw);
  if (text === null || text.length > ID_MAX) return null;
  const id = text.includes("\0") ? text.replaceAll("\0", "").trim() : text;
  return id === "" || id.includes(LOST) || !id.isWellFormed() ? null : id.normalize("NFC");
}

/** What decoders write for what they can't read. */
const LOST = "\u{fffd}";

/** Lower case, NFC. No provider's rules: `j.doe` and `jdoe` are one mailbox at one provider and two at the next. */
export function normaliseEmail(raw: Json | undefined): string | null {
  const email = normaliseId(raw)?.toLowerCase().normalize("NFC") ?? null;
  if (email === null || email.length > EMAIL_MAX || /[\s<>(),;:"]/.test(email)) return null;
  const at = email.indexOf("@");
  const domain = email.slice(at + 1);
  if (at < 1 || at > LOCAL_MAX || domain.includes("@")) return null;
  const dot = domain.lastIndexOf(".");
  return dot > 0 && dot < domain.length - 1 && !domain.includes("..") ? email : null;
}

/** Digits, with a `+` where the country is said. A national number stays one: intake can't know the country. */
export function normalisePhone(raw: Json | undefined): string | null {
  const text = scalarText(raw);
  if (text === null || text.length > 40) return null;
  // `tel:+49…` and `(+49) …` say their country as `+49…` does.
  const isPlus = /^\D*\+/.test(text);
  const digits = text.replace(/\D/g, "");
  const international = isPlus || digits.startsWith("00");
  const number = digits.startsWith("00") ? digits.slice(2) : digits;
  if (number.length < PHONE_DIGITS.least || number.length > PHONE_DIGITS.most) return null;
  return international ? `+${number}` : number;
}

/** By kind, for claims and for the identifiers that the API is asked for. */
export function normalise(kind: IdentifierKind, raw: Json | undefined): string | null {
  if (kind === "email") return normaliseEmail(raw);
  if (kind === "phone") return normalisePhone(raw);
  return normaliseId(raw);
}
