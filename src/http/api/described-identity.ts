/** Who is who: merges, suggestions, rules and quarantine, as the API describes them. */
import { MergeRulesSchema } from "../../domain/identity/rules-schema.ts";
import { SUGGESTION_STATES } from "../../d1/suggestions.ts";
import { type Described, page } from "./described.ts";
import { OwnRequest } from "./disown.ts";
import { DryRunRequest } from "./merge-rules.ts";
import { MergeRequest } from "./merges.ts";
import { DeviceRequest, SeparateRequest } from "./personas.ts";
import { PermissionRequest } from "./permissions.ts";
import { BlockRequest } from "./quarantine.ts";
import { ApproveRequest, RejectRequest } from "./suggestion-decisions.ts";
import { UndoRequest } from "./undo.ts";

export const DESCRIBED_IDENTITY: Readonly<Record<string, Described>> = {
  "GET /_u/api/merges": {
    summary:
      "Every merge, undo and other decision about who is who, over all people and newest first: who, when, why, on what evidence. A page may hold fewer than asked for",
    role: "officer",
    query: page,
  },
  "POST /_u/api/merges": {
    summary: "Join two persons; 409 where the merge policy refuses, unless forced",
    role: "officer",
    body: MergeRequest,
    refusals: [404, 409, 503],
  },
  "POST /_u/api/merges/:id/undo": {
    summary: "Take one merge back, so that one person becomes two again",
    role: "officer",
    body: UndoRequest,
    refusals: [404, 503],
  },
  "POST /_u/api/separate": {
    summary: "Keep two persons apart: two personas of one human, or two humans",
    role: "officer",
    body: SeparateRequest,
    refusals: [404, 409],
  },
  "DELETE /_u/api/separate": {
    summary:
      "No longer keep two persons apart: what both said is weighed again, and the merge policy may join them or find again that they are two",
    role: "officer",
    query: {
      a: { type: "string", description: "Id of one person or visitor" },
      b: { type: "string", description: "Id of the other" },
      why: { type: "string", description: "Kept in the history" },
    },
    refusals: [404],
  },
  "PUT /_u/api/devices/:id": {
    summary: "Say whose device a visitor's is: personal, shared or a kiosk",
    role: "officer",
    body: DeviceRequest,
    refusals: [404],
  },
  "POST /_u/api/people/:id/permissions": {
    summary:
      "Write down what somebody told the organisation: one of their addresses isn't to be used over one channel any more, or may be. A no reaches everybody who has the address",
    role: "officer",
    body: PermissionRequest,
    refusals: [404],
  },
  "PUT /_u/api/devices/:id/identifiers": {
    summary:
      "Say that an identifier isn't this device's, or is after all: it joins it with nobody, and what it joined is parted",
    role: "officer",
    body: OwnRequest,
    refusals: [404, 503],
  },
  "GET /_u/api/suggestions": {
    summary:
      "People who are probably one, the surest first, each with its reasons in bits and words: by what they said of themselves (`basis: facts`), or by where their devices are seen (`devices`, off by default)",
    role: "officer",
    query: { state: { enum: SUGGESTION_STATES, default: "open" }, ...page },
  },
  "GET /_u/api/suggestions/:id": {
    summary:
      "One suggestion: both people side by side, what differs in full, what is the same masked",
    role: "officer",
    refusals: [404],
  },
  "POST /_u/api/suggestions/:id/approve": {
    summary:
      "Join the two on this suggestion; 409 where the merge policy refuses, unless forced, and where it was turned down or undone, unless said to `reconsider`",
    role: "officer",
    body: ApproveRequest,
    refusals: [404, 409, 503],
  },
  "POST /_u/api/suggestions/:id/reject": {
    summary: "They are two people: it isn't suggested again",
    role: "officer",
    body: RejectRequest,
    refusals: [404, 409],
  },
  "GET /_u/api/merge-rules": { summary: "The merge rules in force", role: "officer" },
  "PUT /_u/api/merge-rules": {
    summary:
      "Publish the next version of the merge rules; `probable.devices` is `off`, or `suggest` to compare devices by the networks they are seen at. `blocked.values` and `blocked.patterns` (`*` is anything) name nobody, as if they weren't sent, and `blocked.allowed` frees what they or the built-in list block; `user_id:` and the like in front of one is for that kind alone. A telephone number is blocked as it is sent, with or without its country. More than `flood.proven` visitors that prove one identifier within `flood.hours` quarantine it for those who prove it, too (left out: twice `flood.visitors`)",
    role: "officer",
    body: MergeRulesSchema,
    refusals: [409],
  },
  "GET /_u/api/merge-rules/versions": {
    summary: "Versions of the merge rules, newest first: who saved them when",
    role: "officer",
  },
  "GET /_u/api/merge-rules/versions/:version": {
    summary: "One version of the merge rules, as it was saved",
    role: "officer",
    refusals: [404],
  },
  "POST /_u/api/merge-rules/try": {
    summary:
      "What the rules, in force or proposed, and what is blocked or quarantined would do with two persons; nothing changes",
    role: "officer",
    body: DryRunRequest,
    refusals: [404],
  },
  "GET /_u/api/quarantine": {
    summary:
      "Identifiers that too many said, or that were blocked, so that they join nobody; where `proven` is true they don't join those who prove them either",
    role: "officer",
  },
  "POST /_u/api/quarantine": {
    summary: "Block a value: from now on it names nobody, proven or not, as if it weren't sent",
    role: "officer",
    body: BlockRequest,
  },
  "DELETE /_u/api/quarantine/:id": {
    summary: "Let an identifier join people again, until too many more say it",
    role: "officer",
    query: { why: { type: "string", description: "Kept in the history" } },
    refusals: [404],
  },
};
