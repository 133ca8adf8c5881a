/**
 * Devices that are probably one human's, by the networks they are seen at. Who is due is brought up to date and compared
 * with those that share two networks with it; what comes of it is a suggestion and never more.
 */
import {
  countDevices,
  type DeviceRecord,
  devicesOf,
  regularsAt,
  saveDevice,
  someDevices,
} from "../d1/devices.ts";
import { type DueVisitor, recordsOf } from "../d1/matching.ts";
import { type Found, saveFound, suggestedByDevices } from "../d1/suggestions.ts";
import { clearDevices } from "../d1/unseeing.ts";
import { decideMerge } from "../domain/identity/policy.ts";
import { isUnique, type MergeRules } from "../domain/identity/rules.ts";
import { sideOf } from "../domain/identity/view-facts.ts";
import { dayOf, type Millis, type VisitorId } from "../domain/ids.ts";
import type { Explanation } from "../domain/matching/index.ts";
import type { PersonView, VisitorView } from "../domain/person/calls.ts";
import { summarise } from "../domain/slice/summary.ts";
import { contradictionsBetween } from "../domain/suggestion/contradictions.ts";
import { compareDevices, contradicted } from "../domain/suggestion/devices.ts";
import { isComparable, suggestionId } from "../domain/suggestion/eligible.ts";
import { type Facts, readFacts } from "../domain/suggestion/facts.ts";
import { LARGEST_BLOCK } from "../domain/suggestion/index-keys.ts";
import {
  isTelling,
  regularOf,
  type SeenDevice,
  SIGHTING_DAYS,
  withoutOld,
} from "../domain/suggestion/sightings.ts";
import type { SuggestPorts } from "./ports.ts";
import { openTo, viewOf } from "./standing.ts";

/** Of how a weight comes about; raised with each change of it. */
const MODEL = 1;
/** Devices forgotten by one run where nobody wants them compared any more: each is a call to an object. */
const FORGOTTEN_AT_ONCE = 200;

export interface DeviceComparing {
  ports: SuggestPorts;
  rules: MergeRules;
  now: Millis;
  /** How many are compared at all. */
  devices: number;
}

/** Null where the merge rules don't want it; then what is left of it is forgotten. */
export async function comparingDevices(
  ports: SuggestPorts,
  rules: MergeRules,
  now: Millis,
): Promise<DeviceComparing | null> {
  if (rules.probable.devices === "suggest")
    return { ports, rules, now, devices: await countDevices(ports.db) };
  for (const visitor of await someDevices(ports.db, FORGOTTEN_AT_ONCE)) {
    await ports.people.amend(visitor, { do: "unsee", at: now });
    await clearDevices(ports.db, [visitor]);
  }
  return null;
}

/** Brings one that is due up to date and compares it. Gives with how many. */
export async function takeDevice(
  comparing: DeviceComparing,
  due: DueVisitor,
  view: PersonView | null,
): Promise<number> {
  const { ports, rules, now } = comparing;
  const { visitor } = due;
  const [before] = await devicesOf(ports.db, [visitor]);
  const device = view && deviceOf(view, visitor, rules, now);
  if (!device) {
    if (before) await clearDevices(ports.db, [visitor]);
    await saveFound(ports.db, visitor, [], false, "devices");
    return 0;
  }
  const record: DeviceRecord = { visitor, device };
  await saveDevice(ports.db, record, before ?? null, due);
  const near = await compare(comparing, record);
  // Where others turn out to go about between the same places, what was suggested of these doesn't hold any more.
  const again = await suggestedByDevices(ports.db, near);
  for (const other of await devicesOf(ports.db, again)) await compare(comparing, other);
  return near.length;
}

/** What is compared of it; null where it isn't. */
function deviceOf(
  view: PersonView,
  visitor: VisitorId,
  rules: MergeRules,
  now: Millis,
): SeenDevice | null {
  const mine = view.visitors.find(({ id }) => id === visitor);
  if (!mine?.sightings || !isComparable(mine, rules)) return null;
  const sightings = withoutOld(mine.sightings, dayOf(now) - SIGHTING_DAYS);
  const networks = sightings ? regularOf(sightings.networks) : {};
  if (!isTelling(networks)) return null;
  const [device] = summarise({ [visitor]: mine.slice }).devices;
  const user = [mine, ...view.visitors].map((each) => userOf(each, rules)).find(Boolean);
  return { type: device?.type ?? "other", networks, ...(user ? { user } : {}) };
}

const userOf = ({ claims }: VisitorView, rules: MergeRules) =>
  claims.find(
    ({ kind, assurance, state }) =>
      isUnique(rules, kind) && assurance === "verified" && state !== "refused",
  )?.key;

/** Gives with whom. */
async function compare(
  { ports, rules, now, devices }: DeviceComparing,
  { visitor, device }: DeviceRecord,
): Promise<VisitorId[]> {
  const blocks = await regularsAt(ports.db, Object.keys(device.networks), LARGEST_BLOCK);
  const shared = new Map<VisitorId, number>();
  for (const block of blocks.values())
    for (const other of block ?? []) shared.set(other, (shared.get(other) ?? 0) + 1);
  shared.delete(visitor);
  const near = [...shared].flatMap(([other, count]) => (count >= 2 ? [other] : []));
  const others = await devicesOf(ports.db, near.toSorted());
  const found: Found[] = [];
  for (const other of others) {
    const seen = compareDevices(device, other.device, {
      devices,
      regulars: (network) => blocks.get(network)?.length ?? null,
      others: others.flatMap((each) => (each === other ? [] : [each.device])),
    });
    if (!seen || seen.probability < rules.probable.suggestFrom) continue;
    const explained = await agreed(ports, rules, [visitor, other.visitor], seen);
    if (!explained || explained.probability < rules.probable.suggestFrom) continue;
    const { bits, probability, steps } = explained;
    const [a, b] = visitor < other.visitor ? [visitor, other.visitor] : [other.visitor, visitor];
    found.push({
      a,
      b,
      at: now,
      weight: Math.round(bits * 1000),
      probability,
      model: MODEL,
      steps: steps.map((step) => ({ ...step, bits: Math.round(step.bits * 1000) / 1000 })),
      basis: "devices",
    });
  }
  await saveFound(ports.db, visitor, found, false, "devices");
  return others.map((other) => other.visitor);
}

/** With what their people said of themselves; null where it may not be suggested, or where the merge policy would refuse. */
async function agreed(
  ports: SuggestPorts,
  rules: MergeRules,
  [visitor, other]: readonly [VisitorId, VisitorId],
  seen: Explanation,
): Promise<Explanation | null> {
  // Asked now, not when the job came to it: meanwhile somebody may have withdrawn.
  const view = await viewOf(ports, visitor);
  const mine = view?.visitors.find(({ id }) => id === visitor);
  if (!view || !mine?.sightings || !isComparable(mine, rules)) return null;
  const theirs = await openTo(ports, view, visitor, other, rules);
  if (!theirs?.visitors.find(({ id }) => id === other)?.sightings) return null;
  const [x, y] = [sideOf(view, visitor), sideOf(theirs, other)];
  const inferred = { suggestion: suggestionId(visitor, other), probability: seen.probability };
  const evidence = {
    kind: "command",
    id: "",
    by: "officer",
    force: false,
    inferred: { ...inferred, basis: "devices" },
  } as const;
  if (!x || !y || decideMerge(evidence, x, y, rules).verdict !== "merge") return null;
  const said = await Promise.all([saidBy(ports, view), saidBy(ports, theirs)]);
  return contradicted(seen, contradictionsBetween(...said));
}

/** What all records of one person say. */
async function saidBy({ db, sealer }: SuggestPorts, { visitors }: PersonView): Promise<Facts[]> {
  const records = await recordsOf(
    db,
    visitors.map(({ id }) => id),
  );
  const texts = await Promise.all(
    records.map(({ visitor, sealed }) => sealer.unseal(visitor, [sealed])),
  );
  return texts.flatMap(([text]) => (text ? [readFacts(text)] : []));
}
