/** Requests of data subjects: the queue, whom one covers before it is made, and how one stands. */
import { PreviewPage } from "../../src/console/request-preview.tsx";
import { RequestPage } from "../../src/console/request.tsx";
import { RequestsPage } from "../../src/console/requests.tsx";
import type { VisitorId } from "../../src/domain/ids.ts";
import type { Removed, StoredRequest } from "../../src/privacy/requests.ts";
import { NOW, session, story } from "./consent.tsx";
import type { Story } from "./story.ts";

const DAY = 86_400_000;
const jane = "janeaaaaaaaaaaaaaaaaaaaaaa" as VisitorId;

const removed: Removed = {
  objects: { visitors: 2, days: 41, identifiers: 3, traits: 1, hints: 6 },
  database: { events: 388, hints: 9, claims: 3, receipts: 4, mergeLog: 1 },
  keys: 2,
};
const request: StoredRequest = {
  id: "opsppd566jry3t7nc7ymveflea",
  kind: "erase",
  state: "done",
  about: "email",
  by: "officer",
  at: NOW - 3 * DAY,
  due: NOW + 27 * DAY,
  doneAt: NOW - 3 * DAY + 4_000,
  visitors: ["gone_4mVqkR8L0", "gone_9xPqLm20a"],
  maybe: [{ visitor: jane, because: "said the identifier, and nothing proves it" }],
  erasure: { step: "close", failures: 0, known: [], removed },
};
const queue: StoredRequest[] = [
  request,
  {
    ...request,
    id: "a".repeat(26),
    state: "running",
    doneAt: null,
    at: NOW - 26 * DAY,
    due: NOW + 4 * DAY,
    by: "visitor",
    about: "visitor",
  },
  {
    ...request,
    id: "b".repeat(26),
    state: "failed",
    doneAt: null,
    at: NOW - 40 * DAY,
    due: NOW - 10 * DAY,
  },
  {
    ...request,
    id: "c".repeat(26),
    kind: "export",
    erasure: null,
    about: "user_id",
    handedOver: { at: NOW - DAY, by: "officer", how: "download" },
  },
  {
    ...request,
    id: "d".repeat(26),
    kind: "export",
    at: NOW - 28 * DAY,
    due: NOW + 2 * DAY,
    erasure: null,
    handedOver: null,
  },
];

export const stories: readonly Story[] = [
  story(
    "requests",
    "requests",
    "Requests",
    <RequestsPage session={session} requests={queue} wanted={{}} next="cursor" now={NOW} />,
  ),
  story(
    "requests-none",
    "requests",
    "Requests",
    <RequestsPage
      session={session}
      requests={[]}
      wanted={{ state: "failed" }}
      next={null}
      now={NOW}
      form={{
        kind: "erase",
        of: "email",
        identifier: "jane",
        error: "This isn't one of that kind.",
      }}
    />,
  ),
  story(
    "request-preview",
    "requests/preview",
    "Whom it covers",
    <PreviewPage
      session={session}
      kind="erase"
      identifier="email:jane@example.org"
      scope={{ visitors: [jane], maybe: request.maybe as never }}
      held={removed}
      decided={["b".repeat(26)]}
      once="x"
    />,
  ),
  story(
    "request-preview-nobody",
    "requests/preview",
    "Whom it covers",
    <PreviewPage
      session={session}
      kind="export"
      identifier="email:nobody@example.org"
      scope={{ visitors: [], maybe: [] }}
      held={removed}
      decided={[]}
      once="x"
    />,
  ),
  story(
    "request-erased",
    "requests/x",
    "Request",
    <RequestPage session={session} request={request} siteName="Saltmere Rovers" now={NOW} />,
  ),
  story(
    "request-erasing",
    "requests/x",
    "Request",
    <RequestPage
      session={session}
      request={{
        ...request,
        state: "failed",
        doneAt: null,
        erasure: { step: "database", failures: 21, known: [], removed },
      }}
      siteName="Saltmere Rovers"
      now={NOW}
    />,
  ),
  story(
    "request-export",
    "requests/x",
    "Request",
    <RequestPage session={session} request={queue[3]!} siteName="Saltmere Rovers" now={NOW} />,
  ),
  story(
    "request-export-ready",
    "requests/x",
    "Request",
    <RequestPage session={session} request={queue[4]!} siteName="Saltmere Rovers" now={NOW} />,
  ),
];
