/** Receipts and their verification, retention, the record and the cookies. */
import { ReceiptPage } from "../../src/console/consent/receipt.tsx";
import { ReceiptsPage } from "../../src/console/consent/receipts.tsx";
import { CookiesPage, RecordPage } from "../../src/console/consent/record.tsx";
import { RetentionPage } from "../../src/console/consent/retention.tsx";
import { VerificationPage } from "../../src/console/consent/verification.tsx";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { decide, type GateInput } from "../../src/domain/consent/gate.ts";
import { receiptOf } from "../../src/domain/consent/receipt.ts";
import { NO_SIGNALS, NONE } from "../../src/domain/consent/signals/types.ts";
import type { VisitorId } from "../../src/domain/ids.ts";
import type { StoredReceipt } from "../../src/d1/receipts.ts";
import type { VerificationRun } from "../../src/http/api/verification.ts";
import { declareCookies, type processingRecord } from "../../src/privacy/record.ts";
import { NOW, session, story } from "./consent.tsx";
import type { Story } from "./story.ts";

const DAY = 86_400_000;
const jane = "janeaaaaaaaaaaaaaaaaaaaaaa" as VisitorId;

const gate: GateInput = {
  policy: DEFAULT_POLICY,
  region: "DE",
  browser: true,
  signals: { ...NO_SIGNALS, gpc: true },
  choice: {
    answers: {
      measurement: { state: "granted", at: NOW - DAY, policy: 1, regime: "opt-in" },
      recognition: { state: "withdrawn", at: NOW - DAY, policy: 1, regime: "opt-in" },
    },
    overrides: [],
    gpc: true,
  },
  carried: NONE,
  subject: { child: false, erased: false },
  now: NOW,
};
const made = receiptOf({
  method: "banner",
  controller: "Saltmere Rovers",
  notice: { hash: "6T7Za10OwGVoSz9j1ywmoPL1dBUl5aExTKvMJBOSCxA", language: "de" },
  withdrawal: "/_u/me",
  gate,
  result: decide(gate),
})!;
const receipt = {
  visitor: jane,
  seq: 2,
  at: NOW - DAY,
  kind: made.kind,
  policy: 1,
  body: made.body,
  hash: "qe8u0Rbytvxmh7D9veO-iaJRYtAF3P2XEVyTBozSlb8",
  previous: "GLeATVrebYG8K2_9uJiUM3WevCXt-QaXPWAkh8FmfJg",
} as StoredReceipt;
const stub: StoredReceipt = {
  erased: true,
  visitor: "gone_4mVqkR8L0",
  seq: 1,
  at: NOW - 9 * DAY,
  kind: "grant",
  hash: receipt.previous,
  previous: "0",
  seal: "sealed",
};

const run: VerificationRun = {
  by: "officer",
  begun: NOW - 60_000,
  at: NOW,
  done: true,
  receipts: 41_207,
  visitors: 18_204,
  faults: [],
  anchors: { anchors: 92, faults: [] },
  cursor: null,
};

const record: Awaited<ReturnType<typeof processingRecord>> = {
  at: new Date(NOW).toISOString(),
  controller: "Saltmere Rovers",
  contact: "Saltmere Rovers, Stadium Road 1, Saltmere, privacy@saltmere.example",
  dataProtectionOfficer: null,
  policy: { version: 3, published: 3 },
  dataSubjects: ["visitors of the site and its app", "people its own systems name by identifier"],
  activities: DEFAULT_POLICY.purposes.map((purpose) => ({
    purpose: purpose.id,
    label: purpose.label["en"]!,
    description: purpose.description["en"]!,
    basis: purpose.basis,
    data: ["pages, screens and actions on the site, with time, device type and topics"],
    retentionDays: purpose.retentionDays,
    sinceVersion: 1,
  })),
  stored: {
    events: { from: "2025-11-01", to: "2026-11-22" },
    channels: ["app", "email", "web"],
    identifierKinds: ["email", "user_id"],
    specialCategories: {
      foldedIntoProfiles: false,
      topicsLeftOut: DEFAULT_POLICY.sensitiveTopics,
    },
  },
  recipients: [
    { name: "Cloudflare", role: "processor", for: "running the Worker" },
    {
      name: "crm.example.org",
      role: "processor or controller, as agreed with them",
      for: "who should get what, with the addresses that may be written to",
    },
  ],
  location:
    "persons' objects: European Union, by the Worker itself. database, key store, queue: where they were made, which is the European Union if the installer or --jurisdiction eu made them; the deploy button doesn't",
  security: ["identifiers and traits are encrypted under a key per visitor"],
  rights: { ownPage: "/_u/me", cookies: "/_u/cookies", answeredWithin: "one month" },
  withdrawal: "keep",
  cookies: declareCookies(DEFAULT_POLICY),
};

const none = {
  rows: [],
  clickIds: { before: "2026-08-24", rows: 0 },
  said: { before: "2025-10-23", rows: 0 },
};

export const stories: readonly Story[] = [
  story(
    "receipts",
    "receipts",
    "Receipts",
    <ReceiptsPage
      policy={DEFAULT_POLICY}
      visitor={jane}
      receipts={[stub, receipt]}
      next="cursor"
    />,
  ),
  story(
    "receipts-none",
    "receipts",
    "Receipts",
    <ReceiptsPage policy={DEFAULT_POLICY} visitor={null} receipts={[]} next={null} />,
  ),
  story(
    "receipt",
    "receipts/x/2",
    "Receipt",
    <ReceiptPage receipt={receipt} chain={{ length: 2, faults: 0 }} policy={DEFAULT_POLICY} />,
  ),
  story(
    "receipt-erased",
    "receipts/x/1",
    "Receipt",
    <ReceiptPage receipt={stub} chain={{ length: 3, faults: 1 }} policy={DEFAULT_POLICY} />,
  ),
  story(
    "verification",
    "receipts/verification",
    "Verification",
    <VerificationPage session={session} run={run} />,
  ),
  story(
    "verification-none",
    "receipts/verification",
    "Verification",
    <VerificationPage session={session} run={null} />,
  ),
  story(
    "verification-wrong",
    "receipts/verification",
    "Verification",
    <VerificationPage
      session={session}
      run={{
        ...run,
        done: false,
        cursor: "k3aaaaaaaaaaaaaaaaaaaaaaaa",
        faults: [
          { kind: "changed", visitor: jane, seq: 3 },
          { kind: "missing", visitor: jane, seq: 4 },
        ],
        anchors: {
          anchors: 92,
          faults: [
            {
              kind: "missing",
              day: 20_770,
              because:
                "Receipts that landed on this day are gone while its anchor is there. A restore doesn't do that.",
            },
          ],
        },
      }}
    />,
  ),
  story(
    "retention",
    "retention",
    "Retention",
    <RetentionPage
      policy={DEFAULT_POLICY}
      plan={{
        rows: [
          { table: "events", purposes: ["measurement"], before: "2025-10-23", rows: 12_004 },
          { table: "hints", purposes: null, before: "2026-05-26", rows: 310 },
        ],
        clickIds: { before: "2026-08-24", rows: 77 },
        said: { before: "2025-10-23", rows: 4 },
        people: { before: "2025-10-23", persons: 12 },
        whole: false,
      }}
    />,
  ),
  story(
    "retention-none",
    "retention",
    "Retention",
    <RetentionPage
      policy={DEFAULT_POLICY}
      plan={{ ...none, people: { before: "2025-10-23", persons: 0 }, whole: true }}
    />,
  ),
  story("record", "record", "Record of processing", <RecordPage record={record} />),
  story(
    "cookies",
    "record/cookies",
    "Cookie declaration",
    <CookiesPage
      policy={DEFAULT_POLICY}
      declaration={{
        ...declareCookies(DEFAULT_POLICY),
        undeclared: [{ name: "__Host-usher", kind: "cookie", identifies: true }],
      }}
    />,
  ),
];
