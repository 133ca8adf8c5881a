/** What an object has to do, carried by the network: the calls of `plan`, their answers to `absorb`. */
import type { VisitorId } from "../../../src/domain/ids.ts";
import { forget } from "../../../src/person/forget.ts";
import { meet, type MeetAnswer } from "../../../src/person/merge.ts";
import {
  receive,
  type ReceiveAnswer,
  type ReceiveRequest,
  resolve,
} from "../../../src/person/move.ts";
import { hear } from "../../../src/person/separation.ts";
import { askAgain } from "../../../src/person/asking.ts";
import { absorb, activateMove, type Answers, type Call, plan } from "../../../src/person/work.ts";
import { Objects } from "./objects.ts";
import { Broken, type Obj, rules } from "./parts.ts";

export abstract class Errands extends Objects {
  protected work(object: Obj): void {
    const calls = this.transact(object, (tx) => plan(tx, object.host.settings(rules, this.now)));
    for (const call of calls) this.perform(object, call);
  }

  protected perform(object: Obj, call: Call): void {
    const take = (answer: unknown): void => {
      const following = this.absorbing(object, call, answer as Answers[Call["do"]]);
      for (const next of following) this.perform(object, next);
    };
    const settings = { names: { short: () => `${++this.names}` } };
    switch (call.do) {
      case "receive":
        return this.call(
          object,
          `receive ${call.request.move} ${call.request.revision}`,
          { object: call.to },
          (reply) => reply(this.receiving(call.to, call.request)),
          take,
        );
      case "resolve":
        return this.call(
          object,
          `resolve ${call.move}`,
          { object: call.to },
          (reply) => reply(this.transact(this.object(call.to), (tx) => resolve(tx, call.move))),
          take,
        );
      case "activate":
        return this.call(
          object,
          `activate ${call.move}`,
          { object: call.to },
          (reply) =>
            reply(this.transact(this.object(call.to), (tx) => activateMove(tx, call.move))),
          take,
        );
      case "ask":
        return this.call(
          object,
          `ask ${call.visitor} ${call.identifier}`,
          { object: call.visitor },
          (reply) =>
            this.routed(
              call.visitor,
              call.visitor,
              0,
              false,
              (tx) => askAgain(tx, call.visitor, call.identifier, call.kept),
              reply,
            ),
          (answer) => answer && take(answer),
        );
      case "tell":
        return this.call(
          object,
          `tell ${call.visitor} ${call.identifier}`,
          "d1",
          (reply) => reply(this.d1.index.claimants(call.identifier)),
          take,
        );
      case "forget":
        return this.call(
          object,
          `forget ${call.visitor} ${call.erased}`,
          { object: call.visitor },
          (reply) =>
            this.routed(
              call.visitor,
              call.visitor,
              0,
              false,
              (tx) => {
                const doc = tx.visitors.get(call.visitor);
                if (!doc) throw new Broken("routed to where it isn't");
                forget(tx, doc, call.erased);
                return true;
              },
              reply,
            ),
          (answer) => answer && take(answer),
        );
      case "apart":
        return this.call(
          object,
          `apart ${call.word.visitor} ${call.word.command}`,
          { object: call.word.visitor },
          (reply) =>
            this.routed(
              call.word.visitor,
              call.word.visitor,
              0,
              false,
              (tx) => {
                const doc = tx.visitors.get(call.word.visitor);
                if (!doc) throw new Broken("routed to where it isn't");
                return hear(tx, doc, structuredClone(call.word));
              },
              reply,
            ),
          (answer) => answer && take(answer),
        );
      case "withdrawn":
        throw new Broken("no policy erases here");
      case "silence":
        throw new Broken("nobody unsubscribes here");
      case "meet": {
        const { request } = call;
        const evidence =
          request.evidence.kind === "claim" ? request.evidence.identifier : request.evidence.id;
        return this.call(
          object,
          `meet ${request.visitor} ${evidence} ${request.other}`,
          { object: request.visitor },
          (reply) =>
            this.routed(
              request.visitor,
              request.visitor,
              0,
              false,
              (tx): MeetAnswer => {
                const doc = tx.visitors.get(request.visitor);
                if (!doc) throw new Broken("routed to where it isn't");
                return meet(tx, doc, structuredClone(request), settings.names, rules);
              },
              reply,
            ),
          (answer) => answer && take(answer),
        );
      }
      case "claim":
        return this.call(
          object,
          `claim ${call.visitor} ${call.identifier}`,
          "d1",
          (reply) => reply(this.d1.claim(call.identifier, call.visitor, call.guard.proven)),
          take,
        );
      case "land":
        return this.call(
          object,
          "land",
          "d1",
          (reply) => reply(this.d1.land(structuredClone(call.landing))),
          take,
        );
    }
  }

  protected receiving(to: VisitorId, request: ReceiveRequest): ReceiveAnswer {
    return this.transact(this.object(to), (tx) => receive(tx, structuredClone(request), rules));
  }

  protected absorbing(object: Obj, call: Call, answer: Answers[Call["do"]]): Call[] {
    return this.transact(object, (tx) =>
      absorb(tx, call, answer, object.host.settings(rules, this.now)),
    );
  }
}
