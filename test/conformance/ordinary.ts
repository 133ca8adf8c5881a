import { generator } from "./hostile.ts";
import { TCF_PARTS, writeTcf, type Vendors } from "./strings.ts";

/** Consent strings as browsers really send them, each in its cookie. */
export interface OrdinaryString {
  readonly slot: string;
  readonly text: string;
}

/** Vendors on a list of so many, each with this chance. */
function vendors(random: () => number, count: number, chance: number, asRanges: boolean): Vendors {
  const ranges: [number, number][] = [];
  for (let id = 1; id <= count; id++) {
    if (random() >= chance) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === id - 1) last[1] = id;
    else ranges.push([id, id]);
  }
  return { ranges, asRanges };
}

/**
 * Thirty TC strings of sites that work with some hundred vendors, and as many GPP, US Privacy and consent tools'
 * cookies.
 */
export function ordinary(seed: number): OrdinaryString[] {
  const random = generator(seed);
  const pick = <T>(from: readonly T[], otherwise: T): T =>
    from[Math.floor(random() * from.length)] ?? otherwise;
  const made: OrdinaryString[] = [];
  for (let at = 0; at < 30; at++) {
    const chosen = TCF_PARTS.consents.filter(() => random() < 0.7);
    const listed = vendors(random, 1_200, 0.4, false);
    const parts = {
      ...TCF_PARTS,
      consents: chosen,
      vendorConsents: listed,
      vendorInterests: listed,
      disclosed: listed,
    };
    made.push({ slot: "euconsent-v2", text: writeTcf(parts) });
    made.push({ slot: "__gpp", text: pick(GPP, "") });
    made.push({ slot: "usprivacy", text: pick(["1YNN", "1YYN", "1---"], "1---") });
    made.push({ slot: "OptanonConsent", text: ONE_TRUST });
    made.push({ slot: "CookieConsent", text: COOKIEBOT });
  }
  return made;
}

const GPP = [
  "DBABLA~BVQqAAAACg",
  "DBACLMA~CEAgAAAAAABA.QA~BEQAABA",
  "DBABBgA~BVWSSSVY.YA",
  "DBABTA~1YYN",
] as const;

const ONE_TRUST =
  "isGpcEnabled=0&datestamp=Sun+Nov+22+2026+10%3A00%3A00&version=202609.1.0&hosts=&landingPath=NotLandingPage&groups=C0001%3A1%2CC0002%3A1%2CC0003%3A0%2CC0004%3A0&AwaitingReconsent=false";

const COOKIEBOT = encodeURIComponent(
  "{stamp:'kx1Q==',necessary:true,preferences:false,statistics:true,marketing:false,method:'explicit',ver:1,utc:1790000000000,region:'de'}",
);
