/**
 * Other makers' own clients, for sites that have their install snippets: those load a script from the host that they are
 * pointed at, so it is here, as published on npm. A part of the Worker that is read when the first of them is asked for.
 */
import { Problem } from "../../domain/problem.ts";
import { type Answer, script } from "./dialect.ts";

/**
 * @param path package and file, `posthog-js/array.js`
 * @throws Problem `not_found` for what isn't served, in words for whoever looks into the network panel
 */
export async function clientFile(path: string): Promise<Response> {
  const { clientFiles } = await import("../../../dist/clients.ts");
  const packed = Object.hasOwn(clientFiles, path) ? clientFiles[path] : undefined;
  if (packed === undefined)
    throw new Problem("not_found", "Of this client nothing but its own script is served here.");
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  return script(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

/** One file at a path of its own, or the file that the path names. */
export const clientFileOf =
  (name: string, file?: string): Answer =>
  ({ params }) =>
    clientFile(`${name}/${file ?? params["file"] ?? ""}`);
