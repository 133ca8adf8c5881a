/** Whose device it is: told by an officer, else by how many people have proven on it who they are. */
import type { IdentifierKey } from "../ids.ts";
import type { MergeRules, Sharing } from "./rules.ts";

export interface DeviceUse {
  /** A few characters for each user proven here: enough to count them, too few to say who they are. */
  users: readonly string[];
  /** What an officer said it is. */
  set: Sharing | null;
  /** Who was signed in when somebody nameless went on as a new visitor: a few characters, and how often it was them again. */
  parted?: { from: string; returns: number };
}

export const UNUSED: DeviceUse = { users: [], set: null };

/** More users than this are counted no further. */
const USERS_MAX = 32;
/** 18 bits: two of a hundred users are taken for one every fifty devices. */
const TAG_CHARACTERS = 3;

const tagOf = (user: IdentifierKey): string =>
  user.slice(user.lastIndexOf(":") + 1).slice(0, TAG_CHARACTERS);

/**
 * So often a user may turn out to have come back under a new name of the browser. After that its names say nothing: its
 * client makes a new one for every page, and each would be one visitor more.
 */
const RETURNS_MAX = 20;

/** What somebody nameless who goes on after this user has to know of the device; null where names say nothing. */
export function partedFrom(use: DeviceUse, user: IdentifierKey): DeviceUse | null {
  const from = tagOf(user);
  const { parted } = use;
  const returns = parted ? parted.returns + Number(parted.from === from) : 0;
  return returns < RETURNS_MAX ? { ...use, parted: { from, returns } } : null;
}

export const withUser = (use: DeviceUse, user: IdentifierKey): DeviceUse =>
  mergedUse(use, { users: [tagOf(user)], set: null });

/** What both know of the same device. */
export function mergedUse(a: DeviceUse, b: DeviceUse): DeviceUse {
  const users = [...new Set([...a.users, ...b.users])].slice(0, USERS_MAX);
  const parted = a.parted && (b.parted?.returns ?? 0) <= a.parted.returns ? a.parted : b.parted;
  return { users, set: a.set ?? b.set, ...(parted ? { parted } : {}) };
}

export function sharingOf(use: DeviceUse, { devices }: Pick<MergeRules, "devices">): Sharing {
  if (use.set) return use.set;
  if (use.users.length >= devices.kioskFrom) return "kiosk";
  return use.users.length >= devices.sharedFrom ? "shared" : "personal";
}
