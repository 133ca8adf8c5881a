/**
 * A small world in which the real transition code runs: person objects over maps, a D1 of maps, and a network that
 * loses, doubles and reorders, all under one seeded scheduler. What must hold is in checks.ts.
 */
import { hasOutbox, hasWork } from "../../src/person/work.ts";
import type { History } from "./history.ts";
import { below, pick } from "./random.ts";
import { Servers } from "./world/servers.ts";
import { Broken, type Message, type Obj } from "./world/parts.ts";

export { Broken } from "./world/parts.ts";

const STEPS = 4000;

export class World extends Servers {
  private readonly faults: History["faults"];
  private d1Fails = 0;
  readonly history: History;
  readonly isCalm: boolean;

  constructor(history: History) {
    super(history.seed, history.operations);
    this.history = history;
    this.isCalm = !history.operations.some((each) => each.do === "optOut" || each.do === "wait");
    this.faults = { ...history.faults };
  }

  private busy(object: Obj): boolean {
    return object.host.read((tx) => hasWork(tx) || hasOutbox(tx));
  }

  get isBusy(): boolean {
    return (
      this.network.length > 0 || [...this.objects.values()].some((object) => this.busy(object))
    );
  }

  /** Of those that may be under way; who undoes may have to wait for the others, so that nobody waits for them. */
  private get lastAtOnce(): number {
    const { atOnce = Infinity } = this.history;
    const first = this.clients.find(({ done, operation }) => !done && operation.do !== "undo");
    return first ? first.number + atOnce : Infinity;
  }

  private fault(): boolean {
    const kinds = (Object.keys(this.faults) as (keyof History["faults"])[]).filter(
      (kind) => this.faults[kind] > 0,
    );
    if (kinds.length === 0 || this.random() > 0.12) return false;
    const kind = pick(this.random, kinds);
    if (kind === "d1") this.d1Fails = 1 + below(this.random, 4);
    else if (kind === "crash") {
      const objects = [...this.objects.values()];
      if (objects.length === 0) return false;
      const object = pick(this.random, objects);
      object.life++;
      object.inFlight.clear();
      object.host = this.wake(object.name, object.store);
    } else {
      if (this.network.length === 0) return false;
      const message = pick(this.random, this.network);
      if (kind === "drop") {
        this.network = this.network.filter((each) => each !== message);
        message.lost();
      } else this.network.push({ ...message, hold: below(this.random, 60) });
    }
    this.faults[kind]--;
    return true;
  }

  private deliver(message: Message): void {
    this.network = this.network.filter((each) => each !== message);
    if (message.to !== "d1" || this.d1Fails === 0) return message.run();
    this.d1Fails--;
    // Failing after it took effect: what it did stands, what it said is lost.
    if (this.random() < 0.3) {
      const before = this.network.length;
      message.run();
      this.network.length = before;
    }
    message.lost();
  }

  run(each: (world: World) => void): void {
    for (;;) {
      if (++this.steps > STEPS) throw new Broken(`not quiet after ${STEPS} steps`);
      each(this);
      this.watch();
      if (this.fault()) continue;
      const ready = this.network.filter((message) => message.hold === 0);
      for (const message of this.network) if (message.hold > 0) message.hold--;
      const working = [...this.objects.values()].filter((object) => this.busy(object));
      const last = this.lastAtOnce;
      const clients = this.clients.filter(
        (client) =>
          !client.done &&
          !client.waiting &&
          client.number <= last &&
          (client.started || this.history.eager || this.random() < 0.3),
      );
      const choices = [
        ...(ready.length > 0 ? ["network", "network", "network"] : []),
        ...(working.length > 0 ? ["work"] : []),
        ...(clients.length > 0 ? ["client"] : []),
      ];
      if (choices.length === 0) {
        if (this.network.length > 0 || this.clients.some((client) => !client.done)) continue;
        return;
      }
      const choice = pick(this.random, choices);
      if (choice === "network") this.deliver(pick(this.random, ready));
      else if (choice === "work") this.work(pick(this.random, working));
      else this.start(pick(this.random, clients));
    }
  }
}
