/** Receipts: of one visitor or of those seen last, each as it was given, and the proof that none was changed. */
import { verifyChain } from "../../domain/consent/ledger.ts";
import { REASONS } from "../../domain/consent/because.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import type { ReceiptBody, ReceiptPurpose } from "../../domain/consent/receipt.ts";
import { isVisitorId } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { receiptsOf, recentReceipts, type StoredReceipt } from "../../d1/receipts.ts";
import { asked, iso, pageSize } from "../../http/api/input.ts";
import { policyInForce } from "../../http/api/policy.ts";
import { isSealed, receiptsExport, receiptsFor } from "../../http/api/receipts.ts";
import { isAbout } from "../../http/audit.ts";
import { sha256 } from "../../http/secrets.ts";
import { page, screen } from "../page.tsx";
import { Badge, Empty, Fact, Id, Pages, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { Days } from "./days.tsx";
import { RECEIPTS } from "./nav.tsx";
import { placeName } from "./places.ts";
import { ReceiptsNav } from "./verification.tsx";
import { signalsInWords } from "./signal-words.ts";
import { BASIS_NAMES, labelOf, REGIME_NAMES } from "./words.ts";

export interface ReceiptsPageProps {
  /** Whose; null for those seen last. */
  visitor: string | null;
  receipts: readonly StoredReceipt[];
  /** Where the list goes on. */
  next: string | null;
  /** What was looked for is no visitor's id. */
  wrong?: boolean;
}

const KINDS: Readonly<Record<StoredReceipt["kind"], string>> = {
  grant: "A yes",
  withdrawal: "Taken back",
  "opt-out": "An opt-out",
};

const Kind = ({ kind }: Pick<StoredReceipt, "kind">) => (
  <Badge tone={kind === "grant" ? "verified" : "hinted"}>{KINDS[kind]}</Badge>
);

const address = ({ visitor, seq }: StoredReceipt): string => `${RECEIPTS}/${visitor}/${seq}`;

export const ReceiptsPage = ({ visitor, receipts, next, wrong = false }: ReceiptsPageProps) => (
  <>
    <ReceiptsNav path={RECEIPTS} />
    <Title name="Receipts">
      <a class="button quiet" href={`${RECEIPTS}/export.ndjson`} download>
        Export for an auditor
      </a>
    </Title>
    <p class="prose soft">
      Every yes, every yes taken back and every opt-out of a known visitor leaves a receipt, chained
      to the one before. Who refuses without having been known leaves none: there is nobody to keep
      it about.
    </p>
    <form method="get" action={RECEIPTS} class="search">
      <div class="field grow">
        <label for="visitor">Visitor's id</label>
        <input
          id="visitor"
          name="visitor"
          value={visitor ?? ""}
          autocomplete="off"
          spellcheck={false}
          {...(wrong ? { "aria-invalid": "true", "aria-describedby": "visitor-error" } : {})}
        />
        {wrong && (
          <p class="alert" id="visitor-error">
            A visitor's id has 26 letters and digits; a person's page shows those of its devices.
          </p>
        )}
      </div>
      <button type="submit">Show</button>
    </form>
    {receipts.length === 0 ? (
      wrong ? null : (
        <Empty title={visitor === null ? "No receipt yet" : "No receipt under this id"}>
          <p>
            {visitor === null
              ? "The first visitor who says yes leaves the first one."
              : "Nobody of this id said yes, took it back or opted out."}
          </p>
        </Empty>
      )
    ) : (
      <Section
        title={visitor === null ? "Of the people seen last" : "Of this visitor, oldest first"}
        id="list"
      >
        <Table<StoredReceipt>
          caption="Receipts"
          rows={receipts}
          columns={[
            {
              name: "When",
              cell: (each) => (
                <a href={address(each)}>
                  <Time at={iso(each.at)} />
                </a>
              ),
            },
            { name: "What", cell: (each) => <Kind kind={each.kind} /> },
            {
              name: "Allowed",
              cell: (each) => ("erased" in each ? "erased" : allowed(bodyOf(each))),
            },
            { name: "Visitor", cell: (each) => <Id id={each.visitor} /> },
            {
              name: "Policy",
              cell: (each) => ("erased" in each ? "–" : `version ${each.policy}`),
            },
          ]}
        />
        <Pages
          first={null}
          next={
            next && `${RECEIPTS}?${new URLSearchParams({ visitor: visitor ?? "", cursor: next })}`
          }
          words={{ first: "The oldest", next: "Later ones" }}
        />
      </Section>
    )}
  </>
);

/** Bodies were written by `receiptOf`; those of other makers lack parts. */
const bodyOf = (receipt: Exclude<StoredReceipt, { erased: true }>): Partial<ReceiptBody> =>
  receipt.body as unknown as Partial<ReceiptBody>;

const allowed = ({ purposes = [] }: Partial<ReceiptBody>): string =>
  purposes
    .filter(({ granted, because }) => granted && because !== "required")
    .map(({ purpose }) => purpose)
    .join(", ") || "nothing";

export interface ReceiptPageProps {
  receipt: StoredReceipt;
  /** Receipts in its chain, and whether all of them are as they were. */
  chain: { length: number; faults: number };
  policy: Policy;
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
          ? `All ${chain.length} in this chain are as they were when they were made.`
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
  policy: Policy;
}) => (
  <Section title="The record" id="record">
    <dl class="told">
      <Fact name="Schema">{body.schema ?? "unknown"}</Fact>
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
            The notice of version {receipt.policy}, language {body.notice.language}, SHA-256{" "}
            <code>{body.notice.hash}</code>
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
  policy: Policy;
}) => (
  <Table<ReceiptPurpose>
    caption="Purposes (purposes)"
    captionShown
    rows={purposes}
    columns={[
      { name: "Purpose", cell: ({ purpose }) => labelOf(policy, purpose) },
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

const PEOPLE = 50;

export const getReceiptsPage = page("officer", async (visit) => {
  const { context, request } = visit;
  const visitor = asked(request, "visitor") ?? null;
  if (visitor === null) {
    const receipts = await recentReceipts(context.db, { people: PEOPLE, limit: PEOPLE });
    isAbout(
      request,
      receipts.map((receipt) => receipt.visitor),
    );
    return screen(visit, "Receipts", <ReceiptsPage {...{ visitor, receipts }} next={null} />);
  }
  if (!isVisitorId(visitor)) {
    const props = { visitor, receipts: [], next: null, wrong: true };
    return screen(visit, "Receipts", <ReceiptsPage {...props} />, 422);
  }
  isAbout(request, [visitor]);
  const found = await receiptsFor(context, visitor, {
    limit: pageSize(request),
    cursor: asked(request, "cursor"),
  });
  const props = { visitor, receipts: found.receipts, next: found.cursor };
  return screen(visit, "Receipts", <ReceiptsPage {...props} />);
});

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
    policy: await policyInForce(context),
  };
  return screen(visit, "Receipt", <ReceiptPage {...props} />);
});

export const getReceiptsFile = page("officer", async ({ context }) => receiptsExport(context));
