/** D1 as maps: the identifier index, the events that landed, the tombstones and the directory. */
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";
import type { Landing } from "../../../src/domain/ports.ts";
import type { Answers } from "../../../src/person/work.ts";
import { SimulatedIndex } from "./index.ts";

export class SimulatedD1 {
  /** With the purposes that each was recorded under. */
  readonly events = new Map<string, readonly string[]>();
  /** `visitor seq` */
  readonly receipts = new Set<string>();
  readonly index = new SimulatedIndex();
  readonly tombs = new Set<VisitorId>();
  /** What the newest word says of who is listed. */
  readonly people = new Map<VisitorId, { revision: number; listed: boolean }>();

  claim(identifier: IdentifierKey, visitor: VisitorId, isProven: boolean): Answers["claim"] {
    if (this.tombs.has(visitor)) return { erased: true };
    return this.index.claim(identifier, visitor, isProven);
  }

  land(landing: Landing): Answers["land"] {
    const ask: Answers["land"]["ask"] = [];
    for (const { visitor, identifiers } of landing.erased) {
      this.tombs.add(visitor);
      for (const key of this.events.keys())
        if (key.startsWith(`${visitor}/`)) this.events.delete(key);
      ask.push(...this.index.remove(visitor, identifiers));
    }
    for (const { visitor, event } of landing.events) {
      const key = `${visitor}/${event.id}`;
      if (!this.tombs.has(visitor) && !this.events.has(key)) this.events.set(key, event.purposes);
    }
    for (const { visitor, seq } of landing.receipts) this.receipts.add(`${visitor} ${seq}`);
    if (landing.person) this.list(landing.person, true);
    if (landing.gone) this.list(landing.gone, false);
    return { ask, claims: [], added: 0 };
  }

  private list({ id, revision }: { id: VisitorId; revision: number }, listed: boolean): void {
    if ((this.people.get(id)?.revision ?? 0) < revision)
      this.people.set(id, { revision, listed: listed && !this.tombs.has(id) });
  }
}
