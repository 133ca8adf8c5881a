/** Reads a request's body as JSON within bounds, before anything is known about who sent it. */
import { parseJson } from "../domain/intake/parse.ts";
import type { Json } from "../domain/json.ts";
import { Problem } from "../domain/problem.ts";

/** Bytes, on the wire and again after decompression. */
export const BODY_MAX = 500 * 1024;

/** A decompressor is fed this much at a time: deflate makes at most about a thousand times as much of it. */
const GZIP_STEP = 2 * 1024;

export interface Body {
  json: Json;
  /** After decompression. */
  bytes: number;
  /** Why it could not be read; `json` is null then. To be thrown once key and origin are found good. */
  problem: Problem | null;
}

const tooLarge = (): Problem =>
  new Problem("too_large", `A body holds at most ${BODY_MAX / 1024} KB.`);

const DIGITS = /^\d{1,9}$/;

const counted = async (body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> =>
  body === null ? new Uint8Array() : collect(body);

/** All of a stream, which is cancelled as soon as it has given more than the limit. */
async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > BODY_MAX) {
      const problem = tooLarge();
      await reader.cancel(problem).catch(() => undefined);
      throw problem;
    }
    chunks.push(value);
  }
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** `sendBeacon` can't say that it compressed, so the bytes themselves do. JSON never begins like this. */
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  const feed = async (): Promise<void> => {
    for (let at = 0; at < bytes.length; at += GZIP_STEP) {
      await writer.write(bytes.slice(at, at + GZIP_STEP));
    }
    await writer.close();
  };
  // A failed or cancelled reader fails the writer too; the reader's error is the one that tells.
  const [read] = await Promise.allSettled([collect(readable), feed()]);
  if (read.status === "fulfilled") return read.value;
  if (read.reason instanceof Problem) throw read.reason;
  throw new Problem("bad_request", "The body is not gzip.");
}

/** Bytes to data, where a body isn't plain JSON. @throws Problem `bad_request` */
export type Parse = (bytes: Uint8Array) => Json;

async function read(request: Request, parse: Parse): Promise<{ json: Json; bytes: number }> {
  const length = request.headers.get("content-length");
  if (Number(length ?? 0) > BODY_MAX) throw tooLarge();
  // HTTP holds the sender to the length it said, so that nothing has to be counted.
  const wire =
    length === null || !DIGITS.test(length)
      ? await counted(request.body)
      : new Uint8Array(await request.arrayBuffer());
  const coding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (coding !== "" && coding !== "identity" && coding !== "gzip" && coding !== "x-gzip") {
    throw new Problem("bad_request", "Bodies are read plain or gzipped.");
  }
  // A proxy may have unpacked the body and left the header.
  const bytes = isGzip(wire) ? await gunzip(wire) : wire;
  return { json: parse(bytes), bytes: bytes.length };
}

/**
 * For calls whose refusals come in an order: a size is refused at once, anything else is handed back in `problem`.
 * @throws Problem `too_large`
 */
export async function receiveBody(request: Request, parse: Parse = parseJson): Promise<Body> {
  try {
    return { ...(await read(request, parse)), problem: null };
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.code === "too_large") throw problem;
    return { json: null, bytes: 0, problem };
  }
}

/**
 * The body as JSON, whatever its content type says.
 * @throws Problem `too_large`; `bad_request` for what is not gzip, not UTF-8, not JSON, or too deep
 */
export const readJson = async (request: Request): Promise<Json> =>
  (await read(request, parseJson)).json;
