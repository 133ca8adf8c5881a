/** What a simulated world is made of, and what its people send. */
import type { UsherEvent } from "../../../src/domain/event.ts";
import type { Claim } from "../../../src/domain/identity/claims.ts";
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import type { IdentifierKey, MessageId, VisitorId } from "../../../src/domain/ids.ts";
import type { Host } from "../../../src/person/host.ts";
import type { record } from "../../../src/person/record.ts";
import type { Store } from "../../../src/person/store.ts";
import type { Operation } from "../history.ts";

export class Broken extends Error {}

export const NOW = 1_795_000_000_000;
export const DAY_MS = 86_400_000;
export const rules = DEFAULT_MERGE_RULES;

/** Visitor 3 is `…003`: created third, so ages follow the numbers. */
export const visitorOf = (n: number): VisitorId => `visitor-${n}` as VisitorId;
/** From this number on they are the site's own server's records. */
export const FIRST_SERVER = 9000;
export const keyOf = (says: string): IdentifierKey =>
  `${says.startsWith("u") ? "user_id" : "email"}:${says}` as IdentifierKey;

export class MapStore implements Store {
  readonly map = new Map<string, unknown>();
  get(key: string): unknown {
    return structuredClone(this.map.get(key));
  }
  put(key: string, value: unknown): void {
    this.map.set(key, structuredClone(value));
  }
  delete(key: string): boolean {
    return this.map.delete(key);
  }
  *list({ prefix }: { prefix: string }): Iterable<[string, unknown]> {
    for (const [key, value] of [...this.map].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (key.startsWith(prefix)) yield [key, structuredClone(value)];
  }
}

export interface Obj {
  name: VisitorId;
  store: MapStore;
  host: Host;
  /** Raised by a crash: answers to an earlier life are lost. */
  life: number;
  inFlight: Set<string>;
}

export type Where = { object: VisitorId } | "d1" | { client: number };

export interface Message {
  to: Where;
  /** What it does where it arrives. Run as one transaction. */
  run: () => void;
  /** What its sender sees when it is lost. */
  lost: () => void;
  hold: number;
}

export interface Client {
  number: number;
  operation: Operation;
  done: boolean;
  waiting: boolean;
  started: boolean;
  edge: Edge | null;
  visitor?: VisitorId;
}

export type Reply = (answer: unknown) => void;

export const outcomeOf = (answer: ReturnType<typeof record>): boolean =>
  answer.rotate === null &&
  answer.outcomes.every((outcome) => outcome.kept || outcome.reason === "duplicate");

export const request = (each: UsherEvent, claims: Omit<Claim, "at" | "state">[]) => ({
  origin: "browser" as const,
  now: NOW,
  decision: null,
  items: [{ event: each, dedupe: true, claims, traits: null }],
});

export const event = (id: string): UsherEvent => ({
  id: id as MessageId,
  type: "track",
  name: "Visited",
  channel: "web",
  day: Math.floor(NOW / 86_400_000),
  at: NOW,
  received: NOW,
  purposes: ["measurement", "recognition"],
  policy: 1,
});
