/** Next actions, reports and the tracking's own state, as the API describes them. */
import { CatalogueSchema } from "../../domain/action/schema.ts";
import { days, type Described, page, text } from "./described.ts";
import { EventPlanBody } from "./event-plan.ts";
import { HintsSentRequest } from "./hints-sent.ts";
import { SitemapBody } from "./setup.ts";

export const DESCRIBED_MARKETING: Readonly<Record<string, Described>> = {
  "GET /_u/api/actions": {
    summary: "The catalogue of next actions, what each asks for in words, and whom it fits now",
    role: "marketer",
  },
  "GET /_u/api/hints": {
    summary: "Who should get what, by which permitted channel and address, and why",
    role: "marketer",
    query: { action: text, ...page },
    refusals: [404],
  },
  "GET /_u/api/hints.csv": {
    summary: "The same as CSV; the header Usher-Cursor leads to the next page",
    role: "marketer",
    query: { action: text, ...page },
    refusals: [404],
  },
  "POST /_u/api/hints/sent": {
    summary:
      "What went out to whom from a list, so that caps and rest hold; answers with the hint of each, to tell by it what came of it",
    role: "marketer",
    body: HintsSentRequest,
    refusals: [404],
  },
  "POST /_u/api/hints/:hint/:outcome": {
    summary: "What came of a message: `shown`, `taken` or `dismissed`",
    role: "marketer",
    refusals: [404],
  },
  "GET /_u/api/reports/actions": {
    summary:
      "Takes by action, channel, segment, stage, device, topic and slot, and the lift over the hold-out",
    role: "marketer",
    query: days,
  },
  "GET /_u/api/reports/attribution": {
    summary:
      "Outcomes, value and cost by channel or campaign and model, and the commonest paths, of journeys under advertising alone, from the first day on that is kept for it",
    role: "marketer",
    query: {
      ...days,
      by: { enum: ["channel", "campaign"] },
      outcome: {
        type: "string",
        description:
          "Name of the event that counts as an outcome, whatever it is worth; without it every event with a value counts",
      },
    },
  },
  "GET /_u/api/reports/meter": {
    summary:
      "Who has used up how much of the reading meter, of the people last seen; `uncounted` are those who don't allow personalization",
    role: "marketer",
    query: page,
  },
  "GET /_u/api/reports/segments": {
    summary: "People with similar journeys, what sets them apart, and what people did next",
    role: "marketer",
  },
  "PUT /_u/api/actions": {
    summary: "Save the catalogue; 409 when another version was saved meanwhile",
    role: "marketer",
    body: CatalogueSchema,
    refusals: [409],
  },
  "GET /_u/api/reports/overview": {
    summary: "Events, orders, channels, devices and campaigns, and what was dropped",
    role: "marketer",
    query: days,
  },
  "GET /_u/api/reports/setup": {
    summary:
      "What is wrong with the tracking, with evidence and steps; what arrives and what is dropped",
    role: "marketer",
    query: days,
  },
  "POST /_u/api/reports/setup/sitemap": {
    summary: "Have the site's sitemap read, so that pages never seen can be told",
    role: "every role",
    body: SitemapBody,
  },
  "GET /_u/api/event-plan": {
    summary: "Which events the site means to send",
    role: "every role",
  },
  "PUT /_u/api/event-plan": {
    summary: "Save the event plan; 409 when another version was saved meanwhile",
    role: "marketer",
    body: EventPlanBody,
    refusals: [409],
  },
};
