import type { AttributionModel } from "./attribute.ts";
import { creditByRule, type Due, type Heuristic, HEURISTICS } from "./heuristic.ts";
import type { ConsentedJourney, Credits } from "./journey.ts";
import { type Chain, countMoves, creditsIn, emptyChain } from "./markov.ts";
import { countPaths, mostCommon, type Path } from "./paths.ts";

/** Channels told apart; what comes later is one channel, since names come from outside, without end. */
const CHANNELS_MOST = 250;
/** Characters of a channel's name that count: it may have been made by anybody. */
const NAME_MOST = 120;
/** What all channels beyond those are called. */
export const OTHERS = "(others)";
/** Paths remembered, and how many there may be before only these stay: rare ones that come again are counted anew. */
const PATHS_KEPT = 1_000;
const PATHS_MOST = 5_000;

/** As a tally calls a channel of this name. */
export const tallied = (whole: string): string => whole.slice(0, NAME_MOST);

/** Plain data: as a tally is put down. */
export interface TallyData {
  channels: string[];
  /** For each state, the start first: state, times, state, times … */
  moves: number[][];
  left: number[];
  converted: number[];
  value: number[];
  /** By rule, and in the order of `channels`: conversions, value, conversions, value … */
  rules: Record<Heuristic, number[]>;
  /** Each with its channels by their places in `channels`. */
  paths: (Omit<Path, "channels"> & { channels: number[] })[];
  conversions: number;
  worth: number;
}

/**
 * All that the models need to know of journeys, counted as they come: what is counted part by part, put down and taken up
 * again, comes to the same as all at once.
 */
export class Tally {
  private readonly chain: Chain;
  private readonly rules: Readonly<Record<Heuristic, Map<string, Due>>>;
  private paths: Map<string, Path>;
  private readonly channels: Set<string>;
  private conversions: number;
  private worth: number;

  constructor(data?: TallyData) {
    const channels = data?.channels ?? [];
    this.chain = data ? chainIn(data) : emptyChain();
    this.rules = byRule((rule) => {
      const of = data?.rules[rule] ?? [];
      const due = (i: number): Due => ({ conversions: of[i * 2] ?? 0, value: of[i * 2 + 1] ?? 0 });
      return new Map(channels.map((channel, i) => [channel, due(i)]));
    });
    this.paths = countPaths(
      new Map(),
      (data?.paths ?? []).map((path) => ({
        ...path,
        channels: path.channels.map((place) => channels[place] ?? OTHERS),
      })),
    );
    this.channels = new Set(channels);
    this.conversions = data?.conversions ?? 0;
    this.worth = data?.worth ?? 0;
  }

  add(journeys: readonly ConsentedJourney[]): void {
    const named = journeys.map((journey) => ({
      ...journey,
      touches: journey.touches.map((touch) => ({ ...touch, channel: this.name(touch.channel) })),
    }));
    countMoves(this.chain, named);
    for (const rule of HEURISTICS) creditByRule(rule, named, this.rules[rule]);
    this.paths = countPaths(this.paths, named);
    if (this.paths.size > PATHS_MOST)
      this.paths = countPaths(new Map(), mostCommon(this.paths, PATHS_KEPT));
    for (const { touches, conversions, value } of named)
      if (touches.length > 0) {
        this.conversions += conversions;
        this.worth += value;
      }
  }

  private name(whole: string): string {
    const channel = tallied(whole);
    if (this.channels.size >= CHANNELS_MOST && !this.channels.has(channel)) return OTHERS;
    this.channels.add(channel);
    return channel;
  }

  /** Credit under every model; every channel of any journey is there. */
  credits(): Readonly<Record<AttributionModel, Credits>> {
    const channels = this.chain.channels.toSorted();
    const of = (rule: Heuristic): Credits =>
      Object.fromEntries(
        channels.map((channel) => [
          channel,
          this.rules[rule].get(channel) ?? { conversions: 0, value: 0 },
        ]),
      );
    const sums = { conversions: this.conversions, value: this.worth };
    return {
      first: of("first"),
      last: of("last"),
      linear: of("linear"),
      position: of("position"),
      decay: of("decay"),
      markov: creditsIn(this.chain, sums),
    };
  }

  commonPaths(most: number): readonly Path[] {
    return mostCommon(this.paths, most);
  }

  data(): TallyData {
    const { channels, moves, left, converted, value } = this.chain;
    const places = new Map(channels.map((channel, place) => [channel, place]));
    return {
      channels,
      moves: moves.map((row) => [...row].flat()),
      left,
      converted,
      value,
      rules: byRule((rule) =>
        channels.flatMap((channel) => {
          const due = this.rules[rule].get(channel);
          return [due?.conversions ?? 0, due?.value ?? 0];
        }),
      ),
      paths: mostCommon(this.paths, PATHS_KEPT).map((path) => ({
        ...path,
        channels: path.channels.map((channel) => places.get(channel) ?? 0),
      })),
      conversions: this.conversions,
      worth: this.worth,
    };
  }
}

const byRule = <T>(make: (rule: Heuristic) => T): Record<Heuristic, T> =>
  Object.fromEntries(HEURISTICS.map((rule) => [rule, make(rule)])) as Record<Heuristic, T>;

const chainIn = ({ channels, moves, left, converted, value }: TallyData): Chain => ({
  channels: [...channels],
  moves: moves.map(
    (row) =>
      new Map(
        Array.from({ length: row.length / 2 }, (_, i) => [row[i * 2] ?? 0, row[i * 2 + 1] ?? 0]),
      ),
  ),
  left: [...left],
  converted: [...converted],
  value: [...value],
});
