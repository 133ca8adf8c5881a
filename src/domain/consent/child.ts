/** Whether a message says that it is about a child. */
import { isObject, type Json, type JsonObject } from "../json.ts";
import { parseDate } from "../matching/dates.ts";

/**
 * Where the policy doesn't say: Art. 8 GDPR lets member states go down to 13, COPPA draws the line there, too; above it
 * consent is the child's own. Many states, among them Germany with 16, draw it higher.
 */
export const CHILD_BELOW = 13;

/** How the field, imports and forms call it. */
const BIRTHDAYS = ["birthday", "birthdate", "birthDate", "dateOfBirth", "date_of_birth"] as const;

/**
 * `context.child: true`, or in `traits` or `context.traits` an age below that many years, or a day of birth that makes one at
 * this moment. Of a birthday that isn't known to the day the last that it can be counts.
 */
export function isKnownChild(
  message: JsonObject,
  now: number,
  below: number = CHILD_BELOW,
): boolean {
  const context = isObject(message["context"]) ? message["context"] : {};
  return (
    context["child"] === true ||
    isChildsTraits(message["traits"], now, below) ||
    isChildsTraits(context["traits"], now, below)
  );
}

function isChildsTraits(traits: Json | undefined, now: number, below: number): boolean {
  if (!isObject(traits)) return false;
  const age = yearsOf(traits["age"]);
  if (age !== null && age < below) return true;
  return BIRTHDAYS.some((name) => {
    const birthday = traits[name];
    return typeof birthday === "string" && isBornWithin(birthday, now, below);
  });
}

/** A number, or a text that is one; null for anything else, such as the empty field of a form. */
function yearsOf(age: Json | undefined): number | null {
  if (typeof age === "string")
    return /^\s*\d{1,3}(?:[.,]\d+)?\s*$/.test(age) ? Number.parseFloat(age) : null;
  return typeof age === "number" && age >= 0 ? age : null;
}

/** Longer texts are no dates. */
const DATE_MAX = 40;

/** Whether whoever was born on that day is younger than so many years. A day still to come is nobody's. */
function isBornWithin(text: string, now: number, years: number): boolean {
  const born = text.length <= DATE_MAX ? parseDate(text) : undefined;
  if (!born) return false;
  const { year, month, day } = born;
  if (Date.UTC(year, 0, 1) > now) return false;
  const isMonth = month >= 1 && month <= 12;
  const isDay = isMonth && day >= 1 && day <= 31;
  const grown = Date.UTC(year + years, isMonth ? month - 1 : 11, isDay ? day : 31);
  return grown > now;
}
