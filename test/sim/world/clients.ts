/** What people and officers do, each until it is answered. */
import type { Edge, Evidence } from "../../../src/domain/identity/evidence.ts";
import type { HistoryEntry } from "../../../src/domain/identity/history.ts";
import type { IdentifierKey, MergeId, VisitorId } from "../../../src/domain/ids.ts";
import { amend } from "../../../src/person/amend.ts";
import { erase } from "../../../src/person/erase.ts";
import { link, undo } from "../../../src/person/split.ts";
import type { Transactor } from "../../../src/person/transactor.ts";
import type { Consented, Operation } from "../history.ts";
import { pick } from "../random.ts";
import { Errands } from "./errands.ts";
import { Broken, type Client, event, keyOf, NOW, type Obj, request, visitorOf } from "./parts.ts";

export type Reached<T> = { at: "home"; value: T } | { at: "erased" } | { at: "unknown" } | null;

export interface Pair {
  a: VisitorId;
  b: VisitorId;
}

const CONSENTED: ReadonlySet<string> = new Set<Consented["do"]>([
  "browse",
  "choose",
  "optOut",
  "look",
  "serve",
  "wait",
]);
const isConsented = (operation: Operation): operation is Consented => CONSENTED.has(operation.do);

const crosses = ({ a, b }: Pair, left: readonly VisitorId[], right: readonly VisitorId[]) =>
  (left.includes(a) && right.includes(b)) || (left.includes(b) && right.includes(a));

export abstract class Clients extends Errands {
  protected readonly clients: Client[];
  readonly accepted = new Set<string>();
  readonly erased = new Set<VisitorId>();
  readonly severed: { identifier: IdentifierKey; a: VisitorId; b: VisitorId }[] = [];
  readonly undoneCommands = new Set<string>();
  /** Whom a human keeps apart, and whom until a human joined them. */
  apart: Pair[] = [];
  private healed: Pair[] = [];

  constructor(seed: number, operations: readonly Operation[]) {
    super(seed);
    this.clients = operations.map((operation, number) => ({
      number,
      operation,
      done: false,
      waiting: false,
      started: false,
      edge: null,
    }));
  }

  abstract get isBusy(): boolean;

  protected start(client: Client): void {
    client.started = true;
    const { operation } = client;
    const id = `c${client.number}`;
    if (operation.do === "undo") return this.startUndo(client, operation.nth);
    if (operation.do === "part" || operation.do === "rejoin")
      return this.startWord(client, operation.do === "part" ? "separate" : "unseparate", [
        visitorOf(operation.visitor),
        visitorOf(operation.with),
      ]);
    if (isConsented(operation)) return this.startConsented(client, operation);
    // Who is meant doesn't change while it is tried again.
    const visitor = (client.visitor ??= this.visitorAt(operation.visitor));
    const handle = this.handler(operation, visitor, id);
    const births = ["visit", "identify", "squat"].includes(operation.do);
    this.ask(client, visitor, births, handle, (answer) => {
      const value = (answer as { at: string; value?: { kept?: boolean } }).value;
      if (operation.do === "visit" && value?.kept) this.accepted.add(`${visitor}/${id}`);
    });
  }

  protected abstract startConsented(client: Client, operation: Consented): void;

  /** Whom a number names by now. */
  protected visitorAt(number: number): VisitorId {
    return visitorOf(number);
  }

  protected handler(
    operation: Exclude<Operation, { do: "undo" | "part" | "rejoin" } | Consented>,
    visitor: VisitorId,
    id: string,
  ) {
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
        case "squat": {
          const claims = [`e-of-${visitor}`, operation.says].map((says) => ({
            key: keyOf(says),
            kind: "email" as const,
            assurance: "asserted" as const,
            side: "personal" as const,
          }));
          // Long after its own address, so that the other doesn't correct it.
          const own = request(event(`${id}-own`), claims.slice(0, 1));
          this.recorded(object, tx, visitor, own);
          const hours = 1 + Number(id.slice(1));
          const later = { ...event(id), received: NOW + hours * 3_600_000 };
          return { kept: this.recorded(object, tx, visitor, request(later, claims.slice(1))) };
        }
        case "link":
        case "force":
          return link(tx, doc, {
            visitor,
            with: this.visitorAt(operation.with),
            command: id,
            by: "officer",
            force: operation.do === "force",
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
          this.forgetApart(tx, visitor);
          for (let n = this.severed.length - 1; n >= 0; n--)
            if (this.severed[n]?.a === visitor || this.severed[n]?.b === visitor)
              this.severed.splice(n, 1);
          return { kept: false };
      }
    };
  }

  protected startUndo(client: Client, nth: number): void {
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

  protected noteSevered(tx: Transactor, edge: Edge, [near, far]: [VisitorId[], VisitorId[]]): void {
    if (edge.evidence.kind === "command") this.undoneCommands.add(edge.evidence.id);
    this.reopen((pair) => crosses(pair, near, far));
    for (const a of near)
      for (const b of far)
        for (const key of Object.keys(tx.visitors.get(a)?.claims ?? {}) as IdentifierKey[])
          if (tx.visitors.get(b)?.claims[key]) this.severed.push({ identifier: key, a, b });
  }

  /** Said once, to one of both; whoever said it is gone once it was answered. */
  private startWord(
    client: Client,
    op: "separate" | "unseparate",
    [a, b]: readonly [VisitorId, VisitorId],
  ): void {
    if (!this.homes.has(a) || !this.homes.has(b)) {
      client.done = true;
      return;
    }
    const command = `c${client.number}`;
    const say = (tx: Transactor): void => {
      const doc = tx.visitors.get(a);
      if (!doc) throw new Broken("routed to where it isn't");
      const isKnown = doc.commands.includes(op === "separate" ? command : `${command}.0`);
      // Nothing keeps one person apart.
      if (op === "unseparate" && tx.companions(a).some(({ id }) => id === b)) return;
      const entry: HistoryEntry = {
        id: command,
        op,
        at: this.now,
        by: "officer",
        because: "so it is",
        evidence: "human",
        other: b,
      };
      if (op === "separate") amend(tx, doc, { do: op, from: b, command, entry });
      else amend(tx, doc, { do: op, from: [b], command, entry });
      if (isKnown || this.erased.has(b)) return;
      this.apart = this.apart.filter((pair) => !crosses(pair, [a], [b]));
      if (op === "separate") this.apart.push({ a, b });
    };
    this.ask(client, a, false, say, () => undefined);
  }

  /** Who was kept apart before a human joined them is so again when they part. */
  private reopen(areParted: (pair: Pair) => boolean): void {
    this.apart.push(...this.healed.filter(areParted));
    this.healed = this.healed.filter((pair) => !areParted(pair));
  }

  private forgetApart(tx: Transactor, erased: VisitorId): void {
    const stays = ({ a, b }: Pair): boolean => a !== erased && b !== erased;
    this.apart = this.apart.filter(stays);
    this.healed = this.healed.filter(stays);
    const persons = tx.components();
    this.reopen(({ a, b }) => persons.some((ids) => ids.includes(a) && !ids.includes(b)));
  }

  /** A human's join heals what was severed between both sides. */
  heal(evidence: Evidence, left: readonly VisitorId[], right: readonly VisitorId[]): void {
    if (evidence.kind !== "command") return;
    for (let n = this.severed.length - 1; n >= 0; n--) {
      if (crosses(this.severed[n] as Pair, left, right)) this.severed.splice(n, 1);
    }
    this.healed.push(...this.apart.filter((pair) => crosses(pair, left, right)));
    this.apart = this.apart.filter((pair) => !crosses(pair, left, right));
  }

  protected ask(
    client: Client,
    visitor: VisitorId,
    births: boolean,
    handle: (tx: Transactor, object: Obj) => unknown,
    kept: (answer: unknown) => void,
  ): void {
    client.waiting = true;
    this.reach(client, visitor, births, handle, (answer) => {
      client.waiting = false;
      const { value } = (answer ?? {}) as { value?: { why?: string } };
      if (answer === null || value?.why === "busy") return;
      client.done = true;
      kept(answer);
    });
  }

  /** One call to a visitor's home, from wherever it is thought to be; `take` gets null where the call or its answer is lost. */
  protected reach<T>(
    client: Client,
    visitor: VisitorId,
    births: boolean,
    handle: (tx: Transactor, object: Obj) => T,
    take: (answer: Reached<T>) => void,
  ): void {
    const near = pick(this.random, [...(this.homes.get(visitor) ?? [visitor])]);
    const answered = (answer: unknown): void =>
      this.send(
        { client: client.number },
        () => take(answer as Reached<T>),
        () => take(null),
      );
    this.send(
      { object: near },
      () => this.routed(near, visitor, 0, births, handle, answered),
      () => answered(null),
    );
  }
}
