/** Whom an event of PostHog's is about, and what it says of them. */
import { isObject, type Json, type JsonObject } from "../../domain/json.ts";
import { traitSet } from "../../domain/person/traits.ts";

export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const OF_CLIENT: ReadonlySet<string> = new Set(["token", "distinct_id"]);

const isConsent = ([name, value]: [string, Json]): boolean =>
  (name === "consent" || name === "consentManagement") && isObject(value);

/** Without the client's own: what begins with `$` describes the browser, not the event. */
export const ownOf = (said: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(said).filter(
      (entry) => !entry[0].startsWith("$") && !OF_CLIENT.has(entry[0]) && !isConsent(entry),
    ),
  );

/** What is known of the person, said with an event or on its own. */
export function traitsOf(event: JsonObject, properties: JsonObject): JsonObject | undefined {
  const both = (name: string): JsonObject =>
    ownOf({ ...objectOf(properties[name]), ...objectOf(event[name]) });
  const unset = [properties["$unset"], event["$unset"]].flat().filter(isOwnName);
  return traitSet({ set: both("$set"), once: both("$set_once"), unset }) ?? undefined;
}

const isOwnName = (name: Json | undefined): name is string =>
  typeof name === "string" && name !== "" && !name.startsWith("$");

/** The groups that the client was told of go with each event, by their types. */
export const withGroups = (own: JsonObject, { $groups: groups }: JsonObject): JsonObject =>
  isObject(groups) && Object.keys(groups).length > 0 ? { groups, ...own } : own;

export interface Who {
  userId?: Json;
  anonymousId?: Json;
  previousId?: Json;
}

/** Nothing of an object or a list: either may hold a `toString` of its own that is no function. */
const word = (value: Json | undefined): string => (typeof value === "object" ? "" : String(value));

/** A device's own id, an event that is expressly about nobody, and a group's stand-in are no users. */
export function whoOf(event: JsonObject, properties: JsonObject): Who {
  const id = event["distinct_id"] ?? properties["distinct_id"] ?? properties["$distinct_id"];
  if (id === undefined || id === null) return {};
  const device = properties["$device_id"];
  const options = objectOf(event["options"]);
  const isGroups = id === `$${word(properties["$group_type"])}_${word(properties["$group_key"])}`;
  const isAnonymous =
    device === id ||
    isGroups ||
    properties["$is_identified"] === false ||
    properties["$process_person_profile"] === false ||
    options["process_person_profile"] === false;
  if (event["event"] === "$identify")
    return { userId: id, anonymousId: properties["$anon_distinct_id"] ?? device ?? null };
  if (event["event"] === "$create_alias") {
    const alias = properties["alias"] ?? null;
    const original = properties["distinct_id"] ?? id;
    // In Python the two are called the other way round: the alias is the user.
    const isReversed =
      (device !== undefined && isAnonymous) || properties["$lib"] === "posthog-python";
    return isReversed
      ? { userId: alias, previousId: original, anonymousId: device ?? null }
      : { userId: original, previousId: alias, anonymousId: device ?? null };
  }
  return isAnonymous ? { anonymousId: id } : { userId: id, anonymousId: device ?? null };
}
