/** The queue of data subjects' requests, and the way to make one. */
import { REQUEST_KINDS, type RequestKind } from "../domain/request.ts";
import type { Millis } from "../domain/ids.ts";
import { asked, iso, pageSize } from "../http/api/input.ts";
import type { Session } from "../http/session.ts";
import { listRequests } from "../privacy/request-list.ts";
import type { StoredRequest } from "../privacy/requests.ts";
import { Checked, errorsFrom, Field } from "./field.tsx";
import { page, screen, type Visit } from "./page.tsx";
import { Empty, FormToken, Pages, Section, Time, Title } from "./parts.tsx";
import { aboutOf, Due, KIND_WORDS, makerOf, REQUESTS, State } from "./request-words.tsx";
import { Table } from "./table.tsx";

/** What an officer asks the queue for: how a request stands for whoever made it, which for an export isn't how it stands for us. */
const SHOWN = {
  waiting: { words: "Not answered yet", of: { answered: false } },
  ready: { words: "Ready, to hand over", of: { state: "done", answered: false } },
  running: { words: "Under way", of: { state: "running" } },
  failed: { words: "In trouble", of: { state: "failed" } },
  done: { words: "Answered", of: { answered: true } },
} as const;
type Shown = keyof typeof SHOWN;
const SHOWN_NAMES = Object.keys(SHOWN) as Shown[];

export interface Wanted {
  state?: Shown | undefined;
  kind?: RequestKind | undefined;
  cursor?: string | undefined;
}

export interface RequestsPageProps {
  session: Session;
  requests: readonly StoredRequest[];
  wanted: Wanted;
  /** Where the list goes on. */
  next: string | null;
  now: Millis;
  /** The form as it was sent, where it can't be understood. */
  form?: { kind: string; of: string; identifier: string; error: string } | undefined;
}

export const RequestsPage = (props: RequestsPageProps) => (
  <>
    <Title name="Requests" />
    <Checked
      errors={errorsFrom(props.form ? [{ name: "identifier", message: props.form.error }] : [], {
        identifier: "Of whom",
      })}
    >
      <div class="columns">
        <NewRequest {...props} />
        <Queue {...props} />
      </div>
    </Checked>
  </>
);

const IDENTIFIERS = [
  ["email", "E-mail address"],
  ["phone", "Phone number"],
  ["user_id", "User id"],
  ["crm", "CRM id"],
  ["", "Other, written kind:value"],
] as const;

const NewRequest = ({ session, form }: RequestsPageProps) => (
  <Section title="New request" id="new">
    <form method="post" action={`${REQUESTS}/preview`} class="stack">
      <FormToken session={session} />
      <Field name="kind" label="What is asked for">
        {(wired) => (
          <select {...wired}>
            {REQUEST_KINDS.map((kind) => (
              <option value={kind} selected={form?.kind === kind}>
                {KIND_WORDS[kind]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field name="of" label="Known by">
        {(wired) => (
          <select {...wired}>
            {IDENTIFIERS.map(([kind, words]) => (
              <option value={kind} selected={form?.of === kind}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        name="identifier"
        label="Of whom"
        help="You see whom it covers before anything happens."
      >
        {(wired) => (
          <input
            {...wired}
            required
            maxlength={600}
            autocomplete="off"
            spellcheck={false}
            value={form?.identifier}
          />
        )}
      </Field>
      <button type="submit">Look whom it covers</button>
    </form>
  </Section>
);

const Queue = ({ requests, wanted, next, now }: RequestsPageProps) => {
  const isFiltered = wanted.state !== undefined || wanted.kind !== undefined;
  const at = (cursor: string | null): string => {
    const query = { state: wanted.state ?? "", kind: wanted.kind ?? "", cursor: cursor ?? "" };
    return `${REQUESTS}?${new URLSearchParams(Object.entries(query).filter(([, each]) => each !== ""))}`;
  };
  return (
    <Section title="Queue" id="queue">
      <form method="get" action={REQUESTS} class="search">
        <Field name="state" label="State">
          {(wired) => (
            <select {...wired}>
              <option value="">Any</option>
              {SHOWN_NAMES.map((state) => (
                <option value={state} selected={state === wanted.state}>
                  {SHOWN[state].words}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div class="field">
          <label for="which">Asked for</label>
          <select id="which" name="kind">
            <option value="">Anything</option>
            {REQUEST_KINDS.map((kind) => (
              <option value={kind} selected={kind === wanted.kind}>
                {KIND_WORDS[kind]}
              </option>
            ))}
          </select>
        </div>
        <button type="submit" class="quiet">
          Filter
        </button>
      </form>
      {requests.length === 0 ? (
        <Empty title={isFiltered ? "None of these" : "Nobody has asked for anything yet"}>
          {isFiltered && (
            <p>
              <a href={REQUESTS}>All requests</a>
            </p>
          )}
        </Empty>
      ) : (
        <Table<StoredRequest>
          caption="Requests, newest first"
          rows={requests}
          columns={[
            {
              name: "Request",
              cell: ({ id, kind, about, by, at: made }) => (
                <>
                  <a href={`${REQUESTS}/${id}`}>{KIND_WORDS[kind]}</a>
                  <p class="soft">
                    by {aboutOf(about)}, made by {makerOf(by)} <Time at={iso(made)} />
                  </p>
                </>
              ),
            },
            { name: "State", cell: (request) => <State request={request} /> },
            { name: "Due", cell: (request) => <Due request={request} now={now} /> },
          ]}
        />
      )}
      <Pages
        first={wanted.cursor === undefined ? null : at(null)}
        next={next === null ? null : at(next)}
        words={{ first: "The newest", next: "Older ones" }}
      />
    </Section>
  );
};

export async function requestsScreen(
  visit: Visit,
  form?: RequestsPageProps["form"],
): Promise<Response> {
  const { context, request, session } = visit;
  const isForm = form !== undefined;
  const wanted: Wanted = isForm
    ? {}
    : {
        state: SHOWN_NAMES.find((state) => state === asked(request, "state")),
        kind: REQUEST_KINDS.find((kind) => kind === asked(request, "kind")),
        cursor: asked(request, "cursor"),
      };
  const { state, ...rest } = wanted;
  const { requests, cursor } = await listRequests(context, {
    ...rest,
    ...(state === undefined ? {} : SHOWN[state].of),
    limit: pageSize(request),
  });
  const props = { session, requests, wanted, next: cursor, now: context.now, form };
  return screen(visit, "Requests", <RequestsPage {...props} />, isForm ? 422 : 200);
}

export const getRequestsPage = page("officer", (visit) => requestsScreen(visit));
