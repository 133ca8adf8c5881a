/** The collector's answer: what was accepted, what was dropped and why, and in words in a header. */
import { DROP_WORDS, type DropReason } from "../../domain/event.ts";
import { TOKEN_FAULT_WORDS, type TokenFault } from "../../domain/identity/token-faults.ts";
import { remembered } from "../../domain/intake/remembered.ts";
import { Problem } from "../../domain/problem.ts";
import { corsHeaders } from "../origin.ts";
import { failure } from "../respond.ts";

export interface Dropped {
  messageId: string;
  reason: DropReason;
  /** Its place among the call's messages, from 0: ids may be missing, and one may come twice. */
  at: number;
}

/** For people who look at the network tab. */
export function inWords({ accepted, dropped, because, token }: Told): string {
  const words = decisions(accepted, dropped, because);
  if (!token) return words;
  return `${words}; identity token not counted (${token}): ${TOKEN_FAULT_WORDS[token]}, so the user counts as typed`;
}

function decisions(accepted: number, dropped: readonly Dropped[], because?: string): string {
  const [only, ...more] = dropped;
  if (!only) return `accepted ${accepted}`;
  if (more.length === 0) return `accepted ${accepted}; ${dropping(1, only.reason, because)}`;
  const counts = new Map<DropReason, number>();
  for (const { reason } of dropped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => dropping(count, reason, because));
  return [`accepted ${accepted}`, ...parts].join("; ");
}

function dropping(count: number, reason: DropReason, because: string | undefined): string {
  const why = reason === "consent" && because ? because : DROP_WORDS[reason];
  return `dropped ${count} (${reason}): ${inHeader(why)}`;
}

/** A header holds printable ASCII. */
const inHeader = remembered(64, (text) => text.replace(/[^\x20-\x7e]/g, "-"));

/** What was refused as a whole: in the words of its error. */
export function refused(error: unknown): Response {
  const response = failure(error);
  if (error instanceof Problem)
    response.headers.set(
      "usher-decision",
      inHeader(`not recorded (${error.code}): ${error.message}`),
    );
  return response;
}

export interface Collected {
  accepted: number;
  dropped: Dropped[];
  /** Why consent dropped something, in words. */
  because: string | undefined;
  /** Why the first identity token that proved nothing did so. */
  token?: TokenFault;
  cookies: string[];
}

type Told = Omit<Collected, "cookies">;

const named = ({ messageId, reason }: Dropped) => ({ messageId, reason });

/** Heads of one isolate: few decisions and few origins make nearly all answers, and a head made before costs half. */
const HEADS_KEPT = 256;

const headOf = remembered(HEADS_KEPT, (key): Headers => {
  const [words = "", caching = "", origin = ""] = key.split("\n");
  return new Headers({
    "content-type": "application/json",
    "usher-decision": words,
    "cache-control": caching,
    ...corsHeaders(origin === "" ? null : origin),
  });
});

/** `origin`: who of the site's own asks, null for anybody else. Answers copy their head, so that it stays as it is. */
export function collected(done: Collected, origin: string | null): Response {
  const { accepted, dropped, cookies } = done;
  const words = inWords(done);
  const caching = cookies.length > 0 ? "private, no-store" : "no-store";
  const response = new Response(
    JSON.stringify({ success: true, accepted, dropped: dropped.map(named) }),
    {
      headers: headOf(`${words}\n${caching}\n${origin ?? ""}`),
    },
  );
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
