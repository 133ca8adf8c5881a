/** What a step of a match weight says, in the words of officers instead of the names of columns. */
import type { WaterfallStep } from "../matching/index.ts";
import type { FactName } from "./facts.ts";

export const FACT_WORDS: Readonly<Record<FactName, string>> = {
  firstName: "first name",
  lastName: "last name",
  birthday: "date of birth",
  gender: "gender",
  email: "e-mail address",
  phone: "phone number",
  street: "street",
  city: "town",
  postalCode: "postcode",
  state: "state",
  country: "country",
  company: "company",
};

const wordsOf = (column: string): string =>
  column in FACT_WORDS ? FACT_WORDS[column as FactName] : column;

/** `firstName is the same` → `the first name is the same`. */
export function stepInWords({ field, bits, because }: WaterfallStep): WaterfallStep {
  const columns = field.split("/");
  if (columns.length > 1)
    return {
      field,
      bits,
      because: because.replace("the two", columns.map(wordsOf).join(" and ")),
    };
  const said = `${field} is `;
  return {
    field,
    bits,
    because: because.startsWith(said)
      ? `the ${wordsOf(field)} is ${because.slice(said.length)}`
      : because,
  };
}
