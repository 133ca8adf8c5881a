/** What the calls about who is who answer. */
import { MergeRulesSchema } from "../../../domain/identity/rules-schema.ts";
import { SUGGESTION_STATES } from "../../../d1/suggestions.ts";
import { jsonSchemaOf } from "../schema.ts";
import { stage } from "./parts.ts";
import { outcome } from "./people.ts";
import {
  about,
  type Answer,
  answers,
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

const rules = jsonSchemaOf(MergeRulesSchema);
const state = oneOf(...SUGGESTION_STATES);
const people = about(list(id), "The two persons, as they are named now");

const suggested = object({
  id,
  visitor: about(id, "Whose facts were compared"),
  origin: text,
  device: orNull(text),
  stage,
  visitors: whole,
});

const suggestion = {
  id: text,
  state,
  basis: oneOf("facts", "devices"),
  at: time,
  probability: share,
  score: about(number, "Match weight in bits: the sum of the reasons"),
  reasons: list(object({ field: text, bits: number, because: text })),
  people: list(suggested),
  facts: about(
    list(object({ field: text, a: orNull(text), b: orNull(text), same: oneOf(true, false) })),
    "What they said of themselves, side by side; what is the same is masked",
  ),
  policy: object({ joins: flag, because: text }),
  decided: orNull(object({ at: time, by: text, why: text, merge: orNull(text) })),
};

const verdict = {
  verdict: oneOf("merge", "link", "separate", "refuse"),
  reason: orNull(text),
  because: text,
};

export const IDENTITY_ANSWERS: Readonly<Record<string, Answer>> = {
  "GET /_u/api/merges": answers({
    merges: list(
      object({
        merge: orNull(text),
        op: text,
        at: time,
        by: text,
        because: text,
        evidence: about(text, "A kind of identifier in words, `human` or `inferred`"),
        visitors: list(id),
        rules: orNull(whole),
      }),
    ),
    cursor,
  }),
  "POST /_u/api/merges": answers(outcome),
  "POST /_u/api/merges/:id/undo": answers(outcome),
  "POST /_u/api/separate": answers({ separate: people }),
  "DELETE /_u/api/separate": answers({ people }),
  "GET /_u/api/suggestions": answers({ suggestions: list(object(suggestion)), cursor }),
  "GET /_u/api/suggestions/:id": answers(suggestion),
  "POST /_u/api/suggestions/:id/approve": answers({ suggestion: text, state, ...outcome }),
  "POST /_u/api/suggestions/:id/reject": answers({ suggestion: text, state }),
  "GET /_u/api/merge-rules": { json: rules },
  "PUT /_u/api/merge-rules": { json: rules },
  "GET /_u/api/merge-rules/versions": answers({
    versions: list(object({ version: whole, author: text, at: time })),
  }),
  "GET /_u/api/merge-rules/versions/:version": answers({
    version: whole,
    author: text,
    at: time,
    rules,
  }),
  "POST /_u/api/merge-rules/try": answers({
    people,
    shared: list(object({ kind: text, value: orNull(text), ...verdict })),
    decision: object(verdict),
  }),
  "GET /_u/api/quarantine": answers({
    quarantined: list(
      object({
        id: about(text, "The identifier's keyed name"),
        kind: text,
        value: orNull(text),
        at: time,
        visitors: whole,
        blocked: flag,
        proven: flag,
        person: orNull(id),
        by: orNull(text),
        why: orNull(text),
      }),
    ),
  }),
  "POST /_u/api/quarantine": answers({ blocked: about(text, "The identifier's keyed name") }),
  "DELETE /_u/api/quarantine/:id": answers({ released: text }),
};
