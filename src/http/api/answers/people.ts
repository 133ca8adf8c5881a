/** What the calls about people answer. */
import { CONTACT_CHANNELS } from "../../../domain/permission/permission.ts";
import { assurance, device, event, next, permissions, sharing, stage } from "./parts.ts";
import {
  about,
  type Answer,
  answers,
  anything,
  cursor,
  flag,
  id,
  list,
  number,
  object,
  oneOf,
  orNull,
  share,
  text,
  time,
  whole,
} from "./shape.ts";

const said = {
  kind: text,
  value: about(orNull(text), "Null when the key to it is gone"),
  assurance,
};

const visitor = object({
  id,
  origin: text,
  device: orNull(device),
  firstSeen: time,
  lastSeen: time,
  events: whole,
  sharing,
});

const identifier = object({
  ...said,
  state: about(text, "`refused`: it is somebody else's by the merge policy"),
  reason: orNull(text),
  visitors: list(id),
  "disowned?": list(id),
  permissions,
  "belief?": object({ confidence: share, forwarded: flag, because: text }),
});

export const merge = object({
  id: text,
  visitors: list(id),
  because: text,
  why: orNull(text),
  identifier: orNull(object({ kind: text, value: orNull(text) })),
  at: time,
  by: text,
  rules: about(whole, "Version of the merge rules"),
  probability: orNull(share),
  suggestion: orNull(text),
  undone: orNull(object({ at: time, by: text, because: text, severed: flag })),
});

const decision = object({
  op: text,
  at: time,
  by: text,
  because: text,
  evidence: text,
  visitors: list(id),
  merge: orNull(text),
});

const life = orNull(oneOf("work", "private", "both"));

const side = object({
  person: id,
  stage,
  addresses: list(object({ ...said, side: orNull(text), permissions })),
  devices: list(
    object({
      visitor: id,
      device: orNull(device),
      sharing,
      life,
      lastSeen: time,
      events: whole,
    }),
  ),
  matters: list(object({ life, topics: list(object({ topic: text, times: whole })) })),
  rather: list(object({ life, channel: text, address: text, why: list(text) })),
});

/** A merge or an undo, made or looked at. */
export const outcome = {
  merge: about(orNull(text), "Null in a dry run"),
  people: about(list(id), "The persons there are afterwards"),
  changes: list(object({ visitor: id, from: id, to: id })),
  sides: list(
    object({
      person: id,
      visitors: list(id),
      identifiers: list(object(said)),
      events: whole,
    }),
  ),
};

export const PEOPLE_ANSWERS: Readonly<Record<string, Answer>> = {
  "GET /_u/api/people": answers({
    people: list(
      object({
        id,
        stage,
        lastSeen: time,
        visitors: whole,
        next: about(orNull(text), "Label of the action they would be shown now"),
      }),
    ),
    cursor,
    lookedAt: about(orNull(whole), "How many were asked, where that is what a filter takes"),
  }),
  "GET /_u/api/people/:id": answers({
    id,
    stage,
    traits: anything,
    visitors: list(visitor),
    identifiers: list(identifier),
    merges: list(merge),
    separate: list(id),
    history: list(decision),
  }),
  "GET /_u/api/people/:id/journey": answers({ events: list(object(event)), cursor }),
  "GET /_u/api/people/:id/history": answers({ person: id, history: list(decision) }),
  "GET /_u/api/people/:id/sides": answers({ person: id, sides: list(side) }),
  "GET /_u/api/people/:id/next": answers(next),
  "POST /_u/api/people/:id/permissions": answers({
    person: id,
    permissions: about(permissions, "What stands for the address now"),
  }),
  "PUT /_u/api/devices/:id": answers({ visitor: id, sharing }),
  "PUT /_u/api/devices/:id/identifiers": answers({
    visitor: id,
    kind: text,
    own: flag,
    merges: about(list(text), "Those that it took back"),
  }),
  "POST /_u/api/links": answers({ go: orNull(text), open: text, unsubscribe: text }),
  "GET /_u/api/hints": answers({
    at: time,
    people: about(whole, "People looked at"),
    hints: list(
      object({
        person: id,
        stage,
        segment: orNull(text),
        action: text,
        label: text,
        channel: text,
        address: about(orNull(text), "Only one that may be contacted over this channel now"),
        permitted: flag,
        why: list(text),
        expected: share,
        priority: share,
        first: flag,
        title: text,
        text,
        href: text,
      }),
    ),
    cursor,
  }),
  "GET /_u/api/hints.csv": { file: "text/csv" },
  "POST /_u/api/hints/sent": answers({
    sent: list(object({ person: id, hint: text })),
    left: list(id),
  }),
  "POST /_u/api/hints/:hint/:outcome": answers({ hint: text, outcome: text }),
  "GET /_u/api/export/events.ndjson": {
    file: "application/x-ndjson",
    line: object({ ...event, person: id, day: text }),
  },
  "GET /_u/api/export/people.ndjson": {
    file: "application/x-ndjson",
    line: object({
      person: id,
      day: text,
      stage,
      firstSeen: time,
      lastSeen: time,
      visitors: list(object({ id, origin: text })),
      events: whole,
      sessions: whole,
      names: anything,
      topics: anything,
      channels: anything,
      devices: list(device),
      campaigns: list(anything),
      orders: whole,
      value: number,
      identifiers: list(
        object({ ...said, mayContact: list(oneOf(...CONTACT_CHANNELS)), permissions }),
      ),
      traits: anything,
    }),
  },
  "GET /_u/api/export/people.csv": { file: "text/csv" },
};
