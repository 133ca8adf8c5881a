import { NONE, UNREADABLE, type UspReading } from "./types.ts";

/**
 * The US Privacy string (IAB USP 1.0), cookie `usprivacy` and GPP section 6: version, notice, opt-out of sale, LSPA.
 * `1---` says that the law doesn't apply, which is no answer. Anything that isn't such a string is unreadable.
 */
export function readUsp(text: string | null | undefined): UspReading {
  if (text === null || text === undefined || text === "") return NONE;
  if (!/^1[YN-]{3}$/i.test(text)) return UNREADABLE;
  return { state: "read", optedOut: text[2]?.toUpperCase() === "Y" };
}
