/** Answers: JSON, pages and errors, with the headers that all of them carry. */
import { Problem, type ProblemCode } from "../domain/problem.ts";

/** The one table from what went wrong to what the outside sees. */
const STATUS: Readonly<Record<ProblemCode, number>> = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  forbidden_origin: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  invalid: 422,
  rate_limited: 429,
  unavailable: 503,
};

/** Seconds, where the problem doesn't say. */
const RETRY_AFTER = 5;

/** Whatever is answered here is for one reader: nothing of it is kept on the way. */
const PRIVATE = {
  "cache-control": "private, no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

/**
 * `Content-Disposition` of a download. A name beyond ASCII is told the newer way as well, which every browser of today takes.
 * @param name without quotes and control characters
 */
export const attachment = (name: string): string => {
  const plain = name.normalize("NFKD").replaceAll(/[^ -~]+/g, "");
  const whole = plain === name ? "" : `; filename*=UTF-8''${encodeURIComponent(name)}`;
  return `attachment; filename="${plain}"${whole}`;
};

/** A file for one reader. */
export const PRIVATE_FILE: Readonly<Record<string, string>> = PRIVATE;

/** Pages run our own files and nothing else; nobody frames them. */
const PAGE = {
  ...PRIVATE,
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "x-frame-options": "DENY",
} as const;

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...PRIVATE, ...headers },
  });

export const html = (page: string, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(page, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", ...PAGE, ...headers },
  });

/** After a form: the browser asks for the next page with GET. */
export const seeOther = (location: string, headers: Record<string, string> = {}): Response =>
  new Response(null, { status: 303, headers: { location, ...PRIVATE, ...headers } });

export const statusOf = (error: unknown): number =>
  error instanceof Problem ? STATUS[error.code] : 500;

export function retryHeaders(error: unknown): Record<string, string> {
  const waits =
    error instanceof Problem && (error.code === "rate_limited" || error.code === "unavailable");
  return waits ? { "retry-after": String(error.retryAfter ?? RETRY_AFTER) } : {};
}

/** `{"error":{"code","message","path"?}}`. Of an error nobody foresaw the outside learns only that there was one. */
export function failure(error: unknown): Response {
  if (!(error instanceof Problem)) {
    console.error(JSON.stringify({ message: "a request failed", error: nameOf(error) }));
    return json({ error: { code: "internal", message: "Something went wrong on our side." } }, 500);
  }
  const { code, message, path } = error;
  const detail = path === undefined ? { code, message } : { code, message, path };
  const challenge = code === "unauthorized" ? { "www-authenticate": "Bearer" } : {};
  return json({ error: detail }, STATUS[code], { ...retryHeaders(error), ...challenge });
}

/** The kind of an error: its words may hold what was sent. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
