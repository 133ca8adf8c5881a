/** The merge rules as a form: names that are the document's paths, and kinds of identifiers as rows. */
import * as v from "valibot";
import type { MergeRules } from "../../domain/identity/rules.ts";
import { type EditedRules, MergeRulesSchema } from "../../domain/identity/rules-schema.ts";
import { type Fault, faultsIn } from "../../http/api/input.ts";
import { Fields, type Pair } from "../consent/edit/fields.ts";
import type { Errors, FieldError } from "../field.tsx";
import { labelOf } from "./labels.ts";

/** Kinds that every form has a row for, in the order of the starter's priority. */
export const KINDS = ["user_id", "crm", "email", "social", "phone", "esp", "anonymous_id"] as const;

/** A device's own name joins as it does, however sure: there is nothing to be set of that. */
export const DEVICE = "anonymous_id";

const BLOCKED = ["values", "patterns", "allowed"] as const;

const rowsOf = (rules: MergeRules): string[] => {
  const { unique, limits, leastAssurance } = rules;
  const named = [...unique, ...Object.keys(limits), ...Object.keys(leastAssurance)];
  return [...new Set([...KINDS, ...named])].filter((kind) => kind !== "default");
};

export function* fieldsOf(rules: MergeRules): Generator<Pair> {
  const { limits, leastAssurance, flood, devices, tokens, personas, probable } = rules;
  for (const [n, kind] of rowsOf(rules).entries()) {
    yield [`kinds.${n}.kind`, kind];
    if (rules.unique.includes(kind)) yield [`kinds.${n}.unique`, "yes"];
    yield [`kinds.${n}.most`, text(limits[kind])];
    if (kind !== DEVICE) yield [`kinds.${n}.least`, leastAssurance[kind] ?? ""];
  }
  yield ["limits.default", text(limits.default)];
  yield ["leastAssurance.default", leastAssurance.default];
  yield ["priority", rules.priority.join("\n")];
  yield ["maxVisitorsPerIdentifier", text(rules.maxVisitorsPerIdentifier)];
  yield ["flood.visitors", text(flood.visitors)];
  yield ["flood.hours", text(flood.hours)];
  yield ["flood.proven", text(flood.proven)];
  for (const list of BLOCKED) yield [`blocked.${list}`, rules.blocked[list].join("\n")];
  yield ["devices.sharedFrom", text(devices.sharedFrom)];
  yield ["devices.kioskFrom", text(devices.kioskFrom)];
  if (personas.apart) yield ["personas.apart", "yes"];
  yield ["personas.organisations", personas.organisations.join("\n")];
  yield ["personas.personal", personas.personal.join("\n")];
  yield ["tokens.bound", tokens.bound];
  yield ["tokens.hours", text(tokens.hours)];
  yield ["country", rules.country ?? ""];
  yield ["probable.suggestFrom", text(probable.suggestFrom)];
  yield ["probable.mergeFrom", text(probable.mergeFrom)];
  yield ["probable.devices", probable.devices];
}

const text = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : String(value);

export type Reading = { ok: true; edited: EditedRules } | { ok: false; errors: Errors };

/** Everything that is wrong at once, each at its field. */
export function readRules(fields: Fields): Reading {
  const { document, faults } = documentOf(fields);
  const found = [...faults, ...faultsIn(MergeRulesSchema, document)];
  const read = v.safeParse(MergeRulesSchema, document);
  if (found.length === 0 && read.success) return { ok: true, edited: read.output };
  return { ok: false, errors: errorsOf(found, fields) };
}

function documentOf(fields: Fields): { document: unknown; faults: Fault[] } {
  const faults: Fault[] = [];
  const unique: string[] = [];
  const limits: Record<string, unknown> = { default: fields.number("limits.default") };
  const leastAssurance: Record<string, unknown> = {
    default: fields.text("leastAssurance.default"),
  };
  const seen = new Set<string>();
  for (const n of fields.rows("kinds")) {
    const row = (name: string): string => `kinds.${n}.${name}`;
    const kind = kindIn(fields, n);
    const [most, least] = [fields.number(row("most")), fields.text(row("least"))];
    const isUnique = fields.is(row("unique"));
    const isEmpty = most === "" && least === "" && !isUnique;
    if (kind === "" && isEmpty) continue;
    if (kind === "" || kind === "default") {
      faults.push({ path: row("kind"), message: "must be a kind, like social:google" });
      continue;
    }
    if (seen.has(kind)) faults.push({ path: row("kind"), message: "stands twice" });
    else if (isEmpty && !KINDS.some((each) => each === kind))
      faults.push({ path: row("kind"), message: "has nothing set: set something, or remove it" });
    seen.add(kind);
    if (isUnique) unique.push(kind);
    if (most !== "") limits[kind] = most;
    if (least !== "") leastAssurance[kind] = least;
  }
  const document = {
    unique,
    priority: fields.items("priority"),
    limits,
    leastAssurance,
    maxVisitorsPerIdentifier: fields.number("maxVisitorsPerIdentifier"),
    flood: {
      visitors: fields.number("flood.visitors"),
      hours: fields.number("flood.hours"),
      proven: fields.number("flood.proven") || undefined,
    },
    blocked: Object.fromEntries(
      BLOCKED.map((list) => [list, linesOf(fields.text(`blocked.${list}`))]),
    ),
    devices: {
      sharedFrom: fields.number("devices.sharedFrom"),
      kioskFrom: fields.number("devices.kioskFrom"),
    },
    tokens: { bound: fields.text("tokens.bound"), hours: orNull(fields.number("tokens.hours")) },
    personas: {
      apart: fields.is("personas.apart"),
      organisations: fields.items("personas.organisations"),
      personal: fields.items("personas.personal"),
    },
    country: fields.text("country").toUpperCase() || null,
    probable: {
      suggestFrom: decimal(fields.text("probable.suggestFrom")),
      mergeFrom: orNull(decimal(fields.text("probable.mergeFrom"))),
      devices: fields.text("probable.devices"),
    },
  };
  return { document, faults };
}

/** What is blocked may have a comma in it. */
const linesOf = (written: string): string[] =>
  written
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A field that was left empty says that there is no such bound. */
const orNull = (value: number | string): number | string | null => (value === "" ? null : value);

/** What isn't a number stays as it is, to be found wrong. */
const decimal = (written: string): number | string =>
  /^\d?[.,]?\d{1,6}$/.test(written) ? Number(written.replace(",", ".")) : written;

const kindIn = (fields: Fields, row: number): string =>
  fields.text(`kinds.${row}.kind`).toLowerCase();

/** Each at the field that it is mended in, and in words for the list above. */
export function errorsOf(faults: readonly Fault[], fields: Fields): Errors {
  const byName = new Map<string, string>();
  const list: FieldError[] = [];
  for (const { path, message } of faults) {
    const name = placeOf(path, message, fields);
    if (byName.has(name)) continue;
    const said = message === "must be a number" ? "must be a whole number" : message;
    byName.set(name, `This ${said}.`);
    list.push({ name, message: `${labelOf(name, fields)} ${said}` });
  }
  return { list, byName };
}

/** The field at which to mend what is wrong at this place of the document. */
function placeOf(path: string, message: string, fields: Fields): string {
  const [part = "", ...rest] = path.split(".");
  const kind = rest.join(".");
  const column = { limits: "most", leastAssurance: "least", unique: "unique" }[part];
  if (column !== undefined && kind !== "" && kind !== "default") {
    const rows = fields.rows("kinds");
    const row =
      part === "unique"
        ? rows.filter((n) => fields.is(`kinds.${n}.unique`))[Number(kind)]
        : rows.find((n) => kindIn(fields, n) === kind);
    return `kinds.${row ?? 0}.${message.includes("kind of identifier") ? "kind" : column}`;
  }
  return PLACES[path] ?? LISTS.find((list) => path.startsWith(`${list}.`)) ?? path;
}

/** What is wrong with a part as a whole, and where it is mended. */
const PLACES: Readonly<Record<string, string>> = {
  limits: "limits.default",
  leastAssurance: "leastAssurance.default",
  devices: "devices.kioskFrom",
  probable: "probable.mergeFrom",
};

const LISTS = [
  "priority",
  "personas.organisations",
  "personas.personal",
  ...BLOCKED.map((list) => `blocked.${list}`),
];
