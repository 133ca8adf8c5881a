/**
 * How far a page has come through a rewriter that only puts texts in: what came out is compared with what went in, so
 * that after a failure the rest can follow as it was. Pieces come out joined and split as the streams like.
 */
export class Held {
  private readonly chunks: Uint8Array[] = [];
  /** Of the first chunk: how much of it has come out. */
  private at = 0;
  /** Texts put in and not seen yet, in their order, and how much of the first has been seen. */
  private readonly inserted: Uint8Array[] = [];
  private seen = 0;
  /** What came out last, for an insertion that begins like what it stands before. */
  private last: number[] = [];

  add(chunk: Uint8Array): void {
    if (chunk.length > 0) this.chunks.push(chunk);
  }

  insert(text: string): void {
    if (text !== "") this.inserted.push(new TextEncoder().encode(text));
  }

  /** These bytes have come out. */
  release(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.seen > 0) this.step();
      else if (this.chunks[0]?.[this.at] === byte) this.pass(byte);
      else this.begin(byte);
    }
  }

  /** What hasn't come out yet, piece by piece: the end of a text that was being put in, then the page. */
  take(): Uint8Array | undefined {
    const [text] = this.inserted;
    if (text && this.seen > 0) {
      const end = text.subarray(this.seen);
      this.seen = 0;
      return end;
    }
    const chunk = this.chunks.shift();
    const rest = chunk?.subarray(this.at);
    this.at = 0;
    return rest;
  }

  private pass(byte: number): void {
    const longest = this.inserted[0]?.length ?? 0;
    if (longest > 0) {
      this.last.push(byte);
      if (this.last.length > longest) this.last.shift();
    }
    this.at++;
    if (this.at < (this.chunks[0]?.length ?? 0)) return;
    this.chunks.shift();
    this.at = 0;
  }

  private step(): void {
    this.seen++;
    if (this.seen < (this.inserted[0]?.length ?? 0)) return;
    this.inserted.shift();
    this.seen = 0;
    this.last = [];
  }

  /** An insertion shows where the two part, which may be some bytes after its beginning: those are still to come. */
  private begin(byte: number): void {
    const [text] = this.inserted;
    if (!text) return;
    const overlap = this.last
      .map((_, at) => this.last.slice(at))
      .find((tail) => text[tail.length] === byte && tail.every((each, at) => each === text[at]));
    const back = overlap ?? [];
    if (back.length > 0) {
      const rest = this.restOfFirst();
      this.chunks.unshift(Uint8Array.from(back), ...rest);
      this.at = 0;
    }
    this.seen = back.length;
    this.step();
  }

  private restOfFirst(): Uint8Array[] {
    const first = this.chunks.shift();
    return first ? [first.subarray(this.at)] : [];
  }
}
