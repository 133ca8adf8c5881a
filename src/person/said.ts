/** What humans said of a visitor: kept with it, so that what is told twice counts once, and on its way to the log. */
import { type HistoryEntry, withEntry } from "../domain/identity/history.ts";
import type { VisitorDoc } from "./documents.ts";

/** A visitor remembers so many commands, so that a repeated one is done once. */
const COMMANDS = 64;

export const withCommand = (commands: readonly string[], command: string): string[] =>
  [...commands, command].slice(-COMMANDS);

/** With the visitor, and on its way to the log. */
export function remember(doc: VisitorDoc, entry: HistoryEntry): void {
  const before = doc.history ?? [];
  const history = withEntry(before, entry);
  if (history === before) return;
  doc.history = history;
  doc.pending.push({ kind: "history", entry });
}
