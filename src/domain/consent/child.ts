/** Whether a message says that it is about a child. */
import { isObject, type JsonObject } from "../json.ts";

/** Art. 8 GDPR lets member states go down to 13, COPPA draws the line there, too; above it consent is the child's own. */
const CHILD_BELOW = 13;

/** `context.child: true`, or an age below thirteen in `traits` or `context.traits`. */
export function isKnownChild(message: JsonObject): boolean {
  const context = isObject(message["context"]) ? message["context"] : {};
  if (context["child"] === true) return true;
  return [message["traits"], context["traits"]].some((traits) => {
    if (!isObject(traits)) return false;
    const age = Number(traits["age"] ?? Number.NaN);
    return age >= 0 && age < CHILD_BELOW;
  });
}
