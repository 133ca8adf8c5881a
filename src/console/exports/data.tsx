/** Data out: what the officer lets leave the house, for one purpose, and the files that are written by themselves. */
import { type Day, type Millis } from "../../domain/ids.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import type { Session } from "../../http/session.ts";
import type { FilesState } from "../../out/files.ts";
import type { ExportJob } from "../../out/exports.ts";
import { Checked, errorsFrom, Field } from "../field.tsx";
import { count, whole } from "../numbers.ts";
import { Empty, FormToken, Progress, Section, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { PurposeField } from "../consent/purpose-field.tsx";
import { ExportJobs } from "./jobs.tsx";
import { dayWords } from "../days.ts";

export const DATA = "/_u/console/data";

/** Of people there is a table, too. */
export const PEOPLE_TABLE = "people-csv";

const CHOICES = [
  ["events", "Events, as lines of JSON"],
  ["people", "People, as lines of JSON"],
  [PEOPLE_TABLE, "People, as a table (CSV)"],
] as const;

export interface DataPageProps {
  session: Session;
  policy: Policy;
  jobs: readonly ExportJob[];
  /** Null without a bucket for them. */
  files: FilesState | null;
  now: Millis;
  typed: { kind: string; purpose: string; from: string; to: string };
  error?: { name: string; message: string } | undefined;
}

export const DataPage = (props: DataPageProps) => (
  <>
    <Title name="Data out" />
    <p class="prose soft">
      What leaves was recorded for the purpose you choose, and whoever it is about allows that
      purpose at the moment its line is written. Who withdrew or was erased isn't in it. An address
      that mustn't be written to is marked in JSON, and left out of a table.
    </p>
    <Checked errors={errorsFrom(props.error ? [props.error] : [])}>
      <div class="columns">
        <NewExport {...props} />
        <Section title="Exports" id="exports">
          <ExportJobs jobs={props.jobs} policy={props.policy} folder={DATA} now={props.now} />
        </Section>
      </div>
    </Checked>
    <Files files={props.files} />
  </>
);

const NewExport = ({ session, policy, typed }: DataPageProps) => (
  <Section title="New export" id="new">
    <form method="post" action={DATA} class="stack">
      <FormToken session={session} />
      <Field name="kind" label="What">
        {(wired) => (
          <select {...wired}>
            {CHOICES.map(([kind, words]) => (
              <option value={kind} selected={kind === typed.kind}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      <PurposeField policy={policy} chosen={typed.purpose} />
      <Field name="from" label="From" help="Of people: when they were last heard of.">
        {(wired) => <input {...wired} type="date" value={typed.from} required />}
      </Field>
      <Field name="to" label="To">
        {(wired) => <input {...wired} type="date" value={typed.to} required />}
      </Field>
      <button type="submit">Make the export</button>
    </form>
  </Section>
);

const Files = ({ files }: { files: FilesState | null }) => (
  <Section title="Files for your warehouse" id="files">
    {files === null ? (
      <Empty title="There is no bucket for files">
        <p>
          With one bound as <code>EXPORTS</code> each day is written once it is over.
        </p>
      </Empty>
    ) : (
      <>
        {files.left > 0 ? (
          <Progress
            label="Days looked at in this night's run"
            done={files.of - files.left}
            of={files.of}
            href={DATA}
          />
        ) : (
          <p>Every day that is over is written.</p>
        )}
        {files.days.length > 0 && (
          <Table<FilesState["days"][number]>
            caption="The newest days that files were written of"
            rows={files.days}
            columns={[
              { name: "Day", cell: ({ day }: { day: Day }) => dayWords(day) },
              { name: "Files", number: true, cell: ({ files: n }) => whole(n) },
              { name: "Rows", number: true, cell: ({ rows }) => whole(rows) },
            ]}
          />
        )}
        <p class="soft">
          A day is looked at again for {count(files.of, "day")}, since browsers may hold events
          back.
        </p>
      </>
    )}
  </Section>
);
