/**
 * What is compared between people: reading about a topic, doing something by name, ordering. An item is a string, such as
 * `read:transfers`, `did:Newsletter Subscribed` or `ordered`.
 */
import type { Summary } from "../slice/summary.ts";

export const READ = "read:";
export const DID = "did:";
export const ORDERED = "ordered";

/** The items of one profile. */
export const itemsOf = ({ topics, names, orders }: Summary): string[] => [
  ...Object.keys(topics).map((topic) => READ + topic),
  ...Object.keys(names).flatMap((name) =>
    name.startsWith("track:") ? [DID + name.slice("track:".length)] : [],
  ),
  ...(orders > 0 ? [ORDERED] : []),
];

/** `read about transfers`, `did “Survey Answered”`, `ordered`. */
export function itemWords(item: string): string {
  if (item.startsWith(READ)) return `read about ${item.slice(READ.length)}`;
  if (item.startsWith(DID)) return `did “${item.slice(DID.length)}”`;
  return "ordered";
}

export const thenWords = (item: string): string => `${itemWords(item)} afterwards`;
