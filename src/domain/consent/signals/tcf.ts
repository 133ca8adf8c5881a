import { bitLength, bits, segmentsOf, type Sextets } from "./bits.ts";
import { NONE, UNREADABLE, type TcfFacts, type TcfReading } from "./types.ts";

/**
 * IAB TCF, "Consent string and vendor list formats v2". Only what Usher decides by is read, at fixed offsets; the
 * vendor lists are walked by their lengths and never expanded, so that a cut string is noticed and a hostile one costs
 * no more than its length.
 */

/** Characters. A cookie holds 4,096 bytes with its name; nothing longer can be a real `euconsent-v2`. */
const MAX_LENGTH = 4_096;

/** Core, DisclosedVendors, AllowedVendors and PublisherTC. */
const MAX_SEGMENTS = 4;

/** Bit offsets in the core segment. */
const CORE = {
  version: 0,
  created: 6,
  lastUpdated: 42,
  policyVersion: 132,
  serviceSpecific: 138,
  consents: 152,
  interests: 176,
  vendors: 213,
} as const;

const SEGMENT_TYPE_BITS = 3;
const DISCLOSED_VENDORS = 1;
const ALLOWED_VENDORS = 2;
const PUBLISHER = 3;

/** Purposes 1 and 3–6 may never rest on legitimate interest (TCF policy 2.2, since policy version 4). */
const NEVER_BY_INTEREST = 0b11_1101;

/** Reads a TC string; `null`, `undefined` and an empty string are no signal. Never throws. */
export function readTcf(text: string | null | undefined): TcfReading {
  if (text === null || text === undefined || text === "") return NONE;
  if (text.length > MAX_LENGTH) return UNREADABLE;
  const [core, ...segments] = segmentsOf(text, MAX_SEGMENTS) ?? [];
  const facts = core === undefined ? null : readCore(core);
  if (facts === null) return UNREADABLE;

  let disclosedVendors = false;
  let publisher: number | null = null;
  const seen = new Set<number>();
  for (const segment of segments) {
    const type = bits(segment, 0, SEGMENT_TYPE_BITS);
    if (seen.has(type)) return UNREADABLE;
    seen.add(type);
    if (type === PUBLISHER) {
      publisher = readPublisher(segment);
      if (publisher === null) return UNREADABLE;
    } else if (type === DISCLOSED_VENDORS || type === ALLOWED_VENDORS) {
      if (!ends(segment, afterVendors(segment, SEGMENT_TYPE_BITS))) return UNREADABLE;
      disclosedVendors ||= type === DISCLOSED_VENDORS;
    } else return UNREADABLE;
  }
  return { ...facts, publisher, disclosedVendors };
}

function readCore(core: Sextets): Omit<TcfFacts, "publisher" | "disclosedVendors"> | null {
  const version = bits(core, CORE.version, 6);
  // Other versions are packed differently, so nothing after the version can be trusted.
  if (version !== 2) return null;
  const afterConsents = afterVendors(core, CORE.vendors);
  const afterInterests = afterVendors(core, afterConsents);
  if (!ends(core, afterRestrictions(core, afterInterests))) return null;
  return {
    state: "read",
    version,
    created: bits(core, CORE.created, 36) * 100,
    lastUpdated: bits(core, CORE.lastUpdated, 36) * 100,
    policyVersion: bits(core, CORE.policyVersion, 6),
    serviceSpecific: bits(core, CORE.serviceSpecific, 1) === 1,
    consents: reversed(bits(core, CORE.consents, PURPOSES)),
    interests: reversed(bits(core, CORE.interests, PURPOSES)) & ~NEVER_BY_INTEREST,
  };
}

function readPublisher(segment: Sextets): number | null {
  const consents = bits(segment, SEGMENT_TYPE_BITS, PURPOSES);
  const custom = bits(segment, SEGMENT_TYPE_BITS + 2 * PURPOSES, 6);
  if (consents < 0 || custom < 0) return null;
  return ends(segment, SEGMENT_TYPE_BITS + 2 * PURPOSES + 6 + 2 * custom)
    ? reversed(consents)
    : null;
}

const PURPOSES = 24;

/** Purpose 1 comes first in the string; here bit n − 1 is purpose n. */
function reversed(mask: number): number {
  let out = 0;
  for (let bit = 0; bit < PURPOSES; bit++) out |= ((mask >> (PURPOSES - 1 - bit)) & 1) << bit;
  return out;
}

/**
 * The highest vendor id that is believed. After eight years the list of vendors has not reached 2,000; only strings made
 * to burn the time of whoever expands them go far beyond.
 */
const MAX_VENDOR_ID = 8_191;

/** Where a vendor section ends: a bit for each vendor, or ranges. -1 (or beyond the string) when it doesn't. */
function afterVendors(source: Sextets, offset: number): number {
  if (offset < 0) return -1;
  const max = bits(source, offset, 16);
  const ranges = bits(source, offset + 16, 1);
  if (max < 0 || max > MAX_VENDOR_ID || ranges < 0) return -1;
  return ranges === 0 ? offset + 17 + max : afterRanges(source, offset + 17, max);
}

/**
 * Twelve bits of count; then a flag and one vendor id each, or two. Ranges ascend and lie apart, as every encoder writes
 * a set: overlapping ones are how a short string is made to stand for millions of entries.
 */
function afterRanges(source: Sextets, offset: number, max: number): number {
  const count = bits(source, offset, 12);
  if (count < 0) return -1;
  let at = offset + 12;
  let last = 0;
  for (let entry = 0; entry < count; entry++) {
    // The flag and the first id in one look: this loop is what a hostile string can make long.
    const first = bits(source, at, 17);
    if (first < 0) return -1;
    const group = first >= GROUP;
    const from = group ? first - GROUP : first;
    const to = group ? bits(source, at + 17, 16) : from;
    if (from <= last || to < from || to > max) return -1;
    last = to;
    at += group ? 33 : 17;
  }
  return at;
}

/** The flag of a group, above a vendor id's sixteen bits. */
const GROUP = 2 ** 16;

/** Three kinds of restriction for each of the 24 purposes. */
const MAX_RESTRICTIONS = 72;

function afterRestrictions(source: Sextets, offset: number): number {
  if (offset < 0) return -1;
  const count = bits(source, offset, 12);
  if (count < 0 || count > MAX_RESTRICTIONS) return -1;
  let at = offset + 12;
  for (let entry = 0; entry < count && at >= 0; entry++)
    at = afterRanges(source, at + 8, MAX_VENDOR_ID);
  return at;
}

/** Whether a structure that ends there lies within the segment. */
function ends(source: Sextets, at: number): boolean {
  return at >= 0 && at <= bitLength(source);
}
