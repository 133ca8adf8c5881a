/** Why the collector refused a whole call, before any of its messages was looked at. A closed list, like reasons of drops. */
import type { ProblemCode } from "../problem.ts";

export const REFUSALS = [
  "unauthorized",
  "forbidden_origin",
  "too_large",
  "bad_request",
  "invalid",
  "rate_limited",
] as const satisfies readonly ProblemCode[];
export type Refusal = (typeof REFUSALS)[number];

export const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  unauthorized: "the write key is missing or not this site's",
  forbidden_origin: "the page's origin isn't among SITE_ORIGINS",
  too_large: "the body or a message in it is too large",
  bad_request: "the body can't be read",
  invalid: "the body holds no message",
  rate_limited: "too many calls came from one address",
};

/** Null for what isn't the sender's fault. */
export const refusalOf = (code: ProblemCode): Refusal | null =>
  REFUSALS.find((each) => each === code) ?? null;
