import { expect, test } from "vitest";
import * as v from "valibot";
import { CatalogueSchema } from "../../../src/domain/action/schema.ts";
import { DESCRIBED, describeApi } from "../../../src/http/api/openapi.ts";
import { apiRoutes } from "../../../src/http/api/routes.ts";
import { jsonSchemaOf } from "../../../src/http/api/schema.ts";
import { contextOf, send, Village } from "./stage.ts";

test("the description says every call there is, and none that isn't", () => {
  const calls = apiRoutes.map(([method, path]) => `${method} ${path}`);
  expect(Object.keys(DESCRIBED).toSorted()).toEqual(calls.toSorted());
});

test("the description is there for everybody", async () => {
  const request = new Request("https://www.example.org/_u/api/openapi.json");
  const answer = await send(apiRoutes, contextOf(new Village()), request);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    openapi: "3.1.0",
    paths: {
      "/_u/api/people/{id}": {
        get: {
          parameters: [{ name: "id", in: "path", required: true }],
          security: [{ token: [] }],
        },
      },
      "/_u/api/merges": {
        post: {
          requestBody: {
            content: {
              "application/json": {
                schema: { required: ["a", "b"], properties: { dryRun: { default: false } } },
              },
            },
          },
          responses: { 409: {}, 422: {} },
        },
      },
    },
  });
});

test("a call is described as open to anybody only if it answers without a token", async () => {
  const { paths } = describeApi(apiRoutes);
  for (const [method, path] of apiRoutes) {
    const url = `https://www.example.org${path.replaceAll(/:\w+/g, "unknown")}`;
    const answer = await send(apiRoutes, contextOf(new Village()), new Request(url, { method }));
    const described = paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
    expect({ path, open: answer.status !== 401 }).toEqual({
      path,
      open: (described as { security: unknown[] }).security.length === 0,
    });
  }
});

test("a call that takes a body is described with the schema that it is held to", () => {
  const { paths } = describeApi(apiRoutes);
  expect(paths["/_u/api/actions"]?.["put"]).toMatchObject({
    requestBody: { content: { "application/json": { schema: jsonSchemaOf(CatalogueSchema) } } },
  });
});

test("what may be one or several is described as both", () => {
  const { actions } = jsonSchemaOf(CatalogueSchema).properties ?? {};
  const { reads } = actions?.items?.properties?.["conditions"]?.properties ?? {};
  expect(reads?.anyOf).toMatchObject([
    { type: "object", required: ["topic", "atLeast"] },
    { type: "array", maxItems: 16, items: { type: "object", required: ["topic", "atLeast"] } },
  ]);
});

test("a schema says what valibot checks", () => {
  const schema = v.strictObject({
    id: v.pipe(v.string(), v.regex(/^[a-z]+$/), v.maxLength(8)),
    count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.ltValue(9)), 2),
    tags: v.pipe(v.array(v.string()), v.minLength(1)),
    kind: v.nullable(v.picklist(["a", "b"])),
    more: v.optional(v.record(v.string(), v.boolean())),
    note: v.exactOptional(v.string()),
    any: v.unknown(),
  });
  expect(jsonSchemaOf(schema)).toEqual({
    type: "object",
    additionalProperties: false,
    required: ["id", "tags", "kind", "any"],
    properties: {
      id: { type: "string", pattern: "^[a-z]+$", maxLength: 8 },
      count: { type: "integer", minimum: 1, exclusiveMaximum: 9, default: 2 },
      tags: { type: "array", items: { type: "string" }, minItems: 1 },
      kind: { anyOf: [{ enum: ["a", "b"] }, { type: "null" }] },
      more: { type: "object", additionalProperties: { type: "boolean" } },
      note: { type: "string" },
      any: {},
    },
  });
});
