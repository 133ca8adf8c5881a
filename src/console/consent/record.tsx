/** The record of processing activities (Art. 30 GDPR) and the cookie declaration, ready for paper. */
import type { Policy } from "../../domain/consent/policy.ts";
import { type CookieDeclaration, declareCookies, processingRecord } from "../../privacy/record.ts";
import { page, screen } from "../page.tsx";
import { Fact, Notice, Section, Subnav, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { Days } from "./days.tsx";
import { RECORD } from "./nav.tsx";
import { CookieTable } from "./policy.tsx";
import { BASIS_NAMES, labelsOf, WITHDRAWAL_WORDS } from "./words.ts";
import { rangeWords } from "../days.ts";
import { PLACE_WORDS, wordFor } from "../words.ts";
import { kindWords } from "../../domain/identity/kind-words.ts";

export type ProcessingRecord = Awaited<ReturnType<typeof processingRecord>>;

const COOKIES = `${RECORD}/cookies`;

const RecordNav = ({ path }: { path: string }) => (
  <Subnav
    label="Record"
    path={path}
    items={[
      { name: "Processing", href: RECORD },
      { name: "Cookies", href: COOKIES },
    ]}
  />
);

const OnPaper = () => <p class="soft no-print">Print this page, or save it as a PDF.</p>;

const List = ({ items }: { items: readonly string[] }) => (
  <ul>
    {items.map((item) => (
      <li>{item}</li>
    ))}
  </ul>
);

/** What the law wants there and only its people know. */
const Stated = ({ what, by }: { what: string | null; by: string }) =>
  what === null ? (
    <span class="soft">
      not stated yet; it is the variable <code>{by}</code>
    </span>
  ) : (
    <>{what}</>
  );

export const RecordPage = ({ record }: { record: ProcessingRecord }) => (
  <>
    <RecordNav path={RECORD} />
    <Title name="Record of processing activities" />
    <p>
      Of {record.controller}, under Art. 30 GDPR, made on <Time at={record.at} /> from version{" "}
      {record.policy.version} of the consent policy and what is stored.
    </p>
    <OnPaper />
    <Section title="Who and what" id="who">
      <dl class="told">
        <Fact name="Controller">{record.controller}</Fact>
        <Fact name="Contact">
          <Stated what={record.contact} by="CONTROLLER" />
        </Fact>
        <Fact name="Data protection officer">
          <Stated what={record.dataProtectionOfficer} by="DATA_PROTECTION_OFFICER" />
        </Fact>
        <Fact name="Data subjects">{record.dataSubjects.join("; ")}</Fact>
        <Fact name="Events stored">
          {record.stored.events
            ? rangeWords(record.stored.events.from, record.stored.events.to)
            : "none"}
        </Fact>
        <Fact name="Channels">
          {record.stored.channels.map((each) => wordFor(PLACE_WORDS, each)).join(", ") ||
            "none yet"}
        </Fact>
        <Fact name="Identifiers">
          {record.stored.identifierKinds.map(kindWords).join(", ") || "none"}
        </Fact>
        <Fact name="Special categories">
          Not folded into profiles; left out are{" "}
          {record.stored.specialCategories.topicsLeftOut.join(", ") || "no topics"}.
        </Fact>
        <Fact name="Place">{record.location}</Fact>
      </dl>
    </Section>
    <Section title="Activities" id="activities">
      <Table<ProcessingRecord["activities"][number]>
        caption="Activities by purpose"
        rows={record.activities}
        columns={[
          {
            name: "Purpose",
            cell: ({ label, description }) => (
              <>
                <strong>{label}</strong>
                <p class="soft">{description}</p>
              </>
            ),
          },
          { name: "Legal basis", cell: ({ basis }) => BASIS_NAMES[basis] },
          { name: "Data", cell: ({ data }) => data.join("; ") || "none of its own" },
          { name: "Erased after", cell: ({ retentionDays }) => <Days n={retentionDays} /> },
        ]}
      />
    </Section>
    <Section title="Recipients" id="recipients">
      <Table<ProcessingRecord["recipients"][number]>
        caption="Recipients"
        rows={record.recipients}
        columns={[
          { name: "Who", cell: ({ name }) => name },
          { name: "As", cell: ({ role }) => role },
          { name: "For", cell: (recipient) => recipient.for },
        ]}
      />
    </Section>
    <div class="sides">
      <Section title="Security" id="security">
        <List items={record.security} />
      </Section>
      <Section title="Rights" id="rights">
        <List
          items={[
            `Visitors see, change, take away and erase their own data at ${record.rights.ownPage}.`,
            `Cookies are declared at ${record.rights.cookies}.`,
            `Requests are answered within ${record.rights.answeredWithin}.`,
            `When consent is withdrawn, ${WITHDRAWAL_WORDS[record.withdrawal]}.`,
          ]}
        />
      </Section>
    </div>
  </>
);

export interface CookiesPageProps {
  policy: Policy;
  declaration: CookieDeclaration;
}

export const CookiesPage = ({ policy, declaration }: CookiesPageProps) => (
  <>
    <RecordNav path={COOKIES} />
    <Title name="Cookie declaration" />
    <p class="soft">
      From version {policy.version} of the consent policy. Visitors read it at{" "}
      <a href="/_u/cookies">/_u/cookies</a>.
    </p>
    <OnPaper />
    {declaration.undeclared.length > 0 && (
      <Notice tone="danger">
        <p>
          <strong>Set without being declared:</strong>{" "}
          {declaration.undeclared.map(({ name }) => name).join(", ")}. Add{" "}
          {declaration.undeclared.length === 1 ? "it" : "them"} under Cookies in a draft of the
          policy.
        </p>
      </Notice>
    )}
    <Section title="Cookies" id="cookies">
      {declaration.cookies.length === 0 ? (
        <p>None is declared.</p>
      ) : (
        <CookieTable policy={policy} />
      )}
    </Section>
    <Section title="Other storage on the device" id="storage">
      <Table<CookieDeclaration["storage"][number]>
        caption="Other storage"
        rows={declaration.storage}
        columns={[
          {
            name: "What",
            cell: ({ name, kind, description }) => (
              <>
                <code>{name}</code> ({kind})<p class="soft">{description}</p>
              </>
            ),
          },
          { name: "Set for", cell: ({ purposes }) => labelsOf(policy, purposes) || "nothing" },
          { name: "Lives", cell: ({ lifetime }) => lifetime },
        ]}
      />
    </Section>
  </>
);

export const getRecordPage = page("officer", async (visit) => {
  const { policy, config, now } = visit.context;
  const record = await processingRecord(visit.context, await policy(), config, now);
  return screen(visit, "Record of processing", <RecordPage record={record} />);
});

export const getCookiesPage = page("officer", async (visit) => {
  const policy = await visit.context.policy();
  const props = { policy, declaration: declareCookies(policy) };
  return screen(visit, "Cookie declaration", <CookiesPage {...props} />);
});
