/**
 * A small world in which the real transition code runs: person objects over maps, a D1 of maps, and a network that
 * loses, doubles and reorders, all under one seeded scheduler. What must hold is in checks.ts.
 */
import type { UsherEvent } from "../../src/domain/event.ts";
import type { Edge, Evidence } from "../../src/domain/identity/evidence.ts";
import { DEFAULT_MERGE_RULES } from "../../src/domain/identity/rules.ts";
import type { IdentifierKey, MergeId, MessageId, VisitorId } from "../../src/domain/ids.ts";
import type { Landing } from "../../src/domain/ports.ts";
import { newVisitor } from "../../src/person/documents.ts";
import { erase, forget } from "../../src/person/erase.ts";
import { Host } from "../../src/person/host.ts";
import { meet, type MeetAnswer } from "../../src/person/merge.ts";
import { receive, resolve } from "../../src/person/move.ts";
import { record, type SealedRecord } from "../../src/person/record.ts";
import { route } from "../../src/person/route.ts";
import { link, undo } from "../../src/person/split.ts";
import type { Store } from "../../src/person/store.ts";
import type { Transactor } from "../../src/person/transactor.ts";
import {
  absorb,
  activateMove,
  type Answers,
  askAgain,
  type Call,
  hasOutbox,
  hasWork,
  plan,
} from "../../src/person/work.ts";
import type { History, Operation } from "./history.ts";
import { below, pick, type Random, seeded } from "./random.ts";

export class Broken extends Error {}

const NOW = 1_795_000_000_000;
const STEPS = 4000;
const HOPS = 200;
const rules = DEFAULT_MERGE_RULES;

/** Visitor 3 is `…003`: created third, so ages follow the numbers. */
export const visitorOf = (n: number): VisitorId => `visitor-${n}` as VisitorId;
export const keyOf = (says: string): IdentifierKey =>
  `${says.startsWith("u") ? "user_id" : "email"}:${says}` as IdentifierKey;

class MapStore implements Store {
  readonly map = new Map<string, unknown>();
  get(key: string): unknown {
    return structuredClone(this.map.get(key));
  }
  put(key: string, value: unknown): void {
    this.map.set(key, structuredClone(value));
  }
  delete(key: string): boolean {
    return this.map.delete(key);
  }
  *list({ prefix }: { prefix: string }): Iterable<[string, unknown]> {
    for (const [key, value] of [...this.map].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (key.startsWith(prefix)) yield [key, structuredClone(value)];
  }
}

interface Obj {
  name: VisitorId;
  store: MapStore;
  host: Host;
  /** Raised by a crash: answers to an earlier life are lost. */
  life: number;
  inFlight: Set<string>;
}

type Where = { object: VisitorId } | "d1" | { client: number };

interface Message {
  to: Where;
  /** What it does where it arrives. Run as one transaction. */
  run: () => void;
  /** What its sender sees when it is lost. */
  lost: () => void;
  hold: number;
}

interface Client {
  number: number;
  operation: Operation;
  done: boolean;
  waiting: boolean;
  started: boolean;
  edge: Edge | null;
}

type Reply = (answer: unknown) => void;

export class World {
  readonly random: Random;
  readonly objects = new Map<VisitorId, Obj>();
  readonly d1 = {
    events: new Set<string>(),
    claims: new Map<IdentifierKey, VisitorId[]>(),
    tombs: new Set<VisitorId>(),
    /** What the newest word says of who is listed. */
    people: new Map<VisitorId, { revision: number; listed: boolean }>(),
  };
  /** Parcels that have landed, by whom they are of: to be told with the visitor's next call. */
  private readonly marks = new Map<VisitorId, string[]>();
  /** Every object that was ever home to a visitor. */
  readonly homes = new Map<VisitorId, Set<VisitorId>>();
  readonly accepted = new Set<string>();
  readonly erased = new Set<VisitorId>();
  readonly severed: { identifier: IdentifierKey; a: VisitorId; b: VisitorId }[] = [];
  readonly undoneCommands = new Set<string>();
  private network: Message[] = [];
  private readonly clients: Client[];
  private readonly faults: History["faults"];
  private d1Fails = 0;
  private names = 0;
  private readonly history: History;
  steps = 0;

  constructor(history: History) {
    this.history = history;
    this.random = seeded(history.seed);
    this.faults = { ...history.faults };
    this.clients = history.operations.map((operation, number) => ({
      number,
      operation,
      done: false,
      waiting: false,
      started: false,
      edge: null,
    }));
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

  private wake(name: VisitorId, store: MapStore): Host {
    return new Host(name, store, (write) => write(), { short: () => `${++this.names}` });
  }

  private send(to: Where, run: () => void, lost: () => void): void {
    this.network.push({ to, run, lost, hold: 0 });
  }

  /** A call between objects or to D1: its answer, or that there will be none, comes back as a message of its own. */
  private call(
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

  private transact<T>(object: Obj, handler: (tx: Transactor) => T): T {
    const result = object.host.transact(handler);
    object.host.read((tx) => {
      for (const visitor of tx.visitors.keys()) {
        const homes = this.homes.get(visitor) ?? new Set();
        this.homes.set(visitor, homes.add(object.name));
      }
    });
    return result;
  }

  /** A call that names a visitor: handled where it lives, passed on elsewhere. */
  private routed(
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
      if (routed.at === "unknown" && births) {
        const created = NOW + Number(visitor.split("-")[1]);
        tx.addVisitor(newVisitor(visitor, created, "browser"));
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

  private work(object: Obj): void {
    const calls = this.transact(object, (tx) => plan(tx, object.host.settings(rules, this.now)));
    for (const call of calls) this.perform(object, call);
  }

  private perform(object: Obj, call: Call): void {
    const take = (answer: unknown): void => {
      const following = this.transact(object, (tx) =>
        absorb(tx, call, answer as Answers[Call["do"]], object.host.settings(rules, NOW)),
      );
      for (const next of following) this.perform(object, next);
    };
    const settings = { names: { short: () => `${++this.names}` } };
    switch (call.do) {
      case "receive":
        return this.call(
          object,
          `receive ${call.request.move} ${call.request.revision}`,
          { object: call.to },
          (reply) =>
            reply(
              this.transact(this.object(call.to), (tx) =>
                receive(tx, structuredClone(call.request), rules),
              ),
            ),
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
          (reply) => reply([...(this.d1.claims.get(call.identifier) ?? [])]),
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
          (reply) => reply(this.claim(call.identifier, call.visitor)),
          take,
        );
      case "land":
        return this.call(
          object,
          "land",
          "d1",
          (reply) => reply(this.land(structuredClone(call.landing))),
          take,
        );
    }
  }

  // D1 ---------------------------------------------------------------------------------------------------------

  private claim(identifier: IdentifierKey, visitor: VisitorId): Answers["claim"] {
    if (this.d1.tombs.has(visitor)) return { erased: true };
    const claimants = this.d1.claims.get(identifier) ?? [];
    if (!claimants.includes(visitor)) claimants.push(visitor);
    this.d1.claims.set(identifier, claimants);
    return { owner: claimants[0] as VisitorId, crowd: claimants.length };
  }

  private land(landing: Landing): Answers["land"] {
    const ask: Answers["land"]["ask"] = [];
    for (const { visitor, identifiers } of landing.erased) {
      this.d1.tombs.add(visitor);
      for (const key of this.d1.events)
        if (key.startsWith(`${visitor}/`)) this.d1.events.delete(key);
      for (const identifier of identifiers) {
        const claimants = this.d1.claims.get(identifier);
        if (!claimants?.includes(visitor)) continue;
        const rest = claimants.filter((each) => each !== visitor);
        this.d1.claims.set(identifier, rest);
        for (const each of rest) ask.push({ visitor: each, identifier });
      }
    }
    for (const { visitor, event } of landing.events)
      if (!this.d1.tombs.has(visitor)) this.d1.events.add(`${visitor}/${event.id}`);
    if (landing.person) this.list(landing.person, true);
    if (landing.gone) this.list(landing.gone, false);
    return { ask, claims: [] };
  }

  private list({ id, revision }: { id: VisitorId; revision: number }, listed: boolean): void {
    if ((this.d1.people.get(id)?.revision ?? 0) < revision)
      this.d1.people.set(id, { revision, listed: listed && !this.d1.tombs.has(id) });
  }

  /** Time goes on with every step. */
  private get now(): number {
    return NOW + this.steps;
  }

  /** What is recorded is handed over with the answer and comes to D1 sometime, once, twice or never. */
  private recorded(object: Obj, tx: Transactor, visitor: VisitorId, items: SealedRecord): boolean {
    const doc = tx.visitors.get(visitor);
    if (!doc) throw new Broken("routed to where it isn't");
    object.host.landed(tx, this.marks.get(visitor)?.splice(0) ?? []);
    const kept = outcomeOf(record(tx, doc, items, rules));
    const handed = object.host.handOver(tx, doc, rules, this.now);
    if (!handed) return kept;
    const landing = structuredClone(handed.landing);
    const run = (): void => {
      this.land(landing);
      this.marks.set(visitor, [...(this.marks.get(visitor) ?? []), handed.mark]);
    };
    this.send("d1", run, () => undefined);
    return kept;
  }

  // Clients ----------------------------------------------------------------------------------------------------

  private start(client: Client): void {
    client.started = true;
    const { operation } = client;
    const id = `c${client.number}`;
    if (operation.do === "undo") return this.startUndo(client, operation.nth);
    const visitor = visitorOf(operation.visitor);
    const handle = this.handler(operation, visitor, id);
    const births = operation.do === "visit" || operation.do === "identify";
    this.ask(client, visitor, births, handle, (answer) => {
      const value = (answer as { at: string; value?: { kept?: boolean } }).value;
      if (operation.do === "visit" && value?.kept) this.accepted.add(`${visitor}/${id}`);
    });
  }

  private handler(operation: Exclude<Operation, { do: "undo" }>, visitor: VisitorId, id: string) {
    return (tx: Transactor, object: Obj): unknown => {
      const doc = tx.visitors.get(visitor);
      if (!doc) throw new Broken("routed to where it isn't");
      switch (operation.do) {
        case "visit":
          return { kept: this.recorded(object, tx, visitor, request(event(id), [])) };
        case "identify": {
          const claim = {
            key: keyOf(operation.says),
            kind: operation.says.startsWith("u") ? "user_id" : "email",
            assurance: operation.sure ? "verified" : "asserted",
          } as const;
          return { kept: this.recorded(object, tx, visitor, request(event(id), [claim])) };
        }
        case "link":
          return link(tx, doc, {
            visitor,
            with: visitorOf(operation.with),
            command: id,
            by: "officer",
            force: false,
            now: NOW,
          });
        case "withdraw":
          doc.decision = {
            at: NOW,
            policy: 1,
            region: "DE",
            regime: "opt-in",
            granted: { measurement: true, recognition: false },
            gpc: false,
          };
          tx.changed(doc);
          return { kept: false };
        case "erase":
          erase(tx, doc, NOW);
          this.erased.add(visitor);
          for (let n = this.severed.length - 1; n >= 0; n--)
            if (this.severed[n]?.a === visitor || this.severed[n]?.b === visitor)
              this.severed.splice(n, 1);
          return { kept: false };
      }
    };
  }

  private startUndo(client: Client, nth: number): void {
    if (!client.edge) {
      const edges = [...this.objects.values()].flatMap((object) =>
        object.host.read((tx) => [...tx.edges.values()]),
      );
      const edge = edges[nth % edges.length];
      if (!edge) {
        client.done =
          !this.isBusy && this.clients.every((each) => each.done || each.operation.do === "undo");
        return;
      }
      client.edge = structuredClone(edge);
    }
    const { edge } = client;
    const undoing = (tx: Transactor): unknown => {
      const doc = tx.visitors.get(edge.a);
      if (!doc) throw new Broken("routed to where it isn't");
      const answer = undo(
        tx,
        { visitor: edge.a, merge: edge.id as MergeId, by: "officer", now: NOW },
        { short: () => `${++this.names}` },
      );
      if (answer.done) this.noteSevered(tx, edge, answer.sides);
      return answer;
    };
    this.ask(client, edge.a, false, undoing, () => undefined);
  }

  private noteSevered(tx: Transactor, edge: Edge, [near, far]: [VisitorId[], VisitorId[]]): void {
    if (edge.evidence.kind === "command") this.undoneCommands.add(edge.evidence.id);
    for (const a of near)
      for (const b of far)
        for (const key of Object.keys(tx.visitors.get(a)?.claims ?? {}) as IdentifierKey[])
          if (tx.visitors.get(b)?.claims[key]) this.severed.push({ identifier: key, a, b });
  }

  /** A human's join heals what was severed between both sides. */
  heal(evidence: Evidence, left: readonly VisitorId[], right: readonly VisitorId[]): void {
    if (evidence.kind !== "command") return;
    for (let n = this.severed.length - 1; n >= 0; n--) {
      const { a, b } = this.severed[n] as { a: VisitorId; b: VisitorId };
      if ((left.includes(a) && right.includes(b)) || (left.includes(b) && right.includes(a)))
        this.severed.splice(n, 1);
    }
  }

  private ask(
    client: Client,
    visitor: VisitorId,
    births: boolean,
    handle: (tx: Transactor, object: Obj) => unknown,
    kept: (answer: unknown) => void,
  ): void {
    client.waiting = true;
    const near = pick(this.random, [...(this.homes.get(visitor) ?? [visitor])]);
    const answered = (answer: unknown): void => {
      const arrive = (): void => {
        client.waiting = false;
        if (answer === null) return;
        const { value } = answer as { value?: { why?: string } };
        if (value?.why === "busy") return;
        client.done = true;
        kept(answer);
      };
      this.send({ client: client.number }, arrive, () => (client.waiting = false));
    };
    this.send(
      { object: near },
      () => this.routed(near, visitor, 0, births, handle, answered),
      () => answered(null),
    );
  }

  // Scheduler --------------------------------------------------------------------------------------------------

  private busy(object: Obj): boolean {
    return object.host.read((tx) => hasWork(tx) || hasOutbox(tx));
  }

  get isBusy(): boolean {
    return (
      this.network.length > 0 || [...this.objects.values()].some((object) => this.busy(object))
    );
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
      if (this.fault()) continue;
      const ready = this.network.filter((message) => message.hold === 0);
      for (const message of this.network) if (message.hold > 0) message.hold--;
      const working = [...this.objects.values()].filter((object) => this.busy(object));
      const clients = this.clients.filter(
        (client) =>
          !client.done &&
          !client.waiting &&
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

const outcomeOf = (answer: ReturnType<typeof record>): boolean =>
  answer.rotate === null &&
  answer.outcomes.every((outcome) => outcome.kept || outcome.reason === "duplicate");

const request = (
  each: UsherEvent,
  claims: { key: IdentifierKey; kind: "user_id" | "email"; assurance: "verified" | "asserted" }[],
) => ({
  origin: "browser" as const,
  now: NOW,
  decision: null,
  items: [{ event: each, dedupe: true, claims, traits: null }],
});

const event = (id: string): UsherEvent => ({
  id: id as MessageId,
  type: "track",
  name: "Visited",
  channel: "web",
  day: Math.floor(NOW / 86_400_000),
  at: NOW,
  received: NOW,
  purposes: ["measurement", "recognition"],
  policy: 1,
});
