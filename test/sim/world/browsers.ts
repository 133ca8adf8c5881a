/** What devices do under a consent of their own: pages, choices, and what they are offered. */
import { choose } from "../../../src/domain/consent/choice.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { allows, deniedElsewhere, type GateResult } from "../../../src/domain/consent/gate.ts";
import { toDecision } from "../../../src/domain/consent/receipt.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { ConsentDecision, Receipt } from "../../../src/domain/person/consent.ts";
import { gate, gateInput } from "../../../src/http/visit.ts";
import { decide } from "../../../src/person/decide.ts";
import type { VisitorDoc } from "../../../src/person/documents.ts";
import { PURPOSES } from "../consent-history.ts";
import type { Consented } from "../history.ts";
import { Devices, type View } from "./devices.ts";
import { Broken, type Client, DAY_MS, visitorOf } from "./parts.ts";
import { overrules, provenSame, type Word } from "./will.ts";

/** As long may a message be under way (CONTRACT.md, `too_old`). */
const TOO_OLD_MS = 7 * DAY_MS;

/** The next one of the chain; what stands in it is no matter here. */
const receiptFor = ({ id, receipts }: VisitorDoc, at: number): Receipt => ({
  visitor: id,
  seq: receipts.seq + 1,
  at,
  kind: "grant",
  policy: 1,
  body: {},
  hash: `${id} ${receipts.seq + 1}`,
  previous: receipts.hash,
});

export abstract class Browsers extends Devices {
  private readonly begun = new Map<number, number>();

  protected override startConsented(client: Client, operation: Consented): void {
    client.waiting = true;
    switch (operation.do) {
      case "browse":
        return this.browse(client, this.view(operation.visitor), operation);
      case "choose":
        return this.choose(client, this.view(operation.visitor), operation);
      case "look":
        return this.look(client, this.view(operation.visitor));
      case "serve":
        return this.serve(client, operation);
      case "optOut":
        this.device(operation.visitor).optsOut = true;
        return this.over(client);
      case "wait":
        this.days += operation.days;
        return this.over(client);
    }
  }

  protected abstract serve(client: Client, operation: Extract<Consented, { do: "serve" }>): void;

  protected over(client: Client): void {
    client.waiting = false;
    client.done = true;
  }

  /** The call failed, or its answer was lost: it is made again. */
  protected again(client: Client): void {
    client.waiting = false;
  }

  private browse(
    client: Client,
    view: View,
    { says, sure }: Extract<Consented, { do: "browse" }>,
  ): void {
    const result = this.judged(view);
    const { visit, visitor, now } = view;
    const begun = this.begun.get(client.number) ?? now;
    this.begun.set(client.number, begun);
    const answered = (next: View): void => {
      this.setCookies(view, next);
      this.over(client);
    };
    if (visit.gpcIsNew && visitor) {
      const decision = toDecision(gateInput(visit, now), result, now);
      this.tell(client, view, visitor, decision, false, () => {
        this.setCookies(view, view);
        this.browse(client, this.view(view.device.number), {
          do: "browse",
          visitor: 0,
          says,
          sure,
        });
      });
      return;
    }
    if (!allows(DEFAULT_POLICY, result, "events") || now - begun > TOO_OLD_MS)
      return answered(this.keepingId(view));
    const caller = visitor ?? visitorOf(view.device.number);
    const item = this.item(client, result, { begun, now, says, sure });
    const decision = toDecision(gateInput(visit, now), result);
    this.reach(
      client,
      caller,
      true,
      (tx, object) => this.recordHere(object, tx, caller, view, decision, item),
      (answer) => {
        if (answer === null) return this.again(client);
        if (answer.at !== "home") return answered(this.keepingId(this.told(view, PURPOSES)));
        const { denied } = answer.value;
        if (denied) return answered(this.keepingId(this.told(view, denied)));
        answered({ ...view, visitor: caller });
      },
    );
  }

  /** As the banner does it: what the person denies elsewhere is kept as it was said here, and told. */
  private choose(
    client: Client,
    before: View,
    { choice: asked }: Extract<Consented, { do: "choose" }>,
  ): void {
    const { visit, now, visitor } = before;
    const isFirst = Object.keys(visit.choice?.answers ?? {}).length === 0;
    const choice = choose({
      policy: DEFAULT_POLICY,
      regime: gate(visit, now).regime,
      previous: visit.choice,
      request: { choices: asked.answers, ...(asked.overrides ? { override: ["gpc"] } : {}) },
      gpc: visit.signals.gpc,
      now,
    });
    const left = isFirst ? Object.fromEntries(PURPOSES.map((purpose) => [purpose, false])) : {};
    // Said once, it stands until the next no.
    const overrides = asked.overrides ?? overrules(before.words, "advertising");
    const word: Word = {
      at: now,
      says: { ...left, ...asked.answers },
      ...(overrides ? { overrides: true } : {}),
    };
    const said = { ...before, visit: { ...visit, choice }, words: [...before.words, word] };
    const result = this.judged(said);
    const decision = toDecision(gateInput(said.visit, now), result, now);
    const finish = (next: View): void => {
      this.setCookies(before, next);
      this.over(client);
    };
    const settle = (next: View, holds: GateResult, isKnown: boolean): void => {
      if (!allows(DEFAULT_POLICY, holds, "id-cookie")) return finish({ ...next, visitor: null });
      if (isKnown) return finish(next);
      const minted = this.mint(before.device);
      this.tell(client, said, minted, decision, false, () => finish({ ...next, visitor: minted }));
    };
    if (!visitor) return settle(said, result, false);
    this.tell(client, said, visitor, decision, true, (denied, isHome) => {
      if (denied.length === 0) return settle(said, result, isHome);
      const next = this.told(said, denied);
      const holds = deniedElsewhere(gate(next.visit, now), denied);
      this.tell(client, said, visitor, decision, false, (_, isStill) =>
        settle(next, holds, isStill),
      );
    });
  }

  private tell(
    client: Client,
    view: View,
    visitor: VisitorId,
    decision: ConsentDecision,
    unlessDenied: boolean,
    then: (denied: readonly string[], isHome: boolean) => void,
  ): void {
    const { now, words, device } = view;
    this.reach(
      client,
      visitor,
      true,
      (tx) => {
        const doc = tx.visitors.get(visitor);
        if (!doc) throw new Broken("routed to where it isn't");
        const same = provenSame(visitor, tx.visitors.values(), tx.edges.values());
        const late = this.will.late(words, same, now, decision.granted);
        const request = { visitor, now, decision, receipt: null };
        const answer = decide(
          tx,
          doc,
          unlessDenied ? { ...request, unlessDenied } : request,
          receiptFor(doc, now),
        );
        const denied = answer?.denied ?? [];
        if (!unlessDenied || denied.length === 0) {
          this.will.hear(visitor, [...words, ...late], device.by);
          this.will.decided(visitor, now);
        }
        return denied;
      },
      (answer) => {
        if (answer === null) return this.again(client);
        then(answer.at === "home" ? answer.value : [], answer.at === "home");
      },
    );
  }

  private look(client: Client, view: View): void {
    const { visitor } = view;
    if (!visitor || !allows(DEFAULT_POLICY, this.judged(view), "hints")) return this.over(client);
    this.reach(
      client,
      visitor,
      false,
      (tx) => this.advised(tx, visitor),
      (answer) => (answer === null ? this.again(client) : this.over(client)),
    );
  }
}
