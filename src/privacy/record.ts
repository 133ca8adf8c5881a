/**
 * The record of processing activities (Art. 30 GDPR), from the policy in force and what is really stored; and what is
 * declared of cookies against what is really set.
 */
import { storedFacts } from "../d1/stored.ts";
import type { Catalogue } from "../domain/action/catalogue.ts";
import { labelOf } from "../domain/consent/notice.ts";
import type { Policy, PolicyCookie } from "../domain/consent/policy.ts";
import type { Capability } from "../domain/consent/purposes.ts";
import { dayName, type Millis } from "../domain/ids.ts";
import { webhooksInForce } from "../out/webhooks.ts";

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
  /** Name and contact, as they are to stand there. */
  controller?: string;
  dataProtectionOfficer?: string;
  /** Events go over a queue. */
  isQueued?: boolean;
}

export interface RecordPorts {
  db: D1Database;
  /** Files for the site's warehouse, where there are any. */
  exports?: R2Bucket | undefined;
  catalogue(): Promise<Catalogue>;
}

export async function processingRecord(
  ports: RecordPorts,
  policy: Policy,
  settings: RecordSettings,
  now: Millis,
) {
  const { language } = policy.notice;
  const stored = await storedFacts(ports.db);
  const exports = policy.purposes.filter(({ switchesOn }) => switchesOn.includes("ad-export"));
  return {
    at: new Date(now).toISOString(),
    controller: settings.siteName,
    /** Art. 30(1)(a); null until somebody stated them. */
    contact: settings.controller ?? null,
    dataProtectionOfficer: settings.dataProtectionOfficer ?? null,
    policy: { version: policy.version, published: stored.policies },
    dataSubjects: ["visitors of the site and its app", "people its own systems name by identifier"],
    activities: policy.purposes.map((purpose) => ({
      purpose: purpose.id,
      label: labelOf(policy, purpose.id),
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
        for: `running the Worker, its ${storesOf(ports, settings).join(", ")}`,
      },
      ...(await receivers(ports, policy)),
      ...(exports.length > 0
        ? [
            {
              name: "advertising systems that a marketer hands lists to",
              role: "controller",
              for: `only under ${exports.map(({ id }) => labelOf(policy, id)).join(", ")}`,
            },
          ]
        : []),
    ],
    location: locationOf(ports, settings),
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

const storesOf = ({ exports }: RecordPorts, { isQueued }: RecordSettings): string[] => [
  "persons' objects",
  "database",
  "key store",
  ...(isQueued ? ["queue"] : []),
  ...(exports ? ["files for the warehouse"] : []),
];

/** Objects are kept where the Worker says; the place of all else was chosen when it was made, and isn't told to the Worker. */
function locationOf(ports: RecordPorts, settings: RecordSettings): string {
  if (settings.jurisdiction !== "eu") return "not restricted: Cloudflare chooses the place";
  const [objects = "", ...others] = storesOf(ports, settings);
  return (
    `${objects}: European Union, by the Worker itself. ${others.join(", ")}: where they were made, ` +
    "which is the European Union if the installer or --jurisdiction eu made them; the deploy button doesn't"
  );
}

interface Recipient {
  name: string;
  role: string;
  for: string;
}

const THEIRS = "processor or controller, as agreed with them";

/** Systems that data is sent to, or put down for, by what is set up now. */
async function receivers(
  { db, exports, catalogue }: RecordPorts,
  policy: Policy,
): Promise<Recipient[]> {
  const { hooks } = await webhooksInForce(db);
  const lists = (await catalogue()).webhooks ?? [];
  return [
    ...hooks.map(({ url, purpose, enabled }) => ({
      name: new URL(url).host,
      role: THEIRS,
      for: `events recorded under ${labelOf(policy, purpose)}, with the identifiers and traits of those who allow to be recognised${enabled ? "" : " (switched off now)"}`,
    })),
    ...lists.map(({ url }) => ({
      name: new URL(url).host,
      role: THEIRS,
      for: "who should get what, with the addresses that may be written to",
    })),
    ...(exports
      ? [
          {
            name: "the site's data warehouse",
            role: "the controller itself, or whoever runs it",
            for: "events as files, by purpose, in a bucket that it reads",
          },
        ]
      : []),
  ];
}
