/** One receipt: the record as it was given, in the words that were agreed to, and its place in the chain. */
import { verifyChain } from "../../domain/consent/ledger.ts";
import { REASONS } from "../../domain/consent/because.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import type { ReceiptBody, ReceiptPurpose } from "../../domain/consent/receipt.ts";
import { isVisitorId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { receiptsOf, type StoredReceipt } from "../../d1/receipts.ts";
import { iso } from "../../http/api/input.ts";
import { requireVersion } from "../../http/api/policy.ts";
import { isSealed, receiptsFor } from "../../http/api/receipts.ts";
import { isAbout } from "../../http/audit.ts";
import type { Context } from "../../http/context.ts";
import { sha256 } from "../../http/secrets.ts";
import { page, screen } from "../page.tsx";
import { Fact, PolicyVersion, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { Days } from "./days.tsx";
import { RECEIPTS } from "./nav.tsx";
import { placeName } from "./places.ts";
import { bodyOf, Kind } from "./receipts.tsx";
import { signalsInWords } from "./signal-words.ts";
import { ReceiptsNav } from "./verification.tsx";
import { labelOf } from "../../domain/consent/notice.ts";
import { BASIS_NAMES, REGIME_NAMES } from "./words.ts";

export interface ReceiptPageProps {
  receipt: StoredReceipt;
  /** Receipts in its chain, and whether all of them are as they were. */
  chain: { length: number; faults: number };
  /** The version it was given under, whose words were agreed to; null when it isn't known here. */
  policy: Policy | null;
}

export const ReceiptPage = ({ receipt, chain, policy }: ReceiptPageProps) => (
  <>
    <ReceiptsNav path={RECEIPTS} />
    <Title name={`Receipt ${receipt.seq} of ${receipt.visitor.slice(0, 8)}`} />
    <p>
      <Kind kind={receipt.kind} /> <Time at={iso(receipt.at)} />.{" "}
      <a href={`${RECEIPTS}?visitor=${encodeURIComponent(receipt.visitor)}`}>
        All receipts of this visitor
      </a>
    </p>
    {"erased" in receipt ? (
      <Section title="What is left of it" id="record">
        <p class="prose">
          The visitor was erased. Its place in the chain is kept under another name, sealed by
          whoever erased, so that no receipt can be hidden by calling it erased.
        </p>
      </Section>
    ) : (
      <Record receipt={receipt} body={bodyOf(receipt)} policy={policy} />
    )}
    <Section title="Its place in the chain" id="chain">
      <p class={chain.faults === 0 ? "verdict-yes" : "verdict-no"}>
        {chain.faults === 0
          ? chain.length === 1
            ? "The only one in this chain is as it was when it was made."
            : `All ${chain.length} in this chain are as they were when they were made.`
          : `${chain.faults} of this chain ${chain.faults === 1 ? "is" : "are"} not as made.`}
      </p>
      <dl class="told">
        <Fact name="Hash">
          <code>{receipt.hash}</code>
        </Fact>
        <Fact name="Hash before">
          <code>{receipt.previous}</code>
        </Fact>
      </dl>
    </Section>
  </>
);

const METHODS: Readonly<Record<ReceiptBody["method"], string>> = {
  banner: "in the notice on the site",
  "own-data-page": "on the own-data page",
  signal: "by a signal of the browser",
  default: "by the region's default",
  server: "by the site's own server",
  import: "with an import",
};

/** With the names of ISO/IEC TS 27560 beside ours. */
const Record = ({
  receipt,
  body,
  policy,
}: {
  receipt: Exclude<StoredReceipt, { erased: true }>;
  body: Partial<ReceiptBody>;
  policy: Policy | null;
}) => (
  <Section title="The record" id="record">
    <dl class="told">
      <Fact name="Schema">{body.schema ?? "unknown"}</Fact>
      <Fact name="Policy">
        <PolicyVersion version={receipt.policy} words="version" />
        {policy ? "; purposes are called as it calls them" : ", which isn't known here any more"}
      </Fact>
      <Fact name="Record id (record_id)">
        <code>
          {receipt.visitor}.{receipt.seq}
        </code>
      </Fact>
      <Fact name="Whose (pii_principal_id)">
        <code>{receipt.visitor}</code>
      </Fact>
      <Fact name="Who asks (pii_controller)">{body.controller ?? "–"}</Fact>
      <Fact name="How (consent_method)">{body.method ? METHODS[body.method] : "–"}</Fact>
      <Fact name="What was shown (privacy_notice)">
        {body.notice ? (
          <>
            The notice of <PolicyVersion version={receipt.policy} words="version" />, language{" "}
            {body.notice.language}, SHA-256 <code>{body.notice.hash}</code>
          </>
        ) : (
          "Nothing was shown."
        )}
      </Fact>
      <Fact name="Where (jurisdiction)">
        {body.region ? capital(placeName(body.region)) : "–"}
        {body.regime && `, where the rule was “${REGIME_NAMES[body.regime].toLowerCase()}”`}
      </Fact>
      <Fact name="Taken back at (withdrawal_method)">{body.withdrawal ?? "–"}</Fact>
    </dl>
    {body.purposes && <Purposes purposes={body.purposes} policy={policy} />}
    {body.evidence && (
      <>
        <h3>What it was decided on</h3>
        <ul>
          {signalsInWords(body.evidence.signals).map((words) => (
            <li>{words}</li>
          ))}
          {body.evidence.subject.child && <li>A known child.</li>}
        </ul>
      </>
    )}
    <details>
      <summary>The record as JSON</summary>
      <pre tabindex={0} aria-label="The record as JSON">
        {JSON.stringify(receipt, null, 2)}
      </pre>
    </details>
  </Section>
);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const Purposes = ({
  purposes,
  policy,
}: {
  purposes: readonly ReceiptPurpose[];
  policy: Policy | null;
}) => (
  <Table<ReceiptPurpose>
    caption="Purposes (purposes)"
    captionShown
    rows={purposes}
    columns={[
      { name: "Purpose", cell: ({ purpose }) => (policy ? labelOf(policy, purpose) : purpose) },
      {
        name: "Decision",
        cell: ({ granted, because }) => (
          <>
            <span class={granted ? "verdict-yes" : "verdict-no"}>{granted ? "yes" : "no"}</span>
            <p class="soft">{REASONS[because]?.words ?? because}</p>
          </>
        ),
      },
      { name: "Legal basis", cell: ({ basis }) => BASIS_NAMES[basis] ?? basis },
      { name: "Kept for", cell: ({ retentionDays }) => <Days n={retentionDays} /> },
      {
        name: "Good until",
        cell: ({ validUntil }) => (validUntil === null ? "–" : <Time at={iso(validUntil)} />),
      },
    ]}
  />
);

/** Receipts of one chain that are looked at; nobody decides more often. */
const CHAIN_MAX = 500;

export const getReceiptPage = page("officer", async (visit) => {
  const { context, request } = visit;
  const visitor = request.params["visitor"] ?? "";
  // An erased one's receipts stand under a keyed name, which isn't an id.
  const { receipts } = isVisitorId(visitor)
    ? await receiptsFor(context, visitor, { limit: CHAIN_MAX })
    : await receiptsOf(context.db, { visitors: [visitor], limit: CHAIN_MAX });
  const receipt = receipts.find(({ seq }) => String(seq) === request.params["seq"]);
  if (!receipt) throw new Problem("not_found", "there is no such receipt");
  isAbout(request, [visitor]);
  const faults = await verifyChain(receipts, null, { sha256, isSealed: isSealed(context) });
  const props = {
    receipt,
    chain: { length: receipts.length, faults: faults.length },
    policy: "erased" in receipt ? null : await versionOf(context, receipt.policy),
  };
  return screen(visit, "Receipt", <ReceiptPage {...props} />);
});

/** What was renamed since was agreed to by its old name. */
const versionOf = (context: Context, version: number): Promise<Policy | null> =>
  requireVersion(context, version).then(
    ({ document }) => document as unknown as Policy,
    (problem: unknown) => {
      if (problem instanceof Problem && problem.code === "not_found") return null;
      throw problem;
    },
  );
