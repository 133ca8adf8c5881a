/** Words about suggestions. */
import type { WaterfallStep } from "../../domain/matching/index.ts";
import type { Difference } from "../../domain/suggestion/differences.ts";
import { TYPE_WORDS } from "../../domain/suggestion/devices.ts";
import type { SuggestionAnswer } from "../../http/api/suggestions.ts";

/** What one side is called: the name, else an address, else its device. */
export function nameOnSide(
  { facts, people }: Pick<SuggestionAnswer, "facts" | "people">,
  side: "a" | "b",
): string {
  const value = (field: Difference["field"]): string | null =>
    facts.find((each) => each.field === field)?.[side] ?? null;
  const name = [value("firstName"), value("lastName")].filter((part) => part !== null).join(" ");
  const { device } = people[side === "a" ? 0 : 1];
  const nameless = device ? `somebody's ${TYPE_WORDS[device]}` : "somebody without a name";
  return name || value("email") || value("phone") || nameless;
}

/** The strongest reasons for it. */
export const reasonsInShort = (reasons: readonly WaterfallStep[]): string =>
  reasons
    .filter(({ field, bits }) => bits > 0 && field !== "kinship" && !field.includes("/"))
    .toSorted((a, b) => b.bits - a.bits)
    .slice(0, 3)
    .map(({ because }) => because.replace(/^the /, "").replace(/, and the value is rare$/, ""))
    .join("; ");
