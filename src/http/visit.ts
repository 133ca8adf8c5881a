/**
 * One browser's call as the gate sees it: where from, what its signals and cookies say, and what follows for every
 * purpose. Nothing is minted and nothing is touched here.
 */
import { type StoredChoice, rememberGpc } from "../domain/consent/choice.ts";
import { decideSafely, type GateInput, type GateResult } from "../domain/consent/gate.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { parseRegion, type Region, regionOf, UNKNOWN_REGION } from "../domain/consent/region.ts";
import { readSignals } from "../domain/consent/signals/read.ts";
import { type CmpReading, NONE, type Signals } from "../domain/consent/signals/types.ts";
import type { Context } from "./context.ts";
import {
  cookieNames,
  type CookieNames,
  isLocal,
  parseCookies,
  readChoice,
  readVisitor,
  type VisitorCookie,
} from "./cookies.ts";

export interface Visit {
  names: CookieNames;
  policy: Policy;
  region: Region;
  signals: Signals;
  /** As the cookie has it; with GPC remembered from this call. */
  choice: StoredChoice | null;
  /** GPC was seen for the first time: the choice cookie has to be written. */
  gpcIsNew: boolean;
  cookie: VisitorCookie | null;
  /** An id cookie came, whether or not it held. */
  sentId: boolean;
}

export async function readVisit(request: Request, context: Context): Promise<Visit> {
  const { config, now } = context;
  const url = new URL(request.url);
  const names = cookieNames(url);
  const cookies = parseCookies(request.headers.get("cookie"));
  const ids = cookies.get(names.visitor) ?? [];
  const signals = readSignals({
    secGpc: request.headers.get("sec-gpc"),
    cookie: (name) => cookies.get(name)?.[0],
  });
  const [policy, stored, cookie] = await Promise.all([
    context.policy(),
    readChoice(config.cookieKeys, cookies.get(names.consent) ?? []),
    ids.length > 0 ? readVisitor(config.cookieKeys, ids, now) : null,
  ]);
  const choice = rememberGpc(stored, signals.gpc || gppGpc(signals));
  return {
    names,
    policy,
    region: regionOfCall(request, url, config.production),
    signals,
    choice,
    gpcIsNew: choice !== stored,
    cookie,
    sentId: ids.length > 0,
  };
}

const gppGpc = (signals: Signals): boolean => signals.gpp.state === "read" && signals.gpp.gpc;

/**
 * The same for a picture that a mail or somebody else's page shows: neither where it was fetched nor whose browser fetched it
 * says what the person agreed to. What a valid id cookie's browser chose still counts.
 */
export async function readElsewhere(request: Request, context: Context): Promise<Visit> {
  const visit = await readVisit(request, context);
  const foreign = request.headers.get("sec-fetch-site") === "cross-site";
  if (visit.cookie && !foreign) return visit;
  return {
    ...visit,
    region: UNKNOWN_REGION,
    choice: null,
    gpcIsNew: false,
    cookie: null,
    sentId: false,
  };
}

/** `request.cf`, or in development on localhost the header that stands for it. */
function regionOfCall(request: Request, url: URL, production: boolean): Region {
  if (!production && isLocal(url)) {
    const said = request.headers.get("usher-region");
    return said === null ? UNKNOWN_REGION : parseRegion(said);
  }
  const place = (request as { cf?: IncomingRequestCfProperties }).cf;
  return place
    ? regionOf({
        country: place.country,
        regionCode: place.regionCode,
        isEUCountry: place.isEUCountry,
      })
    : UNKNOWN_REGION;
}

export function gateInput(
  visit: Visit,
  now: number,
  carried: CmpReading = NONE,
  child = false,
): GateInput {
  return {
    policy: visit.policy,
    region: visit.region,
    browser: true,
    signals: visit.signals,
    choice: visit.choice,
    carried,
    subject: { child, erased: false },
    now,
  };
}

export const gate = (
  visit: Visit,
  now: number,
  carried: CmpReading = NONE,
  child = false,
): GateResult => decideSafely(gateInput(visit, now, carried, child));
