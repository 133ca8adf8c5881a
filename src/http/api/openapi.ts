/** `GET /_u/api/openapi.json`: the API described, from the schemas that its calls are held to. */
import { STAGES } from "../../domain/person/stage.ts";
import type { Handler, Route } from "../context.ts";
import { json } from "../respond.ts";
import { ANSWERS } from "./answers/all.ts";
import type { Answer } from "./answers/shape.ts";
import { type Described, page, text } from "./described.ts";
import { DESCRIBED_CONSENT } from "./described-consent.ts";
import { DESCRIBED_IDENTITY } from "./described-identity.ts";
import { DESCRIBED_MARKETING } from "./described-marketing.ts";
import { DESCRIBED_OPERATE } from "./described-operate.ts";
import { DESCRIBED_OUT } from "./described-out.ts";
import { LinksRequest } from "./links.ts";
import { type JsonSchema, jsonSchemaOf } from "./schema.ts";

/** By method and path as in routes.ts; a test holds the two together. */
export const DESCRIBED: Readonly<Record<string, Described>> = {
  "GET /_u/api/people": {
    summary: "People, last seen first, or whom an identifier or the start of an id leads to",
    role: "marketer",
    query: {
      identifier: { type: "string", description: "A kind and a value: email:jane@example.org" },
      q: { type: "string", description: "An identifier, or the start of an id" },
      stage: { enum: STAGES },
      next: {
        type: "string",
        description: "Label of an action: those who would be shown it now; each is asked",
      },
      segment: {
        type: "string",
        description:
          "Name of a segment: those who are in it now, as far as consent lets it be said",
      },
      ...page,
    },
  },
  "GET /_u/api/people/:id": {
    summary: "One person: devices, identifiers, and why it is one",
    role: "marketer",
    refusals: [404],
  },
  "GET /_u/api/people/:id/journey": {
    summary: "All that a person did, oldest first, each event with its policy and purposes",
    role: "marketer",
    query: page,
    refusals: [404],
  },
  "GET /_u/api/people/:id/history": {
    summary:
      "Every merge, link, separation, release and device setting of a person: who, when, why, on what",
    role: "every role",
    refusals: [404],
  },
  "GET /_u/api/people/:id/sides": {
    summary:
      "Both sides of a human's life: addresses and devices of each, and where they would rather be asked",
    role: "every role",
    refusals: [404],
  },
  "GET /_u/api/people/:id/next": {
    summary: "What this person would be shown now, and why; nothing is recorded as given",
    role: "marketer",
    query: { slot: text },
    refusals: [404],
  },
  "POST /_u/api/links": {
    summary: "Signed links for one mail to one address: click, open pixel, unsubscribe",
    role: "marketer",
    body: LinksRequest,
  },
  "POST /_u/api/import": {
    summary:
      "Import a CSV of people, events or spend; the body is the file, consent counts from an approved origin. Columns of people are called as usual (user id, email, phone, crm id, anonymous id, social:<provider>, esp:<vendor>); consent_<purpose> and permission_<channel> hold yes or no; events have event and timestamp besides (docs/import.md); email_work, email_private, phone_work and phone_private say which side of a life an address is of, and a row with both sides makes two people who are kept apart, ids and facts going with the side that the file names first. Of refused rows the first thousand are told with their lines, and `counts` says how many there are",
    role: "marketer",
    query: {
      kind: {
        enum: ["people", "events", "spend"],
        description:
          "Spend has the columns date, channel, campaign, cost, currency, impressions and clicks; a lone point in a cost has decimals behind it; what one file says of a day, channel and campaign adds up, and replaces what a file before said",
      },
      origin: { type: "string", description: "Where the file comes from; approved by an officer" },
      country: { type: "string", description: "Of national phone numbers, like DE" },
      from: { type: "integer", minimum: 2, description: "The line to go on with" },
    },
  },
  "GET /_u/api/origins": { summary: "Where imports came from", role: "every role" },
  "POST /_u/api/origins/:origin/approve": {
    summary: "Let the consent and the permissions count that come from this origin",
    role: "officer",
    refusals: [404],
  },
  "POST /_u/api/origins/:origin/withdraw": {
    summary:
      "Withdraw an approval: what was recorded stays, and nothing further counts that comes from this origin",
    role: "officer",
    refusals: [404, 409],
  },
  ...DESCRIBED_IDENTITY,
  ...DESCRIBED_CONSENT,
  ...DESCRIBED_OUT,
  ...DESCRIBED_MARKETING,
  ...DESCRIBED_OPERATE,
  "GET /_u/api/openapi.json": { summary: "This description", role: "anyone" },
};

const REFUSALS: Readonly<Record<number, string>> = {
  400: "Not JSON, or a cursor that isn't ours",
  401: "No good token",
  403: "A token of another role",
  404: "There is nobody and nothing of this id",
  409: "The merge policy refuses, or somebody else was faster",
  413: "The body is too large",
  422: "Something is wrong at the path that is told",
  503: "Under way; look again after Retry-After",
};

const ERROR: JsonSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code"],
      properties: { code: text, message: text, path: text },
    },
  },
};

const contentOf = (schema: JsonSchema) => ({ "application/json": { schema } });

const WHO: Readonly<Record<Exclude<Described["role"], "anyone">, string>> = {
  owner: "For the owner.",
  officer: "For the officer and the owner.",
  marketer: "For the marketer and the owner.",
  "every role": "For every role.",
};

/** Lines of JSON are described one by one: OpenAPI 3.1 knows no word for many. */
function answered(answer: Answer | undefined) {
  if (!answer) return {};
  if ("json" in answer) return { content: contentOf(answer.json) };
  return { content: { [answer.file]: { schema: answer.line ?? { type: "string" } } } };
}

function responsesOf({ role, refusals = [], query, body }: Described, answer: Answer | undefined) {
  const statuses = [
    ...(role === "anyone" ? [] : [401, 403]),
    ...(query || body ? [400, 422] : []),
    ...(body ? [413] : []),
    ...refusals,
  ].toSorted((a, b) => a - b);
  const refused = statuses.map((status) => [
    status,
    { description: REFUSALS[status] ?? "", content: contentOf(ERROR) },
  ]);
  return { 200: { description: "Done", ...answered(answer) }, ...Object.fromEntries(refused) };
}

function operation(path: string, described: Described, answer: Answer | undefined) {
  const { summary, role, query = {}, body } = described;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: text,
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema }));
  return {
    summary,
    ...(role === "anyone"
      ? { security: [] }
      : {
          description: WHO[role],
          security: [{ token: [] }],
        }),
    parameters: [...inPath, ...inQuery],
    ...(body ? { requestBody: { content: contentOf(jsonSchemaOf(body)) } } : {}),
    responses: responsesOf(described, answer),
  };
}

/** OpenAPI 3.1. */
export function describeApi(routes: readonly Pick<Route, 0 | 1>[]) {
  const paths: Record<string, Record<string, object>> = {};
  for (const { 0: method, 1: path } of routes) {
    const described = DESCRIBED[`${method} ${path}`];
    if (!described) continue;
    const name = path.replaceAll(/:(\w+)/g, "{$1}");
    paths[name] = {
      ...paths[name],
      [method.toLowerCase()]: operation(path, described, ANSWERS[`${method} ${path}`]),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Usher",
      version: "1",
      description: "The trusted API. What was accepted shows within ten seconds.",
    },
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths,
  };
}

export const openapiFor =
  (routes: readonly Route[]): Handler =>
  async () =>
    json(describeApi(routes));
