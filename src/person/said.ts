/** What humans said of a visitor: kept with it, so that what is told twice counts once, and on its way to the log. */
import { type HistoryEntry, withEntry, withRepeated } from "../domain/identity/history.ts";
import type { VisitorDoc } from "./documents.ts";

/** A visitor remembers so many commands, so that a repeated one is done once. */
const COMMANDS = 64;

export const withCommand = (commands: readonly string[], command: string): string[] =>
  [...commands, command].slice(-COMMANDS);

/**
 * With the visitor, and on its way to the log.
 * @param isNews whether it changes anything here; else the same word, said again, is one with that before it
 */
export function remember(doc: VisitorDoc, entry: HistoryEntry, isNews: boolean): void {
  const before = doc.history ?? [];
  const repeated = isNews ? null : withRepeated(before, entry);
  if (repeated) {
    // Nothing for the log; but what is newer is told by these times.
    doc.history = repeated;
    return;
  }
  const history = withEntry(before, entry);
  if (history === before) return;
  doc.history = history;
  doc.pending.push({ kind: "history", entry });
}
