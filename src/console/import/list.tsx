/** Bringing files in: the form, what was brought before, and whose consent counts. */
import type { Origin } from "../../d1/imports.ts";
import { iso } from "../../http/api/input.ts";
import { mayDo } from "../../http/auth.ts";
import type { ImportJob } from "../../http/import/store.ts";
import type { Session } from "../../http/session.ts";
import { whole } from "../numbers.ts";
import { Badge, Empty, FormToken, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { type Entered, UploadForm } from "./form.tsx";
import { IMPORT, KIND_WORDS, STATE_WORDS } from "./words.ts";

export interface ImportPageProps {
  session: Session;
  jobs: readonly ImportJob[];
  origins: readonly Origin[];
  /** The form as it was sent, where it can't be taken. */
  entered?: Entered | undefined;
}

export const ImportPage = ({ session, jobs, origins, entered }: ImportPageProps) => (
  <>
    <Title name="Import" />
    {mayDo(session.role, "marketer") && <UploadForm session={session} entered={entered} />}
    <Jobs jobs={jobs} />
    <Origins session={session} origins={origins} />
  </>
);

const Jobs = ({ jobs }: { jobs: readonly ImportJob[] }) => (
  <Section title="Imports" id="imports">
    {jobs.length === 0 ? (
      <Empty title="Nothing was imported in the last 30 days">
        <p>A file shows here while it is read, and for a month after.</p>
      </Empty>
    ) : (
      <Table
        caption="Imports of the last 30 days, newest first"
        columns={[
          {
            name: "File",
            cell: (job: ImportJob) => <a href={`${IMPORT}/${job.id}`}>{job.name}</a>,
          },
          { name: "What", cell: ({ kind }) => KIND_WORDS[kind] },
          { name: "From", cell: ({ origin }) => origin },
          { name: "State", cell: ({ state }) => <Badge>{STATE_WORDS[state]}</Badge> },
          { name: "Taken", cell: ({ accepted }) => whole(accepted), number: true },
          { name: "Invalid", cell: ({ counts }) => whole(counts.invalid), number: true },
          { name: "Started", cell: ({ started }) => <Time at={iso(started)} /> },
        ]}
        rows={jobs}
      />
    )}
  </Section>
);

const Origins = ({ session, origins }: { session: Session; origins: readonly Origin[] }) => (
  <Section title="Origins" id="origins">
    <p class="soft">
      A file's refusals always count. Its consent and its permissions count once an officer has
      approved where it comes from; send it again then.
    </p>
    {origins.length === 0 ? (
      <Empty title="No file has come in yet" />
    ) : (
      <Table
        caption="Where files come from"
        columns={[
          { name: "Origin", cell: ({ origin }: Origin) => origin },
          { name: "First file", cell: ({ firstSeen }) => <Time at={iso(firstSeen)} /> },
          {
            name: "Consent",
            cell: (origin) => <Approval session={session} origin={origin} />,
          },
        ]}
        rows={origins}
      />
    )}
  </Section>
);

const Approval = ({ session, origin }: { session: Session; origin: Origin }) => {
  const { approvedAt, approvedBy, withdrawnAt, withdrawnBy } = origin;
  const mayDecide = mayDo(session.role, "officer");
  if (approvedAt !== null && withdrawnAt === null)
    return (
      <>
        counts since <Time at={iso(approvedAt)} />, approved by {approvedBy}
        {mayDecide && (
          <details>
            <summary>Withdraw the approval of {origin.origin}…</summary>
            <p class="soft">
              What was recorded on its word stays. Nothing further counts; of a file that is being
              read, the part it is at still may.
            </p>
            <Decide session={session} origin={origin.origin} what="withdraw" words="Withdraw" />
          </details>
        )}
      </>
    );
  return (
    <>
      {withdrawnAt === null ? (
        !mayDecide && "doesn't count yet"
      ) : (
        <>
          doesn't count since <Time at={iso(withdrawnAt)} />, withdrawn by {withdrawnBy}
        </>
      )}
      {mayDecide && (
        <Decide
          session={session}
          origin={origin.origin}
          what="approve"
          words={withdrawnAt === null ? "Approve" : "Approve again"}
        />
      )}
    </>
  );
};

const Decide = ({
  session,
  origin,
  what,
  words,
}: {
  session: Session;
  origin: string;
  what: "approve" | "withdraw";
  words: string;
}) => (
  <form method="post" action={`${IMPORT}/${what}`}>
    <FormToken session={session} />
    <input type="hidden" name="origin" value={origin} />
    <button
      type="submit"
      class={what === "withdraw" ? "quiet" : undefined}
      aria-label={`${words} ${origin}`}
    >
      {words}
    </button>
  </form>
);
