/** What the own-data page tells: a visitor, and the devices that verified evidence ties to it, each with where it stands. */
import type { Device } from "../domain/event.ts";
import type { Assurance, IdentifierKind } from "../domain/identity/claims.ts";
import type { Day, Millis, VisitorId } from "../domain/ids.ts";
import { isObject, type JsonObject } from "../domain/json.ts";
import type { HeldVisitor } from "../domain/person/calls.ts";
import type { ConsentDecision } from "../domain/person/consent.ts";
import { foldTraits } from "../domain/person/traits.ts";
import { summarise } from "../domain/slice/summary.ts";
import { heldOf } from "../domain/suggestion/sightings.ts";
import type { PrivacyPorts } from "./ports.ts";
import { countMaybe } from "./scope.ts";

export interface DevicePortrait {
  visitor: VisitorId;
  /** The one that asks. */
  isThis: boolean;
  device: Device | null;
  origin: HeldVisitor["origin"];
  since: Millis;
  lastSeen: Millis;
  events: number;
  days: number;
  orders: number;
  /** What was looked at, the most often first. */
  topics: string[];
  /** Where visits came from. */
  campaigns: string[];
  identifiers: { kind: IdentifierKind; value: string | null; assurance: Assurance; at: Millis }[];
  traits: JsonObject;
  /** What was decided last, and the policy it was decided under. */
  decision: ConsentDecision | null;
  hints: number;
  /** Networks it was seen at, by keyed marks, and the last day of that; null where none is remembered. */
  networks: { networks: number; days: number; last: Day } | null;
}

export interface Portrait {
  /** This one first. */
  devices: DevicePortrait[];
  /** Others that may be the same human; nothing proves it. */
  maybe: { count: number; because: string }[];
}

const TOPICS = 12;

/** Null when nothing is known under this visitor. */
export async function portraitOf(
  ports: Pick<PrivacyPorts, "people" | "sealer">,
  visitor: VisitorId,
  near: VisitorId,
): Promise<Portrait | null> {
  const answer = await ports.people.holdings(visitor, near);
  if (answer.at !== "home") return null;
  const { visitors, maybe } = answer.value;
  const devices = await Promise.all(visitors.map((each) => deviceOf(ports, each, visitor)));
  return {
    devices: devices.toSorted((a, b) => Number(b.isThis) - Number(a.isThis) || a.since - b.since),
    maybe: countMaybe(maybe),
  };
}

async function deviceOf(
  { sealer }: Pick<PrivacyPorts, "sealer">,
  held: HeldVisitor,
  asking: VisitorId,
): Promise<DevicePortrait> {
  const { id, claims, traits } = held;
  const summary = summarise({ [id]: held.slice });
  const texts = await sealer.unseal(id, [
    ...claims.map(({ sealed }) => sealed ?? ""),
    ...traits.map(({ sealed }) => sealed),
  ]);
  return {
    visitor: id,
    isThis: id === asking,
    device: summary.devices[0] ?? null,
    origin: held.origin,
    since: summary.firstSeen ?? held.created,
    lastSeen: summary.lastSeen ?? held.created,
    events: summary.events,
    days: summary.days.length,
    orders: summary.orders,
    topics: mostFrequent(summary.topics),
    campaigns: [
      ...new Set(
        summary.campaigns.map(({ campaign: { source, medium, name } }) =>
          [source, medium, name].filter((part) => part !== undefined).join(" / "),
        ),
      ),
    ].filter((words) => words !== ""),
    identifiers: claims.map(({ kind, assurance, at }, n) => ({
      kind,
      value: texts[n] ?? null,
      assurance,
      at,
    })),
    traits: foldTraits(texts.slice(claims.length).map(traitsIn)),
    decision: held.decision,
    hints: held.hints.length,
    networks: held.sightings ? heldOf(held.sightings) : null,
  };
}

const mostFrequent = (tally: Readonly<Record<string, number>>): string[] =>
  Object.entries(tally)
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, TOPICS)
    .map(([name]) => name);

function traitsIn(text: string | null): JsonObject {
  const traits: unknown = text === null ? null : JSON.parse(text);
  return isObject(traits) ? traits : {};
}
