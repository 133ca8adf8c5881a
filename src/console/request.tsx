/** One request of a data subject: how it stands, and its outcome: the export, or the receipt of what was removed. */
import { isVisitorId } from "../domain/ids.ts";
import type { Millis } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { iso } from "../http/api/input.ts";
import { isAbout } from "../http/audit.ts";
import type { Context } from "../http/context.ts";
import { PRIVATE_FILE } from "../http/respond.ts";
import type { Session } from "../http/session.ts";
import { continueErasure } from "../privacy/erase.ts";
import { exportOf } from "../privacy/export.ts";
import {
  handOver,
  isAnswered,
  isReady,
  loadRequest,
  STEPS,
  type StoredRequest,
} from "../privacy/requests.ts";
import { doneAt } from "./done.tsx";
import { count } from "./numbers.ts";
import { action, page, screen } from "./page.tsx";
import { Fact, FormToken, Id, Island, Notice, Progress, Section, Time, Title } from "./parts.tsx";
import {
  aboutOf,
  Due,
  KIND_WORDS,
  makerOf,
  REQUESTS,
  State,
  STEP_WORDS,
  Stores,
} from "./request-words.tsx";

export interface RequestPageProps {
  session: Session;
  request: StoredRequest;
  siteName: string;
  now: Millis;
}

export const RequestPage = ({ session, request, siteName, now }: RequestPageProps) => (
  <>
    <Title name={KIND_WORDS[request.kind]}>
      <div class="actions">
        <State request={request} />
        <a class="no-print" href={REQUESTS}>
          All requests
        </a>
      </div>
    </Title>
    <dl class="card told">
      <Fact name="Request">
        <code>{request.id}</code>
      </Fact>
      <Fact name="Answered by">{siteName}</Fact>
      <Fact name="Made">
        <Time at={iso(request.at)} /> by {makerOf(request.by)}, by {aboutOf(request.about)}
      </Fact>
      <Fact name={isAnswered(request) ? "Outcome" : "Due"}>
        <Due request={request} now={now} />
      </Fact>
    </dl>
    {request.erasure ? (
      <Erasure request={request} erasure={request.erasure} />
    ) : (
      <Export session={session} request={request} />
    )}
    {request.maybe.length > 0 && (
      <Section title="Left out, and maybe the same human" id="maybe">
        <p class="prose">
          Nothing proves it. If you find out that they are, make the request again and include them.
        </p>
        <ul>
          {request.maybe.map(({ visitor, because }) => (
            <li>
              <Id id={visitor} /> {because}
            </li>
          ))}
        </ul>
      </Section>
    )}
  </>
);

const Export = ({ session, request }: Pick<RequestPageProps, "session" | "request">) => (
  <Section title="What is held" id="outcome">
    <p class="prose">
      {count(request.visitors.length, "visitor")}, with events, identifiers, links, receipts, hints
      and the decisions made, as they stand when you fetch them.
    </p>
    <p>
      <a class="button" href={`${REQUESTS}/${request.id}/export.json`} download>
        Download as JSON
      </a>
    </p>
    {isReady(request) && (
      <form method="post" action={`${REQUESTS}/${request.id}/handed-over`} class="stack no-print">
        <FormToken session={session} />
        <p class="prose">
          It stays in the queue until somebody downloads it here or fetches it over the API, to hand
          it over. If whoever asked has their answer already, say so.
        </p>
        <div class="actions">
          <button type="submit" class="quiet">
            It was handed over
          </button>
        </div>
      </form>
    )}
    {request.handedOver && (
      <p class="soft">
        {request.handedOver.how === "download" ? "First fetched" : "Handed over, as was said,"}{" "}
        <Time at={iso(request.handedOver.at)} /> by {makerOf(request.handedOver.by)}.
      </p>
    )}
  </Section>
);

const Erasure = ({
  request,
  erasure: { step, failures, removed },
}: {
  request: StoredRequest;
  erasure: NonNullable<StoredRequest["erasure"]>;
}) => {
  const isDone = request.state === "done";
  const at = STEPS.indexOf(step);
  return (
    <>
      <Section title={isDone ? "How it went" : "Under way"} id="steps">
        {!isDone && (
          <>
            {failures > 0 && (
              <Notice tone={request.state === "failed" ? "danger" : "note"}>
                <p>
                  This step failed {count(failures, "time")} and is tried again every few minutes.
                  Nothing that was removed comes back meanwhile.
                </p>
              </Notice>
            )}
            <Progress
              label="Steps of the erasure"
              done={at}
              of={STEPS.length}
              href={`${REQUESTS}/${request.id}`}
            />
            <Island name="again" />
          </>
        )}
        <ol class="steps">
          {STEPS.map((each, n) => (
            <li class={isDone || n < at ? "done" : undefined}>
              <span class="tick" aria-hidden="true">
                {isDone || n < at ? "✓" : ""}
              </span>
              <span>
                {STEP_WORDS[each]}
                {!isDone && n >= at && (
                  <span class="soft">{n === at ? " (this one now)" : " (not yet)"}</span>
                )}
              </span>
            </li>
          ))}
        </ol>
      </Section>
      {removed && (
        <Section title={isDone ? "What was removed where" : "What is being removed"} id="outcome">
          <Stores of={removed} caption="What was removed" />
          {isDone && (
            <p class="prose soft">
              {count(request.visitors.length, "visitor")}, named by keyed names from here on. A
              tombstone keeps batches under way, queues and old cookies from bringing them back, and
              the erasure ledger erases them again from any backup that is restored.
            </p>
          )}
        </Section>
      )}
      {isDone && <p class="soft no-print">Print this page, or save it as a PDF, as the receipt.</p>}
    </>
  );
};

/** A look at an erasure that isn't finished takes it further. */
async function requireRequest(context: Context, id: string): Promise<StoredRequest> {
  const found =
    (await continueErasure(context, id, context.now)) ?? (await loadRequest(context, id))?.request;
  if (!found) throw new Problem("not_found", "there is no request of this id");
  return found;
}

export const getRequestPage = page("officer", async (visit) => {
  const { request: call, context, session } = visit;
  const request = await requireRequest(context, call.params["id"] ?? "");
  const props = { session, request, siteName: context.config.siteName, now: context.now };
  return screen(visit, "Request", <RequestPage {...props} />);
});

async function requireExport(context: Context, id: string): Promise<StoredRequest> {
  const request = await requireRequest(context, id);
  if (request.kind === "export") return request;
  throw new Problem("not_found", "this request isn't an export");
}

export const getRequestExport = page("officer", async ({ request: call, context, session }) => {
  const request = await requireExport(context, call.params["id"] ?? "");
  const scope = { visitors: request.visitors.filter(isVisitorId), maybe: request.maybe as never };
  isAbout(call, scope.visitors);
  const data = await exportOf(context, scope, context.now, await context.policy());
  await handOver(context, request.id, { at: context.now, by: session.role, how: "download" });
  return new Response(JSON.stringify(data, null, 2), {
    headers: {
      ...PRIVATE_FILE,
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="export-${request.id.slice(0, 8)}.json"`,
    },
  });
});

export const postHandedOver = action("officer", async ({ request: call, context, session }) => {
  const { id } = await requireExport(context, call.params["id"] ?? "");
  await handOver(context, id, { at: context.now, by: session.role, how: "word" });
  return doneAt(`${REQUESTS}/${id}`, "handed");
});
