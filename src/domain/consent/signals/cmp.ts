import { NONE, UNREADABLE, type CmpReading } from "./types.ts";

/**
 * What other consent tools say, in their own category names; the policy's table says what the names mean. Consent that
 * travels in an event's `context`: Segment `consent.categoryPreferences`, RudderStack `consentManagement`, and the
 * words of Google Consent Mode v2.
 */

/** Categories a tool may name; real ones name a handful. */
export const MAX_CATEGORIES = 200;

/** Characters of a category's name. */
const MAX_NAME = 100;

/** Reads the consent in an event's context. Nothing there is no signal; something that isn't consent is unreadable. */
export function readContextConsent(context: unknown): CmpReading {
  if (!isRecord(context)) return NONE;
  return combineCmp([
    readSegment(context["consent"]),
    readRudderStack(context["consentManagement"]),
  ]);
}

function readSegment(consent: unknown): CmpReading {
  if (consent === undefined || consent === null) return NONE;
  if (!isRecord(consent)) return UNREADABLE;
  const preferences = consent["categoryPreferences"];
  if (preferences !== undefined) return categories(preferences);
  return readConsentMode(consent);
}

const CONSENT_MODE_TYPES = [
  "ad_storage",
  "ad_user_data",
  "ad_personalization",
  "analytics_storage",
  "functionality_storage",
  "personalization_storage",
  "security_storage",
] as const;

export type ConsentModeType = (typeof CONSENT_MODE_TYPES)[number];
export type ConsentMode = Record<ConsentModeType, "granted" | "denied">;

/** Reads Google Consent Mode v2: consent types → `granted` | `denied`. */
export function readConsentMode(types: unknown): CmpReading {
  if (!isRecord(types)) return UNREADABLE;
  const named = Object.fromEntries(
    CONSENT_MODE_TYPES.filter((type) => Object.hasOwn(types, type)).map((type) => [
      type,
      types[type],
    ]),
  );
  if (Object.keys(named).length === 0) return NONE;
  return categories(named, (value) =>
    value === "granted" ? true : value === "denied" ? false : null,
  );
}

/**
 * Writes Google Consent Mode v2 from what is granted: a type is granted when the policy's table gives it purposes and
 * all of them hold. Security needs no permission.
 */
export function writeConsentMode(
  table: Readonly<Record<string, readonly string[]>>,
  granted: readonly string[],
): ConsentMode {
  const held = (type: ConsentModeType): boolean => {
    if (type === "security_storage") return true;
    const purposes = Object.hasOwn(table, type) ? (table[type] ?? []) : [];
    return purposes.length > 0 && purposes.every((purpose) => granted.includes(purpose));
  };
  const words = CONSENT_MODE_TYPES.map(
    (type) => [type, held(type) ? "granted" : "denied"] as const,
  );
  return Object.fromEntries(words) as ConsentMode;
}

function readRudderStack(management: unknown): CmpReading {
  if (management === undefined || management === null) return NONE;
  if (!isRecord(management)) return UNREADABLE;
  const allowed = names(management["allowedConsentIds"]);
  const denied = names(management["deniedConsentIds"]);
  if (allowed === null || denied === null) return UNREADABLE;
  if (allowed.length + denied.length === 0) return NONE;
  const pairs = [
    ...allowed.map((id) => [id, true] as const),
    ...denied.map((id) => [id, false] as const),
  ];
  // A category that is in both lists ends as denied, since the denied ones are written last.
  const reading = categories(Object.fromEntries(pairs.map(([id, yes]) => [id.toLowerCase(), yes])));
  return reading.state === "read" ? { ...reading, exhaustive: denied.length === 0 } : reading;
}

function names(list: unknown): string[] | null {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list) || list.length > MAX_CATEGORIES) return null;
  return list.every((item) => typeof item === "string") ? list : null;
}

/** A tool's record of categories, lower-cased; two spellings of one category agree on no where they differ. */
export function categories(
  record: unknown,
  read: (value: unknown) => boolean | null = yesOrNo,
): CmpReading {
  if (!isRecord(record)) return UNREADABLE;
  const entries = Object.entries(record);
  if (entries.length > MAX_CATEGORIES) return UNREADABLE;
  const found: Record<string, boolean> = Object.create(null);
  for (const [name, value] of entries) {
    const yes = read(value);
    if (yes === null || name.length > MAX_NAME) return UNREADABLE;
    const key = name.toLowerCase();
    found[key] = yes && found[key] !== false;
  }
  return entries.length === 0 ? NONE : { state: "read", categories: found, exhaustive: false };
}

/** Several tools on one site: a no of one beats a yes of another, and one that can't be read spoils all. */
export function combineCmp(readings: readonly CmpReading[]): CmpReading {
  let result: CmpReading = NONE;
  for (const reading of readings) {
    if (reading.state === "none") continue;
    if (reading.state === "unreadable") return UNREADABLE;
    if (result.state !== "read") {
      result = reading;
      continue;
    }
    const both: Record<string, boolean> = Object.assign(Object.create(null), result.categories);
    for (const [name, yes] of Object.entries(reading.categories))
      both[name] = yes && both[name] !== false;
    result = {
      state: "read",
      categories: both,
      exhaustive: result.exhaustive && reading.exhaustive,
    };
  }
  return result;
}

/**
 * Two answers of one tool, of which nobody knows which is meant: a no of one beats a yes of the other. One that lists what was
 * accepted says no to what only the other names.
 */
export function bothOfOneTool(a: CmpReading, b: CmpReading): CmpReading {
  const both = combineCmp([a, b]);
  if (both.state !== "read" || a.state !== "read" || b.state !== "read") return both;
  const found: Record<string, boolean> = Object.assign(Object.create(null), both.categories);
  for (const name of Object.keys(found))
    if ([a, b].some((each) => each.exhaustive && !Object.hasOwn(each.categories, name)))
      found[name] = false;
  return { ...both, categories: found };
}

function yesOrNo(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
