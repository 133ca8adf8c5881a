/**
 * Values that never identify anybody: placeholders that programs write when they know no id. One of them in use by a
 * thousand visitors would fuse a thousand people. Union of what the field's identity systems block, and practice.
 */

const ANY_CASE: ReadonlySet<string> = new Set(
  (
    "anonymous|guest|distinctid|distinct_id|id|not_authenticated|email|undefined|true|false|user|test|unknown|n/a|na|" +
    "nil|default|visitor|admin|null|none|nan|not set|not_set|object object"
  ).split("|"),
);

const EXACT: ReadonlySet<string> = new Set(["[object Object]", "0", "-1"]);

/** Nothing but zeros and what separates them, which takes in the empty string and the nil UUID. */
const ZEROS = /^[+0\s.-]*$/;

/** A value that was quoted on its way is a value that nobody looked at. */
const isQuoted = (value: string): boolean =>
  value.length > 1 && /^["']/.test(value) && /["']$/.test(value);

const EMAILS: ReadonlySet<string> = new Set(["test@test.com", "example@example.com"]);
const EMAIL_LOCAL_PARTS: ReadonlySet<string> = new Set(["noreply", "no-reply"]);
const EMAIL_DOMAINS: ReadonlySet<string> = new Set(["example.test"]);

function isBlockedEmail(value: string): boolean {
  const at = value.lastIndexOf("@");
  if (at < 0) return false;
  return (
    EMAILS.has(value) ||
    EMAIL_LOCAL_PARTS.has(value.slice(0, at)) ||
    EMAIL_DOMAINS.has(value.slice(at + 1))
  );
}

/** As it reads: full-width letters as letters, without what can't be seen and without brackets, as in `(not set)`. */
const asRead = (raw: string): string =>
  raw
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .trim()
    .replace(/^[([{<]+\s*|\s*[)\]}>]+$/g, "");

/** True for a value that names nobody, whatever kind of identifier it is sent as. */
export function isBlocked(raw: string): boolean {
  const value = asRead(raw);
  const lower = value.toLowerCase();
  return (
    ANY_CASE.has(lower) ||
    EXACT.has(value) ||
    ZEROS.test(value) ||
    isQuoted(value) ||
    isBlockedEmail(lower)
  );
}
