/** A bucket in memory, as much of it as notes need. */
export class Shelf {
  readonly texts = new Map<string, string>();
  private readonly written = new Map<string, Date>();
  /** What R2 bills as a writing: deleting costs nothing. */
  writings = 0;
  /** It takes every other writing, as R2 does of those that follow too fast. */
  refuses = false;
  /** Set: what every call comes to. */
  away: (() => Promise<never>) | null = null;

  readonly bucket = {
    get: (key: string) =>
      this.answer(() => {
        const text = this.texts.get(key);
        return text === undefined ? null : { json: async (): Promise<unknown> => JSON.parse(text) };
      }),
    head: (key: string) =>
      this.answer(() => {
        const uploaded = this.written.get(key);
        return uploaded ? { uploaded } : null;
      }),
    list: ({ prefix }: { prefix: string }) =>
      this.answer(() => ({
        objects: [...this.texts.keys()]
          .filter((key) => key.startsWith(prefix))
          .toSorted()
          .map((key) => ({ key })),
      })),
    put: (key: string, text: string) =>
      this.answer(() => {
        if (this.writings++ % 2 === 0 && this.refuses) throw new Error("too fast");
        this.texts.set(key, text);
        this.written.set(key, new Date());
        return {};
      }),
    delete: (key: string) => this.answer(() => void this.texts.delete(key)),
  } as unknown as R2Bucket;

  private answer<T>(make: () => T): Promise<T> {
    return this.away ? this.away() : Promise.resolve().then(make);
  }
}
