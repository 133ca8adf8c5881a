/** The calls by which data leaves, described. */
import { WebhooksSchema } from "../../out/webhooks.ts";
import { days, type Described } from "./described.ts";
import type { JsonSchema } from "./schema.ts";

const leaving: Record<string, JsonSchema> = {
  purpose: { type: "string", description: "One that people decide on, like measurement" },
  ...days,
  after: { type: "string", description: "What the answer before ended with" },
};

export const DESCRIBED_OUT: Readonly<Record<string, Described>> = {
  "GET /_u/api/export/events.ndjson": {
    summary:
      "Events that may be used for a purpose now, a line each; the last line says where to go on",
    role: "officer",
    query: leaving,
  },
  "GET /_u/api/export/people.ndjson": {
    summary:
      "Profiles of what may be used for a purpose now, a line a person, by the day last heard of; each address says over which channels it may be used, and over none where it is suppressed",
    role: "officer",
    query: leaving,
  },
  "GET /_u/api/export/people.csv": {
    summary:
      "The same profiles as a table, with only those addresses that may be used now; the header Usher-Cursor leads to the next page, as `after`",
    role: "officer",
    query: leaving,
  },
  "GET /_u/api/webhooks": {
    summary: "Which systems get events, on which purpose, and what became of the last deliveries",
    role: "every role",
  },
  "PUT /_u/api/webhooks": {
    summary: "Save the webhooks; a new one begins with what comes from now on",
    role: "officer",
    body: WebhooksSchema,
    refusals: [409],
  },
  "POST /_u/api/webhooks/:id/deliveries/:delivery/again": {
    summary: "Send again what was given up after all tries, as far as consent allows now",
    role: "officer",
    refusals: [404],
  },
};
