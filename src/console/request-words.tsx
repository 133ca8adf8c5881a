/** Requests of data subjects in words: what is asked, how it stands, until when, and what went where. */
import { DAY_MS, type Millis } from "../domain/ids.ts";
import { iso } from "../http/api/input.ts";
import {
  isAnswered,
  isReady,
  type Removed,
  type Step,
  type StoredRequest,
} from "../privacy/requests.ts";
import { count, whole } from "./numbers.ts";
import { Badge, Time } from "./parts.tsx";
import { Table } from "./table.tsx";

export const REQUESTS = "/_u/console/requests";

export const KIND_WORDS = { export: "Export (Art. 15, 20)", erase: "Erasure (Art. 17)" } as const;
const TONE = { open: "", running: "hinted", done: "verified", failed: "danger" } as const;
const STATE_WORDS = {
  open: "waiting",
  running: "under way",
  done: "done",
  failed: "in trouble",
} as const;

export const State = ({ request }: { request: Pick<StoredRequest, "state" | "handedOver"> }) =>
  isReady(request) ? (
    <Badge tone="hinted">to hand over</Badge>
  ) : (
    <Badge tone={TONE[request.state]}>{STATE_WORDS[request.state]}</Badge>
  );

/** Who made it. */
export const MAKERS: Readonly<Record<string, string>> = {
  visitor: "the person on their own page",
  policy: "the policy, by itself",
};
export const makerOf = (by: string): string => MAKERS[by] ?? `the ${by}`;

export const aboutOf = (about: string): string => about.replaceAll("_", " ");

/** Until when it must be answered, and how that stands; of what is done, when. */
export const Due = ({ request, now }: { request: StoredRequest; now: Millis }) => {
  const answeredAt = request.handedOver?.at ?? request.doneAt;
  if (isAnswered(request) && answeredAt !== null)
    return (
      <>
        answered <Time at={iso(answeredAt)} />
      </>
    );
  const left = Math.ceil((request.due - now) / DAY_MS);
  return (
    <>
      <Time at={iso(request.due)} />{" "}
      {left < 0 ? (
        <span class="overdue">{count(-left, "day")} late</span>
      ) : (
        <span class={left <= 7 ? "overdue" : "soft"}>in {count(left, "day")}</span>
      )}
    </>
  );
};

export const STEP_WORDS: Readonly<Record<Step, string>> = {
  ledger: "Written to the erasure ledger, so that a restored backup is erased again",
  count: "Counted, for the receipt",
  objects: "Taken out of the person objects; nothing of them is accepted any more",
  keys: "Encryption keys destroyed, so that no backup can be read",
  database: "Rows removed from the database",
  files: "Taken out of the files that were handed on",
  mentions: "Named by a keyed name in other requests",
  close: "Closed, and the receipt written",
};

/** What there is, or what went, by store. */
export const Stores = ({ of, caption }: { of: Removed; caption: string }) => (
  <Table
    caption={caption}
    rows={[
      ["Person objects", "visitors", of.objects.visitors],
      ["Person objects", "days of a profile", of.objects.days],
      ["Person objects", "identifiers", of.objects.identifiers],
      ["Person objects", "sets of traits", of.objects.traits],
      ["Person objects", "hints", of.objects.hints],
      ["Database", "events", of.database.events],
      ["Database", "hints and what came of them", of.database.hints],
      ["Database", "entries of the identifier index", of.database.claims],
      ["Database", "entries of the merge log", of.database.mergeLog],
      ["Database", "rows by which records are compared", of.database.matching ?? 0],
      ["Database", "rows by which devices are compared", of.database.devices ?? 0],
      ["Database", "suggestions", of.database.suggestions ?? 0],
      ["Database", "receipts, of which a keyed stub stays", of.database.receipts],
      ["Key store", "encryption keys", of.keys],
    ].map(([store, what, rows]) => ({
      store: String(store),
      what: String(what),
      rows: Number(rows),
    }))}
    columns={[
      { name: "What", cell: ({ what }) => what },
      { name: "Where", cell: ({ store }) => store },
      { name: "How many", cell: ({ rows }) => whole(rows), number: true },
    ]}
  />
);
