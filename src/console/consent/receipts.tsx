/** Receipts: of one visitor or of those seen last. */
import type { Policy } from "../../domain/consent/policy.ts";
import type { ReceiptBody } from "../../domain/consent/receipt.ts";
import { isVisitorId } from "../../domain/ids.ts";
import { recentReceipts, type StoredReceipt } from "../../d1/receipts.ts";
import { asked, iso, pageSize } from "../../http/api/input.ts";
import { checker, receiptsExport, receiptsFor } from "../../http/api/receipts.ts";
import { isAbout } from "../../http/audit.ts";
import { Checked, errorsFrom, Field } from "../field.tsx";
import { page, screen } from "../page.tsx";
import { Badge, Empty, Id, Pages, PolicyVersion, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { RECEIPTS } from "./nav.tsx";
import { ReceiptsNav } from "./verification.tsx";
import { CalledBy, PurposeNames } from "./purpose-names.tsx";

export interface ReceiptsPageProps {
  /** In force, for what purposes are called. */
  policy: Policy;
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

export const Kind = ({ kind }: Pick<StoredReceipt, "kind">) => (
  <Badge tone={kind === "grant" ? "verified" : "hinted"}>{KINDS[kind]}</Badge>
);

const address = ({ visitor, seq }: StoredReceipt): string => `${RECEIPTS}/${visitor}/${seq}`;

export const ReceiptsPage = ({
  policy,
  visitor,
  receipts,
  next,
  wrong = false,
}: ReceiptsPageProps) => (
  <CalledBy policy={policy}>
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
    <p class="prose soft">
      The export ends with a signature, so that an auditor needs no secret of yours:{" "}
      <a href={`${RECEIPTS}/check.mjs`} download>
        a program that checks it
      </a>{" "}
      runs under Node, <code>node check-receipts.mjs receipts.ndjson</code>. What the ledger comes
      to is published daily at <a href="/_u/ledger.json">/_u/ledger.json</a>; whoever keeps that now
      and then sees whether the days before are still the same.
    </p>
    <Checked errors={errorsFrom(wrong ? [NO_ID] : [])}>
      <form method="get" action={RECEIPTS} class="search">
        <Field name="visitor" label="Visitor's id" grow>
          {(wired) => (
            <input {...wired} value={visitor ?? ""} autocomplete="off" spellcheck={false} />
          )}
        </Field>
        <button type="submit">Show</button>
      </form>
    </Checked>
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
              cell: (each) => ("erased" in each ? "erased" : <Allowed of={bodyOf(each)} />),
            },
            { name: "Visitor", cell: (each) => <Id id={each.visitor} /> },
            {
              name: "Policy",
              cell: (each) =>
                "erased" in each ? "–" : <PolicyVersion version={each.policy} words="version" />,
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
  </CalledBy>
);

const NO_ID = {
  name: "visitor",
  message: "A visitor's id has 26 letters and digits; a person's page shows those of its devices.",
};

/** Bodies were written by `receiptOf`; those of other makers lack parts. */
export const bodyOf = (receipt: Exclude<StoredReceipt, { erased: true }>): Partial<ReceiptBody> =>
  receipt.body as unknown as Partial<ReceiptBody>;

function Allowed({ of: { purposes = [] } }: { of: Partial<ReceiptBody> }) {
  const ids = purposes
    .filter(({ granted, because }) => granted && because !== "required")
    .map(({ purpose }) => purpose);
  return ids.length === 0 ? <>nothing</> : <PurposeNames ids={ids} />;
}

const PEOPLE = 50;

export const getReceiptsPage = page("officer", async (visit) => {
  const { context, request } = visit;
  const policy = await context.policy();
  const visitor = asked(request, "visitor") ?? null;
  if (visitor === null) {
    const receipts = await recentReceipts(context.db, { people: PEOPLE, limit: PEOPLE });
    isAbout(
      request,
      receipts.map((receipt) => receipt.visitor),
    );
    return screen(
      visit,
      "Receipts",
      <ReceiptsPage {...{ policy, visitor, receipts }} next={null} />,
    );
  }
  if (!isVisitorId(visitor)) {
    const props = { policy, visitor, receipts: [], next: null, wrong: true };
    return screen(visit, "Receipts", <ReceiptsPage {...props} />, 422);
  }
  isAbout(request, [visitor]);
  const found = await receiptsFor(context, visitor, {
    limit: pageSize(request),
    cursor: asked(request, "cursor"),
  });
  const props = { policy, visitor, receipts: found.receipts, next: found.cursor };
  return screen(visit, "Receipts", <ReceiptsPage {...props} />);
});

export const getCheckerFile = page("officer", async () => checker());

export const getReceiptsFile = page("officer", async ({ context }) => receiptsExport(context));
