/** The form that brings a file, or its text. */
import { KINDS } from "../../http/import/run.ts";
import { FILE_MAX } from "../../http/import/jobs.ts";
import type { Session } from "../../http/session.ts";
import { Checked, errorsFrom, Field } from "../field.tsx";
import { FormToken, Section } from "../parts.tsx";
import { KIND_WORDS } from "./words.ts";

export interface Entered {
  kind: string;
  origin: string;
  country: string;
  text: string;
  error: { name: string; message: string };
}

const NAMES: Readonly<Record<string, string>> = {
  kind: "What is in it",
  origin: "Where it comes from",
  country: "Country of its phone numbers",
  file: "CSV file",
};

export const UploadForm = ({
  session,
  entered,
}: {
  session: Session;
  entered?: Entered | undefined;
}) => (
  <Section title="New import" id="new">
    <Checked errors={errorsFrom(entered ? [entered.error] : [], NAMES)}>
      <form method="post" action="/_u/console/import" enctype="multipart/form-data" class="stack">
        <FormToken session={session} />
        <Field name="kind" label="What is in it">
          {(wired) => (
            <select {...wired}>
              {KINDS.map((kind) => (
                <option value={kind} selected={entered?.kind === kind}>
                  {KIND_WORDS[kind]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          name="origin"
          label="Where it comes from"
          help="A short name, such as ticket-shop. An officer approves it before its consent counts."
        >
          {(wired) => (
            <input
              {...wired}
              type="text"
              required
              maxlength={100}
              value={entered?.origin ?? ""}
              autocomplete="off"
            />
          )}
        </Field>
        <Field
          name="country"
          label="Country of its phone numbers"
          help="Two letters, such as DE, if numbers are written without one."
        >
          {(wired) => (
            <input
              {...wired}
              type="text"
              maxlength={2}
              size={4}
              value={entered?.country ?? ""}
              autocomplete="off"
            />
          )}
        </Field>
        <Field
          name="file"
          label="CSV file"
          help={`At most ${FILE_MAX / 1024 / 1024} MB, UTF-8, with a line of column names. With email_work and email_private in a row, work and private stay two people.`}
        >
          {(wired) => <input {...wired} type="file" accept=".csv,text/csv,text/plain" />}
        </Field>
        <Field name="text" label="Or its text">
          {(wired) => (
            <textarea {...wired} rows={5} spellcheck={false}>
              {entered?.text ?? ""}
            </textarea>
          )}
        </Field>
        <button type="submit">Import</button>
      </form>
    </Checked>
  </Section>
);
