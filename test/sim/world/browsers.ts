/** Devices under a consent of their own: what their cookies say, what the gate makes of it, and what their homes keep. */
import { decodeChoice, encodeChoice } from "../../../src/domain/consent/choice-cookie.ts";
import { choose, rememberGpc, type StoredChoice } from "../../../src/domain/consent/choice.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { allows, deniedElsewhere, type GateResult } from "../../../src/domain/consent/gate.ts";
import { toDecision } from "../../../src/domain/consent/receipt.ts";
import { NO_SIGNALS } from "../../../src/domain/consent/signals/types.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { ConsentDecision, Receipt } from "../../../src/domain/person/consent.ts";
import { choiceLess } from "../../../src/http/collect/opt-out.ts";
import { gate, gateInput, type Visit } from "../../../src/http/visit.ts";
import { decide } from "../../../src/person/decide.ts";
import type { VisitorDoc } from "../../../src/person/documents.ts";
import { PURPOSES } from "../consent-history.ts";
import type { Consented } from "../history.ts";
import { Broken, type Client, DAY_MS, NOW, visitorOf } from "./parts.ts";
import { Kept } from "./kept.ts";
import { allows as wordsAllow, type Default, overrules, provenSame, type Word } from "./will.ts";

export interface Device {
  number: number;
  region: "DE" | "US-CA";
  by: Default;
  /** Sends an opt-out signal with every call. */
  optsOut: boolean;
  /** The cookies: the choice, with the words that it was made of, and the visitor. */
  choice: StoredChoice | null;
  words: readonly Word[];
  visitor: VisitorId | null;
  minted: number;
}

/** A device's call as its cookies were when it began. */
export interface View {
  device: Device;
  now: number;
  visit: Visit;
  words: readonly Word[];
  visitor: VisitorId | null;
}

/** A device has so many visitors at most, one after the other. */
const VISITORS = 100;
/** Milliseconds between two steps: less than a cookie can tell apart. */
const STEP_MS = 700;
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

export abstract class Browsers extends Kept {
  private readonly devices = new Map<number, Device>();
  private readonly begun = new Map<number, number>();
  private days = 0;

  protected override get now(): number {
    return NOW + this.days * DAY_MS + this.steps * STEP_MS;
  }

  protected override visitorAt(number: number): VisitorId {
    return this.devices.get(number)?.visitor ?? visitorOf(number);
  }

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

  private device(number: number): Device {
    let device = this.devices.get(number);
    if (!device) {
      const isStrict = number % 3 !== 0;
      device = {
        number,
        region: isStrict ? "DE" : "US-CA",
        by: isStrict ? "no" : "yes",
        optsOut: false,
        choice: null,
        words: [],
        visitor: null,
        minted: 0,
      };
      this.devices.set(number, device);
    }
    return device;
  }

  private view(number: number): View {
    const device = this.device(number);
    const { now } = this;
    const choice = rememberGpc(device.choice, device.optsOut);
    const gpcIsNew = choice !== device.choice;
    const signal: Word = { at: now, says: { advertising: false }, signal: true };
    return {
      device,
      now,
      words: gpcIsNew ? [...device.words, signal] : device.words,
      visitor: device.visitor,
      visit: {
        names: { visitor: "usher", consent: "usher-consent", secure: false },
        policy: DEFAULT_POLICY,
        region: device.region,
        signals: device.optsOut ? { ...NO_SIGNALS, gpc: true } : NO_SIGNALS,
        choice,
        gpcIsNew,
        isOldChoice: false,
        cookie: null,
        sentId: false,
        leftIds: [],
      },
    };
  }

  /** What the gate says, which has to be what the words allow. */
  private judged({ device, now, words, visit }: View): GateResult {
    const result = gate(visit, now);
    for (const purpose of PURPOSES)
      if (result.decisions[purpose]?.granted !== wordsAllow(words, purpose, device.by, now))
        throw new Broken(`the gate is wrong about ${purpose} on device ${device.number}`);
    return result;
  }

  private setCookies({ device }: View, said: Pick<View, "visit" | "words" | "visitor">): void {
    const { choice } = said.visit;
    device.choice = choice && decodeChoice(encodeChoice(choice));
    device.words = said.words;
    device.visitor = said.visitor;
  }

  /** The same call after the device heard that its person, or its home, denies something. */
  private told(view: View, denied: readonly string[]): View {
    const { visit, words, now } = view;
    const says = Object.fromEntries(denied.map((purpose) => [purpose, false]));
    const choice = choiceLess(visit, { now }, denied);
    return {
      ...view,
      visit: { ...visit, choice },
      words: [...words, { at: now, says, told: true }],
    };
  }

  private keepingId(view: View): View {
    const keeps = allows(DEFAULT_POLICY, gate(view.visit, view.now), "id-cookie");
    return keeps ? view : { ...view, visitor: null };
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

  private mint(device: Device): VisitorId {
    return visitorOf(device.number + VISITORS * ++device.minted);
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
        const late = this.will.late(words, same, now);
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
