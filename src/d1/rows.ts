/** Between what the domain speaks of and the rows of D1. Arrays are in the order of the insert's columns. */
import type { UsherEvent } from "../domain/event.ts";
import { dayOf, type VisitorId } from "../domain/ids.ts";
import { mergedBecause, undoneBecause } from "../domain/identity/reasons.ts";
import type { Receipt } from "../domain/person/consent.ts";
import type { HintRecord, HistoryRecord, MergeRecord, PersonRow } from "../domain/ports.ts";
import type { events } from "./schema.ts";

/** A row of `events` as it is read. */
export type EventRow = typeof events.$inferSelect;

/** The parts of an event that have no column of their own. */
type EventData = Pick<
  UsherEvent,
  "page" | "campaign" | "device" | "topics" | "valueCents" | "props"
>;

export const EVENT_COLUMNS =
  "day, visitor, id, at, received, type, name, channel, policy, purposes, sealed, data";

/** `data` is a text that SQLite needn't read: taking it out of a tree of values cost it as much as all the rest. */
export function eventRow(visitor: VisitorId, event: UsherEvent): unknown[] {
  const { page, campaign, device, topics, valueCents, props } = event;
  return [
    event.day,
    visitor,
    event.id,
    event.at,
    event.received,
    event.type,
    event.name,
    event.channel,
    event.policy,
    event.purposes.join(","),
    event.sealed ?? null,
    JSON.stringify({ page, campaign, device, topics, valueCents, props }),
  ];
}

export function readEvent(row: EventRow): { visitor: VisitorId; event: UsherEvent } {
  return {
    visitor: row.visitor,
    event: {
      id: row.id,
      type: row.type,
      name: row.name,
      channel: row.channel,
      day: row.day,
      at: row.at,
      received: row.received,
      purposes: row.purposes === "" ? [] : row.purposes.split(","),
      policy: row.policy,
      ...(JSON.parse(row.data) as EventData),
      ...(row.sealed === null ? {} : { sealed: row.sealed }),
    },
  };
}

export const receiptRow = (receipt: Receipt): unknown[] => [
  receipt.visitor,
  receipt.seq,
  receipt.at,
  receipt.kind,
  receipt.policy,
  receipt.hash,
  receipt.previous,
  receipt.body,
];

export const hintRow = (hint: HintRecord): unknown[] => [
  dayOf(hint.at),
  hint.visitor,
  hint.hint,
  hint.outcome,
  hint.action,
  hint.at,
  hint.propensity,
  hint.stage,
  hint.slot,
  hint.until,
  hint.device,
  hint.topic,
  hint.segment,
];

/** An identifier is `<kind>:<HMAC>`; the log keeps the kind, so that nothing in it names anybody. */
export const mergeRow = ({ op, edge, at, by }: MergeRecord): unknown[] => [
  dayOf(at),
  edge.id,
  op,
  at,
  by,
  edge.a,
  edge.b,
  edge.evidence.kind === "claim"
    ? edge.evidence.identifier.slice(0, edge.evidence.identifier.lastIndexOf(":"))
    : `command:${edge.evidence.id}`,
  "undone" in edge ? undoneBecause(edge) : mergedBecause(edge),
  edge.rules,
];

/** Where there is one end alone it stands for both. */
export const historyRow = ({ visitor, entry }: HistoryRecord): unknown[] => [
  dayOf(entry.at),
  entry.id,
  entry.op,
  entry.at,
  entry.by,
  visitor,
  entry.other ?? visitor,
  entry.evidence,
  entry.because,
  0,
];

export const personRow = (person: PersonRow): unknown[] => [
  person.day,
  person.id,
  person.stage,
  person.firstSeen,
  person.lastSeen,
  person.visitors,
  person.events,
  person.next,
  person.revision,
];
