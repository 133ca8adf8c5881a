/**
 * The Durable Object of one person: a thin shell around the transitions. Every method answers only after its own write is
 * durable (the platform holds the answer back); none of them waits for D1.
 */
import {
  dayOf,
  type IdentifierKey,
  type Millis,
  type PersonId,
  type VisitorId,
} from "../domain/ids.ts";
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
} from "../domain/person/calls.ts";
import type { Head } from "../domain/consent/ledger.ts";
import { type ConsentDecision, type Decided, decisionNow } from "../domain/person/consent.ts";
import type {
  FittingAnswer,
  FittingRequest,
  NextAnswer,
  NextRequest,
  OutcomeRequest,
  SentRequest,
} from "../domain/person/people.ts";
import { amend } from "./amend.ts";
import { chain, decide, isOvertaken, isProved, unproved } from "./decide.ts";
import { newVisitor } from "./documents.ts";
import { advise, fitting, markSent, settleOutcome } from "./advise.ts";
import { eraseWith, isGone } from "./erase.ts";
import { Exchange } from "./exchange.ts";
import { Tidying } from "./expire.ts";
import { standing } from "./lapse.ts";
import { heads, holdings } from "./holdings.ts";
import { record } from "./record.ts";
import { knows, routeSelf } from "./route.ts";
import { sealItems } from "./seal-items.ts";
import { sayUndecided } from "./separation.ts";
import { link, undo } from "./split.ts";
import { decidedBy, standingDecision, standingOf } from "./standing.ts";
import { unreadable } from "./shell.ts";
import { view } from "./view.ts";

export abstract class PersonObject<Env = unknown> extends Exchange<Env> {
  private readonly tidying = new Tidying();

  // `landed`, here and below: the caller brings to D1 what it is handed with the answer, and knows that parcels with these
  // marks have landed.

  /**
   * Records a batch for one visitor, in order; makes the visitor if it is unknown and this is its object. `said` is a
   * `RecordRequest` as JSON, and the answer is JSON for whoever can read that: the platform copies a tree of values one by
   * one, and a text at once. A Worker of another version may call, for minutes after a deployment.
   */
  async record(
    epoch: number,
    said: string,
    landed?: readonly string[],
    asText?: boolean,
  ): Promise<string | Answered<RecordAnswer>> {
    const answer = await this.recorded(epoch, JSON.parse(said) as RecordRequest, landed);
    return asText ? JSON.stringify(answer) : answer;
  }

  private async recorded(
    epoch: number,
    said: RecordRequest,
    landed: readonly string[] | undefined,
  ): Promise<Answered<RecordAnswer>> {
    this.heard(said.now);
    const versions = said.items.map(({ event }) => event.policy);
    const [rules, retention] = await Promise.all([
      this.ports.rules(),
      this.informed(Math.max(said.decision?.policy ?? 0, ...versions)),
    ]);
    for (const { event } of said.items) this.mustKnow(event.policy, event.purposes);
    const request = {
      ...said,
      decision: said.decision && this.understood(said.decision),
    };
    // Sealing waits for the key store, so it comes before the transaction; where the visitor lives may change meanwhile.
    const before = this.host.transact((tx) => routeSelf(tx, request.visitor, epoch));
    if (before.at !== "here" && before.at !== "unknown") return before;
    const keyed = before.at === "here" && before.doc.keyed;
    const { ifKnownAs } = request;
    if (ifKnownAs && !this.host.read((tx) => knows(tx, before, ifKnownAs)))
      return { at: "unknown" };
    const withdrew = request.ifProved && unproved(before, request.decision);
    if (withdrew) {
      const home = this.ctx.id.name as PersonId;
      const value = { home, outcomes: [], rotate: null, unproved: { withdrew } };
      return { at: "home", home, value };
    }
    const today = dayOf(request.now);
    const claimed = new Set(before.at === "here" ? standing(before.doc, today, retention) : []);
    const { visitor, items } = request;
    const { sealer, digest } = this.ports;
    const sealed = await sealItems(sealer, visitor, keyed, items, claimed, digest);
    const chained = request.receipt ? await chain(request, before, this.ports.sha256) : null;
    const answer = await this.routedSelf(request.visitor, epoch, {
      ...(landed ? { carry: { landed, rules } } : {}),
      birth: (tx) => tx.addVisitor(newVisitor(request.visitor, request.now, request.origin)),
      handle: (tx, doc) => {
        if (isOvertaken(doc, chained)) return null;
        const stored = request.ifKnownAs ? standingDecision(tx, doc) : null;
        if (stored) return { home: tx.self, outcomes: [], rotate: null, stored };
        if (sealed.minted && !doc.keyed) {
          doc.keyed = true;
          tx.changed(doc);
        }
        if (retention) this.tidying.before(tx, doc, today, retention);
        const proof = isProved(doc, request.decision, request.origin) ? null : chained;
        const said = { ...request, chained: proof, items: sealed.items };
        const done = record(tx, doc, said, rules);
        if (request.apart && done.rotate === null) sayUndecided(tx, doc, request.apart);
        return done;
      },
    });
    if (answer.at !== "home") return answer;
    if (!answer.value) return this.recorded(epoch, request, undefined);
    return { ...answer, value: answer.value };
  }

  async decide(
    epoch: number,
    said: DecideRequest,
    landed?: readonly string[],
  ): Promise<Answered<DecideAnswer>> {
    const carry = landed && { landed, rules: await this.ports.rules() };
    await this.informed(said.decision.policy);
    const request = { ...said, decision: this.understood(said.decision) };
    for (;;) {
      const before = this.host.transact((tx) => routeSelf(tx, request.visitor, epoch));
      if (before.at !== "here" && before.at !== "unknown") return before;
      const receipt = await chain(request, before, this.ports.sha256);
      const answer = await this.routedSelf(request.visitor, epoch, {
        ...(carry ? { carry } : {}),
        ...(request.ifRefuses
          ? {}
          : {
              birth: (tx) => tx.addVisitor(newVisitor(request.visitor, request.now, "browser")),
            }),
        handle: (tx, doc) => decide(tx, doc, request, receipt),
      });
      if (answer.at !== "home") return answer;
      if (answer.value) return { ...answer, value: answer.value };
    }
  }

  async decision(
    epoch: number,
    visitor: VisitorId,
    identifier: IdentifierKey,
    about?: VisitorId,
  ): Promise<Answered<Decided | null>> {
    return this.routedSelf(visitor, epoch, {
      handle: (tx, doc) => decidedBy(tx, doc, identifier, about),
    });
  }

  async standing(epoch: number, visitor: VisitorId): Promise<Answered<Standing>> {
    return this.routedSelf(visitor, epoch, { handle: standingOf });
  }

  async next(
    epoch: number,
    request: NextRequest,
    landed?: readonly string[],
  ): Promise<Answered<NextAnswer>> {
    const [rules, retention] = await Promise.all([this.ports.rules(), this.informed()]);
    return this[request.give ? "routedSelf" : "routed"](request.visitor, epoch, {
      ...(landed ? { carry: { landed, rules } } : {}),
      handle: (tx, doc) => {
        if (retention) this.tidying.before(tx, doc, dayOf(request.now), retention);
        return advise(tx, doc, request, this.ports.random, this.ports.names);
      },
    });
  }

  async fitting(epoch: number, request: FittingRequest): Promise<Answered<FittingAnswer>> {
    const retention = await this.informed();
    return this.routedSelf(request.visitor, epoch, {
      handle: (tx, doc) => {
        if (retention) this.tidying.before(tx, doc, dayOf(request.now), retention);
        return fitting(tx, doc, request, this.ports.random);
      },
    });
  }

  /**
   * A decision under the names of now.
   * @throws Problem `unavailable` where it grants what can't be judged yet: the policy that it was made by can't be read here
   */
  private understood(decision: ConsentDecision): ConsentDecision {
    const { granted, policy } = decision;
    this.mustKnow(
      policy,
      Object.keys(granted).filter((id) => granted[id]),
    );
    return decisionNow(this.host.openings, decision);
  }

  /** What the next call would drop, where none has come for long. Whoever is answered doesn't ask again for weeks. */
  async lapse(
    epoch: number,
    visitor: VisitorId,
    now: Millis,
    version = 0,
  ): Promise<Answered<true>> {
    const retention = await this.informed(version);
    if (!retention || retention.version < version) throw unreadable();
    return this.routed(visitor, epoch, {
      handle: (tx) => {
        this.tidying.tidy(tx, dayOf(now), retention);
        return true as const;
      },
    });
  }

  async sent(epoch: number, request: SentRequest): Promise<Answered<boolean>> {
    return this.routedSelf(request.visitor, epoch, {
      handle: (tx, doc) => markSent(tx, doc, request, this.ports.names),
    });
  }

  async outcome(
    epoch: number,
    request: OutcomeRequest,
    landed?: readonly string[],
  ): Promise<Answered<boolean>> {
    const carry = landed && { landed, rules: await this.ports.rules() };
    return this.routedSelf(request.visitor, epoch, {
      ...(carry ? { carry } : {}),
      handle: (tx, doc) => settleOutcome(tx, doc, request),
    });
  }

  async view(epoch: number, visitor: VisitorId): Promise<Answered<PersonView>> {
    return this.routed(visitor, epoch, { handle: view });
  }

  async holdings(epoch: number, visitor: VisitorId): Promise<Answered<Holdings>> {
    return this.routed(visitor, epoch, { handle: holdings });
  }

  async heads(epoch: number, visitor: VisitorId): Promise<Answered<Head[]>> {
    return this.routed(visitor, epoch, { handle: heads });
  }

  async amend(epoch: number, visitor: VisitorId, amendment: Amendment): Promise<Answered<true>> {
    return this.routed(visitor, epoch, { handle: (tx, doc) => amend(tx, doc, amendment) });
  }

  async link(epoch: number, request: LinkRequest): Promise<Answered<{ queued: boolean }>> {
    return this.routed(request.visitor, epoch, { handle: (tx, doc) => link(tx, doc, request) });
  }

  async undo(epoch: number, request: UndoRequest): Promise<Answered<UndoAnswer>> {
    return this.routed(request.visitor, epoch, {
      handle: (tx) => undo(tx, request, this.ports.names),
    });
  }

  /** Leaves a tomb also where nobody is known: after a restore the visitor must not be made again. */
  async erase(
    epoch: number,
    visitor: VisitorId,
    now: Millis,
    along: readonly VisitorId[] = [],
  ): Promise<Answered<{ claims: IdentifierKey[] }>> {
    const answer = await this.routed(visitor, epoch, {
      birth: (tx) => tx.addVisitor(newVisitor(visitor, now, "browser")),
      handle: (tx, doc) => eraseWith(tx, doc, along, now),
    });
    if (answer.at !== "erased" || this.host.read((tx) => isGone(tx, visitor))) return answer;
    return { at: "home", home: this.ctx.id.name as PersonId, value: { claims: [] } };
  }

  /** The index knows somebody else by what this visitor said: what waits is done now. */
  async hurry(epoch: number, visitor: VisitorId): Promise<Answered<true>> {
    const answer = await this.routed(visitor, epoch, { handle: () => true as const });
    if (answer.at === "home") await this.wakeup.hurry();
    return answer;
  }

  /** Does what is left to do. */
  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    await this.ring(info?.retryCount ?? 0);
  }
}
