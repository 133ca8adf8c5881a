/** What the calls about consent, its proof and people's rights answer. */
import { PolicySchema } from "../../../domain/consent/policy.ts";
import { jsonSchemaOf } from "../schema.ts";
import {
  about,
  type Answer,
  answers,
  anything,
  cursor,
  day,
  either,
  flag,
  list,
  map,
  number,
  object,
  oneOf,
  orNull,
  share,
  text,
  time,
  whole,
} from "./shape.ts";

const policy = jsonSchemaOf(PolicySchema);
const version = { version: whole, author: text, note: text, at: time };
const change = object({ path: text, "before?": anything, "after?": anything });
const fault = object({ path: text, message: text });

const shifts = about(
  map(object({ gain: whole, lose: whole })),
  "By purpose: visitors who would gain or lose it",
);
const whatIf = {
  visitors: whole,
  purposes: shifts,
  asked: object({ before: whole, after: whole }),
  regions: map(object({ visitors: whole, purposes: shifts })),
};

const draft = answers({
  revision: whole,
  base: about(whole, "The version that it was made from"),
  published: about(whole, "The version in force"),
  author: text,
  at: time,
  document: anything,
  faults: list(fault),
  changes: list(change),
  material: about(list(text), "Purposes whose earlier grants it would expire"),
});

const kept = {
  visitor: about(text, "Of an erased visitor a keyed name"),
  seq: whole,
  kind: oneOf("grant", "withdrawal", "opt-out"),
  hash: text,
  previous: text,
};
const receipts = (more: Parameters<typeof object>[0]) => [
  object({ ...kept, ...more, policy: whole, body: anything }),
  object({ ...kept, ...more, erased: oneOf(true), seal: text }),
];

const rowsBefore = (name: string) => object({ before: day, [name]: whole });

const request = {
  id: text,
  kind: oneOf("export", "erase"),
  state: oneOf("open", "running", "done", "failed"),
  about: about(text, "Kind of the identifier it came with"),
  by: text,
  at: time,
  due: time,
  doneAt: orNull(time),
  "handedOver?": orNull(object({ at: time, by: text, how: text })),
};

const removed = object({
  objects: map(whole),
  database: about(map(anything), "Rows by table"),
  keys: whole,
});

/** An export or an erasure by itself. */
const told: Answer = answers({
  ...request,
  visitors: list(text),
  maybe: list(object({ visitor: text, because: text })),
  "step?": about(text, "Of an erasure: how far it is"),
  "removed?": about(orNull(removed), "Of an erasure: what was removed where"),
  "data?": about(
    object({
      format: text,
      at: time,
      visitors: about(list(anything), "All that is held, visitor by visitor"),
      merges: list(anything),
      probable: list(anything),
      maybe: list(object({ count: whole, because: text })),
    }),
    "Of an export",
  ),
});

const cookies = {
  cookies: list(anything),
  undeclared: about(list(anything), "Cookies of ours that the policy doesn't declare"),
  storage: list(
    object({
      name: text,
      kind: text,
      purposes: list(text),
      lifetime: text,
      description: text,
    }),
  ),
};

export const CONSENT_ANSWERS: Readonly<Record<string, Answer>> = {
  "GET /_u/api/policy": { json: policy },
  "PUT /_u/api/policy": { json: policy },
  "GET /_u/api/policy/versions": answers({ versions: list(object(version)) }),
  "GET /_u/api/policy/versions/:version": { json: policy },
  "GET /_u/api/policy/draft": draft,
  "PUT /_u/api/policy/draft": draft,
  "DELETE /_u/api/policy/draft": answers({}),
  "GET /_u/api/policy/draft/what-if": answers({
    done: flag,
    progress: share,
    ...whatIf,
  }),
  "POST /_u/api/policy/simulate": answers({
    policy: object({ version: whole, draft: flag }),
    region: orNull(text),
    regime: text,
    ask: flag,
    gpc: anything,
    signals: anything,
    decisions: about(
      map(object({ granted: flag, code: text, because: text })),
      "By purpose, as the gate decides",
    ),
    rules: about(map(anything), "By purpose: the rule that decided"),
    "changes?": list(change),
    "material?": list(text),
    "whatIf?": object({ ...whatIf, whole: flag }),
  }),
  "GET /_u/api/receipts": answers({ receipts: list(either(...receipts({ at: time }))), cursor }),
  "GET /_u/api/receipts/verify": answers({
    ok: flag,
    receipts: whole,
    visitors: whole,
    faults: list(
      object({ kind: oneOf("changed", "missing", "misplaced"), visitor: text, seq: whole }),
    ),
    anchors: object({
      anchors: whole,
      faults: list(object({ kind: text, day: number, because: text })),
    }),
    cursor,
  }),
  "GET /_u/api/receipts/export": {
    file: "application/x-ndjson",
    line: either(
      ...receipts({
        at: about(whole, "Milliseconds"),
        "landed?": about(whole, "Day on which it was inserted, since 1970-01-01"),
      }),
      object({ anchor: anything }),
      object({ signed: anything }),
    ),
  },
  "GET /_u/api/receipts/check.mjs": { file: "text/javascript" },
  "GET /_u/api/requests": answers({
    requests: list(object({ ...request, visitors: whole, maybe: whole, "step?": text })),
    cursor,
  }),
  "POST /_u/api/requests": told,
  "GET /_u/api/requests/:id": told,
  "POST /_u/api/erasures/reapply": answers({
    visitors: whole,
    claims: whole,
    forged: about(whole, "Entries of the ledger that nobody of us wrote"),
    cursor,
  }),
  "GET /_u/api/retention": answers({
    rows: list(object({ table: text, purposes: orNull(list(text)), before: day, rows: whole })),
    clickIds: rowsBefore("rows"),
    said: rowsBefore("rows"),
    people: rowsBefore("persons"),
    whole: about(flag, "False: there is more than was looked at"),
  }),
  "GET /_u/api/record": answers({
    at: time,
    controller: text,
    contact: orNull(text),
    dataProtectionOfficer: orNull(text),
    policy: object({ version: whole, published: anything }),
    dataSubjects: list(text),
    activities: list(
      object({
        purpose: text,
        label: text,
        description: text,
        basis: text,
        data: list(text),
        retentionDays: whole,
        sinceVersion: whole,
      }),
    ),
    stored: object({
      events: orNull(object({ from: day, to: day })),
      channels: list(text),
      identifierKinds: list(text),
      specialCategories: anything,
    }),
    recipients: list(object({ name: text, role: text, for: text })),
    location: anything,
    security: list(text),
    rights: object({ ownPage: text, cookies: text, answeredWithin: text }),
    withdrawal: anything,
    cookies: object(cookies),
  }),
  "GET /_u/api/cookies": answers(cookies),
  "GET /_u/api/origins": answers({ origins: list(origin()) }),
  "POST /_u/api/origins/:origin/approve": { json: origin() },
  "POST /_u/api/origins/:origin/withdraw": { json: origin() },
};

function origin() {
  const said = orNull(object({ at: time, by: orNull(text) }));
  return object({
    origin: text,
    firstSeen: time,
    approved: said,
    withdrawn: said,
    counts: about(flag, "Whether what it says of consent counts now"),
  });
}
