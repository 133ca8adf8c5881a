import * as v from "valibot";
import { isObject } from "../json.ts";
import { contradictions, isLaterRule } from "./contradictions.ts";
import { faultsOfNames, withNamesNow } from "./former-names.ts";
import { CAPABILITIES, FORMER_MOST, PURPOSE_ID, REGIMES } from "./purposes.ts";

/** A language, perhaps with a script and a region (BCP 47). */
export const LANGUAGE_TAG = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$/;

/**
 * The consent policy: a document that a privacy officer drafts and publishes as an immutable numbered version.
 * Everything the gate decides by stands in it; nothing about consent is configured anywhere else.
 */
const PurposeId = v.pipe(
  v.string(),
  v.regex(
    PURPOSE_ID,
    "must be a purpose id: lower-case letters, digits and hyphens, at most 32, and not constructor",
  ),
);
const Language = v.pipe(
  v.string(),
  v.regex(LANGUAGE_TAG, "must be a language tag like en, de-CH or zh-Hant"),
);
const RegionCode = v.pipe(
  v.string(),
  v.regex(/^([A-Z]{2}(-[A-Z0-9]{1,3})?|unknown)$/, "must be a region like DE, US-CA or unknown"),
);
const Text = v.pipe(v.string(), v.trim(), v.nonEmpty("must not be empty"), v.maxLength(4_000));
const Localized = v.record(Language, Text);
const Days = v.pipe(
  v.number(),
  v.integer("must be a whole number of days"),
  v.minValue(1),
  v.maxValue(3_650),
);
const Version = v.pipe(v.number(), v.integer(), v.minValue(1));
const RegimeName = v.picklist(REGIMES, `must be one of ${REGIMES.join(", ")}`);
const Flags = v.record(PurposeId, v.boolean("must be true or false"));
const Governs = v.array(PurposeId);
const Names = v.array(v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(200)));

export const PurposeSchema = v.strictObject({
  id: PurposeId,
  /** What it was called before: what was recorded, answered or sent under these ids is this purpose's. */
  formerly: v.exactOptional(
    v.pipe(v.array(PurposeId), v.maxLength(FORMER_MOST, `must be at most ${FORMER_MOST}`)),
  ),
  label: Localized,
  description: Localized,
  /** The visitor isn't asked and can't refuse. */
  required: v.boolean(),
  /** The legal basis claimed, as the Article 30 record names it. */
  basis: v.picklist([
    "consent",
    "legitimate-interest",
    "contract",
    "legal-obligation",
    "strictly-necessary",
  ]),
  /** Days after which what was recorded under this purpose is removed. */
  retentionDays: Days,
  switchesOn: v.array(v.picklist(CAPABILITIES)),
  /** The version in which this purpose last changed materially: grants given before it have expired. */
  since: Version,
});

export const NoticeSchema = v.strictObject({
  title: Text,
  body: Text,
  acceptAll: Text,
  refuseAll: Text,
  choose: Text,
  save: Text,
  ownData: Text,
  gpcHonoured: Text,
  gpcOverride: Text,
  /** Shown instead of the body where visitors are told and not asked; `{purposes}` stands for what is on. */
  told: v.exactOptional(Text),
  close: v.exactOptional(Text),
});

export const CookieSchema = v.strictObject({
  name: Text,
  /** Names of the cookie on plain http in development, if another. */
  alsoNamed: v.array(Text),
  purposes: v.array(PurposeId),
  lifetimeDays: Days,
  readableByPage: v.boolean(),
  identifies: v.boolean(),
  description: Localized,
});

export const PolicySchema = v.strictObject({
  version: Version,
  purposes: v.pipe(v.array(PurposeSchema), v.minLength(1), v.maxLength(32)),
  regimes: v.strictObject({
    /** Region → regime. A country with listed subdivisions takes their strictest where the subdivision is unknown. */
    regions: v.record(RegionCode, RegimeName),
    elsewhere: RegimeName,
  }),
  /** What holds in each regime before anybody has answered. Purposes left out are denied. */
  defaults: v.strictObject({ "opt-in": Flags, "opt-out": Flags, notice: Flags }),
  signals: v.strictObject({
    gpc: v.strictObject({ governs: Governs }),
    gpp: v.strictObject({ governs: Governs }),
    usp: v.strictObject({ governs: Governs }),
    tcf: v.strictObject({
      /** Purpose → the TCF purposes (1–24) that must all be consented to. */
      purposes: v.record(
        PurposeId,
        v.pipe(
          v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(24))),
          v.minLength(1),
        ),
      ),
      /** Regimes in which a TCF string may grant. */
      regimes: v.array(RegimeName),
      leastPolicyVersion: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(63)),
      maxAgeMonths: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(13)),
      /** Whether a string without the DisclosedVendors segment is invalid. */
      disclosedVendors: v.picklist(["required", "required-since-2026-02-28", "optional"]),
    }),
    cmp: v.strictObject({
      /** A consent tool's category, compared without regard to case → the purposes it answers for. */
      categories: v.record(v.pipe(v.string(), v.nonEmpty(), v.maxLength(100)), v.array(PurposeId)),
      /** Regimes in which the site's consent tool may grant. */
      regimes: v.array(RegimeName),
    }),
  }),
  cookies: v.array(CookieSchema),
  notice: v.strictObject({
    language: Language,
    texts: v.record(Language, NoticeSchema),
    /** What the pages for visitors say, in languages that Usher doesn't have or in other words: page-words.ts. */
    pages: v.exactOptional(v.record(Language, v.record(v.string(), Text))),
  }),
  reask: v.strictObject({
    /** A grant older than this has expired. */
    grantDays: Days,
    /** A refusal older than this stays a refusal, but the visitor may be asked again. */
    refusalDays: Days,
    /** Ask for what the site's own consent tool leaves open, although that tool has asked already. */
    besideOtherTools: v.boolean(),
  }),
  /** What becomes of data already recorded under a purpose that is withdrawn. */
  withdrawal: v.picklist(["keep", "erase"]),
  scrub: v.strictObject({
    /** URL parameters and property names, compared without regard to case, whose values are removed. */
    names: Names,
    /** Kinds of value removed wherever they stand. */
    values: v.array(v.picklist(["email", "phone", "card", "iban"])),
  }),
  /** Whoever is known to be younger is a child, in years; 13 where it isn't said. */
  childBelow: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number of years"),
      v.minValue(13, "must be at least 13"),
      v.maxValue(21, "must be at most 21"),
    ),
  ),
  /** Topics never folded into a slice, compared without regard to case. */
  sensitiveTopics: Names,
  sharedDevice: v.strictObject({
    /** What a second verified user on one device becomes. */
    secondUser: v.picklist(["new-visitor", "refuse"]),
  }),
});

export type Policy = v.InferOutput<typeof PolicySchema>;
export type PolicyPurpose = v.InferOutput<typeof PurposeSchema>;
export type PolicyCookie = v.InferOutput<typeof CookieSchema>;
export type NoticeText = v.InferOutput<typeof NoticeSchema>;

/** One thing wrong with a draft: where (`purposes.2.retentionDays`) and what, without the value that was sent. */
export interface PolicyFault {
  readonly path: string;
  readonly message: string;
}

export type PolicyResult =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

/**
 * Reads a policy. Reports every fault of shape at once, and if the shape is right, every contradiction. What was published
 * stays in force though it wouldn't be published any more.
 */
export function parsePolicy(document: unknown, as: "draft" | "published" = "draft"): PolicyResult {
  const { policy, faults } = readDraft(document);
  const found = as === "draft" ? faults : faults.filter((fault) => !isLaterRule(fault));
  return policy !== null && found.length === 0
    ? { ok: true, policy: withNamesNow(policy) }
    : { ok: false, faults: found };
}

/** Reads what somebody is still writing: it may contradict itself, but not be of another shape, which gives null. */
export function readDraft(document: unknown): { policy: Policy | null; faults: PolicyFault[] } {
  const parsed = v.safeParse(PolicySchema, withVersions(document));
  if (!parsed.success) return { policy: null, faults: parsed.issues.map(faultOf) };
  const faults = contradictions(parsed.output);
  // While names contradict each other, nobody knows what is meant: it stays as it was written.
  const isClear = faultsOfNames(parsed.output).length === 0;
  return { policy: isClear ? withNamesNow(parsed.output) : parsed.output, faults };
}

/** What a document says of versions counts only once it is published: before, it may leave them out. */
function withVersions(document: unknown): unknown {
  if (!isObject(document)) return document;
  const { purposes } = document;
  if (!Array.isArray(purposes)) return { version: 1, ...document };
  const dated = purposes.map((purpose) => (isObject(purpose) ? { since: 1, ...purpose } : purpose));
  return { version: 1, ...document, purposes: dated };
}

function faultOf(issue: v.BaseIssue<unknown>): PolicyFault {
  const path = (issue.path ?? []).map((item) => String(item.key)).join(".");
  return { path, message: plainMessage(issue) };
}

/** Our own messages pass; valibot's own say what was received, which may be what nobody should repeat. */
function plainMessage(issue: v.BaseIssue<unknown>): string {
  if (!issue.message.startsWith("Invalid ")) return issue.message;
  if (issue.expected === "never") return "is not part of a policy";
  if (issue.received === "undefined") return "is missing";
  const bound = /^([<>])=(\d+)$/.exec(issue.expected ?? "");
  if (bound)
    return `must ${isOfLength(issue) ? "have" : "be"} at ${bound[1] === ">" ? "least" : "most"} ${bound[2]}${unitOf(issue)}`;
  return issue.expected === null ? "is not valid here" : `must be ${inWords(issue.expected)}`;
}

const isOfLength = ({ type }: v.BaseIssue<unknown>): boolean => type.endsWith("_length");

function unitOf(issue: v.BaseIssue<unknown>): string {
  if (!isOfLength(issue)) return "";
  const isOne = issue.expected?.endsWith("=1") === true;
  if (Array.isArray(issue.input)) return isOne ? " entry" : " entries";
  return isOne ? " character" : " characters";
}

const KINDS: Readonly<Record<string, string>> = {
  number: "a number",
  string: "text",
  boolean: "true or false",
  Array: "a list",
  Object: "an object",
};

/** `("a" | "b")` → `one of a, b` */
function inWords(expected: string): string {
  const choices = [...expected.matchAll(/"([^"]*)"/g)].map(([, choice]) => choice);
  return choices.length > 1 ? `one of ${choices.join(", ")}` : (KINDS[expected] ?? expected);
}
