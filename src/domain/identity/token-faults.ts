/** Why an identity token proves nothing: a closed list, said in words to whoever sent it, and counted. */
export const TOKEN_FAULTS = [
  "malformed",
  "unknown_key",
  "signature",
  "expired",
  "audience",
  "too_long",
  "nobody",
  "other_user",
  "replayed",
  "unchecked",
] as const;
export type TokenFault = (typeof TOKEN_FAULTS)[number];

export const TOKEN_FAULT_WORDS: Readonly<Record<TokenFault, string>> = {
  malformed: "it isn't a JWT under HS256 with sub, exp and aud",
  unknown_key: "its kid isn't among TOKEN_KEYS",
  signature: "its signature doesn't fit its kid",
  expired: "it has expired, or isn't valid yet",
  audience: "its aud isn't SITE_NAME",
  too_long: "it is good for longer than the merge rules allow",
  nobody: "its user is a placeholder or is blocked",
  other_user: "it is of another user than userId",
  replayed: "another device used it first",
  unchecked: "where it was used first can't be looked up right now",
};
