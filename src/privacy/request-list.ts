/** The queue of requests: newest first, by state and kind. */
import { cursorOf, readCursor } from "../d1/cursor.ts";
import type { Millis } from "../domain/ids.ts";
import type { RequestKind, RequestState } from "../domain/request.ts";
import type { PrivacyPorts } from "./ports.ts";
import { place } from "./mentions.ts";
import type { StoredRequest } from "./requests.ts";

export interface RequestsPage {
  requests: StoredRequest[];
  cursor: string | null;
}

/** Looked at for a list: many years of a busy site. */
const LISTED_MAX = 10_000;

/**
 * Newest first. Which ones they are is told by what is written beside them, so that only those shown are read.
 * @throws Problem `bad_request` when the cursor isn't one of ours
 */
export async function listRequests(
  { bucket }: Pick<PrivacyPorts, "bucket">,
  query: {
    limit: number;
    cursor?: string | undefined;
    state?: RequestState | undefined;
    kind?: RequestKind | undefined;
    /** Whether whoever asked has their answer: an export that is ready and wasn't handed over is done and no answer yet. */
    answered?: boolean | undefined;
  },
): Promise<RequestsPage> {
  const { limit, state, kind, answered } = query;
  const from = query.cursor === undefined ? null : readCursor(query.cursor);
  const after = from && { at: from.first, id: from.second };
  const wanted = (await marked(bucket))
    .filter((mark) => (!state || mark.state === state) && (!kind || mark.kind === kind))
    .filter((mark) => answered === undefined || mark.answered === answered)
    .filter((mark) => after === null || isAfter(mark, after))
    .sort((a, b) => (isAfter(a, b) ? 1 : -1));
  const page = wanted.slice(0, limit);
  const found = await Promise.all(
    page.map(async ({ id }) => (await bucket.get(place(id)))?.json<StoredRequest>()),
  );
  const last = page.at(-1);
  return {
    requests: found.filter((request) => request !== undefined),
    cursor: last && wanted.length > limit ? cursorOf(last.at, last.id, 0) : null,
  };
}

interface Mark {
  id: string;
  at: Millis;
  kind: string;
  state: string;
  answered: boolean;
}

const isAfter = (a: Pick<Mark, "at" | "id">, b: Pick<Mark, "at" | "id">): boolean =>
  a.at < b.at || (a.at === b.at && a.id > b.id);

async function marked(bucket: R2Bucket): Promise<Mark[]> {
  const marks: Mark[] = [];
  let cursor: string | undefined;
  do {
    const listed: R2Objects = await bucket.list({
      prefix: place(""),
      include: ["customMetadata"],
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { key, uploaded, customMetadata = {} } of listed.objects)
      marks.push({
        id: key.slice(place("").length),
        at: Number(customMetadata["at"] ?? uploaded.getTime()),
        kind: customMetadata["kind"] ?? "",
        state: customMetadata["state"] ?? "",
        answered: customMetadata["state"] === "done" && customMetadata["ready"] === undefined,
      });
    cursor = listed.truncated ? listed.cursor : undefined;
  } while (cursor !== undefined && marks.length < LISTED_MAX);
  return marks;
}
