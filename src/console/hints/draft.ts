/** An action as the editor's form holds it: every field a text, until the catalogue's schema takes or refuses it. */
import * as v from "valibot";
import type { Action } from "../../domain/action/catalogue.ts";
import { ActionSchema, asCatalogue } from "../../domain/action/schema.ts";
import { actionFaults } from "../../domain/action/sound.ts";
import { type Fault, faultsIn } from "../../http/api/input.ts";
import { type Errors, errorsFrom, type FieldError } from "../field.tsx";
import {
  conditionsIn,
  isRowKind,
  listIn,
  numberIn,
  placeOf,
  type Row,
  rowsOf,
  shapeOf,
} from "./rows.ts";

/** Fields of one text each, in the order of the form, by what the form calls them. */
export const LABELS = {
  id: "Id",
  label: "Label",
  title: "Title",
  text: "Text",
  href: "Link",
  image: "Picture",
  channel: "Channel",
  slots: "Slots",
  stage: "Stage, at least",
  assurance: "Identifier, at least",
  persona: "Address of",
  value: "Worth of a take",
  lever: "Lever",
  prior: "Takes expected at first, %",
  cap: "Times to one person in 30 days",
  coolDownHours: "Hours of rest after a no",
  windowHours: "Hours to be taken in",
  success: "Event it is for",
  holdOut: "Held out, %",
  start: "Starts",
  startTime: "Starts at",
  end: "Ends",
  endTime: "Ends at",
} as const;
export type TextName = keyof typeof LABELS;
const TEXTS = Object.keys(LABELS) as TextName[];

export interface Draft {
  texts: Readonly<Record<TextName, string>>;
  purposes: readonly string[];
  enabled: boolean;
  rows: readonly Row[];
}

/** `2026-12-01T19:00:00+01:00` → the day and the time in UTC; a bare day has no time. */
function momentOf(moment: string | null): { day: string; time: string } {
  if (moment === null || moment.length === 10) return { day: moment ?? "", time: "" };
  const [day = "", time = ""] = new Date(moment).toISOString().slice(0, -1).split("T");
  return { day, time: time.replace(/(?::00)?\.000$/, "") };
}

/** The other way round: seconds are left out where there are none. Null where neither was said. */
function momentIn(day: string, time: string): string | null {
  if (day === "" && time === "") return null;
  if (time === "") return day;
  return `${day}T${time.length === 5 ? `${time}:00` : time}Z`;
}

const percentOf = (share: number): string => String(Number((share * 100).toPrecision(10)));

export const draftOf = (action: Action): Draft => ({
  texts: {
    id: action.id,
    label: action.label,
    title: action.title,
    text: action.text,
    href: action.href,
    image: action.image ?? "",
    channel: action.channel,
    slots: action.slots.join(", "),
    stage: action.stage,
    assurance: action.assurance ?? "",
    persona: action.persona,
    value: String(action.value),
    lever: String(action.lever),
    prior: percentOf(action.prior),
    cap: String(action.cap),
    coolDownHours: String(action.coolDownHours),
    windowHours: String(action.windowHours),
    success: action.success ?? "",
    holdOut: percentOf(action.holdOut),
    start: momentOf(action.start).day,
    startTime: momentOf(action.start).time,
    end: momentOf(action.end).day,
    endTime: momentOf(action.end).time,
  },
  purposes: action.purposes,
  enabled: action.enabled,
  rows: rowsOf(action.conditions),
});

/** What a new action begins with. */
export const EMPTY: Draft = {
  texts: {
    id: "",
    label: "",
    title: "",
    text: "",
    href: "/",
    image: "",
    channel: "site",
    slots: "",
    stage: "device",
    assurance: "",
    persona: "any",
    value: "1",
    lever: "1",
    prior: "5",
    cap: "5",
    coolDownHours: "24",
    windowHours: "24",
    success: "",
    holdOut: "0",
    start: "",
    startTime: "",
    end: "",
    endTime: "",
  },
  purposes: [],
  enabled: true,
  rows: [],
};

/** Rows are `row0` with their kind, and `row0-<field>`. */
const MOST_ROWS = 40;

export function draftIn(form: URLSearchParams): Draft {
  const text = (name: string): string => form.get(name) ?? "";
  const rows: Row[] = [];
  for (let n = 0; n < MOST_ROWS; n++) {
    const kind = text(`row${n}`);
    if (!isRowKind(kind)) continue;
    const prefix = `row${n}-`;
    const names = [...new Set([...form.keys()].filter((key) => key.startsWith(prefix)))];
    const values = names.map((name) => [name.slice(prefix.length), form.getAll(name)] as const);
    rows.push({ kind, values: Object.fromEntries(values) });
  }
  return {
    texts: Object.fromEntries(TEXTS.map((name) => [name, text(name)])) as Draft["texts"],
    purposes: form.getAll("purposes"),
    enabled: form.has("enabled"),
    rows,
  };
}

/** With one more row, or one less, as a button of the form asked for. */
export function changed(draft: Draft, form: URLSearchParams): Draft {
  const asked = form.get("do") ?? "";
  const kind = form.get("kind") ?? "";
  if (asked === "add" && isRowKind(kind) && draft.rows.length < MOST_ROWS)
    return { ...draft, rows: [...draft.rows, { kind, values: {} }] };
  const removed = /^remove-(\d{1,2})$/.exec(asked)?.[1];
  if (removed === undefined) return draft;
  return { ...draft, rows: draft.rows.filter((_, n) => n !== Number(removed)) };
}

/** A name for machines of a name for people: `Renew the season ticket` → `renew-the-season-ticket`. */
export const slug = (label: string): string =>
  label
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 64)
    .replace(/-$/, "");

const percentIn = (typed: string): number | string => {
  const number = numberIn(typed);
  return typeof number === "number" ? number / 100 : number;
};

export type Read = { ok: true; action: Action } | { ok: false; errors: FieldError[] };

export function readDraft({ texts, purposes, enabled, rows }: Draft): Read {
  const { id, image, slots, assurance, success } = texts;
  const input = {
    id: id.trim() === "" ? slug(texts.label) : id.trim(),
    label: texts.label,
    title: texts.title,
    text: texts.text,
    href: texts.href.trim(),
    ...(image.trim() === "" ? {} : { image: image.trim() }),
    stage: texts.stage,
    conditions: conditionsIn(rows),
    purposes,
    assurance: assurance === "" ? null : assurance,
    channel: texts.channel,
    persona: texts.persona,
    slots: listIn(slots),
    value: numberIn(texts.value),
    lever: numberIn(texts.lever),
    prior: percentIn(texts.prior),
    cap: numberIn(texts.cap),
    coolDownHours: numberIn(texts.coolDownHours),
    windowHours: numberIn(texts.windowHours),
    success: success.trim() === "" ? null : success.trim(),
    holdOut: percentIn(texts.holdOut),
    start: momentIn(texts.start.trim(), texts.startTime.trim()),
    end: momentIn(texts.end.trim(), texts.endTime.trim()),
    enabled,
  };
  const faults = faultsIn(ActionSchema, input);
  if (faults.length > 0) {
    // The id is made of the label: without that there is one thing to mend, not two.
    const isMade = id.trim() === "" && faults.some(({ path }) => path === "label");
    const told = faults.filter(({ path }) => !(isMade && path === "id"));
    return { ok: false, errors: errorsOf(told, rows) };
  }
  const { actions } = asCatalogue(1, { actions: [v.parse(ActionSchema, input)] });
  return { ok: true, action: actions[0] as Action };
}

/** What can't work in an action that can be read from these rows. */
export const errorsIn = (
  action: Action,
  purposes: readonly string[],
  rows: readonly Row[],
): FieldError[] => errorsOf(actionFaults(action, purposes), rows);

/** What is wrong, with the field's name in the list above the form. */
export const namedErrors = (errors: readonly FieldError[], rows: readonly Row[]): Errors => ({
  ...errorsFrom(errors),
  list: errors.map((each) => named(each, rows)),
});

function named({ name, message }: FieldError, rows: readonly Row[]): FieldError {
  const [, at, field] = /^row(\d+)-(\w+)$/.exec(name) ?? [];
  const row = at === undefined ? undefined : rows[Number(at)];
  const shape = row && shapeOf(row.kind);
  const label = shape
    ? `${shape.words}, ${shape.fields.find((each) => each.name === field)?.label.toLowerCase()}`
    : Object.hasOwn(LABELS, name)
      ? LABELS[name as TextName]
      : null;
  if (label === null) return { name, message };
  return { name, message: `${label}: ${message.charAt(0).toLowerCase()}${message.slice(1)}` };
}

/** What the form asks for in percent. */
const PERCENT: Readonly<Record<string, string>> = {
  prior: "must lie between 0 and 100",
  holdOut: "must lie between 0 and 50",
};

function errorsOf(faults: readonly Fault[], rows: readonly Row[]): FieldError[] {
  const errors = faults.map(({ path, message }): FieldError => {
    const [head = "", ...rest] = path.split(".");
    if (head === "conditions") {
      const place = placeOf(rest.join("."), rows);
      return place
        ? { name: `row${place.row}-${place.field}`, message: sentence(message) }
        : { name: "kind", message: sentence(message) };
    }
    return { name: head, message: sentence(PERCENT[head] ?? message) };
  });
  return errors.filter(({ name }, n) => errors.findIndex((each) => each.name === name) === n);
}

const PLAIN: Readonly<Record<string, string>> = {
  "must be a day or an instant like 2026-11-22T08:00:00Z": "must be a day",
  "atLeast must not be above atMost": "“at least” must not be above “at most”",
};

const sentence = (message: string): string => {
  const words = PLAIN[message] ?? message;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
};
