/** How the visitor came: what the site says, what the URL says, or the site that led here. */
import type { Campaign } from "../event.ts";
import type { RawClaim } from "../identity/claims.ts";
import { isObject, type JsonObject } from "../json.ts";
import { BUILT_IN, type IsBlocked } from "./blocked.ts";
import type { PageRead } from "./page.ts";
import { scrub } from "./scrub.ts";
import { cut, scalarText } from "./text.ts";
import { type ParamKind, type UrlParam, urlParam } from "./url-params.ts";

const FIELD_MAX = 200;
const CLICK_MAX = 512;
/** Far more than any one mail carries. */
const CLAIMS_MAX = 8;
const RECORD_ID_MAX = 512;

const FIELDS = ["source", "medium", "name", "term", "content", "id"] as const;
type Field = (typeof FIELDS)[number];

const UTM: ReadonlyMap<string, Field> = new Map([
  ["utm_source", "source"],
  ["utm_medium", "medium"],
  ["utm_campaign", "name"],
  ["utm_term", "term"],
  ["utm_content", "content"],
  ["utm_id", "id"],
]);

/** Vendors' campaign parameters that are the campaign's id; the others name ad groups, placements and the like. */
const CAMPAIGN_IDS: ReadonlySet<string> = new Set(
  (
    "mc_cid _hsmi bsft_mid sfmc_activityid at_recipient_list xtor trk_msg cm_me wt_mc ir_campaignid s_kwcid s_cid " +
    "mkwid hsa_cam mtm_cid tw_adid"
  ).split(" "),
);

/** Of several click ids the one that was paid for counts. */
const CLICK_ORDER: readonly ParamKind[] = ["ad", "social", "esp"];

/** Web mail, search and social sites name their kind; a payment page that sends people back led nobody here. */
const REFERRERS: readonly (readonly [medium: string, host: RegExp])[] = [
  [
    "organic",
    /(?:^|\.)(?:google|bing|duckduckgo|ecosia|qwant|startpage|baidu|yandex|brave)\.[a-z.]{2,6}$/,
  ],
  ["organic", /^(?:[a-z]{2,3}\.)?search\.yahoo\.[a-z.]{2,6}$/],
  [
    "social",
    /(?:^|\.)(?:facebook|instagram|threads|twitter|x|linkedin|reddit|tiktok|pinterest|snapchat|youtube)\.(?:com|net)$/,
  ],
  ["social", /^(?:t\.co|lnkd\.in|youtu\.be|bsky\.app)$/],
];
const PAYMENT = /(?:^|\.)(?:paypal|stripe|klarna|adyen|mollie|sofort)\.(?:com|de)$/;

/** The part of a host that one organisation owns, guessed: two labels, or three below short ones such as `co.uk`. */
function site(host: string): string {
  const labels = host.split(".");
  return labels.slice((labels.at(-2)?.length ?? 0) > 3 ? -2 : -3).join(".");
}

const sameSite = (a: string, b: string): boolean =>
  site(a) === site(b) || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);

function fromReferrer(page: PageRead): Campaign | null {
  const { host, referrerHost } = page;
  if (host === null || referrerHost === null || sameSite(host, referrerHost)) return null;
  if (PAYMENT.test(referrerHost)) return null;
  const medium = REFERRERS.find(([, known]) => known.test(referrerHost))?.[0] ?? "referral";
  return { source: cut(referrerHost, FIELD_MAX), medium };
}

interface Found {
  known: UrlParam;
  value: string;
}

const knownParams = (params: ReadonlyMap<string, string>): Found[] =>
  [...params].flatMap(([name, value]) => {
    const known = value === "" ? undefined : urlParam(name);
    return known === undefined ? [] : [{ known, value }];
  });

function clickOf(found: readonly Found[]): Campaign["click"] | null {
  for (const kind of CLICK_ORDER) {
    const click = found.find(({ known }) => known.scope === "click" && known.kind === kind);
    if (click === undefined) continue;
    const { vendor, param } = click.known;
    return { vendor, param, id: cut(scrub(click.value), CLICK_MAX) };
  }
  return null;
}

/** Click ids as a server or a tag manager sends them, among an event's own properties. */
function saidParams(properties: JsonObject): Found[] {
  const found: Found[] = [];
  for (const name in properties) {
    const known = urlParam(name);
    const value = known && scalarText(properties[name]);
    if (known && value) found.push({ known, value });
  }
  return found;
}

/** Null when nothing says how the visitor came: a visit of its own accord, or a step within the site. */
export function readCampaign(
  context: JsonObject,
  page: PageRead,
  properties: JsonObject = {},
): Campaign | null {
  const said = isObject(context["campaign"]) ? context["campaign"] : {};
  const campaign: Campaign = {};
  const set = (field: Field, text: string | null): void => {
    if (text !== null && campaign[field] === undefined)
      campaign[field] = cut(scrub(text), FIELD_MAX);
  };
  for (const field of FIELDS) set(field, scalarText(said[field]));
  for (const [name, value] of page.params) {
    const field = UTM.get(name.toLowerCase());
    if (field !== undefined) set(field, scalarText(value));
  }
  const found = knownParams(page.params);
  for (const { known, value } of found) {
    if (known.scope === "campaign" && CAMPAIGN_IDS.has(known.param)) set("id", scalarText(value));
  }
  const mailing = found.find(({ known }) => known.kind === "esp");
  if (mailing !== undefined) {
    set("source", mailing.known.vendor);
    set("medium", mailing.known.param.startsWith("sms_") ? "sms" : "email");
  }
  const click = clickOf(found) ?? clickOf(saidParams(properties));
  if (click) campaign.click = click;
  return Object.keys(campaign).length > 0 ? campaign : fromReferrer(page);
}

/**
 * The e-mail vendors' record ids on the URL, as `esp:<vendor>` claims. Only hinted: whoever the mail was forwarded to
 * comes with the same id.
 */
export function recordIdClaims(
  params: ReadonlyMap<string, string>,
  isBlocked: IsBlocked = BUILT_IN,
): RawClaim[] {
  if (params.size === 0) return [];
  return knownParams(params)
    .filter(({ known }) => known.kind === "esp" && known.scope === "person")
    .map(({ known, value }) => ({ kind: `esp:${known.vendor}` as const, value: value.trim() }))
    .filter(({ kind, value }) => value.length <= RECORD_ID_MAX && !isBlocked(kind, value))
    .slice(0, CLAIMS_MAX)
    .map(({ kind, value }) => ({ kind, value, assurance: "hinted" }) as const);
}
