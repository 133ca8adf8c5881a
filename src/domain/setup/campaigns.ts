/** Do campaigns and landings find each other? */
import { type Check, ENOUGH, found, good, n, percent, unknown } from "./finding.ts";

const named = (campaign: string): string => campaign.trim().toLowerCase();

export const spentWithoutLandings: Check = ({ spent, campaigns }) => {
  if (spent.length === 0)
    return unknown("spend", "No spend was imported, so it can't be held against landings", [
      "Import what the ads cost, day by day.",
    ]);
  const landed = new Set(
    campaigns.flatMap(({ name, source }) => [named(name ?? ""), named(source ?? "")]),
  );
  const lost = [
    ...new Set(
      spent
        .filter(({ campaign }) => campaign !== "" && !landed.has(named(campaign)))
        .map(({ channel, campaign }) => `${channel}: ${campaign}`),
    ),
  ];
  if (lost.length === 0)
    return good("spend", "Every campaign that money was spent on has landings");
  return found(
    "spend",
    "wrong",
    `${n(lost.length)} campaigns cost money and have no landing`,
    lost,
    [
      "Open the ad's link and look whether utm_campaign is in it, spelled as in the spend file.",
      "A redirect on the way may cut the address's parameters off: follow it with the browser's tools open.",
    ],
  );
};

export const unnamedLandings: Check = ({ campaigns }) => {
  const paid = campaigns.filter(({ medium }) => !/^(organic|referral)$/i.test(medium ?? ""));
  const all = paid.reduce((sum, { events }) => sum + events, 0);
  const nameless = paid.filter(({ name }) => name === null || name === "");
  const lost = nameless.reduce((sum, { events }) => sum + events, 0);
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
    nameless
      .toSorted((a, b) => b.events - a.events)
      .map(
        ({ source, medium, events }) =>
          `${source ?? "unknown source"}, ${medium ?? "unknown medium"}: ${n(events)}`,
      ),
    ["Add utm_campaign to these links; a click id alone names the vendor and not the campaign."],
  );
};
