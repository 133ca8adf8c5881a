/**
 * A stream of CSV, row by row: papaparse reads what RFC 4180 and spreadsheets write, from pieces that end wherever the stream is
 * cut. Around it stand bounds for what comes from outside: a quote that nobody closes costs its own line, not the file.
 */
import Papa from "papaparse";
import { Problem } from "../domain/problem.ts";

export interface CsvRow {
  /** Where it begins in the file, the header being line 1. */
  line: number;
  fields: string[];
  /** Why it can't be read, in words; it has no fields then. */
  flaw: string | null;
}

/** UTF-16 units of one row. An event holds at most 32 KB, so nothing longer could be kept. */
const ROW_MAX = 32_768;
/** What is parsed at once: what the last piece left over, at most a row, and as much again. */
const PIECE = 2 * ROW_MAX;
const FIELDS_MAX = 256;
/** UTF-16 units of all rows that can't be read: what is written to look for their ends takes far longer than rows do. */
const FLAWED_MAX = 524_288;

const DELIMITERS = [",", ";", "\t"] as const;

/** The one that the header has most of, outside of quotes. */
function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((each) => bare.split(each).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

/**
 * The rows of a stream of UTF-8, the header among them; empty lines are left out. They don't depend on where the stream is cut.
 * @throws Problem `bad_request` for what isn't UTF-8, or a line or a number of fields beyond all bounds.
 */
export async function* readCsv(stream: ReadableStream<Uint8Array>): AsyncGenerator<CsvRow> {
  const rows = new Rows();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield* rows.feed(decode(decoder, value));
    }
    yield* rows.feed(decode(decoder));
    yield* rows.end();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function decode(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    const text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    // Files put together of several have the mark of a beginning in their middle.
    return text.replaceAll("\u{feff}", "");
  } catch {
    throw new Problem("bad_request", "The file isn't UTF-8.");
  }
}

/** A row as it stands in a text, from one offset to another, its line end included. */
interface Found {
  from: number;
  to: number;
  fields: string[];
  isMalformed: boolean;
}

class Rows {
  /** What isn't read yet: the beginning of a row, and what came after it. */
  private text = "";
  private line = 1;
  private delimiter: string | null = null;
  /** A return alone in files of old Macintoshes; a return before it belongs to it. */
  private newline: "\n" | "\r" = "\n";
  private flawed = 0;

  *feed(text: string): Generator<CsvRow> {
    for (let at = 0; at < text.length; at += PIECE) {
      this.text += text.slice(at, at + PIECE);
      if (this.text.length >= PIECE) yield* this.read(false);
    }
  }

  *end(): Generator<CsvRow> {
    yield* this.read(true);
  }

  private *read(isEnd: boolean): Generator<CsvRow> {
    let isHeld = false;
    while (this.text !== "" && !isHeld) {
      let done = 0;
      for (const row of this.found()) {
        const { from, to, fields } = row;
        // What reaches the end of a piece may go on in the next.
        isHeld = !isEnd && to === this.text.length && to - from <= ROW_MAX;
        if (isHeld) break;
        const flaw = flawOf(row);
        const line = this.line;
        done = flaw === null ? to : this.nextLine(from);
        this.line += this.lineEnds(from, done);
        if (flaw !== null) this.flawed += Math.min(to - from, ROW_MAX);
        if (this.flawed > FLAWED_MAX) throw notCsv("too many of its rows can't be read");
        if (flaw !== null) yield { line, fields: [], flaw };
        else if (!isBlank(fields)) yield { line, fields, flaw };
      }
      this.text = this.text.slice(done);
    }
  }

  /** The rows of the text, to its end or the first that is malformed: what that one means depends on where it really ends. */
  private found(): Found[] {
    const { text } = this;
    if (this.delimiter === null) {
      if (!text.includes("\n") && text.includes("\r")) this.newline = "\r";
      this.delimiter = delimiterOf(text.split(this.newline, 1)[0] ?? "");
    }
    const found: Found[] = [];
    let from = 0;
    Papa.parse<string[]>(text, {
      delimiter: this.delimiter,
      newline: this.newline,
      step: ({ data, errors, meta }, parser) => {
        const row = { from, to: meta.cursor, fields: data, isMalformed: errors.length > 0 };
        const end = this.newline === "\n" ? text.slice(row.to - 2, row.to) : "";
        found.push({ ...row, fields: withoutReturn(data, end) });
        from = meta.cursor;
        if (flawOf(row) !== null) parser.abort();
      },
    });
    return found;
  }

  /** Where the line after a row's first one begins. @throws Problem when it is out of reach */
  private nextLine(from: number): number {
    const at = this.text.indexOf(this.newline, from);
    const next = at < 0 ? this.text.length : at + 1;
    if (next - from > ROW_MAX) throw notCsv("a line has no end");
    return next;
  }

  private lineEnds(from: number, to: number): number {
    const next = (at: number): number => this.text.indexOf(this.newline, at);
    let count = 0;
    for (let at = next(from); at >= 0 && at < to; at = next(at + 1)) count++;
    return count;
  }
}

function flawOf({ from, to, fields, isMalformed }: Found): string | null {
  if (to - from > ROW_MAX)
    return `is longer than ${ROW_MAX} characters; perhaps a quote isn't closed`;
  if (isMalformed) return "has a quote that isn't closed, or one within quotes that isn't doubled";
  return fields.length > FIELDS_MAX ? `has more than ${FIELDS_MAX} fields` : null;
}

/** Lines that end as Windows ends them leave their return in the last field that has no quotes. */
function withoutReturn(fields: string[], end: string): string[] {
  const last = fields.at(-1);
  if (!last?.endsWith("\r") || !/\r\n?$/.test(end)) return fields;
  return [...fields.slice(0, -1), last.slice(0, -1)];
}

const isBlank = (fields: readonly string[]): boolean =>
  fields.length === 1 && fields[0]?.trim() === "";

const notCsv = (why: string): Problem => new Problem("bad_request", `The file isn't CSV: ${why}.`);
