import type { Day } from "../ids.ts";
import type { Credits } from "./journey.ts";

/** What a campaign cost on a day, and what it showed for that; in cents of the site's currency. */
export interface DailySpend {
  day: Day;
  channel: string;
  campaign: string;
  costCents: number;
  impressions: number;
  clicks: number;
}

/** Money spent on a channel, in the currency of the journeys' value; a channel may have many rows. */
export interface Spend {
  readonly channel: string;
  readonly cost: number;
}

/** A channel's credit beside what it cost; ratios are null where nothing stands below the line. */
export interface ChannelReturn {
  readonly channel: string;
  readonly conversions: number;
  readonly value: number;
  readonly cost: number;
  readonly costPerConversion: number | null;
  /** Value for each unit of money spent. */
  readonly returnOnSpend: number | null;
}

/** Every channel that has credit or cost, by name: a channel that only cost money shows too. */
export const returnsOn = (credits: Credits, spend: readonly Spend[]): readonly ChannelReturn[] => {
  const costs = new Map<string, number>();
  for (const { channel, cost } of spend) costs.set(channel, (costs.get(channel) ?? 0) + cost);
  return [...new Set([...Object.keys(credits), ...costs.keys()])].toSorted().map((channel) => {
    const credit = Object.hasOwn(credits, channel) ? credits[channel] : undefined;
    const { conversions, value } = credit ?? { conversions: 0, value: 0 };
    const cost = costs.get(channel) ?? 0;
    return {
      channel,
      conversions,
      value,
      cost,
      costPerConversion: conversions > 0 && costs.has(channel) ? cost / conversions : null,
      returnOnSpend: cost > 0 ? value / cost : null,
    };
  });
};
