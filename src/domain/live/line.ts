/**
 * One message as the live view shows it: what was decided about it and why. Lines are shown to whoever watches at that moment
 * and kept nowhere; who was there isn't in them.
 */
import { DROP_WORDS, type DropReason } from "../event.ts";
import type { Millis } from "../ids.ts";
import { type Refusal, REFUSAL_WORDS } from "../intake/refusal.ts";
import type { JsonObject } from "../json.ts";
import { plainPathOf } from "../setup/facts.ts";

export interface LiveLine {
  at: Millis;
  /** `track`, `page`, … */
  type: string;
  name: string;
  /** Where from, without what may name somebody; empty when the message doesn't say. */
  path: string;
  sender: "browser" | "server" | "pixel";
  /** `refused`: the whole call, before any of its messages was looked at. */
  decision: "accepted" | "refused" | DropReason;
  /** In words. */
  because: string;
}

export interface Decided {
  dropped: readonly { messageId: string; reason: DropReason }[];
  accepted: number;
  /** Why consent dropped something. */
  because: string | undefined;
}

/** Lines of one request. */
const MOST = 20;
const NAME_MAX = 80;

export function linesOf(
  messages: readonly JsonObject[],
  { dropped, accepted, because }: Decided,
  sender: LiveLine["sender"],
  at: Millis,
): LiveLine[] {
  const reasons = new Map(dropped.map((each) => [each.messageId, each.reason]));
  // A message without an id was given one, which nobody knows here: when nothing was taken it shares the first's fate.
  const nameless = accepted === 0 ? dropped[0]?.reason : undefined;
  return messages.slice(0, MOST).map((raw) => {
    const id = raw["messageId"];
    const reason = typeof id === "string" ? reasons.get(id) : nameless;
    return {
      at,
      type: textOf(raw["type"]),
      name: textOf(raw["event"]) || textOf(raw["name"]),
      path: plainPathOf(raw) ?? "",
      sender,
      decision: reason ?? "accepted",
      because:
        reason === undefined ? "" : reason === "consent" && because ? because : DROP_WORDS[reason],
    };
  });
}

/** Nothing that the call brought is in it: it may be anybody's. */
export const refusedLine = (reason: Refusal, sender: LiveLine["sender"], at: Millis): LiveLine => ({
  at,
  type: "call",
  name: "",
  path: "",
  sender,
  decision: "refused",
  because: REFUSAL_WORDS[reason],
});

const textOf = (value: unknown): string =>
  typeof value === "string" ? value.slice(0, NAME_MAX).toWellFormed() : "";
