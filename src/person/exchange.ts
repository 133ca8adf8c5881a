/** What the objects of persons ask of one another: to compare ages, to take visitors over, to ask or forget somebody. */
import type { IdentifierKey, MoveId, VisitorId } from "../domain/ids.ts";
import type { Answered } from "../domain/person/calls.ts";
import { askAgain } from "./asking.ts";
import { forget } from "./forget.ts";
import { meet, type MeetAnswer, type MeetRequest } from "./merge.ts";
import {
  receive,
  type ReceiveAnswer,
  type ReceiveRequest,
  resolve,
  type ResolveAnswer,
} from "./move.ts";
import { hear, type Word } from "./separation.ts";
import { Shell } from "./shell.ts";
import { activateMove } from "./work.ts";

export abstract class Exchange<Env = unknown> extends Shell<Env> {
  async meet(epoch: number, request: MeetRequest): Promise<Answered<MeetAnswer>> {
    const [rules] = await Promise.all([this.ports.rules(), this.mayJudge()]);
    return this.routed(request.visitor, epoch, {
      handle: (tx, doc) => meet(tx, doc, request, this.ports.names, rules),
    });
  }

  async ask(
    epoch: number,
    visitor: VisitorId,
    identifier: IdentifierKey,
    keptOnly: boolean,
  ): Promise<Answered<true>> {
    return this.routed(visitor, epoch, {
      handle: (tx) => {
        askAgain(tx, visitor, identifier, keptOnly);
        return true as const;
      },
    });
  }

  async forget(epoch: number, visitor: VisitorId, erased: VisitorId): Promise<Answered<true>> {
    return this.routed(visitor, epoch, {
      handle: (tx, doc) => {
        forget(tx, doc, erased);
        return true as const;
      },
    });
  }

  async apart(epoch: number, word: Word): Promise<Answered<boolean>> {
    return this.routed(word.visitor, epoch, { handle: (tx, doc) => hear(tx, doc, word) });
  }

  async receive(request: ReceiveRequest): Promise<ReceiveAnswer> {
    const coming = request.visitors.flatMap(({ doc }) => doc.decision ?? []);
    const [rules] = await Promise.all([this.ports.rules(), this.mayJudge(coming)]);
    return this.settled((tx) => receive(tx, request, rules));
  }

  async resolve(move: MoveId): Promise<ResolveAnswer> {
    return this.settled((tx) => resolve(tx, move));
  }

  async activate(move: MoveId): Promise<{ move: MoveId }> {
    return this.settled((tx) => activateMove(tx, move));
  }
}
