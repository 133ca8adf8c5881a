/** One touch of a channel: a visit, click or open that campaigns or referrers ascribe to it. */
export interface Touch {
  readonly channel: string;
  /** Milliseconds since 1970, null where only the order is known. */
  readonly at: number | null;
}

declare const underAdvertising: unique symbol;

/**
 * The touches of one kind of journey, oldest first, and what came of it, how often. Only journeys recorded under the
 * `advertising` purpose may be attributed; `underAdvertisingConsent` is where the caller vouches for that.
 */
export interface Journey {
  readonly touches: readonly Touch[];
  /** Outcomes that followed: conversions, and their value in the site's currency. */
  readonly conversions: number;
  readonly value: number;
  /** Times the journey ended without one. */
  readonly nulls: number;
}

export type ConsentedJourney = Journey & { readonly [underAdvertising]: true };

/** Vouches that all of these journeys' touches were recorded while `advertising` was granted. */
export const underAdvertisingConsent = (
  journeys: readonly Journey[],
): readonly ConsentedJourney[] => journeys.map((journey) => journey as ConsentedJourney);

/** What a channel is credited with. */
export interface Credit {
  readonly conversions: number;
  readonly value: number;
}

/** Credit by channel; every channel of any journey is there, with 0 if nothing is due to it. */
export type Credits = Readonly<Record<string, Credit>>;

/** Channels of all journeys, each once, sorted so that no result depends on the order of journeys. */
export const channelsOf = (journeys: readonly Journey[]): readonly string[] =>
  [...new Set(journeys.flatMap(({ touches }) => touches.map(({ channel }) => channel)))].toSorted();

/** A path with consecutive touches of one channel taken as one, dated by the last of them. */
export const collapsed = (touches: readonly Touch[]): readonly Touch[] =>
  touches.filter((touch, i) => touches[i + 1]?.channel !== touch.channel);
