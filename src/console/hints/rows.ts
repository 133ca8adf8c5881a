/**
 * The builder of conditions: a row a condition, as fields that a form can hold without script. `rowsOf` lays conditions
 * out, `conditionsIn` gathers them again.
 */
import { type Conditions, PLACES, readsIn } from "../../domain/action/catalogue.ts";
import { STAGE_NAMES, STAGES } from "../../domain/person/stage.ts";

export interface RowField {
  name: string;
  label: string;
  /** `some`: any number of the options. */
  type: "text" | "whole" | "one" | "some";
  options?: readonly (readonly [value: string, words: string])[];
  help?: string;
}

type Values = Readonly<Record<string, readonly string[]>>;

export interface Row {
  kind: RowKind;
  values: Values;
}

interface Shape {
  /** As the menu of conditions says it. */
  words: string;
  fields: readonly RowField[];
  /** There may be several of it. */
  many?: true;
}

const AT_LEAST: RowField = { name: "atLeast", label: "At least", type: "whole" };
const AT_MOST: RowField = { name: "atMost", label: "At most", type: "whole" };
const WITHIN: RowField = {
  name: "withinDays",
  label: "In the last days",
  type: "whole",
  help: "Empty: ever",
};
const RANGE = [AT_LEAST, AT_MOST];
const KINDS = [
  ["email", "e-mail address"],
  ["phone", "phone number"],
  ["user_id", "user id"],
  ["crm", "CRM id"],
  ["esp:*", "record id of a newsletter"],
  ["social:*", "social sign-in"],
] as const;
const KIND: RowField = { name: "kind", label: "Identifier", type: "one", options: KINDS };

export const SHAPES = {
  deviceTypes: {
    words: "Uses a device",
    fields: [
      {
        name: "types",
        label: "Any of",
        type: "some",
        options: ["phone", "tablet", "desktop", "tv", "other"].map((each) => [each, each] as const),
      },
    ],
  },
  os: {
    words: "Uses a system",
    fields: [{ name: "names", label: "Any of", type: "text", help: "iOS, Android, Windows" }],
  },
  app: {
    words: "Has the app, or hasn't",
    fields: [
      {
        name: "seen",
        label: "The app",
        type: "one",
        options: [
          ["no", "wasn't seen yet"],
          ["yes", "was seen"],
        ],
      },
    ],
  },
  reads: {
    words: "Read about a topic",
    many: true,
    fields: [
      { name: "topic", label: "Topic", type: "text", help: "* is the topic read most" },
      { name: "atLeast", label: "Pages, at least", type: "whole" },
      WITHIN,
    ],
  },
  did: {
    words: "Did something so many times",
    many: true,
    fields: [{ name: "event", label: "Event", type: "text" }, ...RANGE, WITHIN],
  },
  campaign: {
    words: "Came by a campaign",
    fields: [
      { name: "source", label: "Source", type: "text" },
      { name: "medium", label: "Medium", type: "text" },
      { name: "name", label: "Campaign", type: "text" },
      WITHIN,
    ],
  },
  knows: { words: "Gave an identifier", many: true, fields: [KIND] },
  unconfirmed: { words: "Gave one that isn't confirmed", many: true, fields: [KIND] },
  lacks: { words: "Hasn't given one", many: true, fields: [KIND] },
  orders: { words: "Ordered so many times", fields: [...RANGE, WITHIN] },
  lastOrderDays: { words: "Ordered last so many days ago", fields: RANGE },
  awayDays: { words: "Was away for days", fields: RANGE },
  sessions: { words: "Came so many times", fields: RANGE },
  places: {
    words: "Stands at a place on the way",
    fields: [
      {
        name: "places",
        label: "Any of",
        type: "some",
        options: PLACES.map((each) => [each, each] as const),
      },
    ],
  },
  stages: {
    words: "Is known no better than",
    fields: [
      {
        name: "stages",
        label: "Any of",
        type: "some",
        options: STAGES.map((each) => [each, STAGE_NAMES[each]] as const),
      },
    ],
  },
  meter: { words: "Used the reading meter", fields: RANGE },
} satisfies Record<string, Shape>;

export type RowKind = keyof typeof SHAPES;

export const shapeOf = (kind: RowKind): Shape => SHAPES[kind];
export const ROW_KINDS = Object.keys(SHAPES) as RowKind[];
export const isRowKind = (text: string): text is RowKind => Object.hasOwn(SHAPES, text);

/** Kinds that may still be added. */
export const addable = (rows: readonly Row[]): RowKind[] =>
  ROW_KINDS.filter((kind) => shapeOf(kind).many || rows.every((row) => row.kind !== kind));

const text = (value: string | number | undefined): string[] =>
  value === undefined ? [] : [String(value)];

/** The fields of one part, each a text. */
const flat = (part: Readonly<Record<string, string | number | undefined>>): Values =>
  Object.fromEntries(Object.entries(part).map(([name, value]) => [name, text(value)]));

export function rowsOf(conditions: Conditions): Row[] {
  const { deviceTypes, os, app, did, campaign, places, stages } = conditions;
  const kinds = (kind: "knows" | "unconfirmed" | "lacks"): Row[] =>
    (conditions[kind] ?? []).map((each) => ({ kind, values: { kind: [each] } }));
  const range = (kind: "orders" | "lastOrderDays" | "awayDays" | "sessions" | "meter"): Row[] => {
    const said = conditions[kind];
    return said ? [{ kind, values: flat({ ...said }) }] : [];
  };
  return [
    ...(deviceTypes ? [{ kind: "deviceTypes" as const, values: { types: deviceTypes } }] : []),
    ...(os ? [{ kind: "os" as const, values: { names: [os.join(", ")] } }] : []),
    ...(app === undefined ? [] : [{ kind: "app" as const, values: { seen: [yes(app)] } }]),
    ...readsIn(conditions).map((each) => ({ kind: "reads" as const, values: flat({ ...each }) })),
    ...(did ?? []).map((each) => ({ kind: "did" as const, values: flat({ ...each }) })),
    ...(campaign ? [{ kind: "campaign" as const, values: flat({ ...campaign }) }] : []),
    ...(["knows", "unconfirmed", "lacks"] as const).flatMap(kinds),
    ...(["orders", "lastOrderDays", "awayDays", "sessions"] as const).flatMap(range),
    ...(places ? [{ kind: "places" as const, values: { places } }] : []),
    ...(stages ? [{ kind: "stages" as const, values: { stages } }] : []),
    ...range("meter"),
  ];
}

const yes = (flag: boolean): string => (flag ? "yes" : "no");

/** What was typed, as the catalogue's schema wants it: it says what is wrong, so what isn't a number stays a text. */
export function conditionsIn(rows: readonly Row[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const row of rows) {
    const part = partIn(row);
    if (!shapeOf(row.kind).many) found[row.kind] = part;
    else found[row.kind] = [...((found[row.kind] as unknown[] | undefined) ?? []), part];
  }
  // One alone is written as it was before there could be several.
  const { reads } = found;
  return Array.isArray(reads) && reads.length === 1 ? { ...found, reads: reads[0] } : found;
}

function partIn({ kind, values }: Row): unknown {
  const one = (name: string): string => values[name]?.[0]?.trim() ?? "";
  if (kind === "deviceTypes") return values["types"] ?? [];
  if (kind === "places" || kind === "stages") return values[kind] ?? [];
  if (kind === "os") return listIn(one("names"));
  if (kind === "app") return one("seen") === "yes";
  if (kind === "knows" || kind === "unconfirmed" || kind === "lacks") return one("kind");
  const fields = shapeOf(kind).fields.filter(({ name }) => one(name) !== "");
  return Object.fromEntries(
    fields.map(({ name, type }) => [name, type === "whole" ? numberIn(one(name)) : one(name)]),
  );
}

export const listIn = (typed: string): string[] =>
  typed
    .split(/[,\n]/)
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** As it was typed where it is no number. */
export function numberIn(typed: string): number | string {
  const number = Number(typed.trim().replace(",", "."));
  return typed.trim() === "" || !Number.isFinite(number) ? typed.trim() : number;
}

/** Where a fault of the schema, below `conditions`, stands in the form: the row's place and its field. */
export function placeOf(path: string, rows: readonly Row[]): { row: number; field: string } | null {
  const [kind = "", ...rest] = path.split(".");
  if (!isRowKind(kind)) return null;
  const same = rows.flatMap((row, n) => (row.kind === kind ? [n] : []));
  const isNth = /^\d+$/.test(rest[0] ?? "");
  const nth = shapeOf(kind).many && isNth ? Number(rest.shift()) : 0;
  const row = same[nth] ?? same[0];
  if (row === undefined) return null;
  const fields = shapeOf(kind).fields.map(({ name }) => name);
  return { row, field: fields.find((name) => name === rest[0]) ?? fields[0] ?? "" };
}
