/** Do campaigns and landings find each other? */
import { urlParam } from "../intake/url-params.ts";
import type { Landings } from "./facts.ts";
import { type Check, ENOUGH, found, good, many, n, percent, unknown } from "./finding.ts";

const named = (campaign: string): string => campaign.trim().toLowerCase();

/** Vendors report what was spent by a campaign's name or by its number: either is enough. */
export const spentWithoutLandings: Check = ({ spent, campaigns, whole }) => {
  if (spent.length === 0)
    return unknown("spend", "No spend was imported, so it can't be held against landings", [
      "Import what the ads cost, day by day.",
    ]);
  const landed = new Set(campaigns.flatMap(({ name, id }) => [named(name ?? ""), named(id ?? "")]));
  const lost = [
    ...new Set(
      spent
        .filter(({ campaign }) => campaign !== "" && !landed.has(named(campaign)))
        .map(({ channel, campaign }) => `${channel}: ${campaign}`),
    ),
  ];
  if (lost.length === 0)
    return good("spend", "Every campaign that money was spent on has landings");
  const [costs, have] = lost.length === 1 ? ["costs", "has"] : ["cost", "have"];
  return found(
    "spend",
    whole.campaigns ? "wrong" : "look",
    whole.campaigns
      ? `${many(lost.length, "campaign")} ${costs} money and ${have} no landing`
      : `${many(lost.length, "campaign")} ${costs} money and ${have} no landing among each day's most frequent ones`,
    lost,
    [
      "Open the ad's link and look whether utm_campaign is in it, spelled as in the spend file, or utm_id with the campaign's number.",
      "A redirect on the way may cut the address's parameters off: follow it with the browser's tools open.",
    ],
  );
};

/** Said by the referrer alone: nobody made that link for a campaign. A tagged source is a word and seldom a host. */
const isReferrer = ({ source, medium, name, id, click }: Landings): boolean =>
  name === null &&
  id === null &&
  click === null &&
  source?.includes(".") === true &&
  /^(organic|referral|social)$/.test(medium ?? "");

/** Nothing but a click id says how they came: looked at by `clicksWithoutCampaign`. */
const isClickAlone = ({ source, medium, name, id }: Landings): boolean =>
  [source, medium, name, id].every((each) => each === null);

const total = (landings: readonly Landings[]): number =>
  landings.reduce((sum, { events }) => sum + events, 0);

const most = (landings: readonly Landings[]): Landings[] =>
  landings.toSorted((a, b) => b.events - a.events);

export const unnamedLandings: Check = ({ campaigns }) => {
  const tagged = campaigns.filter((each) => !isReferrer(each) && !isClickAlone(each));
  const all = total(tagged);
  const nameless = tagged.filter(({ name, id }) => !name && !id);
  const lost = total(nameless);
  if (all < ENOUGH)
    return unknown(
      "campaign-names",
      "Too few landings from campaigns to say whether they are named",
    );
  if (lost * 10 < all) return good("campaign-names", "Landings from campaigns are named");
  return found(
    "campaign-names",
    "look",
    `${percent(lost / all)} of landings from campaigns don't say which campaign`,
    most(nameless).map(
      ({ source, medium, events }) =>
        `${source ?? "unknown source"}, ${medium ?? "unknown medium"}: ${n(events)}`,
    ),
    ["Add utm_campaign to these links, or utm_id."],
  );
};

/** Set on links that nobody paid for, too. */
const NOT_ONLY_ADS: ReadonlySet<string> = new Set(["fbclid", "srsltid"]);

const isAd = ({ click }: Landings): boolean =>
  click !== null && urlParam(click)?.kind === "ad" && !NOT_ONLY_ADS.has(click.toLowerCase());

export const clicksWithoutCampaign: Check = ({ campaigns }) => {
  const clicked = campaigns.filter(isAd);
  const bare = clicked.filter(isClickAlone);
  const lost = total(bare);
  if (lost === 0)
    return good(
      "click-ids",
      clicked.length === 0
        ? "No ad's click comes without its campaign"
        : "Ads' clicks say their campaign",
    );
  return found(
    "click-ids",
    lost >= ENOUGH ? "wrong" : "look",
    `${percent(lost / total(clicked))} of landings with an ad's click id have no campaign at all`,
    most(bare).map(
      ({ click, events }) =>
        `${click} (${urlParam(click ?? "")?.vendor ?? "unknown"}): ${n(events)}`,
    ),
    [
      "A click id names one click, and only its vendor knows the campaign: add utm_source, utm_medium and utm_campaign to the ad's address, in Google Ads as a tracking template or final URL suffix.",
      "If the ad's address has them, a redirect cuts them off and leaves the click id: follow it with the browser's tools open.",
    ],
  );
};
