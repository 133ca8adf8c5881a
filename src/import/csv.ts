/** A streaming reader of CSV as RFC 4180 says it, and as spreadsheets write it: a mark at the start, semicolons, tabs. */
import { Problem } from "../domain/problem.ts";

export interface CsvRow {
  /** Where it begins in the file, the header being line 1. */
  line: number;
  fields: string[];
}

/** UTF-16 units of one field, and fields of one row: more is a file that isn't CSV. */
const FIELD_MAX = 32_768;
const FIELDS_MAX = 256;

const DELIMITERS = [",", ";", "\t"] as const;

/** The one that the header has most of, outside of quotes. */
function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((each) => bare.split(each).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

/**
 * The rows of a stream of UTF-8, the header among them; empty lines are left out.
 * @throws Problem `bad_request` for what isn't UTF-8, or a field or row beyond all bounds.
 */
export async function* readCsv(stream: ReadableStream<Uint8Array>): AsyncGenerator<CsvRow> {
  const parser = new Parser();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield* parser.feed(decode(decoder, value));
    }
    yield* parser.feed(decode(decoder));
    yield* parser.end();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function decode(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    throw new Problem("bad_request", "The file isn't UTF-8.");
  }
}

class Parser {
  private delimiter: string | null = null;
  /** What came before the delimiter is known: a header in pieces. */
  private held = "";
  private field = "";
  private fields: string[] = [];
  private quoted = false;
  /** A quote within quotes: the end, unless another follows. */
  private closing = false;
  private line = 1;
  private began = 1;

  *feed(text: string): Generator<CsvRow> {
    if (this.delimiter === null) {
      this.held += text;
      if (!this.held.includes("\n")) {
        if (this.held.length > FIELD_MAX) throw tooLong();
        return;
      }
      text = this.begin();
    }
    yield* this.parse(text);
  }

  *end(): Generator<CsvRow> {
    if (this.delimiter === null) yield* this.parse(this.begin());
    if (this.field !== "" || this.fields.length > 0) yield* this.finish();
  }

  private begin(): string {
    const text = this.held;
    this.held = "";
    this.delimiter = delimiterOf(text.split("\n", 1)[0] ?? "");
    return text;
  }

  private *parse(text: string): Generator<CsvRow> {
    for (const char of text) {
      if (this.quoted) {
        this.inQuotes(char);
        continue;
      }
      if (this.closing && char === '"') {
        this.quoted = true;
        this.closing = false;
        this.add('"');
        continue;
      }
      this.closing = false;
      if (char === "\n") {
        this.line++;
        yield* this.finish();
      } else if (char === this.delimiter) this.next();
      else if (char === '"' && this.field === "") this.quoted = true;
      else if (char !== "\r") this.add(char);
    }
  }

  private inQuotes(char: string): void {
    if (char === '"') {
      this.quoted = false;
      this.closing = true;
      return;
    }
    if (char === "\n") this.line++;
    this.add(char);
  }

  private add(text: string): void {
    this.field += text;
    if (this.field.length > FIELD_MAX) throw tooLong();
  }

  private next(): void {
    this.fields.push(this.field);
    this.field = "";
    if (this.fields.length > FIELDS_MAX) throw tooLong();
  }

  private *finish(): Generator<CsvRow> {
    this.next();
    const row = { line: this.began, fields: this.fields };
    this.fields = [];
    this.began = this.line;
    if (row.fields.length > 1 || row.fields[0]?.trim() !== "") yield row;
  }
}

const tooLong = (): Problem =>
  new Problem("bad_request", "The file isn't CSV: a field or a row has no end.");
