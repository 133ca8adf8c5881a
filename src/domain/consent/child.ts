/** Whether a message says that it is about a child. */
import { isObject, type Json, type JsonObject } from "../json.ts";

/** Art. 8 GDPR lets member states go down to 13, COPPA draws the line there, too; above it consent is the child's own. */
const CHILD_BELOW = 13;

/** `context.child: true`, or an age below thirteen in `traits` or `context.traits`. */
export function isKnownChild(message: JsonObject): boolean {
  const context = isObject(message["context"]) ? message["context"] : {};
  if (context["child"] === true) return true;
  return [message["traits"], context["traits"]].some((traits) => {
    const age = isObject(traits) ? yearsOf(traits["age"]) : null;
    return age !== null && age < CHILD_BELOW;
  });
}

/** A number, or a text that is one; null for anything else, such as the empty field of a form. */
function yearsOf(age: Json | undefined): number | null {
  if (typeof age === "string")
    return /^\s*\d{1,3}(?:[.,]\d+)?\s*$/.test(age) ? Number.parseFloat(age) : null;
  return typeof age === "number" && age >= 0 ? age : null;
}
