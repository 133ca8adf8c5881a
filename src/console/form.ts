/** Reads what a form of the console sent, within bounds: they are a few short fields. */
import { Problem } from "../domain/problem.ts";

const FORM_MAX = 64 * 1024;

/** @throws Problem `too_large` */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > FORM_MAX) throw new Problem("too_large", "a form holds at most 64 KB");
    text += decoder.decode(chunk, { stream: true });
  }
  return new URLSearchParams(text + decoder.decode());
}
