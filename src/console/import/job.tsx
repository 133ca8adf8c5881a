/** One import: how far it is, and which rows it couldn't take. */
import { iso } from "../../http/api/input.ts";
import type { ImportJob } from "../../http/import/store.ts";
import type { Invalid } from "../../import/rows.ts";
import { count, whole } from "../numbers.ts";
import { Empty, Fact, Island, Notice, Progress, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { IMPORT, KIND_WORDS } from "./words.ts";

export const JobPage = ({ job }: { job: ImportJob }) => (
  <>
    <Title name={job.name}>
      <a href={IMPORT}>All imports</a>
    </Title>
    <Standing job={job} />
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
      all={job.counts.invalid}
      running={job.state === "running"}
    />
    {job.dropped.length > 0 && (
      <Rows
        title="Rows not kept"
        id="dropped"
        none=""
        rows={job.dropped}
        all={job.counts.dropped}
        running={false}
      />
    )}
  </>
);

/** Lines, since a file says how many it has before anybody reads its rows: those of the header and empty ones are in both. */
const Standing = ({ job }: { job: ImportJob }) => (
  <Section title={KIND_WORDS[job.kind]} id="progress">
    {job.state === "running" && (
      <>
        <Progress
          label="Lines read"
          done={job.from - 1}
          of={job.lines}
          href={`${IMPORT}/${job.id}`}
        />
        <Island name="again" />
      </>
    )}
    {job.state === "done" && <p class="lead">Done.</p>}
    {job.state === "failed" && (
      <p class="lead alert">
        Stopped at or after line {whole(job.from)}: {job.because} What was read before stands.
      </p>
    )}
    <dl class="told">
      <Fact name="Taken">{count(job.accepted, "row")}</Fact>
      <Fact name="Invalid">{count(job.counts.invalid, "row")}</Fact>
      {job.counts.dropped > 0 && <Fact name="Not kept">{count(job.counts.dropped, "row")}</Fact>}
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
  </Section>
);

const Rows = ({
  title,
  id,
  none,
  rows,
  all,
  running,
}: {
  title: string;
  id: string;
  none: string;
  rows: readonly Invalid[];
  /** How many there are; so many are more than are told. */
  all: number;
  running: boolean;
}) => (
  <Section title={title} id={id}>
    {rows.length === 0 ? (
      <Empty title={running ? "None so far" : none} />
    ) : (
      <>
        {all > rows.length && (
          <p class="soft">
            The first {whole(rows.length)} of {whole(all)}.
          </p>
        )}
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
