/**
 * URL parameters by which e-mail, ad and social vendors say who came, by which click, or from which campaign. Facts from
 * the vendors' documentation and public lists of tracking parameters. Names are compared in lower case.
 *
 * `person` names a human at the vendor, `click` one click, `session` a browser or session, `campaign` only the mailing
 * or ad. All but `campaign` are removed from every URL that is stored.
 */
export type ParamKind = "esp" | "ad" | "social";
export type ParamScope = "person" | "click" | "session" | "campaign";

export interface UrlParam {
  /** As the vendor spells it. */
  param: string;
  vendor: string;
  kind: ParamKind;
  scope: ParamScope;
}

type Row = readonly [ParamKind, vendor: string, params: Partial<Record<ParamScope, string>>];

/** Our own mails' vendor name, and the parameter by which their links name the address they went to. */
export const MAIL_VENDOR = "usher";
export const RECORD_PARAM = "usher_rid";

const ROWS: readonly Row[] = [
  ["esp", MAIL_VENDOR, { person: RECORD_PARAM }],
  ["esp", "mailchimp", { person: "mc_eid", campaign: "mc_cid" }],
  // `__hsfp` is a browser fingerprint: removed, and no claim is ever made of it.
  [
    "esp",
    "hubspot",
    {
      person: "_hsenc __hstc",
      session: "__hssc __hsfp",
      click: "hsCtaTracking",
      campaign: "_hsmi",
    },
  ],
  ["esp", "klaviyo", { person: "_kx _ke" }],
  ["esp", "marketo", { person: "mkt_tok" }],
  ["esp", "vero", { person: "vero_id", click: "vero_conv" }],
  ["esp", "kit", { person: "ck_subscriber_id" }],
  ["esp", "mailerlite", { person: "ml_subscriber ml_subscriber_hash" }],
  ["esp", "activecampaign", { person: "vgo_ee" }],
  ["esp", "drip", { person: "__s" }],
  [
    "esp",
    "blueshift",
    { person: "bsft_uid bsft_eid", click: "bsft_clkid", campaign: "bsft_mid bsft_aaid bsft_ek" },
  ],
  ["esp", "omeda", { person: "oly_enc_id oly_anon_id", click: "rb_clickid" }],
  ["esp", "salesforce", { person: "et_rid sfmc_id", campaign: "sfmc_activityid" }],
  ["esp", "beehiiv", { click: "_bhlid" }],
  ["esp", "blackbaud", { click: "bbeml" }],
  ["esp", "piano", { person: "at_recipient_id", campaign: "at_recipient_list xtor" }],
  ["esp", "sharpspring", { person: "ss_email_id" }],
  ["esp", "emarsys", { person: "sc_customer sc_uid sc_eh" }],
  ["esp", "dotdigital", { click: "dm_i" }],
  ["esp", "listrak", { person: "trk_contact", click: "trk_sid", campaign: "trk_msg trk_module" }],
  ["esp", "bronto", { person: "_bta_tid _bta_c" }],
  ["esp", "clickdimensions", { person: "_cldee _clde" }],
  ["esp", "mindbox", { click: "mindbox-message-key mindbox-click-id" }],
  ["esp", "omnisend", { person: "omnisendContactID" }],
  ["esp", "keap", { person: "inf_contact_key" }],
  ["esp", "eloqua", { click: "elqTrackId" }],
  ["esp", "wunderkind", { person: "sms_uph", click: "sms_click", campaign: "sms_source" }],
  ["esp", "acoustic", { campaign: "cm_me cm_cr" }],
  ["esp", "mapp", { campaign: "wt_mc" }],
  ["esp", "springbot", { click: "redirect_mongo_id redirect_log_mongo_id" }],
  ["ad", "google", { click: "gclid dclid gbraid wbraid srsltid", campaign: "gclsrc gad_source" }],
  ["ad", "google-analytics", { person: "_ga", session: "_gl" }],
  ["ad", "microsoft", { click: "msclkid" }],
  ["ad", "meta", { click: "fbclid" }],
  ["ad", "tiktok", { click: "ttclid" }],
  ["ad", "x", { click: "twclid" }],
  // Vendors' lists call it a person's id; it comes with an ad click and is the only sign of one.
  ["ad", "linkedin", { click: "li_fat_id" }],
  ["ad", "reddit", { click: "rdt_cid" }],
  ["ad", "pinterest", { click: "epik" }],
  ["ad", "snapchat", { click: "ScCid" }],
  ["ad", "quora", { click: "qclid" }],
  [
    "ad",
    "impact",
    { click: "irclickid irclid irgwc", campaign: "ir_campaignid ir_partnerid ir_adid" },
  ],
  ["ad", "yandex", { click: "yclid ysclid ymclid" }],
  ["ad", "nextdoor", { click: "ndclid" }],
  ["ad", "yahoo", { click: "vmcid" }],
  ["ad", "rokt", { click: "rtid" }],
  ["ad", "adobe", { click: "ef_id", campaign: "s_kwcid s_cid" }],
  ["ad", "awin", { click: "awc" }],
  ["ad", "shareasale", { click: "sscid" }],
  ["ad", "tradedoubler", { click: "tduid" }],
  ["ad", "glami", { click: "gci" }],
  ["ad", "admitad", { click: "admitad_uid" }],
  ["ad", "cxense", { click: "cx_click" }],
  ["ad", "branch", { click: "_branch_match_id _branch_referrer" }],
  ["ad", "adjust", { person: "gps_adid", click: "unicorn_click_id external_click_id" }],
  ["ad", "wicked-reports", { click: "wickedid" }],
  ["ad", "marin", { campaign: "mkwid pcrid" }],
  [
    "ad",
    "hubspot-ads",
    { campaign: "hsa_cam hsa_acc hsa_grp hsa_ad hsa_src hsa_tgt hsa_kw hsa_mt hsa_net hsa_ver" },
  ],
  ["ad", "kochava", { click: "ko_click_id" }],
  ["ad", "outbrain", { click: "ob_click_id" }],
  ["ad", "matomo", { campaign: "mtm_cid" }],
  ["ad", "triple-whale", { campaign: "tw_adid" }],
  ["social", "instagram", { click: "igshid igsh" }],
  ["social", "youtube", { click: "si" }],
  ["social", "x", { campaign: "ref_src ref_url" }],
  [
    "social",
    "facebook",
    {
      click: "fb_action_ids fb_comment_id mibextid __tn__",
      campaign: "fb_action_types fb_ref fb_source",
    },
  ],
];

const SCOPES: readonly ParamScope[] = ["person", "click", "session", "campaign"];

function* everyParam(): Generator<[string, UrlParam]> {
  for (const [kind, vendor, params] of ROWS) {
    for (const scope of SCOPES) {
      for (const param of params[scope]?.split(" ") ?? []) {
        yield [param.toLowerCase(), { param, vendor, kind, scope }];
      }
    }
  }
}

const BY_NAME: ReadonlyMap<string, UrlParam> = new Map(everyParam());

/** What is known of a parameter's name, if anything. */
export const urlParam = (name: string): UrlParam | undefined => BY_NAME.get(name.toLowerCase());

/** True when the parameter names a person, a click or a session, and so never stays in a stored URL. */
export function isIdentifying(name: string): boolean {
  const known = urlParam(name);
  return known !== undefined && known.scope !== "campaign";
}
