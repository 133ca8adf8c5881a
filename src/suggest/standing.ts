/** Whether two who look alike may be suggested to be one, as their persons stand now. */
import { decidedBetween } from "../d1/suggestions.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { VisitorId } from "../domain/ids.ts";
import type { PersonView } from "../domain/person/calls.ts";
import { areKeptApart, isComparable, isOne, suggestionId } from "../domain/suggestion/eligible.ts";
import { noteJoined } from "./automatic.ts";
import type { SuggestPorts } from "./ports.ts";

export async function viewOf(
  { people }: Pick<SuggestPorts, "people">,
  visitor: VisitorId,
): Promise<PersonView | null> {
  const answer = await people.view(visitor);
  return answer.at === "home" ? answer.value : null;
}

/** How the other stands where it may be suggested that they are one; null where that is settled, or may not be asked. */
export async function openTo(
  ports: SuggestPorts,
  view: PersonView,
  visitor: VisitorId,
  other: VisitorId,
  rules: MergeRules,
): Promise<PersonView | null> {
  if (isOne(view, other)) {
    await noteJoined(ports, view, suggestionId(visitor, other));
    return null;
  }
  const theirs = await viewOf(ports, other);
  const them = theirs?.visitors.find(({ id }) => id === other);
  if (!theirs || !them || !isComparable(them, rules) || areKeptApart(view, theirs)) return null;
  const ids = (of: PersonView): VisitorId[] => of.visitors.map(({ id }) => id);
  const decided = await decidedBetween(ports.db, ids(view), ids(theirs));
  return decided.length > 0 ? null : theirs;
}
