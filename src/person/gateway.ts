/** The way to a visitor's home: follows pointers, to ever later homes, until an object says that the visitor lives there. */
import type { PersonId, VisitorId } from "../domain/ids.ts";
import { remembered } from "../domain/intake/remembered.ts";
import type { Answered, RecordAnswer } from "../domain/person/calls.ts";
import type {
  FittingRequest,
  OutcomeRequest,
  SentRequest,
  NextRequest,
  People,
} from "../domain/person/people.ts";
import type { Carrier } from "../domain/ports.ts";
import { Problem } from "../domain/problem.ts";
import type { PersonObject } from "./object.ts";

/** Ids are made from names by hashing; whoever sent an event will soon send the next. */
const IDS_KEPT = 2_000;

/** Longer than any chain of moves that an hour could make; a circle can't be, but a bug could. */
const HOPS = 64;

/** Seconds. */
const RETRY_AFTER = 2;

export type PersonStub = Pick<
  PersonObject,
  | "record"
  | "decide"
  | "decision"
  | "standing"
  | "lapse"
  | "next"
  | "fitting"
  | "sent"
  | "outcome"
  | "view"
  | "holdings"
  | "heads"
  | "amend"
  | "link"
  | "undo"
  | "erase"
  | "hurry"
  | "meet"
  | "ask"
  | "forget"
  | "apart"
  | "receive"
  | "resolve"
  | "activate"
>;

type Stubbed = { [Name in keyof PersonStub]: Rpc<PersonStub[Name]> };
type Rpc<F> = F extends (...args: infer Args) => infer Result
  ? (...args: Args) => Promise<Awaited<Result>>
  : never;

export type PersonObjects = (home: PersonId) => Stubbed;

/** Objects by name; in the European Union when the jurisdiction says so. */
export function personObjects(
  namespace: DurableObjectNamespace<PersonObject>,
  jurisdiction: string,
): PersonObjects {
  const place =
    jurisdiction === "eu" ? namespace.jurisdiction("eu" as DurableObjectJurisdiction) : namespace;
  const idOf = remembered(IDS_KEPT, (home) => place.idFromName(home));
  return (home) => place.get(idOf(home)) as unknown as Stubbed;
}

export async function follow<T>(
  objects: PersonObjects,
  visitor: VisitorId,
  near: PersonId | undefined,
  ask: (stub: Stubbed, epoch: number) => Promise<Answered<T>>,
): Promise<Answered<T>> {
  let at = near ?? visitor;
  let epoch = 0;
  for (let hop = 0; hop < HOPS; hop++) {
    const answer = await asked(() => ask(objects(at), epoch));
    if (answer.at !== "moved") return answer;
    at = answer.to;
    epoch = answer.epoch;
  }
  throw new Problem("unavailable", "the visitor's home couldn't be found; try again", {
    retryAfter: 1,
  });
}

/** A problem that an object has is ours: on the way here it has lost its class, and keeps its name. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === "Problem" && !(error instanceof Problem))
      throw new Problem("unavailable", error.message, { retryAfter: RETRY_AFTER });
    throw error;
  }
}

/** With a carrier, what objects hand over with their answers is given to it. */
export function createPeople(objects: PersonObjects, carrier?: Carrier): People {
  const carried = async <T>(
    visitor: VisitorId,
    near: PersonId | undefined,
    ask: (
      stub: Stubbed,
      epoch: number,
      landed: readonly string[] | undefined,
    ) => Promise<Answered<T>>,
  ): Promise<Answered<T>> => {
    const landed = carrier?.landed(visitor);
    const call = follow(objects, visitor, near, (stub, epoch) => ask(stub, epoch, landed));
    if (!carrier) return call;
    const answering = call.then((answer) => {
      if (answer.at === "home" && answer.parcel) carrier.take(answer.parcel);
      return answer;
    });
    carrier.keep(answering);
    return answering;
  };
  return {
    record: (request, near) => {
      const text = JSON.stringify(request);
      return carried(request.visitor, near, async (stub, epoch, landed) => {
        const answer = await stub.record(epoch, text, landed, true);
        return typeof answer === "string" ? (JSON.parse(answer) as Answered<RecordAnswer>) : answer;
      });
    },
    decide: (request, near) =>
      carried(request.visitor, near, (stub, epoch, landed) => stub.decide(epoch, request, landed)),
    decision: async (visitor, identifier, about) => {
      const answer = await follow(objects, visitor, undefined, (stub, epoch) =>
        stub.decision(epoch, visitor, identifier, about),
      );
      return answer.at === "home" ? answer.value : null;
    },
    standing: (visitor) =>
      follow(objects, visitor, undefined, (stub, epoch) => stub.standing(epoch, visitor)),
    lapse: (visitor, now, version) =>
      follow(objects, visitor, undefined, (stub, epoch) =>
        stub.lapse(epoch, visitor, now, version),
      ),
    next: (request: NextRequest, near) =>
      carried(request.visitor, near, (stub, epoch, landed) => stub.next(epoch, request, landed)),
    fitting: (request: FittingRequest, near) =>
      follow(objects, request.visitor, near, (stub, epoch) => stub.fitting(epoch, request)),
    sent: (request: SentRequest, near) =>
      follow(objects, request.visitor, near, (stub, epoch) => stub.sent(epoch, request)),
    outcome: (request: OutcomeRequest, near) =>
      carried(request.visitor, near, (stub, epoch, landed) => stub.outcome(epoch, request, landed)),
    view: (visitor, near) =>
      follow(objects, visitor, near, (stub, epoch) => stub.view(epoch, visitor)),
    holdings: (visitor, near) =>
      follow(objects, visitor, near, (stub, epoch) => stub.holdings(epoch, visitor)),
    heads: (visitor) =>
      follow(objects, visitor, undefined, (stub, epoch) => stub.heads(epoch, visitor)),
    amend: (visitor, amendment) =>
      follow(objects, visitor, undefined, (stub, epoch) => stub.amend(epoch, visitor, amendment)),
    link: (request) =>
      follow(objects, request.visitor, undefined, (stub, epoch) => stub.link(epoch, request)),
    undo: (request) =>
      follow(objects, request.visitor, undefined, (stub, epoch) => stub.undo(epoch, request)),
    erase: (visitor, now, along) =>
      follow(objects, visitor, undefined, (stub, epoch) => stub.erase(epoch, visitor, now, along)),
  };
}
