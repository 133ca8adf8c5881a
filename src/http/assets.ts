/** What pages load from us: the snippet, moving and frozen, and the parts it loads when they are needed. */
import {
  banner as bannerCode,
  slots as slotsCode,
  snippet as snippetCode,
  version,
} from "../../dist/assets.ts";
import { Problem } from "../domain/problem.ts";
import type { Call } from "./context.ts";

const script = (code: string, cache: string): Response =>
  new Response(code, {
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": cache,
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
    },
  });

/** Five minutes: a fix reaches every page within that, and a visit loads it once. */
const MOVING = "public, max-age=300";
const FROZEN = "public, max-age=31536000, immutable";

export const snippet = (): Response => script(snippetCode, MOVING);
export const banner = (): Response => script(bannerCode, MOVING);
export const slots = (): Response => script(slotsCode, MOVING);

/** Versions never change. Those of earlier releases are kept by the deployment that serves them. */
export function frozenSnippet(request: Call): Response {
  if (request.params["version"] !== version)
    throw new Problem("not_found", "There is no such version of the snippet.");
  return script(snippetCode, FROZEN);
}
