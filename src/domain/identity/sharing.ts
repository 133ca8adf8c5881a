/** Whose device it is: told by an officer, else by how many people have proven on it who they are. */
import type { IdentifierKey } from "../ids.ts";
import type { MergeRules, Sharing } from "./rules.ts";

export interface DeviceUse {
  /** A few characters for each user proven here: enough to count them, too few to say who they are. */
  users: readonly string[];
  /** What an officer said it is. */
  set: Sharing | null;
}

export const UNUSED: DeviceUse = { users: [], set: null };

/** More users than this are counted no further. */
const USERS_MAX = 32;
/** 18 bits: two of a hundred users are taken for one every fifty devices. */
const TAG_CHARACTERS = 3;

const tagOf = (user: IdentifierKey): string =>
  user.slice(user.lastIndexOf(":") + 1).slice(0, TAG_CHARACTERS);

export const withUser = (use: DeviceUse, user: IdentifierKey): DeviceUse =>
  mergedUse(use, { users: [tagOf(user)], set: null });

/** What both know of the same device. */
export function mergedUse(a: DeviceUse, b: DeviceUse): DeviceUse {
  const users = [...new Set([...a.users, ...b.users])].slice(0, USERS_MAX);
  return { users, set: a.set ?? b.set };
}

export function sharingOf(use: DeviceUse, { devices }: Pick<MergeRules, "devices">): Sharing {
  if (use.set) return use.set;
  if (use.users.length >= devices.kioskFrom) return "kiosk";
  return use.users.length >= devices.sharedFrom ? "shared" : "personal";
}
