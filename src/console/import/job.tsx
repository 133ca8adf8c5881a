/** One import: how far it is, and which rows it couldn't take. */
import { iso } from "../../http/api/input.ts";
import type { ImportJob } from "../../http/import/store.ts";
import { TOLD_MAX } from "../../http/import/run.ts";
import type { Invalid } from "../../import/rows.ts";
import { count, whole } from "../numbers.ts";
import { Empty, Fact, Notice, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { IMPORT, KIND_WORDS } from "./words.ts";

export const JobPage = ({ job }: { job: ImportJob }) => (
  <>
    <Title name={job.name} />
    <Progress job={job} />
    {!job.approved && job.state === "done" && job.kind !== "spend" && (
      <Notice tone="note">
        <p>
          No officer has approved {job.origin} yet, so the file's consent and its permissions don't
          count. Send it again after the approval.
        </p>
      </Notice>
    )}
    <Rows
      title="Invalid rows"
      id="invalid"
      none="Every row could be read"
      rows={job.invalid}
      running={job.state === "running"}
    />
    {job.dropped.length > 0 && (
      <Rows title="Rows not kept" id="dropped" none="" rows={job.dropped} running={false} />
    )}
    <p>
      <a href={IMPORT}>All imports</a>
    </p>
  </>
);

const Progress = ({ job }: { job: ImportJob }) => (
  <Section title={KIND_WORDS[job.kind]} id="progress">
    {job.state === "running" && (
      <p class="lead" role="status">
        Reading, from line {whole(job.from)} on. It goes on by itself: you can leave this page and
        come back.
      </p>
    )}
    {job.state === "done" && <p class="lead">Done.</p>}
    {job.state === "failed" && (
      <p class="lead alert">
        Stopped at or after line {whole(job.from)}: {job.because} What was read before stands.
      </p>
    )}
    <dl class="told">
      <Fact name="Taken">{count(job.accepted, "row")}</Fact>
      <Fact name="Invalid">{count(job.invalid.length, "row")}</Fact>
      <Fact name="From">{job.origin}</Fact>
      <Fact name="Started">
        <Time at={iso(job.started)} /> by the {job.by}
      </Fact>
      {job.state === "running" && (
        <Fact name="Last got on">
          <Time at={iso(job.at)} />
          {job.tries > 1 && `; taken up ${whole(job.tries)} times since`}
        </Fact>
      )}
    </dl>
    {job.state === "running" && (
      <p>
        <a href={`${IMPORT}/${job.id}`}>Look again</a>
      </p>
    )}
  </Section>
);

const Rows = ({
  title,
  id,
  none,
  rows,
  running,
}: {
  title: string;
  id: string;
  none: string;
  rows: readonly Invalid[];
  running: boolean;
}) => (
  <Section title={title} id={id}>
    {rows.length === 0 ? (
      <Empty title={running ? "None so far" : none} />
    ) : (
      <>
        {rows.length === TOLD_MAX && <p class="soft">The first {whole(TOLD_MAX)}.</p>}
        <Table
          caption={title}
          columns={[
            { name: "Where", cell: ({ line }: Invalid) => `Line ${whole(line)}` },
            { name: "Why", cell: ({ message }) => message },
          ]}
          rows={rows}
        />
      </>
    )}
  </Section>
);
