/**
 * The person framework: begin with the human. Which of their addresses and devices belong to which side of their life, what
 * each side is about, and where they would rather be asked about it (DESIGN.md 1, "persona").
 */
import { type Address, addressFor, personaOf } from "../action/address.ts";
import type { ActionChannel, ReachingChannel } from "../action/catalogue.ts";
import { REACHING } from "../action/catalogue.ts";
import { opens, type Openings } from "../consent/openings.ts";
import type { Claim } from "../identity/claims.ts";
import type { IdentifierKey } from "../ids.ts";
import type { ContactChannel } from "../permission/permission.ts";
import type { Slice } from "../slice/slice.ts";
import { sumTallies } from "../slice/tally.ts";

export const LIVES = ["private", "work"] as const;
export type Life = (typeof LIVES)[number];

/** `both`: addresses of both were said on it. Null: none was. */
export type DeviceLife = Life | "both" | null;

/** Told by the addresses that were said on it. */
export function lifeOfDevice(claims: readonly Pick<Claim, "side" | "state">[]): DeviceLife {
  const lives = new Set(
    claims.flatMap(({ side, state }) => {
      if (side === undefined || state === "refused") return [];
      return side === "work" || side === "role" ? ["work" as const] : ["private" as const];
    }),
  );
  if (lives.size > 1) return "both";
  return [...lives][0] ?? null;
}

/** What one side of a life is about, by what was read on its devices. */
export interface Matters {
  /** `both`: of devices that serve both. Null: of devices that don't show their side. */
  life: DeviceLife;
  /** The most read first. */
  topics: { topic: string; times: number }[];
}

/** Topics told of one side. */
const TOPICS_MOST = 6;

/** By side, from what its devices recorded for hints; sides that nothing is known of are left out. */
export function mattersOf(
  devices: readonly { life: DeviceLife; slice: Slice }[],
  openings: Openings,
): Matters[] {
  return ([...LIVES, "both", null] as const).flatMap((life) => {
    const read = devices
      .filter((device) => device.life === life)
      .flatMap(({ slice }) =>
        Object.values(slice).filter(({ purposes }) => opens(openings, purposes, "hints")),
      );
    const tally = sumTallies(read.map(({ topics }) => topics));
    const topics = Object.entries(tally)
      .map(([topic, times]) => ({ topic, times }))
      .toSorted((a, b) => b.times - a.times || (a.topic < b.topic ? -1 : 1))
      .slice(0, TOPICS_MOST);
    return topics.length === 0 ? [] : [{ life, topics }];
  });
}

/** What became of what was suggested over one channel. */
export interface Answered {
  given: number;
  taken: number;
}

export interface Preference {
  life: Life;
  channel: ReachingChannel;
  address: string;
  why: string[];
}

/** Beta(1, 3): who was never asked takes one in four. */
const PRIOR = { taken: 1, given: 4 };

const rate = ({ taken, given }: Answered): number => (taken + PRIOR.taken) / (given + PRIOR.given);

/**
 * By side of life, the channels over which one of its addresses may be contacted, the one they act on most in front. An
 * address that doesn't show its side serves the private one.
 */
export function preferencesOf(
  addresses: readonly Address[],
  mayContact: (key: IdentifierKey, channel: ContactChannel) => boolean,
  answered: ReadonlyMap<ActionChannel, Answered>,
): Preference[] {
  return LIVES.flatMap((life) => {
    const fitting = addresses.filter(
      (address) => (personaOf(address) === "work") === (life === "work"),
    );
    return REACHING.flatMap((channel) => {
      const address = addressFor({ channel, persona: "any" }, fitting, mayContact);
      return address ? [{ channel, address, answers: answered.get(channel) ?? NONE }] : [];
    })
      .toSorted((a, b) => rate(b.answers) - rate(a.answers))
      .map(({ channel, address, answers }) => ({
        life,
        channel,
        address: address.value,
        why: reasons(address, answers),
      }));
  });
}

const NONE: Answered = { given: 0, taken: 0 };

const reasons = (address: Address, { given, taken }: Answered): string[] => [
  "this address may be contacted",
  address.assurance === "verified" ? "it is proven to be theirs" : "they typed it",
  ...(given > 0 ? [`they took ${taken} of ${given} suggestions over this channel`] : []),
];
