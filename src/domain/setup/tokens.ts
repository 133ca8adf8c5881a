/** Do identity tokens prove who signs in? */
import { TOKEN_FAULT_WORDS, type TokenFault } from "../identity/token-faults.ts";
import { type Check, ENOUGH, found, good, many } from "./finding.ts";

/** The site signs them wrongly, and mends them. The others come of tabs left open, shared links and attempts. */
const OF_SITE: readonly TokenFault[] = [
  "malformed",
  "unknown_key",
  "signature",
  "audience",
  "too_long",
  "nobody",
];

const STEPS: Readonly<Record<TokenFault, string>> = {
  malformed:
    "Sign with HS256 and put sub (the user id), exp (seconds) and aud (SITE_NAME) into the token.",
  unknown_key:
    "Put the kid of one of TOKEN_KEYS into the token's header. After a change of keys leave the old one in until its tokens have expired.",
  signature:
    "Sign with the bytes behind kid in TOKEN_KEYS: base64 there, decoded before they are used.",
  expired: "Make a token for each page or sign-in, and look whether the server's clock is right.",
  audience: "Put SITE_NAME, as it stands in wrangler.toml, into aud.",
  too_long: "Let tokens expire sooner, or allow more hours in the merge rules.",
  nobody: "Put the user's own id into sub; a placeholder such as 0 or null is nobody.",
  other_user: "Identify with the userId that stands in the token's sub.",
  replayed:
    "Make a token for each device. If nobody shares links with tokens in them, somebody may be trying them out.",
  unchecked: "The database was away for a moment; the next sign-in counts.",
};

export const identityTokens: Check = ({ tokens }) => {
  if (tokens.length === 0) return good("tokens", "No identity token is turned down");
  const wrong = tokens
    .filter(({ fault }) => OF_SITE.includes(fault))
    .reduce((sum, { count }) => sum + count, 0);
  return found(
    "tokens",
    wrong >= ENOUGH ? "wrong" : "look",
    "Identity tokens prove nothing, so who signs in counts as typed",
    tokens.map(({ fault, count }) => `${many(count, "time")}: ${TOKEN_FAULT_WORDS[fault]}`),
    tokens.map(({ fault }) => STEPS[fault]),
  );
};
