/** Whose call it is: the site's server with its secret key, or a browser with the public one from an allowed origin. */
import { Problem } from "../../domain/problem.ts";
import { sameSecret } from "../secrets.ts";
import type { Config } from "../context.ts";
import { isOwnOrigin } from "../origin.ts";

export type Trust = "server" | "browser";

/** The key of an `Authorization` header: Bearer, or the user of Basic. */
export function keyInHeader(header: string | null): string | null {
  if (header === null) return null;
  const [scheme = "", rest = ""] = header.split(" ", 2);
  if (/^bearer$/i.test(scheme)) return rest.trim();
  if (!/^basic$/i.test(scheme)) return null;
  try {
    return atob(rest.trim()).split(":", 1)[0] ?? null;
  } catch {
    return null;
  }
}

/**
 * `isReadable`: whether the body could be read. One that couldn't may well have held the key, so the site's own pages are told
 * what is wrong with it rather than that a key is missing.
 * @throws Problem `unauthorized` for a key that is neither ours, then `forbidden_origin` for a browser's call from
 * elsewhere.
 */
export function judgeTrust(
  request: Request,
  bodyKey: string | null,
  config: Config,
  isReadable = true,
): Trust {
  const key = keyInHeader(request.headers.get("authorization")) ?? bodyKey;
  if (key === null && !isReadable && isOwnOrigin(request, config)) return "browser";
  // The write key is public, so that comparing it may tell what it likes.
  const isPublic = key === config.writeKey;
  if (key !== null && !isPublic && sameSecret(key, config.serverKey)) return "server";
  if (!isPublic) throw new Problem("unauthorized", "The write key is missing or not this site's.");
  if (!isOwnOrigin(request, config))
    throw new Problem("forbidden_origin", "This origin isn't among the site's own.");
  return "browser";
}
