/** JSON Schema out of the valibot schemas that validate, so that the description can't say anything else. */
import type * as v from "valibot";

export interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  enum?: readonly unknown[];
  anyOf?: JsonSchema[];
  default?: unknown;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

/** The parts of valibot's schemas that are read here; it keeps them as plain data. */
interface Node {
  type: string;
  kind?: string;
  entries?: Record<string, Node>;
  item?: Node;
  value?: Node;
  wrapped?: Node;
  getter?: (input: unknown) => Node;
  options?: readonly unknown[];
  default?: unknown;
  requirement?: unknown;
  pipe?: readonly Node[];
}

export const jsonSchemaOf = (schema: v.GenericSchema): JsonSchema =>
  read(schema as unknown as Node);

function read(node: Node): JsonSchema {
  const narrowed = (node.pipe ?? []).slice(1).map((step) => narrowing(step, node.type));
  return Object.assign({}, base(node), ...narrowed) as JsonSchema;
}

function base(node: Node): JsonSchema {
  switch (node.type) {
    case "strict_object":
    case "object":
      return objectOf(node);
    case "array":
      return { type: "array", ...(node.item ? { items: read(node.item) } : {}) };
    case "record":
      return { type: "object", additionalProperties: node.value ? read(node.value) : true };
    case "picklist":
      return { enum: node.options ?? [] };
    case "nullable":
      return { anyOf: [...(node.wrapped ? [read(node.wrapped)] : []), { type: "null" }] };
    case "lazy":
      return oneOrMany(node);
    case "optional":
    case "exact_optional":
      return {
        ...(node.wrapped ? read(node.wrapped) : {}),
        ...(node.default === undefined ? {} : { default: node.default }),
      };
    case "string":
    case "number":
    case "boolean":
      return { type: node.type };
    default:
      return {};
  }
}

/** What is chosen by whether a list came. */
const oneOrMany = ({ getter }: Node): JsonSchema =>
  getter ? { anyOf: [read(getter({})), read(getter([]))] } : {};

const mayMiss = (node: Node | undefined): boolean =>
  node?.type === "optional" || node?.type === "exact_optional";

function objectOf({ entries = {}, type }: Node): JsonSchema {
  const required = Object.keys(entries).filter((name) => !mayMiss(entries[name]));
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => [name, read(entry)]),
    ),
    ...(required.length > 0 ? { required } : {}),
    ...(type === "strict_object" ? { additionalProperties: false } : {}),
  };
}

/** What one step of a pipe adds. Checks that are functions can't be said in JSON Schema. */
function narrowing({ type, requirement }: Node, of: string): JsonSchema {
  const isList = of === "array";
  if (requirement instanceof RegExp) return { pattern: requirement.source };
  if (type === "integer") return { type: "integer" };
  if (type === "non_empty") return isList ? { minItems: 1 } : { minLength: 1 };
  if (typeof requirement !== "number") return {};
  switch (type) {
    case "min_length":
      return isList ? { minItems: requirement } : { minLength: requirement };
    case "max_length":
      return isList ? { maxItems: requirement } : { maxLength: requirement };
    case "min_value":
      return { minimum: requirement };
    case "max_value":
      return { maximum: requirement };
    case "gt_value":
      return { exclusiveMinimum: requirement };
    case "lt_value":
      return { exclusiveMaximum: requirement };
    default:
      return {};
  }
}
