/** Why a whole call was refused, before anything in it was looked at. A closed list, like reasons of drops. */
import type { ProblemCode } from "../problem.ts";

export const REFUSALS = [
  "unauthorized",
  "forbidden_origin",
  "too_large",
  "bad_request",
  "invalid",
  "rate_limited",
] as const satisfies readonly ProblemCode[];
/** `wrong_token`: a call of the API, or a sign-in, with none of the roles' tokens. */
export type Refusal = (typeof REFUSALS)[number] | "wrong_token";

export const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  unauthorized: "the write key is missing or not this site's",
  forbidden_origin: "the page's origin isn't among SITE_ORIGINS",
  too_large: "the body or a message in it is too large",
  bad_request: "the body can't be read",
  invalid: "the body holds no message",
  rate_limited: "too many calls came from one address",
  wrong_token: "the token is missing or none of this site's",
};

/** Who sent it, or where: a browser or a server to the collector, else with a token. */
export const senderWords = (sender: string): string =>
  ({ api: "Over the API", "sign-in": "At the sign-in" })[sender] ?? `From a ${sender}`;

/** Null for what isn't the sender's fault. */
export const refusalOf = (code: ProblemCode): (typeof REFUSALS)[number] | null =>
  REFUSALS.find((each) => each === code) ?? null;
