/**
 * All that a call's cookies say: who it is, what was chosen here, what other consent tools were told, and what other tools
 * called this browser. A browser sends the same header with every call, so the last readings are kept: of browsers with a
 * valid id cookie alone, since of others nothing is to be kept, not even in memory.
 */
import type { StoredChoice } from "../domain/consent/choice.ts";
import { readSignals } from "../domain/consent/signals/read.ts";
import { NO_SIGNALS, type Signals } from "../domain/consent/signals/types.ts";
import type { Millis } from "../domain/ids.ts";
import { leftIds } from "../domain/intake/left-cookies.ts";
import {
  type CookieNames,
  isCurrent,
  isOldChoice,
  parseCookies,
  readChoice,
  readVisitor,
  type VisitorCookie,
} from "./cookies.ts";
import type { Config, NamedKey } from "./context.ts";
import { withRudderOpened } from "./rudder-cookie.ts";

export interface CookieReading {
  /** But for the `Sec-GPC` header, which is no cookie. */
  signals: Signals;
  choice: StoredChoice | null;
  /** Sealed under a key that another has followed: it is to be written anew. */
  isOldChoice: boolean;
  cookie: VisitorCookie | null;
  /** An id cookie came, whether or not it held. */
  sentId: boolean;
  /** Names that other tools left. */
  leftIds: readonly string[];
}

const NOTHING: CookieReading = {
  signals: NO_SIGNALS,
  choice: null,
  isOldChoice: false,
  cookie: null,
  sentId: false,
  leftIds: [],
};

/** Readings of one isolate, by the whole header: equal headers are of one browser, or of somebody with all its cookies. */
const READINGS_KEPT = 500;
/** Characters; longer headers are read each time. */
const HEADER_KEPT = 2_048;

/** By the keys that vouched for them, and apart for the names with and without `__Host-`. */
const kept = new WeakMap<
  readonly NamedKey[],
  Record<"plain" | "secure", Map<string, CookieReading>>
>();

export async function readCookies(
  header: string | null,
  names: CookieNames,
  { cookieKeys }: Config,
  now: Millis,
): Promise<CookieReading> {
  if (header === null || header === "") return NOTHING;
  const readings = readingsOf(cookieKeys, names);
  const known = readings.get(header);
  if (known?.cookie && isCurrent(known.cookie, now)) return known;
  const reading = await read(header, names, cookieKeys, now);
  if (reading.cookie && header.length <= HEADER_KEPT) {
    if (readings.size >= READINGS_KEPT) readings.clear();
    readings.set(header, reading);
  }
  return reading;
}

function readingsOf(
  keys: readonly NamedKey[],
  { secure }: CookieNames,
): Map<string, CookieReading> {
  let both = kept.get(keys);
  if (!both) {
    both = { plain: new Map(), secure: new Map() };
    kept.set(keys, both);
  }
  return both[secure ? "secure" : "plain"];
}

async function read(
  header: string,
  names: CookieNames,
  keys: readonly NamedKey[],
  now: Millis,
): Promise<CookieReading> {
  const cookies = parseCookies(header);
  const ids = cookies.get(names.visitor) ?? [];
  const choices = cookies.get(names.consent) ?? [];
  const [choice, isOld, cookie, left] = await Promise.all([
    readChoice(keys, choices),
    isOldChoice(keys, choices),
    readVisitor(keys, ids, now),
    withRudderOpened(cookies),
  ]);
  return {
    signals: readSignals({
      secGpc: null,
      cookie: (name) => cookies.get(name)?.[0],
      all: (name) => cookies.get(name) ?? [],
    }),
    choice,
    isOldChoice: isOld,
    cookie,
    sentId: ids.length > 0,
    leftIds: leftIds(left),
  };
}
