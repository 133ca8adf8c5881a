/** The way to every person: calls find the visitor's home by themselves, following pointers from `near`. */
import type { Action, Catalogue } from "../action/catalogue.ts";
import type { Head } from "../consent/ledger.ts";
import type { Purpose } from "../consent/purposes.ts";
import type { Ranked } from "../action/arbitrate.ts";
import type { Learned } from "../action/learner.ts";
import type { MeterReading } from "../action/situation.ts";
import type { HintId, IdentifierKey, Millis, PersonId, VisitorId } from "../ids.ts";
import type { HintOutcome } from "../ports.ts";
import type {
  Amendment,
  Answered,
  DecideAnswer,
  DecideRequest,
  Holdings,
  LinkRequest,
  PersonView,
  RecordAnswer,
  RecordRequest,
  Standing,
  UndoAnswer,
  UndoRequest,
} from "./calls.ts";
import type { Decided } from "./consent.ts";
import type { Stage } from "./stage.ts";

export interface NextRequest {
  visitor: VisitorId;
  slot: string;
  now: Millis;
  catalogue: Catalogue;
  /** What the scheduled job has learned; null before it has run. */
  learned: Learned | null;
  /** False for the API's look at somebody: nothing is recorded as made. */
  give: boolean;
}

export interface NextAnswer {
  action: Action | null;
  hint: string | null;
  stage: Stage;
  confidence: number;
  why: string[];
  /** Reads of the person, on all devices that are proven to be theirs; null without a meter or consent to it. */
  meter: MeterReading | null;
  /** The rest of the catalogue; only where the answer is a look and nothing is given. */
  others?: readonly NotNext[];
}

/** An action that isn't the next one, and why: what would have to change. */
export interface NotNext {
  id: string;
  label: string;
  missing: string;
  /** What isn't granted, where that is what is missing. */
  purpose?: Purpose;
}

export interface FittingRequest {
  visitor: VisitorId;
  now: Millis;
  catalogue: Catalogue;
  learned: Learned | null;
}

/** Actions that went out to a person over channels of their own, such as by mail. */
export interface SentRequest {
  visitor: VisitorId;
  actions: Catalogue["actions"];
  /** By action: the hint's id as it went out, and the chance with which it was drawn. */
  as?: Readonly<Record<string, { hint: HintId; propensity: number }>>;
  /** As the list said it. */
  segment: string | null;
  now: Millis;
}

/** What fits a person now, seen from its best-known visitor. */
export interface FittingAnswer {
  /** Who it was seen from: its own claims and those proven to be its own are what may be used. */
  visitor: VisitorId;
  trusted: VisitorId[];
  stage: Stage;
  /** Name of the segment the person is in; null without one, or without consent to it. */
  segment: string | null;
  fits: ({ action: string; why: string[]; topic: string | null; expected: number } & Ranked)[];
}

export interface OutcomeRequest {
  visitor: VisitorId;
  hint: string;
  outcome: Exclude<HintOutcome, "made" | "expired">;
  now: Millis;
  /** Who sent the message tells it, so that it is the person's on whichever device; else the visitor's own browser does. */
  told?: true;
}

export interface People {
  /** Creates the visitor if it is unknown. */
  record(request: RecordRequest, near?: PersonId): Promise<Answered<RecordAnswer>>;
  /** Creates the visitor if it is unknown and the decision grants an id. */
  decide(request: DecideRequest, near?: PersonId): Promise<Answered<DecideAnswer>>;
  /**
   * What stands for the person of somebody who claims `identifier`, for calls that bring no choice of their own; null
   * when nothing is stored, and where a human took them apart from `about`, whose record such a call is for.
   */
  decision(
    visitor: VisitorId,
    identifier: IdentifierKey,
    about?: VisitorId,
  ): Promise<Decided | null>;
  standing(visitor: VisitorId): Promise<Answered<Standing>>;
  /**
   * Drops what has been kept long enough, of a person whom no call reaches that would, by this version of the policy or a newer one.
   * Rejects where that can't be read there.
   */
  lapse(visitor: VisitorId, now: Millis, version: number): Promise<Answered<true>>;
  next(request: NextRequest, near?: PersonId): Promise<Answered<NextAnswer>>;
  /** All actions that may be given now, over every channel: for lists, nothing is recorded. */
  fitting(request: FittingRequest, near?: PersonId): Promise<Answered<FittingAnswer>>;
  /** Counts as shown: for caps, cool-downs, and to learn what comes of it. False where nothing may be kept of it. */
  sent(request: SentRequest, near?: PersonId): Promise<Answered<boolean>>;
  /** False when the hint isn't this person's. */
  outcome(request: OutcomeRequest, near?: PersonId): Promise<Answered<boolean>>;
  view(visitor: VisitorId, near?: PersonId): Promise<Answered<PersonView>>;
  holdings(visitor: VisitorId, near?: PersonId): Promise<Answered<Holdings>>;
  /** The newest receipt of each of the person's visitors that has landed. */
  heads(visitor: VisitorId): Promise<Answered<Head[]>>;
  amend(visitor: VisitorId, amendment: Amendment): Promise<Answered<true>>;
  link(request: LinkRequest): Promise<Answered<{ queued: boolean }>>;
  undo(request: UndoRequest): Promise<Answered<UndoAnswer>>;
  /**
   * Idempotent. `home` while something of it is left to do, in D1 or with other persons; `erased` when nothing is: ask again
   * until then. Leaves a tomb also where nobody is known. Whoever of `along` lives with the visitor goes in the same moment.
   */
  erase(
    visitor: VisitorId,
    now: Millis,
    along?: readonly VisitorId[],
  ): Promise<Answered<{ claims: IdentifierKey[] }>>;
}
