/**
 * A form as it goes to and fro: names that are the document's paths (`purposes.0.label.en`), each with its texts. What
 * came in is shown again as it came, right or wrong.
 */
export class Fields {
  private readonly texts: ReadonlyMap<string, readonly string[]>;

  constructor(pairs: Iterable<readonly [string, string]>) {
    const texts = new Map<string, string[]>();
    for (const [name, sent] of pairs) {
      // Browsers send the ends of lines as on paper tape.
      const text = sent.replaceAll("\r\n", "\n");
      const known = texts.get(name);
      if (known) known.push(text);
      else texts.set(name, [text]);
    }
    this.texts = texts;
  }

  text(name: string): string {
    return this.texts.get(name)?.[0]?.trim() ?? "";
  }

  /** Of check boxes: those that are ticked. */
  all(name: string): readonly string[] {
    return this.texts.get(name) ?? [];
  }

  /** Of a list written into one field, by commas or lines; empty ones are left out. */
  items(name: string): string[] {
    return this.text(name)
      .split(/[,\n]/)
      .map((item) => item.trim())
      .filter((item) => item !== "");
  }

  /** Of a field for a whole number; what isn't one stays as it is, to be found wrong. */
  number(name: string): number | string {
    const text = this.text(name);
    return /^\d{1,9}$/.test(text) ? Number(text) : text;
  }

  is(name: string): boolean {
    return this.texts.has(name);
  }

  /** That begin with this. */
  names(prefix: string): string[] {
    return [...this.texts.keys()].filter((name) => name.startsWith(prefix));
  }

  /** Numbers of the rows below a name, ascending. */
  rows(name: string): number[] {
    const found = new Set<number>();
    for (const key of this.texts.keys()) {
      const row = key.startsWith(`${name}.`)
        ? /^\d{1,4}(?=\.)/.exec(key.slice(name.length + 1))
        : null;
      if (row) found.add(Number(row[0]));
    }
    return [...found].sort((a, b) => a - b);
  }

  /** With rows numbered from 0 without gaps, as the document has them. */
  renumbered(name: string): Fields {
    const places = new Map(this.rows(name).map((row, place) => [row, place]));
    return this.mapped((key) => {
      const [, row = "", rest = ""] = new RegExp(`^${name}\\.(\\d{1,4})(\\..*)$`).exec(key) ?? [];
      return row === "" ? key : `${name}.${places.get(Number(row)) ?? 0}${rest}`;
    });
  }

  /** With one empty row more at the end. */
  withRow(name: string): Fields {
    const next = (this.rows(name).at(-1) ?? -1) + 1;
    return this.with([[`${name}.${next}.row`, ""]]);
  }

  with(pairs: Iterable<readonly [string, string]>): Fields {
    return new Fields([...this.pairs(), ...pairs]);
  }

  /** Without a row, or whatever else begins with this name. */
  without(prefix: string): Fields {
    return new Fields([...this.pairs()].filter(([name]) => !name.startsWith(`${prefix}.`)));
  }

  private mapped(rename: (name: string) => string): Fields {
    return new Fields([...this.pairs()].map(([name, text]) => [rename(name), text] as const));
  }

  /** As they go into a form. */
  *pairs(): Generator<readonly [string, string]> {
    for (const [name, texts] of this.texts) for (const text of texts) yield [name, text];
  }
}

export type Pair = readonly [name: string, text: string];
