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
  /** `refused`: the whole call, before any of its messages was looked at. `more`: messages that aren't shown one by one. */
  decision: "accepted" | "refused" | "more" | DropReason;
  /** In words. */
  because: string;
}

export interface Decided {
  /** `at`: the place among the messages. */
  dropped: readonly { at: number; reason: DropReason }[];
  /** Why consent dropped something. */
  because: string | undefined;
}

/** Lines of one request. */
const MOST = 20;
const NAME_MAX = 80;

export function linesOf(
  messages: readonly JsonObject[],
  { dropped, because }: Decided,
  sender: LiveLine["sender"],
  at: Millis,
): LiveLine[] {
  const reasons = new Map(dropped.map((each) => [each.at, each.reason]));
  const lines = messages.slice(0, MOST).map((raw, n): LiveLine => {
    const reason = reasons.get(n);
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
  const more = messages.length - lines.length;
  if (more === 0) return lines;
  const lost = dropped.filter((each) => each.at >= MOST).length;
  return [...lines, moreLine(more, lost, sender, at)];
}

/** Of one call: the others show by their number. */
const moreLine = (
  more: number,
  lost: number,
  sender: LiveLine["sender"],
  at: Millis,
): LiveLine => ({
  at,
  type: "batch",
  name: `and ${more} more`,
  path: "",
  sender,
  decision: "more",
  because: `${more - lost} of them accepted, ${lost} dropped`,
});

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
