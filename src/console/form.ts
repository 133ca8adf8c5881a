/** Reads what a form of the console sent, within bounds: the longest is the consent policy in all its languages. */
import { Problem } from "../domain/problem.ts";

const FORM_MAX = 256 * 1024;

/** @throws Problem `too_large` */
export async function readForm(request: Request, most = FORM_MAX): Promise<URLSearchParams> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > most) throw new Problem("too_large", `this form holds at most ${most / 1024} KB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return new URLSearchParams(text + decoder.decode());
}
