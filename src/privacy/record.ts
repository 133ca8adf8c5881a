/**
 * The record of processing activities (Art. 30 GDPR), from the policy in force and what is really stored; and what is
 * declared of cookies against what is really set.
 */
import { storedFacts } from "../d1/stored.ts";
import type { Policy, PolicyCookie } from "../domain/consent/policy.ts";
import type { Capability } from "../domain/consent/purposes.ts";
import { dayName, type Millis } from "../domain/ids.ts";

/** What each capability of a purpose means for the data, in the words of the record. */
const DATA: Readonly<Record<Capability, string>> = {
  events: "pages, screens and actions on the site, with time, device type and topics",
  "id-cookie": "a random number in a first-party cookie",
  claims:
    "identifiers given by the visitor or the site (encrypted), and which devices they join; name, address and date of birth where they were given (encrypted), compared to suggest who may be one person; where the merge rules say so, the networks a browser was seen at as keyed names (no address) with day and hour, for at most 60 days, compared for the same",
  hints: "suggestions shown, and whether they were taken",
  "click-ids": "click ids of advertising networks",
  attribution: "campaigns that led to a visit or an order",
  engagement: "how far pages were scrolled and how long they were looked at",
  "ad-export": "audiences and conversions handed to advertising systems",
};

/** What the Worker and its snippet put on a device, whatever is declared. */
export const REALLY_SET = [
  { name: "__Host-usher", kind: "cookie", identifies: true },
  { name: "__Host-usher-consent", kind: "cookie", identifies: false },
  { name: "usher_id", kind: "local storage", identifies: true },
] as const;

export interface CookieDeclaration {
  /** As the policy declares them. */
  cookies: PolicyCookie[];
  /** Of ours, set without being declared: to be added to the policy. */
  undeclared: { name: string; kind: string; identifies: boolean }[];
  /** What else stands on the device, under the purposes of the visitor's cookie. */
  storage: {
    name: string;
    kind: string;
    purposes: string[];
    lifetime: string;
    description: string;
  }[];
}

export function declareCookies({ cookies, purposes }: Policy): CookieDeclaration {
  const declared = new Set(cookies.flatMap(({ name, alsoNamed }) => [name, ...alsoNamed]));
  const opening = purposes.filter(({ switchesOn }) => switchesOn.includes("events"));
  return {
    cookies,
    undeclared: REALLY_SET.filter(({ name, kind }) => kind === "cookie" && !declared.has(name)),
    storage: [
      {
        name: "usher_id",
        kind: "local storage",
        purposes: opening.map(({ id }) => id),
        lifetime: "until consent ends",
        description:
          "A random number of this browser, so that the site's own server can name it too.",
      },
    ],
  };
}

export interface RecordSettings {
  siteName: string;
  jurisdiction: "" | "eu";
}

export async function processingRecord(
  db: D1Database,
  policy: Policy,
  { siteName, jurisdiction }: RecordSettings,
  now: Millis,
) {
  const { language } = policy.notice;
  const stored = await storedFacts(db);
  const exports = policy.purposes.filter(({ switchesOn }) => switchesOn.includes("ad-export"));
  return {
    at: new Date(now).toISOString(),
    controller: siteName,
    policy: { version: policy.version, published: stored.policies },
    dataSubjects: ["visitors of the site and its app", "people its own systems name by identifier"],
    activities: policy.purposes.map((purpose) => ({
      purpose: purpose.id,
      label: purpose.label[language] ?? purpose.id,
      description: purpose.description[language] ?? "",
      basis: purpose.basis,
      data: purpose.switchesOn.map((capability) => DATA[capability]),
      retentionDays: purpose.retentionDays,
      sinceVersion: purpose.since,
    })),
    stored: {
      events: stored.events && {
        from: dayName(stored.events.from),
        to: dayName(stored.events.to),
      },
      channels: stored.channels,
      identifierKinds: stored.identifierKinds,
      specialCategories: {
        foldedIntoProfiles: false,
        topicsLeftOut: policy.sensitiveTopics,
      },
    },
    recipients: [
      {
        name: "Cloudflare",
        role: "processor",
        for: "running the Worker, its database, objects and key store",
      },
      ...(exports.length > 0
        ? [
            {
              name: "advertising systems that a marketer hands lists to",
              role: "controller",
              for: `only under ${exports.map(({ id }) => id).join(", ")}`,
            },
          ]
        : []),
    ],
    location:
      jurisdiction === "eu"
        ? "European Union (jurisdiction of objects, database and key store)"
        : "not restricted: Cloudflare chooses the place",
    security: [
      "identifiers and traits are encrypted under a key per visitor, kept apart from the database",
      "identifiers are found by a keyed hash alone",
      "no address of the network and no user agent is kept; a network is known by a keyed name alone",
      "every consent decision leaves a receipt in a hash chain, anchored and signed daily",
      "erasures go through every store and are re-applied after a restore",
    ],
    rights: { ownPage: "/_u/me", cookies: "/_u/cookies", answeredWithin: "one month" },
    withdrawal: policy.withdrawal,
    cookies: declareCookies(policy),
  };
}
