/** A CSV file as its header and its records, each a field by column name. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** Fields of every record: RFC 4180 quotes, LF or CRLF, a byte order mark skipped, blank lines left out. */
const records = (text: string): string[][] => {
  const found: string[][] = [];
  let record: string[] = [];
  let field = "";
  let quoted = false;
  let wasQuoted = false;
  const endField = (): void => {
    record.push(field);
    field = "";
  };
  const endRecord = (): void => {
    const blank = record.length === 0 && field.trim() === "" && !wasQuoted;
    endField();
    if (!blank) found.push(record);
    record = [];
    wasQuoted = false;
  };
  for (let i = text.startsWith("\uFEFF") ? 1 : 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (quoted) {
      if (character !== '"') field += character;
      else if (text.charAt(i + 1) === '"') {
        field += '"';
        i += 1;
      } else quoted = false;
    } else if (character === '"' && field === "") {
      quoted = true;
      wasQuoted = true;
    } else if (character === ",") endField();
    else if (character === "\n") endRecord();
    else if (character !== "\r" || text.charAt(i + 1) !== "\n") field += character;
  }
  if (quoted) throw new Error("a quoted field is never closed");
  endRecord();
  return found;
};

/**
 * Reads CSV text whose first record is the header.
 * @throws Error naming the line when a record has another number of fields than the header
 */
export const readCsv = (text: string): Table => {
  const [header = [], ...rest] = records(text);
  const columns = header.map((name) => name.trim());
  const rows = rest.map((fields, i) => {
    if (fields.length !== columns.length)
      throw new Error(`record ${i + 2} has ${fields.length} fields, the header ${columns.length}`);
    return Object.fromEntries(columns.map((column, at) => [column, fields[at] ?? ""]));
  });
  return { columns, rows };
};

/** The number in a column of a record, the header being record 1. @throws Error when it is missing or not a number */
export const numberIn = (
  row: Readonly<Record<string, string>>,
  column: string,
  record: number,
): number => {
  const text = row[column];
  if (text === undefined) throw new Error(`the file needs a column \`${column}\``);
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new Error(`"${text}" in column ${column} of record ${record} is not a number`);
  return value;
};
