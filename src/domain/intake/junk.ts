/** What a dropped message said in place of an id, for the setup check: a placeholder is named, anything else may name somebody. */
import { isObject, type JsonObject } from "../json.ts";
import { isBlocked } from "./blocked.ts";
import { ID_MAX } from "./normalise.ts";
import { scalarText } from "./text.ts";

const IDS = ["userId", "previousId", "anonymousId"] as const;

/** Words alone: what is blocked and is none of them was quoted, an address, or is an officer's to name. */
const WORD = /^[a-z_/ ]{2,20}$/i;
const ZEROS = /^[0.-]{1,40}$/;

const nameless = (value: string): string | null => {
  if (value.length > ID_MAX) return null;
  const bare = value.replace(/^[\s([{<]+|[\s)\]}>]+$/g, "");
  if (!isBlocked(value)) return null;
  if (WORD.test(bare)) return bare.toLowerCase();
  return ZEROS.test(bare) ? "0" : null;
};

/** `userId "undefined"`; of few values, so that they can be counted. */
export function junkIn(raw: JsonObject): string {
  for (const id of IDS) {
    const found = nameless(scalarText(raw[id]) ?? "");
    if (found !== null) return `${id} "${found}"`;
  }
  const traits = isObject(raw["traits"]) ? raw["traits"] : {};
  const email = nameless(scalarText(traits["email"]) ?? "");
  return email === null ? "another value that is blocked" : `traits.email "${email}"`;
}
