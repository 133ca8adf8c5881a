/** From a row of a file to what it says: a person the site knows or something that happened; money spent is in `spend.ts`. */
import { normaliseEmail } from "../domain/intake/normalise.ts";
import type { IdentifierKind } from "../domain/identity/claims.ts";
import { BUILT_IN, type IsBlocked } from "../domain/intake/blocked.ts";
import { instant } from "../domain/intake/times.ts";
import type { JsonObject } from "../domain/json.ts";
import type { ContactChannel } from "../domain/permission/permission.ts";
import type { Life } from "../domain/person/sides.ts";
import { nameIn, postcodeIn } from "./clean.ts";
import { type IdentifierColumn, meaningOf, yesOrNo } from "./columns.ts";
import type { CsvRow } from "./csv.ts";

export interface Invalid {
  line: number;
  message: string;
}

export type Read<T> = { ok: true; line: number; value: T } | ({ ok: false } & Invalid);

export interface ImportedPerson {
  ids: Partial<Record<IdentifierColumn, string[]>>;
  /** Of these addresses, those whose column says on which side of the person's life they are; the side named first comes first. */
  lives?: Partial<Record<Life, string[]>>;
  traits: JsonObject;
  /** By purpose; null when the file says nothing of consent. */
  consent: Record<string, boolean> | null;
  permissions: { channel: ContactChannel; granted: boolean }[];
}

export interface ImportedEvent {
  event: string;
  /** As the file has it: what `instant` reads. */
  timestamp: string;
  messageId: string | null;
  ids: ImportedPerson["ids"];
  consent: ImportedPerson["consent"];
  properties: JsonObject;
}

export interface Options {
  /** Gives a telephone number in one spelling, or null for what is none. */
  phone: (text: string) => string | null;
  /** Values that name nobody; without it the built-in ones. */
  isBlocked?: IsBlocked;
}

export type Result<T> = { ok: true; value: T } | { ok: false; message: string };
export type Reader<T> = (fields: readonly string[], options: Options) => Result<T>;

export const good = <T>(value: T): Result<T> => ({ ok: true, value });
export const wrong = (message: string): { ok: false; message: string } => ({ ok: false, message });

const NAMES: ReadonlySet<string> = new Set(["firstName", "lastName", "name", "city"]);

const bad = (line: number, message: string): { ok: false } & Invalid => ({
  ok: false,
  line,
  message,
});

/** From the header to what reads the rows under it. A string is what is wrong, with no value that was sent. */
export type MakeReader<T> = (header: readonly string[]) => Reader<T>;
export type RowReader<T> = (row: CsvRow, options: Options) => Read<T>;

export function readerOf<T>(header: readonly string[], make: MakeReader<T>): RowReader<T> {
  const read = make(header);
  return (row, options) => {
    if (row.flaw !== null) return bad(row.line, row.flaw);
    if (row.fields.length !== header.length)
      return bad(row.line, `has ${row.fields.length} fields, the header has ${header.length}`);
    const result = read(row.fields, options);
    return result.ok ? { ...result, line: row.line } : bad(row.line, result.message);
  };
}

interface Parts {
  ids: ImportedPerson["ids"];
  lives: NonNullable<ImportedPerson["lives"]>;
  traits: JsonObject;
  consent: ImportedPerson["consent"];
  permissions: ImportedPerson["permissions"];
  rest: [name: string, text: string][];
}

function partsOf(header: readonly string[]): Reader<Parts> {
  const meanings = header.map(meaningOf);
  return (fields, { phone, isBlocked = BUILT_IN }) => {
    const parts: Parts = {
      ids: {},
      lives: {},
      traits: {},
      consent: null,
      permissions: [],
      rest: [],
    };
    for (const [at, meaning] of meanings.entries()) {
      const text = (fields[at] ?? "").trim();
      if (text === "") continue;
      const column = header[at] ?? "";
      if (meaning.is === "identifier") {
        const value = identifierIn(meaning.column, text, phone);
        if (value === null) return wrong(`${column} isn't ${whatIs(meaning.column)}`);
        if (isBlocked(kindOf(meaning.column), value))
          return wrong(`${column} is a placeholder that names nobody`);
        parts.ids[meaning.column] = [...(parts.ids[meaning.column] ?? []), value];
        const { life } = meaning;
        if (life) parts.lives[life] = [...(parts.lives[life] ?? []), value];
      } else if (meaning.is === "trait") parts.traits[meaning.name] = traitIn(meaning.name, text);
      else if (meaning.is === "other") parts.rest.push([meaning.name, text]);
      else {
        const said = yesOrNo(text);
        if (said === null) return wrong(`${column} is neither yes nor no`);
        if (said === undefined) continue;
        // Of two columns that answer the same, a no stands.
        if (meaning.is === "consent") {
          const granted = said && parts.consent?.[meaning.purpose] !== false;
          parts.consent = { ...parts.consent, [meaning.purpose]: granted };
        } else {
          const { channel } = meaning;
          const known = parts.permissions.find((each) => each.channel === channel);
          if (known) known.granted &&= said;
          else parts.permissions.push({ channel, granted: said });
        }
      }
    }
    return good(parts);
  };
}

const kindOf = (column: IdentifierColumn): IdentifierKind => {
  if (column === "userId") return "user_id";
  return column === "anonymousId" ? "anonymous_id" : column;
};

const whatIs = (column: IdentifierColumn): string => {
  if (column === "email") return "an e-mail address";
  return column === "phone" ? "a phone number" : "an id";
};

function identifierIn(
  column: IdentifierColumn,
  text: string,
  phone: Options["phone"],
): string | null {
  if (column === "email") return normaliseEmail(text);
  if (column === "phone") return phone(text);
  return text.length <= 256 ? text : null;
}

function traitIn(name: string, text: string): string {
  if (name === "postalCode") return postcodeIn(text);
  return NAMES.has(name) ? nameIn(text) : text;
}

export const peopleReader = (header: readonly string[]): Reader<ImportedPerson> => {
  const parts = partsOf(header);
  return (fields, options) => {
    const read = parts(fields, options);
    if (!read.ok) return read;
    const { rest, traits, lives, ...person } = read.value;
    if (Object.keys(person.ids).length === 0)
      return wrong("names nobody: it has no id, e-mail address or phone number");
    return good({
      ...person,
      ...(Object.keys(lives).length === 0 ? {} : { lives }),
      traits: { ...traits, ...Object.fromEntries(rest) },
    });
  };
};

const TIMES: ReadonlySet<string> = new Set(["timestamp", "time", "at", "date", "datetime"]);
const MESSAGE_IDS: ReadonlySet<string> = new Set([
  "messageid",
  "message_id",
  "eventid",
  "event_id",
]);

export const eventReader = (header: readonly string[]): Reader<ImportedEvent> => {
  const parts = partsOf(header);
  return (fields, options) => {
    const read = parts(fields, options);
    if (!read.ok) return read;
    const taken = (is: (name: string) => boolean): string | null =>
      read.value.rest.find(([name]) => is(name.toLowerCase()))?.[1] ?? null;
    const event = taken((name) => name === "event");
    const timestamp = taken((name) => TIMES.has(name));
    if (event === null) return wrong("has no event");
    if (timestamp === null) return wrong("has no timestamp");
    if (instant(timestamp) === null)
      return wrong("has a timestamp that isn't one, such as 2026-11-22T08:00:00Z");
    if (Object.keys(read.value.ids).length === 0)
      return wrong("names nobody: it has no id, e-mail address or phone number");
    const properties = read.value.rest.filter(([name]) => {
      const lower = name.toLowerCase();
      return lower !== "event" && !TIMES.has(lower) && !MESSAGE_IDS.has(lower);
    });
    return good({
      event,
      timestamp,
      messageId: taken((name) => MESSAGE_IDS.has(name)),
      ids: read.value.ids,
      consent: read.value.consent,
      properties: Object.fromEntries(properties.map(([name, text]) => [name, numberOr(text)])),
    });
  };
};

/** `1234.50` is a number; `007` and `+49 1` are what they are. */
const numberOr = (text: string): string | number =>
  /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(text) ? Number(text) : text;
