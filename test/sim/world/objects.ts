/** Person objects over maps, and the network between them: every call is a message, and so is its answer. */
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { RecordAnswer } from "../../../src/domain/person/calls.ts";
import { newVisitor } from "../../../src/person/documents.ts";
import { Host } from "../../../src/person/host.ts";
import { record, type SealedRecord } from "../../../src/person/record.ts";
import { route } from "../../../src/person/route.ts";
import type { Transactor } from "../../../src/person/transactor.ts";
import { type Random, seeded } from "../random.ts";
import { SimulatedD1 } from "./d1.ts";
import {
  Broken,
  FIRST_SERVER,
  MapStore,
  type Message,
  NOW,
  type Obj,
  outcomeOf,
  type Reply,
  rules,
  type Where,
} from "./parts.ts";

const HOPS = 200;

export abstract class Objects {
  readonly random: Random;
  readonly objects = new Map<VisitorId, Obj>();
  readonly d1 = new SimulatedD1();
  /** Parcels that have landed, by whom they are of: to be told with the visitor's next call. */
  private readonly marks = new Map<VisitorId, string[]>();
  /** Every object that was ever home to a visitor. */
  readonly homes = new Map<VisitorId, Set<VisitorId>>();
  protected network: Message[] = [];
  protected names = 0;
  steps = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  object(name: VisitorId): Obj {
    let object = this.objects.get(name);
    if (!object) {
      const store = new MapStore();
      object = { name, store, host: this.wake(name, store), life: 0, inFlight: new Set() };
      this.objects.set(name, object);
    }
    return object;
  }

  protected wake(name: VisitorId, store: MapStore): Host {
    return new Host(name, store, (write) => write(), { short: () => `${++this.names}` });
  }

  protected send(to: Where, run: () => void, lost: () => void): void {
    this.network.push({ to, run, lost, hold: 0 });
  }

  /** A call between objects or to D1: its answer, or that there will be none, comes back as a message of its own. */
  protected call(
    from: Obj,
    key: string,
    to: Where,
    run: (reply: Reply) => void,
    take: (answer: unknown) => void,
  ): void {
    if (from.inFlight.has(key)) return;
    from.inFlight.add(key);
    const { life } = from;
    const back = (answer: unknown, ok: boolean): void => {
      const arrive = (): void => {
        if (life !== from.life) return;
        from.inFlight.delete(key);
        if (ok) take(answer);
      };
      this.send(
        { object: from.name },
        arrive,
        () => life === from.life && from.inFlight.delete(key),
      );
    };
    this.send(
      to,
      () => run((answer) => back(answer, true)),
      () => back(null, false),
    );
  }

  /** Wherever visitors may have come to live just now, before anything else is done there. */
  protected abstract arrived(tx: Transactor): void;

  protected transact<T>(object: Obj, handler: (tx: Transactor) => T): T {
    const result = object.host.transact((tx) => {
      const answer = handler(tx);
      this.arrived(tx);
      return answer;
    });
    object.host.read((tx) => {
      for (const visitor of tx.visitors.keys()) {
        const homes = this.homes.get(visitor) ?? new Set();
        this.homes.set(visitor, homes.add(object.name));
      }
    });
    return result;
  }

  /** A call that names a visitor: handled where it lives, passed on elsewhere. */
  protected routed(
    name: VisitorId,
    visitor: VisitorId,
    epoch: number,
    births: boolean,
    handle: (tx: Transactor, object: Obj) => unknown,
    reply: Reply,
    hops = 0,
  ): void {
    if (hops > HOPS) throw new Broken(`endless passing on of ${visitor}`);
    const object = this.object(name);
    const outcome = this.transact(object, (tx) => {
      let routed = route(tx, visitor, epoch);
      this.arrived(tx);
      if (routed.at === "unknown" && births) {
        const number = Number(visitor.split("-")[1]);
        const origin = number >= FIRST_SERVER ? "server" : "browser";
        tx.addVisitor(newVisitor(visitor, NOW + number, origin));
        routed = route(tx, visitor, epoch);
      }
      return routed.at === "here" ? { value: handle(tx, object) } : routed;
    });
    if ("value" in outcome) return reply({ at: "home", home: name, value: outcome.value });
    if (outcome.at !== "moved") return reply(outcome);
    const { to } = outcome;
    this.send(
      { object: to },
      () => this.routed(to, visitor, outcome.epoch, births, handle, reply, hops + 1),
      () => reply(null),
    );
  }

  /** Time goes on with every step. */
  protected get now(): number {
    return NOW + this.steps;
  }

  protected recorded(
    object: Obj,
    tx: Transactor,
    visitor: VisitorId,
    items: SealedRecord,
  ): boolean {
    return outcomeOf(this.recording(object, tx, visitor, items));
  }

  /** What is recorded is handed over with the answer and comes to D1 sometime, once, twice or never. */
  protected recording(
    object: Obj,
    tx: Transactor,
    visitor: VisitorId,
    items: SealedRecord,
  ): RecordAnswer {
    const doc = tx.visitors.get(visitor);
    if (!doc) throw new Broken("routed to where it isn't");
    object.host.landed(tx, this.marks.get(visitor)?.splice(0) ?? []);
    const answer = record(tx, doc, items, rules);
    const handed = object.host.handOver(tx, doc, rules, this.now);
    if (!handed) return answer;
    const landing = structuredClone(handed.landing);
    const run = (): void => {
      this.d1.land(landing);
      this.marks.set(visitor, [...(this.marks.get(visitor) ?? []), handed.mark]);
    };
    this.send("d1", run, () => undefined);
    return answer;
  }
}
