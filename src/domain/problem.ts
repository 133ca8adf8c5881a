/**
 * Everything that can go wrong for a caller, as one closed list. The HTTP layer has the one table from code to status;
 * messages never carry a value that was sent.
 */
export type ProblemCode =
  | "too_large"
  | "unauthorized"
  | "forbidden"
  | "forbidden_origin"
  | "bad_request"
  | "not_found"
  | "conflict"
  | "invalid"
  | "rate_limited"
  | "unavailable";

export class Problem extends Error {
  readonly code: ProblemCode;
  /** Where in the input, as a dotted path, when there is such a place. */
  readonly path: string | undefined;
  /** Seconds after which a retry makes sense. */
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, message: string, at: { path?: string; retryAfter?: number } = {}) {
    super(message);
    this.name = "Problem";
    this.code = code;
    this.path = at.path;
    this.retryAfter = at.retryAfter;
  }
}
