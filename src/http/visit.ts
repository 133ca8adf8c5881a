/**
 * One browser's call as the gate sees it: where from, what its signals and cookies say, and what follows for every
 * purpose. Nothing is minted and nothing is touched here.
 */
import { type StoredChoice, rememberGpc } from "../domain/consent/choice.ts";
import { decideUnsaid } from "../domain/consent/decided-once.ts";
import { decideSafely, type GateInput, type GateResult } from "../domain/consent/gate.ts";
import { choiceNow, openingsOf } from "../domain/consent/openings.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { parseRegion, type Region, regionOf, UNKNOWN_REGION } from "../domain/consent/region.ts";
import { readGpc } from "../domain/consent/signals/gpc.ts";
import {
  type CmpReading,
  NO_SIGNALS,
  NONE,
  type Signals,
} from "../domain/consent/signals/types.ts";
import { placeOf } from "./address.ts";
import type { Context } from "./context.ts";
import { readCookies } from "./cookie-reading.ts";
import { cookieNames, type CookieNames, type VisitorCookie } from "./cookies.ts";

export interface Visit {
  names: CookieNames;
  policy: Policy;
  region: Region;
  signals: Signals;
  /** As the cookie has it; with GPC remembered from this call. */
  choice: StoredChoice | null;
  /** GPC was seen for the first time: the choice cookie has to be written. */
  gpcIsNew: boolean;
  /** The choice is sealed under a key that another has followed. */
  isOldChoice: boolean;
  cookie: VisitorCookie | null;
  /** An id cookie came, whether or not it held. */
  sentId: boolean;
  /** Names that other tools gave this browser and left in its cookies. */
  leftIds: readonly string[];
}

export async function readVisit(request: Request, context: Context): Promise<Visit> {
  const { config, now } = context;
  const place = placeOf(request);
  const names = cookieNames(place);
  const policy = await context.policy();
  const reading = await readCookies(request.headers.get("cookie"), names, config, now);
  const signals = readGpc(request.headers.get("sec-gpc"))
    ? { ...reading.signals, gpc: true }
    : reading.signals;
  const known = choiceNow(openingsOf(policy), reading.choice);
  const choice = rememberGpc(known, signals.gpc || gppGpc(signals));
  return {
    names,
    policy,
    region: regionOfCall(request, place.isLocal, config.production),
    signals,
    choice,
    gpcIsNew: choice !== known,
    isOldChoice: reading.isOldChoice,
    cookie: reading.cookie,
    sentId: reading.sentId,
    leftIds: reading.leftIds,
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
    isOldChoice: false,
    cookie: null,
    sentId: false,
  };
}

/** `request.cf`, or in development on localhost the header that stands for it. */
function regionOfCall(request: Request, isLocal: boolean, production: boolean): Region {
  if (!production && isLocal) {
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

export function gate(
  visit: Visit,
  now: number,
  carried: CmpReading = NONE,
  child = false,
): GateResult {
  const saidNothing =
    visit.choice === null && visit.signals === NO_SIGNALS && carried === NONE && !child;
  return saidNothing
    ? decideUnsaid(visit.policy, visit.region)
    : decideSafely(gateInput(visit, now, carried, child));
}
