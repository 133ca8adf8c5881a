/** What two people said of themselves that one human wouldn't say. */
import { agreementLevel, comparatorOf } from "../matching/comparators.ts";
import { prepareValue } from "../matching/values.ts";
import { FACT_SCHEMA, type FactName, type Facts } from "./facts.ts";

/** Of the rest one human may well have two. */
const TELLING: readonly FactName[] = ["firstName", "birthday"];

/** Facts that both sides gave and of which no two values agree, not even nearly. A side may have several records. */
export function contradictionsBetween(a: readonly Facts[], b: readonly Facts[]): FactName[] {
  return TELLING.filter((field) => {
    const kind = FACT_SCHEMA.columns.find(({ name }) => name === field)?.kind;
    if (!kind) return false;
    const [mine, theirs] = [a, b].map((side) =>
      side.flatMap((facts) => prepareValue(kind, facts[field]) ?? []),
    );
    if (!mine?.length || !theirs?.length) return false;
    const { differentFrom } = comparatorOf(kind);
    return mine.every((x) => theirs.every((y) => agreementLevel(kind, x, y) >= differentFrom));
  });
}
