import { readCmpCookies, type CookieReader } from "./cmp-cookies.ts";
import { readGpc } from "./gpc.ts";
import { readGpp } from "./gpp.ts";
import { readTcf } from "./tcf.ts";
import { NONE, UNREADABLE, type GppReading, type Signals, type TcfReading } from "./types.ts";
import { readUsp } from "./usp.ts";

export const TCF_COOKIE = "euconsent-v2";
export const GPP_COOKIES = ["__gpp", "IABGPP_HDR_GppString"] as const;
export const USP_COOKIE = "usprivacy";

/** Everything a browser's call says about consent in its headers and cookies. Never throws. */
export function readSignals(call: {
  readonly secGpc: string | null | undefined;
  readonly cookie: CookieReader;
}): Signals {
  const { cookie } = call;
  const gpp = GPP_COOKIES.map((name) => readGpp(cookie(name))).reduce(bothGpp);
  const inGpp = gpp.state === "read" && gpp.tcf !== null ? readInGpp(gpp.tcf) : NONE;
  return {
    gpc: readGpc(call.secGpc),
    gpp,
    usp: readUsp(cookie(USP_COOKIE)),
    tcf: newestTcf(readTcf(cookie(TCF_COOKIE)), inGpp),
    cmp: readCmpCookies(cookie),
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

/** Two TC strings: the newer answer. One that can't be read might be the newer, so it denies. */
function newestTcf(a: TcfReading, b: TcfReading): TcfReading {
  if (a.state === "none") return b;
  if (b.state === "none") return a;
  if (a.state === "unreadable" || b.state === "unreadable") return UNREADABLE;
  return b.lastUpdated > a.lastUpdated ? b : a;
}
