/** Where a file stands, and how it is packed. */
import { type Day, dayName } from "../domain/ids.ts";

export interface FileEntry {
  purpose: string;
  rows: number;
  bytes: number;
  /** Of the packed file, hex. */
  sha256: string;
}

export const FOLDER = "events/purpose=";

export const fileAt = (purpose: string, day: Day, part: string): string =>
  `${FOLDER}${purpose}/date=${dayName(day)}/part-${part}.ndjson.gz`;

export const manifestAt = (day: Day): string => `manifests/date=${dayName(day)}.json`;
export const MANIFESTS = "manifests/date=";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Of the visitors whose ids begin with these letters: `0`; `00` to `31`; `0000` to `1023`. */
export function numberOf(part: string, letters: 0 | 1 | 2): string {
  const number = [...part].reduce((sum, letter) => sum * 32 + BASE32.indexOf(letter), 0);
  return String(number).padStart(letters === 0 ? 1 : letters * 2, "0");
}

export interface Gzip {
  readonly rows: number;
  write(line: object): Promise<void>;
  /** Closes it. The same lines make the same bytes: nothing in them says when or where. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

export function gzipped(): Gzip {
  const utf8 = new TextEncoder();
  const stream = new CompressionStream("gzip");
  const writer = stream.writable.getWriter();
  // Read from the start, or nothing could be written.
  const packed = new Response(stream.readable).arrayBuffer();
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    async write(line) {
      rows++;
      await writer.write(utf8.encode(`${JSON.stringify(line)}\n`));
    },
    async bytes() {
      await writer.close();
      return new Uint8Array(await packed);
    },
  };
}

export async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const packed = new Blob([bytes]).stream();
  const text = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).text();
  return text.split("\n").filter((line) => line !== "");
}

export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
