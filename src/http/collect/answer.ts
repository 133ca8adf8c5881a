/** The collector's answer: what was accepted, what was dropped and why, and in words in a header. */
import type { DropReason } from "../../domain/event.ts";

export interface Dropped {
  messageId: string;
  reason: DropReason;
}

const WORDS: Record<DropReason, string> = {
  consent: "consent doesn't cover it",
  bot: "the sender looks like a bot",
  duplicate: "it was recorded before",
  blocked: "its only identifier is one that names nobody",
  invalid: "its shape isn't what the protocol says",
  erased: "the visitor was erased",
  too_old: "it is older than seven days",
  capped: "this visitor sent too much today",
};

/** For people who look at the network tab. */
export function inWords(accepted: number, dropped: readonly Dropped[], because?: string): string {
  const counts = new Map<DropReason, number>();
  for (const { reason } of dropped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => {
    const why = reason === "consent" && because ? because : WORDS[reason];
    return `dropped ${count} (${reason}): ${why}`;
  });
  return [`accepted ${accepted}`, ...parts].join("; ").replace(/[^\x20-\x7e]/g, "-");
}

export function collected(
  accepted: number,
  dropped: readonly Dropped[],
  because: string | undefined,
  cookies: readonly string[],
): Response {
  const headers = new Headers({
    "content-type": "application/json",
    "usher-decision": inWords(accepted, dropped, because),
    "cache-control": cookies.length > 0 ? "private, no-store" : "no-store",
  });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(JSON.stringify({ success: true, accepted, dropped }), { headers });
}
