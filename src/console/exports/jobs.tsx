/** Exports made in the console: how far each is, and its file. */
import type { Action } from "../../domain/action/catalogue.ts";
import { labelOf } from "../../domain/consent/notice.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { type Millis } from "../../domain/ids.ts";
import { iso } from "../../http/api/input.ts";
import { endingOf, type ExportJob, goneAt, isThere } from "../../out/exports.ts";
import { count, whole } from "../numbers.ts";
import { Badge, Empty, Fact, Island, Notice, Progress, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { dayWords, rangeWords } from "../days.ts";

const KIND_WORDS = {
  hints: "Who should get what",
  events: "Events",
  people: "People",
} as const;

const STATE = {
  running: { words: "under way", tone: "asserted" },
  done: { words: "done", tone: "verified" },
  failed: { words: "failed", tone: "danger" },
  stopped: { words: "stopped", tone: "hinted" },
} as const;

/** What purposes and actions are called. */
interface Called {
  policy: Policy;
  /** Of a marketer's lists; data has none. */
  actions?: readonly Pick<Action, "id" | "label">[];
}

function whatOf({ kind, format, action }: ExportJob, actions: Called["actions"] = []): string {
  if (kind !== "hints") return `${KIND_WORDS[kind]}${format === "csv" ? " as a table" : ""}`;
  if (action === null) return KIND_WORDS.hints;
  return `${KIND_WORDS.hints}: ${actions.find(({ id }) => id === action)?.label ?? action}`;
}

const nameOf = (job: ExportJob, { policy, actions }: Called): string =>
  job.kind === "hints"
    ? whatOf(job, actions)
    : `${whatOf(job)} for ${labelOf(policy, job.purpose ?? "")}, ${rangeWords(job.from, job.to)}`;

const size = (bytes: number): string =>
  bytes < 1_000_000
    ? `${whole(Math.ceil(bytes / 1_000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** `folder`: where the pages of these exports are. */
export const ExportJobs = ({
  jobs,
  folder,
  now,
  ...called
}: Called & {
  jobs: readonly ExportJob[];
  folder: string;
  now: Millis;
}) =>
  jobs.length === 0 ? (
    <Empty title="None was made in the last days">
      <p>An export shows here while it is made, and for a week after. You can leave meanwhile.</p>
    </Empty>
  ) : (
    <Table
      caption="Exports, newest first"
      rows={jobs}
      columns={[
        {
          name: "Export",
          cell: (job) => <a href={`${folder}/${job.id}`}>{nameOf(job, called)}</a>,
        },
        {
          name: "State",
          cell: (job) =>
            job.state === "done" && !isThere(job, now) ? (
              <Badge>file gone</Badge>
            ) : (
              <Badge tone={STATE[job.state].tone}>{STATE[job.state].words}</Badge>
            ),
        },
        { name: "Lines", number: true, cell: ({ lines }) => whole(lines) },
        { name: "Begun", cell: ({ started }) => <Time at={iso(started)} /> },
      ]}
    />
  );

const Done = ({ job, file, now }: { job: ExportJob; file: string; now: Millis }) => {
  const gone = goneAt(job);
  if (!isThere(job, now))
    return (
      <p>
        The file is gone: it holds what people allowed when it was made, and that changes. Make the
        export again.
      </p>
    );
  return (
    <>
      <p>
        <a class="button" href={file}>
          Download ({size(job.bytes)})
        </a>
      </p>
      {gone !== null && (
        <p class="soft">
          It can be fetched until <Time at={iso(gone)} />; then it goes, since what people allow
          changes.
        </p>
      )}
    </>
  );
};

export const ExportJobPage = ({
  job,
  policy,
  actions,
  folder,
  now,
}: Called & {
  job: ExportJob;
  folder: string;
  now: Millis;
}) => {
  const here = `${folder}/${job.id}`;
  const what = job.kind === "events" ? "event" : "person";
  const looked = count(job.looked, what, job.kind === "events" ? "events" : "people");
  return (
    <>
      <Title name={whatOf(job, actions)}>
        <a href={folder}>All exports</a>
      </Title>
      <Section title={STATE_TITLES[job.state]} id="state">
        {job.state === "running" && (
          <>
            {job.share === null ? (
              <Progress
                label={job.kind === "events" ? "Events looked at" : "People looked at"}
                done={job.looked}
                of={null}
                href={here}
              />
            ) : (
              <Progress
                label={job.kind === "hints" ? "People looked at" : "Days looked at"}
                done={Math.floor(job.share * 100)}
                of="percent"
                href={here}
              />
            )}
            <Island name="again" />
          </>
        )}
        {job.state === "done" && (
          <Done job={job} file={`${here}/file.${endingOf(job)}`} now={now} />
        )}
        {job.state === "failed" && (
          <Notice tone="danger">
            <p>It can't be made: {job.because}.</p>
          </Notice>
        )}
        {job.state === "stopped" && (
          <p>
            Somebody was erased meanwhile who may have been in it, so what was there is gone. Make
            it again.
          </p>
        )}
        <dl class="told">
          {job.purpose !== null && (
            <>
              <Fact name="For">{labelOf(policy, job.purpose)}</Fact>
              <Fact name="Days">
                <span class="nowrap">{dayWords(job.from)}</span> to{" "}
                <span class="nowrap">{dayWords(job.to)}</span>
              </Fact>
            </>
          )}
          <Fact name="Looked at">{looked}</Fact>
          <Fact name="In the file">{count(job.lines, "line")}</Fact>
          <Fact name="Begun">
            <Time at={iso(job.started)} /> by the {job.by}
          </Fact>
          {job.doneAt !== null && (
            <Fact name="Done">
              <Time at={iso(job.doneAt)} />
            </Fact>
          )}
        </dl>
      </Section>
    </>
  );
};

const STATE_TITLES = {
  running: "Being made",
  done: "Ready",
  failed: "Failed",
  stopped: "Stopped",
} as const;
