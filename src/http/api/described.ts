/** How a call of the API is described, before it is OpenAPI. */
import type * as v from "valibot";
import type { JsonSchema } from "./schema.ts";

export interface Described {
  summary: string;
  role: "owner" | "officer" | "marketer" | "every role" | "anyone";
  query?: Record<string, JsonSchema>;
  body?: v.GenericSchema;
  /** Refusals besides those that every call may have. */
  refusals?: readonly number[];
}

export const text: JsonSchema = { type: "string" };
export const page: Record<string, JsonSchema> = {
  cursor: { type: "string", description: "Of the page before" },
  limit: { type: "integer", minimum: 1, maximum: 500, default: 50 },
};
export const days: Record<string, JsonSchema> = {
  from: { type: "string", description: "A day like 2026-11-01" },
  to: { type: "string", description: "The last day, included" },
};
