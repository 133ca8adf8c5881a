/** Keeping the records that are compared in step with what people said and agreed to. */
import {
  type DueVisitor,
  type MatchRecord,
  recordsOf,
  removeRecord,
  saveRecord,
} from "../d1/matching.ts";
import { saveFound } from "../d1/suggestions.ts";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { PersonView } from "../domain/person/calls.ts";
import { isComparable } from "../domain/suggestion/eligible.ts";
import { type Facts, factsText, isEnough } from "../domain/suggestion/facts.ts";
import { indexKeysOf } from "../domain/suggestion/index-keys.ts";
import { openFacts } from "./facts.ts";
import type { SuggestPorts } from "./ports.ts";

/** A record ready to be compared. */
export interface OpenRecord extends MatchRecord {
  facts: Facts;
  view: PersonView;
}

/**
 * Brings one visitor's record up to date with its person (`view`; null: it is nobody's). Null when it is not to be compared: then nothing of it stays, and what was
 * suggested of it and isn't decided goes.
 */
export async function refresh(
  ports: SuggestPorts,
  { visitor }: DueVisitor,
  view: PersonView | null,
  rules: MergeRules,
): Promise<OpenRecord | null> {
  const { db, sealer, identifiers } = ports;
  const [before] = await recordsOf(db, [visitor]);
  const mine = view?.visitors.find(({ id }) => id === visitor);
  const facts = mine && isComparable(mine, rules) ? await openFacts(ports, mine, rules) : {};
  // Its key was minted when the facts were said; one that is gone is never made again.
  const [sealed] = (isEnough(facts) && (await sealer.reseal(visitor, [factsText(facts)]))) || [];
  if (!view || sealed === undefined) {
    if (before) await removeRecord(db, visitor);
    await saveFound(db, visitor, []);
    return null;
  }
  const keys = await Promise.all(indexKeysOf(facts).map((key) => identifiers.matchKey(key)));
  const record: MatchRecord = { visitor, keys, sealed };
  await saveRecord(db, record);
  return { ...record, facts, view };
}
