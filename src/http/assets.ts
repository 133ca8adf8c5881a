/** What pages load from us: the snippet, moving and frozen, and the parts it loads when they are needed. */
import {
  banner as bannerCode,
  leave as leaveCode,
  released,
  releasedModules,
  slots as slotsCode,
  snippet as snippetCode,
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
export const leave = (): Response => script(leaveCode, MOVING);

/** Every version that was released, byte by byte as it was then (releases/). */
export const frozen =
  (versions: Readonly<Record<string, string>>, what: string) =>
  (request: Pick<Call, "params">): Response => {
    const version = request.params["version"] ?? "";
    const code = Object.hasOwn(versions, version) ? versions[version] : undefined;
    if (code === undefined)
      throw new Problem("not_found", `There is no such version of the ${what}.`);
    return script(code, FROZEN);
  };

export const frozenSnippet = frozen(released, "snippet");
export const frozenModule = frozen(releasedModules, "module");
