/** Reading what callers send, held to a schema. */
import * as v from "valibot";
import { Problem } from "../../domain/problem.ts";
import { readJson } from "../body.ts";
import type { Call } from "../context.ts";

/** @throws Problem `invalid` with the path of the first thing that is wrong, and never with what was sent there. */
export function check<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const read = v.safeParse(schema, input);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const path = (issue.path ?? []).map((item) => String(item.key)).join(".");
  throw new Problem("invalid", plainMessage(issue), path === "" ? {} : { path });
}

export interface Fault {
  /** Names and places from the outside in, joined by dots. */
  path: string;
  message: string;
}

/** All that is wrong, for a form; empty when nothing is. */
export function faultsIn(schema: v.GenericSchema, input: unknown): Fault[] {
  const read = v.safeParse(schema, input);
  return (read.issues ?? []).map((issue) => ({
    path: (issue.path ?? []).map((item) => String(item.key)).join("."),
    message: plainMessage(issue),
  }));
}

/** Our own messages pass; valibot's own say what was received, which may be what nobody should repeat. */
function plainMessage(issue: v.BaseIssue<unknown>): string {
  if (!issue.message.startsWith("Invalid ")) return issue.message;
  if (issue.expected === "never") return "isn't part of this call";
  if (issue.received === "undefined") return "is missing";
  return requirementWords(issue) ?? "isn't valid here";
}

const KINDS: Readonly<Record<string, string>> = {
  Array: "a list",
  Object: "an object",
  string: "a text",
  number: "a number",
  boolean: "true or false",
};

/** What valibot expects, such as `<=500` or `(string | null)`, as people say it. */
function requirementWords({ type, expected, input }: v.BaseIssue<unknown>): string | null {
  if (type === "integer") return "must be a whole number";
  if (expected === null) return null;
  const [, sign, limit] = /^([<>])=(\d+)$/.exec(expected) ?? [];
  if (sign === undefined) return `must be ${choiceWords(expected)}`;
  const bound = `at ${sign === ">" ? "least" : "most"} ${limit}`;
  if (type.endsWith("_value")) return `must be ${bound}`;
  if (sign === ">" && limit === "1") return "must not be empty";
  return `must have ${bound} ${Array.isArray(input) ? "entries" : "characters"}`;
}

function choiceWords(expected: string): string {
  const choices = expected.replace(/^\((.*)\)$/, "$1").split(" | ");
  if (choices.length > 1 && choices.every((each) => each.startsWith('"')))
    return `one of ${choices.join(", ").replaceAll('"', "")}`;
  const words = choices.flatMap((each) => (each === "undefined" ? [] : [KINDS[each] ?? each]));
  return words.join(" or ");
}

/** No body at all is left to the schema. @throws Problem as `readJson` and `check` */
export async function readBody<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const isEmpty = request.body === null || request.headers.get("content-length") === "0";
  return check(schema, isEmpty ? undefined : await readJson(request));
}

/** A name in the path, as it was before it was put there; empty for one that isn't well encoded, which names nothing. */
export function named(request: Call, name: string): string {
  try {
    return decodeURIComponent(request.params[name] ?? "");
  } catch {
    return "";
  }
}

export const query = (request: Request): URLSearchParams => new URL(request.url).searchParams;

/** A parameter that isn't there and one that is empty are the same. */
export const asked = (request: Request, name: string): string | undefined =>
  query(request).get(name)?.trim() || undefined;

const PAGE = { least: 1, usual: 50, most: 500 } as const;

/** How many rows a page of a list has: `?limit=`. @throws Problem `invalid` */
export function pageSize(request: Request): number {
  const text = asked(request, "limit");
  if (text === undefined) return PAGE.usual;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= PAGE.least && limit <= PAGE.most) return limit;
  throw new Problem("invalid", `must be a whole number from ${PAGE.least} to ${PAGE.most}`, {
    path: "limit",
  });
}

/** A parameter that is a number if it is there. @throws Problem `invalid` */
export function wholeNumber(request: Request, name: string): number | undefined {
  const text = asked(request, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Problem("invalid", "must be a whole number", { path: name });
}

export const iso = (at: number): string => new Date(at).toISOString();
