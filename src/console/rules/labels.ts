/** What the fields of the rules' form are called, beside the field and where something is told of it. */
import type { Fields } from "../consent/edit/fields.ts";
import { kindName } from "./words.ts";

export const LABELS = {
  priority: "Who goes first, one kind a line",
  "limits.default": "Of every other kind, one person has at most",
  "leastAssurance.default": "Every other kind joins people",
  maxVisitorsPerIdentifier: "It is quarantined, too, when more than (devices in all)",
  "flood.visitors": "An identifier is quarantined when more than (devices)",
  "flood.hours": "say it within (hours)",
  "flood.proven": "and for those who prove it, when more than (devices)",
  "blocked.values": "Values that name nobody, one a line",
  "blocked.patterns": "Patterns of values that name nobody, one a line",
  "blocked.allowed": "Values that do name somebody, one a line",
  "devices.sharedFrom": "A device is shared from (people who proved who they are)",
  "devices.kioskFrom": "and a kiosk from (people who proved who they are)",
  "personas.apart": "Keep the work side and the personal side of one human as two people",
  "personas.organisations": "Domains of organisations, one a line",
  "personas.personal": "Domains that are personal, one a line",
  "tokens.bound": "Which tokens are good on the device that used them first, and on no other",
  "tokens.hours": "A token proves nothing that is good for longer than (hours)",
  country: "Country of phone numbers written without one",
  "probable.suggestFrom": "Ask an officer from a probability of",
  "probable.mergeFrom": "Join without asking from a probability of",
  "probable.devices": "Compare devices by the networks they are seen at",
} as const;

export const COLUMNS = {
  kind: "Kind",
  unique: "One person has one",
  most: "One person has at most",
  least: "Joins people",
} as const;

/** For a list of what is wrong: the field, and of which kind where it is one of a row. */
export function labelOf(name: string, fields: Fields): string {
  const [, row, column] = /^kinds\.(\d+)\.(\w+)$/.exec(name) ?? [];
  if (row === undefined) return `“${(LABELS as Record<string, string>)[name] ?? name}”`;
  const kind = fields.text(`kinds.${row}.kind`);
  const words = (COLUMNS as Record<string, string>)[column ?? ""] ?? column ?? "";
  return `“${words}” of ${kind === "" ? "a new kind" : kindName(kind)}`;
}
