/** Whose device it is: told by an officer, else by how many people have said, or proven, on it who they are. */
import type { IdentifierKey } from "../ids.ts";
import type { MergeRules, Sharing } from "./rules.ts";

export interface DeviceUse {
  /** A few characters for each user proven here: enough to count them, too few to say who they are. */
  users: readonly string[];
  /** As many of each that was only said here. */
  typed?: readonly string[];
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

/** The very same where the user is known there: then nothing has to be kept anew. */
export function withUser(use: DeviceUse, user: IdentifierKey, proven = true): DeviceUse {
  const tag = tagOf(user);
  if (use.users.includes(tag) || (!proven && use.typed?.includes(tag))) return use;
  return mergedUse(use, { users: proven ? [tag] : [], typed: proven ? [] : [tag], set: null });
}

const joined = (a: readonly string[] = [], b: readonly string[] = []): string[] =>
  [...new Set([...a, ...b])].slice(0, USERS_MAX);

/** What both know of the same device. */
export function mergedUse(a: DeviceUse, b: DeviceUse): DeviceUse {
  const typed = joined(a.typed, b.typed);
  const parted = a.parted && (b.parted?.returns ?? 0) <= a.parted.returns ? a.parted : b.parted;
  return {
    users: joined(a.users, b.users),
    ...(typed.length > 0 ? { typed } : {}),
    set: a.set ?? b.set,
    ...(parted ? { parted } : {}),
  };
}

/**
 * Where users are only typed it takes one more: a site that gives its users new ids makes two of each. It makes no kiosk,
 * where whoever signs in is somebody new; being shared only holds back.
 */
export function sharingOf(use: DeviceUse, { devices }: Pick<MergeRules, "devices">): Sharing {
  if (use.set) return use.set;
  if (use.users.length >= devices.kioskFrom) return "kiosk";
  if (use.users.length >= devices.sharedFrom) return "shared";
  return joined(use.users, use.typed).length > devices.sharedFrom ? "shared" : "personal";
}
