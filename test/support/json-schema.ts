/**
 * Whether a value is what a JSON Schema says: as much of it as our own description uses. Objects are taken to have the named
 * parts and no others, unless it says otherwise, so that what an answer gained and the description didn't is found.
 */
import type { JsonSchema } from "../../src/http/api/schema.ts";

const FORMATS: Readonly<Record<string, RegExp>> = {
  "date-time": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
};

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

const isType = (value: unknown, type: string): boolean =>
  type === "integer" ? Number.isInteger(value) : typeOf(value) === type;

/** What is wrong, each with its path; empty when nothing is. */
export function faultsAgainst(schema: JsonSchema, value: unknown, path = "$"): string[] {
  if (schema.anyOf) {
    const all = schema.anyOf.map((each) => faultsAgainst(each, value, path));
    return all.some((faults) => faults.length === 0)
      ? []
      : [`${path}: none of ${all.length}: ${all.map((faults) => faults[0]).join(" | ")}`];
  }
  if (schema.type !== undefined && !isType(value, schema.type))
    return [`${path}: ${typeOf(value)} for ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${path}: not one of the listed`];
  if (typeof value === "string") return ofText(schema, value).map((fault) => `${path}: ${fault}`);
  if (typeof value === "number") return ofNumber(schema, value).map((fault) => `${path}: ${fault}`);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((each, at) => faultsAgainst(items, each, `${path}[${at}]`)) : [];
  }
  return typeof value === "object" && value !== null && schema.type === "object"
    ? ofObject(schema, value as Record<string, unknown>, path)
    : [];
}

function ofText({ pattern, format, minLength = 0 }: JsonSchema, value: string): string[] {
  const known = format === undefined ? undefined : FORMATS[format];
  return [
    ...(pattern !== undefined && !new RegExp(pattern, "u").test(value) ? [`not /${pattern}/`] : []),
    ...(known && !known.test(value) ? [`no ${format}`] : []),
    ...(value.length < minLength ? ["too short"] : []),
  ];
}

const ofNumber = ({ minimum, maximum }: JsonSchema, value: number): string[] => [
  ...(minimum !== undefined && value < minimum ? [`below ${minimum}`] : []),
  ...(maximum !== undefined && value > maximum ? [`above ${maximum}`] : []),
];

function ofObject(schema: JsonSchema, value: Record<string, unknown>, path: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const isOpen = schema.properties === undefined && additionalProperties === undefined;
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => `${path}.${name}: missing`),
    ...Object.entries(value).flatMap(([name, each]) => {
      const at = `${path}.${name}`;
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (known) return faultsAgainst(known, each, at);
      if (typeof additionalProperties === "object")
        return faultsAgainst(additionalProperties, each, at);
      return isOpen || additionalProperties === true ? [] : [`${at}: not described`];
    }),
  ];
}
