/** The reading meter: what it counts, who has used up how much of it, and how a page asks. */
import type { Meter } from "../../domain/action/catalogue.ts";
import type { MeterLine, MeterReport } from "../../http/api/meter.ts";
import type { Session } from "../../http/session.ts";
import { Checked, errorsFrom, Field, type FieldError } from "../field.tsx";
import { count, whole } from "../numbers.ts";
import { Empty, Figures, FormToken, Id, Pages, Section, StageBadge, Title } from "../parts.tsx";
import { Table } from "../table.tsx";

export const METER = "/_u/console/meter";

const NAMES = {
  topics: "Pages about",
  limit: "Pages that are free",
  days: "Within days",
} as const;

export interface TypedMeter {
  /** Parted by commas. */
  topics: string;
  days: string;
  limit: string;
}

export const typedOf = (meter: Meter | null): TypedMeter => ({
  topics: meter?.topics.join(", ") ?? "",
  days: String(meter?.days ?? 30),
  limit: String(meter?.limit ?? 10),
});

export interface MeterProps {
  session: Session;
  /** Of the catalogue that is edited. */
  version: number;
  report: MeterReport;
  /** Whether these aren't the first who were looked at. */
  later: boolean;
  /** Labels of actions with a condition on the meter. */
  actions: readonly { id: string; label: string }[];
  typed: TypedMeter;
  errors: readonly FieldError[];
}

const Readers = ({ report: { meter, people, lookedAt, uncounted, cursor }, later }: MeterProps) => {
  const spent = people.filter(({ left }) => left === 0).length;
  const seen = later ? "seen before" : "last seen";
  return (
    <Section title="Who has read how much" id="readers">
      <Figures
        figures={[
          { name: "Used it up", value: whole(spent) },
          { name: "Read something", value: whole(people.length - spent) },
          { name: "Read nothing of it", value: whole(lookedAt - uncounted - people.length) },
          { name: "Not counted", value: whole(uncounted), note: "no consent to suggestions" },
        ]}
      />
      <p class="soft">
        Of the {count(lookedAt, "person", "people")} {seen}, in {count(meter?.days ?? 0, "day")}.
      </p>
      {people.length > 0 && (
        <Table<MeterLine>
          caption="Readers, who read most first"
          rows={people}
          columns={[
            {
              name: "Person",
              cell: ({ id }) => (
                <a href={`/_u/console/people/${id}`}>
                  <Id id={id} />
                </a>
              ),
            },
            { name: "Stage", rem: 11, cell: ({ stage }) => <StageBadge stage={stage} /> },
            {
              name: "Read",
              number: true,
              rem: 10,
              cell: ({ read, left }) => (
                <>
                  {whole(read)} of {whole(meter?.limit ?? 0)}{" "}
                  <span class="soft">{left === 0 ? "used up" : `${whole(left)} left`}</span>
                </>
              ),
            },
          ]}
        />
      )}
      <Pages
        first={later ? METER : null}
        next={cursor === null ? null : `${METER}?${new URLSearchParams({ cursor })}`}
        words={{ first: "Those last seen", next: "Look through those seen before" }}
      />
    </Section>
  );
};

const Settings = ({ session, version, report, actions, typed }: MeterProps) => (
  <Section title="What it counts" id="settings">
    <form method="post" action={METER} class="stack">
      <FormToken session={session} />
      <input type="hidden" name="version" value={version} />
      <Field
        name="topics"
        label="Pages about"
        help="Topics or sections, parted by commas. A page should have one of them at most, or it counts twice."
      >
        {(wired) => <input {...wired} value={typed.topics} required autocomplete="off" />}
      </Field>
      <Field name="limit" label="Pages that are free">
        {(wired) => (
          <input {...wired} type="number" min={1} max={10000} value={typed.limit} required />
        )}
      </Field>
      <Field name="days" label="Within days">
        {(wired) => (
          <input {...wired} type="number" min={1} max={400} value={typed.days} required />
        )}
      </Field>
      <button type="submit" name="do" value="save">
        {report.meter ? "Save" : "Set up the meter"}
      </button>
    </form>
    {report.meter && (
      <details>
        <summary>Take it out</summary>
        <form method="post" action={METER} class="stack">
          <FormToken session={session} />
          <input type="hidden" name="version" value={version} />
          <p class="soft">
            Pages that ask get no reading any more.{" "}
            {actions.length > 0 &&
              "These actions ask for it, and would fit nobody: change them first."}
          </p>
          <button type="submit" class="quiet" name="do" value="remove">
            Take the meter out
          </button>
        </form>
      </details>
    )}
    {report.meter && (
      <p>
        <span class="soft">Actions that ask for it:</span>{" "}
        {actions.length === 0 ? (
          <>
            none. <a href="/_u/console/actions/new">Make one</a>
          </>
        ) : (
          actions.map(({ id, label }, n) => (
            <>
              {n > 0 && ", "}
              <a href={`/_u/console/actions/${id}`}>{label}</a>
            </>
          ))
        )}
      </p>
    )}
  </Section>
);

const EXAMPLE = `usher.next("article").then(({ meter }) => {
  if (meter && meter.left === 0) showTheWall();
});`;

export const MeterPage = (props: MeterProps) => (
  <>
    <Title name="Reading meter" />
    <Checked errors={errorsFrom(props.errors, NAMES)}>
      <p class="prose soft">
        How many of your articles one person has read, on every device that is proven to be theirs:
        whoever clears cookies and signs in again is where they were. It counts only of those who
        allow suggestions; of others a page learns nothing.
      </p>
      <div class="columns">
        <Settings {...props} />
        {props.report.meter ? (
          <Readers {...props} />
        ) : (
          <Section title="Who has read how much" id="readers">
            <Empty title="There is no meter yet">
              <p>Say which pages count, and how many of them are free.</p>
            </Empty>
          </Section>
        )}
      </div>
    </Checked>
    <Section title="How a page asks" id="asks">
      <p>
        With the snippet, wherever an article is shown. <code>meter</code> is{" "}
        <code>{"{read, left, limit, days}"}</code>, or null without a meter or consent to it.
      </p>
      <pre tabindex={0}>{EXAMPLE}</pre>
      <p class="soft">
        To offer something before it is used up, make an action with the condition “Used the reading
        meter”.
      </p>
    </Section>
  </>
);
