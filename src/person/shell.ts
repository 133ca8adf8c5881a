/**
 * What every call to a person object goes through: the visitor is looked for, the handler runs as one transaction, and what
 * it left to do gets its alarm in the same turn.
 */
import { DurableObject } from "cloudflare:workers";
import type { MergeRules } from "../domain/identity/rules.ts";
import type { Millis, PersonId, VisitorId } from "../domain/ids.ts";
import type { Answered, Elsewhere } from "../domain/person/calls.ts";
import type { ConsentDecision } from "../domain/person/consent.ts";
import { Problem } from "../domain/problem.ts";
import type { Keeping } from "../domain/retention.ts";
import type { VisitorDoc } from "./documents.ts";
import { Host } from "./host.ts";
import { performer } from "./perform.ts";
import type { PersonPorts } from "./ports.ts";
import { route, type Routed, routeSelf } from "./route.ts";
import type { Transactor } from "./transactor.ts";
import { Wakeup } from "./wakeup.ts";

/** The caller brings to D1 what it is handed with the answer, and knows that parcels with these marks have landed. */
export interface Carrying {
  landed: readonly string[];
  rules: MergeRules;
}

interface Handling<T> {
  carry?: Carrying;
  birth?: (tx: Transactor) => void;
  handle: (tx: Transactor, doc: VisitorDoc) => T;
}

export const unreadable = (): Problem =>
  new Problem("unavailable", "The policy can't be read right now.", { retryAfter: 2 });

/** Longer than any call is under way. */
const ON_THE_WAY_MS = 10 * 60_000;

export abstract class Shell<Env = unknown> extends DurableObject<Env> {
  protected readonly host: Host;
  protected readonly wakeup: Wakeup;
  protected abstract readonly ports: PersonPorts;
  /** Whether what the policy in force says was asked for since waking. */
  private isAsked = false;
  /** Of the policy that was read last. */
  private version = 0;
  /** How far the clock of the latest call is from this machine's. */
  private ahead = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { storage } = ctx;
    const self = ctx.id.name as PersonId;
    this.host = new Host(self, storage.kv, (write) => storage.transactionSync(write), {
      short: () => this.ports.names.short(),
    });
    this.wakeup = new Wakeup(storage, this.host, () => this.ports.patience);
  }

  /** In development a header stands for the clock of a call and of what it causes; else the two differ by its way here. */
  protected heard(now: Millis): void {
    const ahead = now - Date.now();
    this.ahead = Math.abs(ahead) > ON_THE_WAY_MS ? ahead : 0;
  }

  /** What the policy in force says; not an older one than `version`. Null while it can't be read: what was known last stands. */
  protected async informed(version?: number): Promise<Keeping | null> {
    this.isAsked = true;
    const keeping = await this.ports.retention(version);
    if (!keeping) return null;
    this.version = keeping.version;
    this.host.inform(keeping.openings);
    return keeping;
  }

  /**
   * Before anything is decided by what purposes are for.
   * @param coming what those decided who aren't here yet
   * @throws Problem `unavailable` where somebody decided about purposes that can't be read up
   */
  protected async mayJudge(coming: readonly ConsentDecision[] = []): Promise<void> {
    const newest = Math.max(0, ...coming.map(({ policy }) => policy));
    if (!this.host.isInformed || this.version < newest) await this.informed(newest);
    if (!this.host.isInformed && this.host.read((tx) => tx.isUnclear)) throw unreadable();
    for (const { policy, granted } of coming) this.mustKnow(policy, Object.keys(granted));
  }

  /**
   * What was decided or granted under these purposes by that version of the policy can be judged here.
   * @throws Problem `unavailable` where one of them isn't known, and that version can't be read
   */
  protected mustKnow(version: number, purposes: Iterable<string>): void {
    if (this.version >= version) return;
    const { names } = this.host.openings;
    for (const id of purposes) if (!names.has(id)) throw unreadable();
  }

  /** Does what is left to do. Never rejects. */
  protected async ring(retries: number): Promise<void> {
    await this.wakeup.ring(
      retries,
      async () => {
        const [rules] = await Promise.all([this.ports.rules(), this.mayJudge()]);
        return this.host.workOff(performer(this.ports), rules, Date.now() + this.ahead);
      },
      (error) =>
        this.ports.log("work failed, it will be tried again", {
          error: error instanceof Error ? error.name : "unknown",
        }),
    );
  }

  /** Where nothing was written there is nothing new to do: whatever waits has its alarm, if it could be set, or has landed. */
  protected async settled<T>(handler: (tx: Transactor) => T): Promise<T> {
    await this.wakeup.ready();
    // Once: who can't be told now judges nothing that needs it (mayJudge), and a no waits for nobody.
    if (!this.isAsked) await this.informed();
    const before = this.host.rows;
    const result = this.host.transact(handler);
    if (this.host.rows !== before || this.wakeup.isOwed) await this.wakeup.schedule();
    return result;
  }

  /** A call by, or for, the visitor itself (`routeSelf`). */
  protected routedSelf<T>(
    visitor: VisitorId,
    epoch: number,
    on: Handling<T>,
  ): Promise<Answered<T>> {
    return this.routed(visitor, epoch, on, routeSelf);
  }

  protected async routed<T>(
    visitor: VisitorId,
    epoch: number,
    on: Handling<T>,
    way = route,
  ): Promise<Answered<T>> {
    return this.settled((tx): Answered<T> | Elsewhere => {
      let to: Routed = way(tx, visitor, epoch);
      if (to.at === "unknown" && on.birth) {
        on.birth(tx);
        to = way(tx, visitor, epoch);
      }
      if (to.at !== "here") return to;
      const { carry } = on;
      if (carry) this.host.landed(tx, carry.landed);
      const value = on.handle(tx, to.doc);
      const handed = carry && tx.isDirty && this.host.handOver(tx, to.doc, carry.rules, Date.now());
      if (!handed) return { at: "home", home: tx.self, value };
      const parcel = this.ports.ledger.pack(visitor, handed.mark, handed.landing);
      return { at: "home", home: tx.self, value, parcel };
    });
  }
}
