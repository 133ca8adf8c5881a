/** How answers are described: JSON Schema, with as few words as TypeScript's own types. */
import type { JsonSchema } from "../schema.ts";

/** JSON of this shape, or a file: its type, and for lines of JSON what each line is. */
export type Answer = { json: JsonSchema } | { file: string; line?: JsonSchema };

export const text: JsonSchema = { type: "string" };
export const number: JsonSchema = { type: "number" };
export const whole: JsonSchema = { type: "integer" };
export const flag: JsonSchema = { type: "boolean" };
export const anything: JsonSchema = {};
/** RFC 3339. */
export const time: JsonSchema = { type: "string", format: "date-time" };
/** `2026-11-22` */
export const day: JsonSchema = { type: "string", format: "date" };
/** Of 0 to 1. */
export const share: JsonSchema = { type: "number", minimum: 0, maximum: 1 };
export const id: JsonSchema = {
  type: "string",
  pattern: "^[a-z2-7]{26}$",
  description: "Of a visitor, or of the person that is named after it",
};

export const about = (schema: JsonSchema, description: string): JsonSchema => ({
  ...schema,
  description,
});
export const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });
export const map = (values: JsonSchema): JsonSchema => ({
  type: "object",
  additionalProperties: values,
});
export const either = (...anyOf: JsonSchema[]): JsonSchema => ({ anyOf });
export const orNull = (schema: JsonSchema): JsonSchema => either(schema, { type: "null" });
export const oneOf = (...values: readonly (string | number | boolean)[]): JsonSchema => ({
  enum: values,
});

/** A name that ends in `?` may be missing. */
export function object(parts: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const named = Object.entries(parts).map(([name, schema]) => ({
    name: name.replace(/\?$/, ""),
    isRequired: !name.endsWith("?"),
    schema,
  }));
  const required = named.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    type: "object",
    properties: Object.fromEntries(named.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** Where a list goes on; null at the end. */
export const cursor = about(orNull(text), "Where the list goes on; null at the end");

export const answers = (parts: Readonly<Record<string, JsonSchema>>): Answer => ({
  json: object(parts),
});
