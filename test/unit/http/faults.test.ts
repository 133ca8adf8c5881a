import * as v from "valibot";
import { expect, test } from "vitest";
import { faultsIn } from "../../../src/http/api/input.ts";

test.each<[v.GenericSchema, unknown, string]>([
  [v.array(v.string()), {}, "must be a list"],
  [v.object({}), "x", "must be an object"],
  [v.string(), 7, "must be a text"],
  [v.number(), "7", "must be a number"],
  [v.boolean(), "yes", "must be true or false"],
  [v.union([v.string(), v.number()]), true, "must be a text or a number"],
  [v.optional(v.string()), 7, "must be a text"],
  [v.picklist(["open", "done", "failed"]), "x", "must be one of open, done, failed"],
  [v.pipe(v.array(v.number()), v.maxLength(2)), [1, 2, 3], "must have at most 2 entries"],
  [v.pipe(v.string(), v.maxLength(2)), "abc", "must have at most 2 characters"],
  [v.pipe(v.array(v.number()), v.minLength(1)), [], "must not be empty"],
  [v.pipe(v.number(), v.integer()), 1.5, "must be a whole number"],
  [v.pipe(v.number(), v.minValue(1)), 0, "must be at least 1"],
  [v.pipe(v.number(), v.maxValue(24)), 25, "must be at most 24"],
  [v.strictObject({}), { more: 1 }, "isn't part of this call"],
])(
  "what is wrong is said in words, whatever the schema calls it (%#)",
  (schema, input, message) => {
    expect(faultsIn(schema, input).map((fault) => fault.message)).toEqual([message]);
  },
);
