/** What a person object is given to record, for those who look at the object's own code. */
import type { UsherEvent } from "../../src/domain/event.ts";
import type { Millis } from "../../src/domain/ids.ts";
import type { SealedRecord } from "../../src/person/record.ts";

/** A browser's one event, without a decision, a claim or a trait. */
export const recordOf = (event: UsherEvent, now: Millis): SealedRecord => ({
  origin: "browser",
  now,
  decision: null,
  items: [{ event, dedupe: true, claims: [], traits: null }],
});
