/**
 * Values that never identify anybody: placeholders that programs write when they know no id. One of them in use by a
 * thousand visitors would fuse a thousand people. Union of what the field's identity systems block, and practice; an officer
 * adds to these and takes from them.
 */
import type { IdentifierKind } from "../identity/claims.ts";
import { normalisePhone } from "./normalise.ts";

/** `user_id:` and the like in front of an entry, which is then of that kind alone; else of whatever kind it is sent as. */
export interface BlockedRules {
  /** In either case, otherwise as they are sent. */
  values: readonly string[];
  /** `*` stands for anything, also for nothing: `web-*`, `email:*@shop.example`. */
  patterns: readonly string[];
  /** What isn't blocked although a pattern or the list in here says so. */
  allowed: readonly string[];
}

export type IsBlocked = (kind: IdentifierKind, value: string) => boolean;

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

/** Full-width letters as letters, without what can't be seen. */
const visible = (raw: string): string =>
  raw
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .trim();

const OPENING: ReadonlySet<string> = new Set("([{<");
const CLOSING: ReadonlySet<string> = new Set(")]}>");

/** And without brackets, as in `(not set)`. Ends are looked for from the ends: an expression would begin at every blank anew. */
function withoutBrackets(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && OPENING.has(text.charAt(from))) from++;
  while (to > from && CLOSING.has(text.charAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to).trim();
}

/** True for a value that names nobody, whatever kind of identifier it is sent as. */
export function isBlocked(raw: string): boolean {
  const value = withoutBrackets(visible(raw));
  const lower = value.toLowerCase();
  return (
    ANY_CASE.has(lower) ||
    EXACT.has(value) ||
    ZEROS.test(value) ||
    isQuoted(value) ||
    isBlockedEmail(lower)
  );
}

/** What is blocked where an officer says nothing. */
export const BUILT_IN: IsBlocked = (_kind, value) => isBlocked(value);

/** Two entries that are equal in this spelling are one. */
export const normal = (entry: string): string => visible(entry).toLowerCase();

const KIND =
  /^(user_id|email|phone|crm|anonymous_id|push|(?:social|esp)(?::[a-z0-9][a-z0-9._-]{0,31})?):(?=.)/;

/** `user_id:web-*` → `["user_id", "web-*"]`; without a kind `""`. */
function parted(entry: string): [kind: string, value: string] {
  const [prefix = "", kind = ""] = KIND.exec(entry) ?? [];
  return [kind, entry.slice(prefix.length).trim()];
}

export const withoutKind = (entry: string): string => parted(normal(entry))[1];

const PHONE = /^[+\d\s()./-]+$/;

/** By kind (`""` for all, `social` for all of the family) what is said of it. */
function byKind(entries: readonly string[]): Map<string, string[]> {
  const kinds = new Map<string, string[]>();
  for (const entry of entries) {
    const [kind, value] = parted(normal(entry));
    const digits = PHONE.test(value) ? normalisePhone(value) : null;
    kinds.set(kind, [...(kinds.get(kind) ?? []), value, ...(digits === null ? [] : [digits])]);
  }
  return kinds;
}

/** One pass from left to right: each part is looked for behind the one before, so that no pattern takes long. */
export function matches(pattern: string, value: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}

const familyOf = (kind: string): string => kind.split(":")[0] ?? kind;

function compile({ values, patterns, allowed }: BlockedRules): IsBlocked {
  const [blocked, like, free] = [byKind(values), byKind(patterns), byKind(allowed)];
  if (blocked.size + like.size + free.size === 0) return BUILT_IN;
  const sets = (lists: Map<string, string[]>): Map<string, ReadonlySet<string>> =>
    new Map([...lists].map(([kind, list]) => [kind, new Set(list)]));
  const [blockedSets, freeSets] = [sets(blocked), sets(free)];
  return (kind, raw) => {
    const value = normal(raw);
    const kinds = new Set(["", familyOf(kind), kind]);
    const among = (of: ReadonlyMap<string, ReadonlySet<string>>, one: string): boolean =>
      [...kinds].some((each) => of.get(each)?.has(one) === true);
    if (among(blockedSets, value) || among(blockedSets, withoutBrackets(value))) return true;
    if (among(freeSets, value)) return false;
    return (
      isBlocked(raw) ||
      [...kinds].some((each) => like.get(each)?.some((pattern) => matches(pattern, value)))
    );
  };
}

const compiled = new WeakMap<BlockedRules, IsBlocked>();

/** What these rules block besides the values in here, and instead of them. */
export function blockedBy(rules: BlockedRules): IsBlocked {
  const known = compiled.get(rules);
  if (known) return known;
  const made = compile(rules);
  compiled.set(rules, made);
  return made;
}
