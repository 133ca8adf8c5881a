/** Requests of data subjects: made, followed to their end, and handed over. */
import { openRequest } from "../http/api/requests.ts";
import { isVisitorId, type VisitorId } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { isAbout } from "../http/audit.ts";
import { PRIVATE_FILE, seeOther } from "../http/respond.ts";
import type { Session } from "../http/session.ts";
import { continueErasure } from "../privacy/erase.ts";
import { exportOf } from "../privacy/export.ts";
import { listRequests } from "../privacy/request-list.ts";
import { loadRequest, type StoredRequest } from "../privacy/requests.ts";
import { action, page, screen } from "./page.tsx";
import { Badge, Empty, FormToken, Id, Section, Time } from "./parts.tsx";

const LISTED = 50;

const KIND_WORDS = { export: "Export (Art. 15, 20)", erase: "Erasure (Art. 17)" } as const;
const TONE = { open: "", running: "hinted", done: "verified", failed: "danger" } as const;

const iso = (at: number): string => new Date(at).toISOString();

const State = ({ request }: { request: StoredRequest }) => (
  <Badge tone={TONE[request.state]}>{request.state}</Badge>
);

const MakeRequest = ({ session }: { session: Session }) => (
  <Section title="New request" id="new">
    <form method="post" action="/_u/console/requests" class="stack">
      <FormToken session={session} />
      <label for="kind">What is asked for</label>
      <select id="kind" name="kind">
        <option value="export">{KIND_WORDS.export}</option>
        <option value="erase">{KIND_WORDS.erase}</option>
      </select>
      <label for="identifier">Of whom</label>
      <input
        id="identifier"
        name="identifier"
        required
        maxlength={600}
        autocomplete="off"
        aria-describedby="identifier-help"
      />
      <p id="identifier-help" class="soft">
        For example <code>email:jane@example.org</code> or <code>user_id:42</code>. Covered is
        everybody proved to be this person; those who only typed the identifier are named for you to
        decide. An erasure begins at once and can't be taken back.
      </p>
      <button type="submit">Make the request</button>
    </form>
  </Section>
);

const Queue = ({ requests }: { requests: readonly StoredRequest[] }) => (
  <Section title="Requests" id="queue">
    {requests.length === 0 ? (
      <Empty title="Nobody has asked for anything yet." />
    ) : (
      <table>
        <thead>
          <tr>
            <th scope="col">Request</th>
            <th scope="col">State</th>
            <th scope="col">Made</th>
            <th scope="col">Due</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <tr>
              <td>
                <a href={`/_u/console/requests/${request.id}`}>
                  {KIND_WORDS[request.kind]} by {request.about.replace("_", " ")}
                </a>
              </td>
              <td>
                <State request={request} />
              </td>
              <td>
                <Time at={iso(request.at)} />
              </td>
              <td>
                <Time at={iso(request.due)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </Section>
);

export const getRequestsPage = page("officer", async (visit) => {
  const { requests } = await listRequests(visit.context, { limit: LISTED });
  return screen(
    visit,
    "Requests",
    <>
      <h1>Requests</h1>
      <MakeRequest session={visit.session} />
      <Queue requests={requests} />
    </>,
  );
});

export const postRequestPage = action("officer", async ({ request, context, session }, form) => {
  const kind = form.get("kind") === "erase" ? "erase" : "export";
  const identifier = (form.get("identifier") ?? "").trim();
  const visitors = form.getAll("visitor").filter(isVisitorId);
  const made = await openRequest(context, { kind, identifier, visitors }, session.role);
  isAbout(request, [made.id, ...made.visitors]);
  return seeOther(`/_u/console/requests/${made.id}`);
});

/** A look at an erasure that isn't finished takes it further. */
async function requireRequest(
  context: Parameters<typeof continueErasure>[0],
  id: string,
  now: number,
): Promise<StoredRequest> {
  const found =
    (await continueErasure(context, id, now)) ?? (await loadRequest(context, id))?.request;
  if (!found) throw new Problem("not_found", "there is no request of this id");
  return found;
}

const WHAT_WENT: readonly [
  keyof NonNullable<NonNullable<StoredRequest["erasure"]>["removed"]>["objects"],
  string,
][] = [
  ["visitors", "visitors"],
  ["identifiers", "identifiers"],
  ["traits", "sets of traits"],
  ["hints", "hints"],
];

const Outcome = ({ request }: { request: StoredRequest }) => {
  const removed = request.erasure?.removed;
  if (request.kind === "export")
    return (
      <Section title="What is held" id="outcome">
        <p>
          {request.visitors.length} {request.visitors.length === 1 ? "visitor" : "visitors"}, with
          events, identifiers, links, receipts, hints and decisions as they stand when you fetch
          them.
        </p>
        <p>
          <a href={`/_u/console/requests/${request.id}/export.json`} download>
            Download as JSON
          </a>
        </p>
      </Section>
    );
  return (
    <Section title="What was removed where" id="outcome">
      {removed ? (
        <ul>
          {WHAT_WENT.map(([name, words]) => (
            <li>
              {removed.objects[name]} {words} from person objects
            </li>
          ))}
          {Object.entries(removed.database).map(([table, rows]) => (
            <li>
              {String(rows)} rows of {table}
            </li>
          ))}
          <li>{removed.keys} encryption keys, so that no backup can be read</li>
        </ul>
      ) : (
        <p>Nothing yet: it is at the step “{request.erasure?.step}”. Look again in a moment.</p>
      )}
    </Section>
  );
};

const Maybe = ({ request }: { request: StoredRequest }) =>
  request.maybe.length === 0 ? null : (
    <Section title="Maybe the same human" id="maybe">
      <p>
        They said the same identifier, but nothing proves it. To include them, make the request
        again through the API with their ids.
      </p>
      <ul>
        {request.maybe.map(({ visitor, because }) => (
          <li>
            <Id id={visitor as VisitorId} /> {because}
          </li>
        ))}
      </ul>
    </Section>
  );

export const getRequestPage = page("officer", async (visit) => {
  const { request: call, context } = visit;
  const request = await requireRequest(context, call.params["id"] ?? "", context.now);
  return screen(
    visit,
    "Request",
    <>
      <h1>{KIND_WORDS[request.kind]}</h1>
      <p>
        <State request={request} /> Made <Time at={iso(request.at)} /> by the {request.by}, due{" "}
        <Time at={iso(request.due)} />.
      </p>
      <Outcome request={request} />
      <Maybe request={request} />
      <p>
        <a href="/_u/console/requests">All requests</a>
      </p>
    </>,
  );
});

export const getRequestExport = page("officer", async ({ request: call, context }) => {
  const request = await requireRequest(context, call.params["id"] ?? "", context.now);
  if (request.kind !== "export") throw new Problem("not_found", "this request isn't an export");
  const scope = { visitors: request.visitors.filter(isVisitorId), maybe: request.maybe as never };
  const data = await exportOf(context, scope, context.now);
  return new Response(JSON.stringify(data, null, 2), {
    headers: {
      ...PRIVATE_FILE,
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="export-${request.id.slice(0, 8)}.json"`,
    },
  });
});
