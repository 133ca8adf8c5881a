/** What was spent on ads: from the rows of a file to sums by day, channel and campaign. */
import type { DailySpend } from "../domain/attribution/spend.ts";
import { dayNamed } from "../domain/ids.ts";
import { centsIn } from "./amount.ts";
import { good, type Reader, wrong } from "./rows.ts";

type Sums = Pick<DailySpend, "costCents" | "impressions" | "clicks">;

/** Sums held in memory while a file is read: a year of 500 campaigns, in a quarter of what a Worker has. */
const SUMS_MAX = 200_000;

/**
 * Rows of the same day, channel and campaign add up: each says the sum of the file so far, so that the last one stands for
 * all, and a row that is put away twice counts once. Whoever goes on in the middle of a file therefore reads it from its
 * beginning. A file has one currency: the first that is named.
 */
export const spendReader = (header: readonly string[]): Reader<DailySpend> => {
  const at = (...known: string[]): number =>
    header.findIndex((name) => known.includes(name.trim().toLowerCase()));
  const columns = {
    date: at("date", "day"),
    channel: at("channel", "source", "utm_source"),
    campaign: at("campaign", "campaign_name", "utm_campaign"),
    cost: at("cost", "spend", "amount"),
    currency: at("currency", "currency_code", "cost_currency"),
    impressions: at("impressions"),
    clicks: at("clicks"),
  };
  const sums = new Map<string, Sums>();
  let currency = "";
  return (fields) => {
    const text = (name: keyof typeof columns): string => (fields[columns[name]] ?? "").trim();
    const day = dayNamed(text("date"));
    if (day === null) return wrong("has no date like 2026-11-22");
    const channel = text("channel").toLowerCase().slice(0, 200);
    if (channel === "") return wrong("has no channel");
    const cost = centsIn(text("cost"));
    if (!cost.ok) return cost;
    const [impressions, clicks] = [countIn(text("impressions")), countIn(text("clicks"))];
    if (impressions === null) return wrong("impressions isn't a whole number");
    if (clicks === null) return wrong("clicks isn't a whole number");
    const named = text("currency").toUpperCase();
    if (named !== "" && currency !== "" && named !== currency)
      return wrong("is in another currency than the rows before it: a file has one");

    const campaign = text("campaign").slice(0, 200);
    const key = `${day} ${channel.length} ${channel}${campaign}`;
    const known = sums.get(key);
    if (!known && sums.size >= SUMS_MAX)
      return wrong("is beyond what one file may have of days, channels and campaigns: split it");
    const sum = {
      costCents: (known?.costCents ?? 0) + cost.value,
      impressions: (known?.impressions ?? 0) + impressions,
      clicks: (known?.clicks ?? 0) + clicks,
    };
    if (!Object.values(sum).every(Number.isSafeInteger)) return wrong("is too much to be added up");
    sums.set(key, sum);
    currency ||= named;
    return good({ day, channel, campaign, ...sum });
  };
};

const countIn = (text: string): number | null =>
  text === "" ? 0 : /^\d{1,12}$/.test(text) ? Number(text) : null;
