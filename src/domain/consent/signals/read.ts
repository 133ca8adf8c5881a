import { readCmpCookies } from "./cmp-cookies.ts";
import { readGpc } from "./gpc.ts";
import { readGpp } from "./gpp.ts";
import { readTcf } from "./tcf.ts";
import {
  NONE,
  UNREADABLE,
  VALUES_MAX,
  type GppReading,
  type Signals,
  type TcfReading,
  type UspReading,
} from "./types.ts";
import { readUsp } from "./usp.ts";

export const TCF_COOKIE = "euconsent-v2";
export const GPP_COOKIES = ["__gpp", "IABGPP_HDR_GppString"] as const;
export const USP_COOKIE = "usprivacy";

const UNREAD = "more than anybody sets";

/**
 * Everything a browser's call says about consent in its headers and cookies. `all` gives every value of a name: where there
 * are several nobody knows which is meant, so that none is passed over. Never throws.
 */
export function readSignals(call: {
  readonly secGpc: string | null | undefined;
  /** A cookie's first value as it was sent, not decoded. */
  readonly cookie: (name: string) => string | null | undefined;
  readonly all?: (name: string) => readonly string[];
}): Signals {
  const { cookie, all } = call;
  const values = (name: string): readonly (string | null | undefined)[] => {
    const said = all?.(name) ?? [];
    if (said.length < 2) return [cookie(name)];
    return said.length > VALUES_MAX ? [...said.slice(0, VALUES_MAX), UNREAD] : said;
  };
  const gpp = GPP_COOKIES.flatMap(values).map(readGpp).reduce(bothGpp);
  const inGpp = gpp.state === "read" && gpp.tcf !== null ? readInGpp(gpp.tcf) : NONE;
  return {
    gpc: readGpc(call.secGpc),
    gpp,
    usp: values(USP_COOKIE).map(readUsp).reduce(bothUsp),
    tcf: [...values(TCF_COOKIE).map(readTcf), inGpp].reduce(newestTcf),
    cmp: readCmpCookies(values),
  };
}

/** A TCF section that is listed but empty isn't the absence of one. */
function readInGpp(text: string): TcfReading {
  return text === "" ? UNREADABLE : readTcf(text);
}

/** Two GPP strings on one site: the more restrictive of both, since they carry no date. */
function bothGpp(a: GppReading, b: GppReading): GppReading {
  if (a.state === "none") return b;
  if (b.state === "none") return a;
  if (a.state === "unreadable" || b.state === "unreadable") return UNREADABLE;
  const child = ([a.child, b.child] as const).includes("known")
    ? "known"
    : a.child === "no"
      ? b.child
      : a.child;
  return {
    state: "read",
    sections: [...new Set([...a.sections, ...b.sections])],
    optedOut: a.optedOut || b.optedOut,
    gpc: a.gpc || b.gpc,
    child,
    tcf: a.tcf ?? b.tcf,
  };
}

/** Neither carries a date: an opt-out counts. */
function bothUsp(a: UspReading, b: UspReading): UspReading {
  if (a.state === "none") return b;
  if (b.state === "none") return a;
  if (a.state === "unreadable" || b.state === "unreadable") return UNREADABLE;
  return a.optedOut ? a : b;
}

/** Two TC strings: the newer answer. One that can't be read might be the newer, so it denies. */
function newestTcf(a: TcfReading, b: TcfReading): TcfReading {
  if (a.state === "none") return b;
  if (b.state === "none") return a;
  if (a.state === "unreadable" || b.state === "unreadable") return UNREADABLE;
  return b.lastUpdated > a.lastUpdated ? b : a;
}
