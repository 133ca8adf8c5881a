/** Words about suggestions. */
import type { WaterfallStep } from "../../domain/matching/index.ts";
import type { Difference } from "../../domain/suggestion/differences.ts";

/** What one side is called: the name, else an address. */
export function nameOnSide(facts: readonly Difference[], side: "a" | "b"): string {
  const value = (field: Difference["field"]): string | null =>
    facts.find((each) => each.field === field)?.[side] ?? null;
  const name = [value("firstName"), value("lastName")].filter((part) => part !== null).join(" ");
  return name || value("email") || value("phone") || "somebody without a name";
}

/** The strongest reasons for it. */
export const reasonsInShort = (reasons: readonly WaterfallStep[]): string =>
  reasons
    .filter(({ field, bits }) => bits > 0 && field !== "kinship" && !field.includes("/"))
    .toSorted((a, b) => b.bits - a.bits)
    .slice(0, 3)
    .map(({ because }) => because.replace(/^the /, "").replace(/, and the value is rare$/, ""))
    .join("; ");
