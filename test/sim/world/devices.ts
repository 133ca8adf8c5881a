/** Devices with cookies of their own: what these say when a call begins, and what the gate makes of it. */
import { decodeChoice, encodeChoice } from "../../../src/domain/consent/choice-cookie.ts";
import { rememberGpc, type StoredChoice } from "../../../src/domain/consent/choice.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { allows, type GateResult } from "../../../src/domain/consent/gate.ts";
import { NO_SIGNALS } from "../../../src/domain/consent/signals/types.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { choiceLess } from "../../../src/http/collect/opt-out.ts";
import { gate, type Visit } from "../../../src/http/visit.ts";
import { PURPOSES } from "../consent-history.ts";
import { Kept } from "./kept.ts";
import { Broken, DAY_MS, NOW, visitorOf } from "./parts.ts";
import { allows as wordsAllow, type Default, type Word } from "./will.ts";

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

export abstract class Devices extends Kept {
  private readonly devices = new Map<number, Device>();
  protected days = 0;

  protected override get now(): number {
    return NOW + this.days * DAY_MS + this.steps * STEP_MS;
  }

  protected override visitorAt(number: number): VisitorId {
    return this.devices.get(number)?.visitor ?? visitorOf(number);
  }

  protected device(number: number): Device {
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

  protected view(number: number): View {
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
  protected judged({ device, now, words, visit }: View): GateResult {
    const result = gate(visit, now);
    for (const purpose of PURPOSES)
      if (result.decisions[purpose]?.granted !== wordsAllow(words, purpose, device.by, now))
        throw new Broken(`the gate is wrong about ${purpose} on device ${device.number}`);
    return result;
  }

  protected setCookies({ device }: View, said: Pick<View, "visit" | "words" | "visitor">): void {
    const { choice } = said.visit;
    device.choice = choice && decodeChoice(encodeChoice(choice));
    device.words = said.words;
    device.visitor = said.visitor;
  }

  /** The same call after the device heard that its person, or its home, denies something. */
  protected told(view: View, denied: readonly string[]): View {
    const { visit, words, now } = view;
    const says = Object.fromEntries(denied.map((purpose) => [purpose, false]));
    const choice = choiceLess(visit, { now }, denied);
    return {
      ...view,
      visit: { ...visit, choice },
      words: [...words, { at: now, says, told: true }],
    };
  }

  protected keepingId(view: View): View {
    const keeps = allows(DEFAULT_POLICY, gate(view.visit, view.now), "id-cookie");
    return keeps ? view : { ...view, visitor: null };
  }

  protected mint(device: Device): VisitorId {
    return visitorOf(device.number + VISITORS * ++device.minted);
  }
}
