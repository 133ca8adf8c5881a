/** The officer's calls, described: policy, receipts, requests, retention, the record. */
import { PolicySchema } from "../../domain/consent/policy.ts";
import { REQUEST_KINDS, REQUEST_STATES } from "../../domain/request.ts";
import { type Described, page, text } from "./described.ts";
import { SimulateRequest } from "./policy.ts";
import { RequestBody } from "./requests.ts";

export const DESCRIBED_CONSENT: Readonly<Record<string, Described>> = {
  "GET /_u/api/policy": { summary: "The consent policy in force", role: "officer" },
  "PUT /_u/api/policy": {
    summary: "Publish the next version of the consent policy",
    role: "officer",
    query: {
      note: { type: "string", description: "What changed and why" },
      expected: { type: "integer", description: "The version it is to follow; else 409" },
    },
    body: PolicySchema,
    refusals: [409],
  },
  "GET /_u/api/policy/versions": { summary: "Every version, newest first", role: "officer" },
  "GET /_u/api/policy/versions/:version": {
    summary: "The policy as it was published then",
    role: "officer",
    refusals: [404],
  },
  "GET /_u/api/policy/draft": {
    summary: "The draft of the next policy, what is wrong with it, and what it changes",
    role: "officer",
    refusals: [404],
  },
  "PUT /_u/api/policy/draft": {
    summary: "Save the draft; it may contradict itself, and is published with PUT /_u/api/policy",
    role: "officer",
    query: { revision: { type: "integer", description: "It was made from; 0 for none; else 409" } },
    body: PolicySchema,
    refusals: [409],
  },
  "DELETE /_u/api/policy/draft": {
    summary: "Discard the draft",
    role: "officer",
    query: { revision: { type: "integer", description: "The one that is meant; else 409" } },
    refusals: [409],
  },
  "GET /_u/api/policy/draft/what-if": {
    summary:
      "Who would gain or lose which purpose, by region; each call goes on for a few thousand visitors until done",
    role: "officer",
    refusals: [404, 409],
  },
  "POST /_u/api/policy/simulate": {
    summary: "What the gate would decide for a described call, and what a draft would change",
    role: "officer",
    body: SimulateRequest,
  },
  "GET /_u/api/receipts": {
    summary: "A visitor's consent receipts, oldest first",
    role: "officer",
    query: { visitor: text, ...page },
  },
  "GET /_u/api/receipts/verify": {
    summary:
      "Whether every receipt is as it was written, and none is missing: by its chain, the signed anchors of days that are over, their copies in R2, and what the persons themselves remember of days that have no anchor yet. Go on with `cursor` until it is null",
    role: "officer",
    query: { cursor: page["cursor"] ?? text },
  },
  "GET /_u/api/receipts/export": {
    summary:
      "Every receipt and every anchor, one JSON document a line, and in the last line what they come to, signed (Ed25519), for an auditor",
    role: "officer",
  },
  "GET /_u/api/receipts/check.mjs": {
    summary:
      "A program for Node that checks such a file without any secret, against statements that were kept before, too (`/_u/ledger.json`)",
    role: "officer",
  },
  "GET /_u/api/requests": {
    summary:
      "Requests of data subjects, newest first, without what they are about; `handedOver` is null where an export is ready and nobody has fetched it",
    role: "officer",
    query: { state: { enum: REQUEST_STATES }, kind: { enum: REQUEST_KINDS }, ...page },
  },
  "POST /_u/api/requests": {
    summary: "A data subject's request for export or erasure",
    role: "officer",
    body: RequestBody,
  },
  "GET /_u/api/retention": {
    summary: "What the next sweep would remove, by purposes; nothing is removed by looking",
    role: "officer",
  },
  "GET /_u/api/record": {
    summary:
      "The record of processing activities (Art. 30 GDPR), from the policy and what is stored",
    role: "officer",
  },
  "GET /_u/api/cookies": {
    summary: "The cookie declaration, and cookies of ours that the policy doesn't declare",
    role: "officer",
  },
  "POST /_u/api/erasures/reapply": {
    summary: "Erases again what a restore brought back; to be repeated while there is a cursor",
    role: "officer",
    query: { cursor: text },
  },
  "GET /_u/api/requests/:id": {
    summary:
      "How a request stands, and what an export holds: fetching it counts as handing it over; goes on with an erasure that isn't done",
    role: "officer",
    refusals: [404],
  },
};
