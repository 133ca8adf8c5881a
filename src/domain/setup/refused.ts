/** Are calls refused before anything in them is looked at? */
import { type Refusal, REFUSAL_WORDS, senderWords } from "../intake/refusal.ts";
import { arrived, type Check, ENOUGH, found, good, many } from "./finding.ts";

/** Their data is lost until somebody mends it. The others are single calls of whoever sends nonsense. */
const LASTING: readonly Refusal[] = ["unauthorized", "forbidden_origin"];

const STEPS: Readonly<Record<Refusal, string>> = {
  unauthorized:
    "Compare the key in the page, the client's settings or the server with the one on the install page: a key of another site, or an old one, is refused.",
  forbidden_origin:
    "Open the site with the browser's tools: the address in front of the page's path must be in SITE_ORIGINS, with https:// and with or without www as it stands there. Add it and deploy.",
  too_large:
    "Send fewer messages at once, at most 500 KB in a call and 32 KB in a message: whole lists and pictures don't belong into properties.",
  bad_request: "Look at what is sent: it must be JSON in UTF-8, plain or gzipped.",
  invalid: "Look at what is sent: a batch holds a list named batch, any other call one message.",
  rate_limited:
    "A browser that calls so often has a loop, or many share its address. A server sends with SERVER_KEY, which isn't limited.",
  wrong_token:
    "A system of yours still has an old token, or somebody guesses. What the set-up made can't be guessed; if you chose a token of your own, replace it by a long one.",
};

export const refusedCalls: Check = (facts) => {
  const { refused } = facts;
  const calls = refused.reduce((sum, { count }) => sum + count, 0);
  if (calls === 0) return good("refused", "No call is refused");
  const lasting = refused.filter(({ reason }) => LASTING.includes(reason));
  const lost = lasting.reduce((sum, { count }) => sum + count, 0);
  const reasons = new Set(refused.map(({ reason }) => reason));
  const title =
    lost === 0
      ? "Some calls are refused"
      : `Calls are refused: ${lasting[0]?.reason === "unauthorized" ? "their key is wrong" : "their origin isn't allowed"}`;
  return found(
    "refused",
    // Anybody may call with anything: some of it is no fault of the site.
    lost >= ENOUGH && lost * 50 > arrived(facts) ? "wrong" : "look",
    title,
    refused.map(
      ({ reason, sender, count }) =>
        `${senderWords(sender)}, ${many(count, "time")}: ${REFUSAL_WORDS[reason]}`,
    ),
    [...reasons].map((reason) => STEPS[reason]),
  );
};
