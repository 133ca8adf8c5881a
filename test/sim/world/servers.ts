/** Calls of the site's own server: judged by what the person decided, else by the consent that they carry. */
import { BUILT_IN_OPENINGS } from "../../../src/domain/consent/openings.ts";
import { decideCarried } from "../../../src/domain/consent/decided-once.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { allows, decideSafely, type GateResult } from "../../../src/domain/consent/gate.ts";
import { choiceOf } from "../../../src/domain/consent/receipt.ts";
import { type CmpReading, NO_SIGNALS, NONE } from "../../../src/domain/consent/signals/types.ts";
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";
import {
  type ConsentDecision,
  type Decided,
  standingAmong,
} from "../../../src/domain/person/consent.ts";
import { decidedBy, standingDecision } from "../../../src/person/standing.ts";
import { knows } from "../../../src/person/route.ts";
import type { Transactor } from "../../../src/person/transactor.ts";
import { PURPOSES } from "../consent-history.ts";
import type { Consented } from "../history.ts";
import { Browsers } from "./browsers.ts";
import { Broken, type Client, FIRST_SERVER, keyOf, type Obj, visitorOf } from "./parts.ts";
import { provenSame } from "./will.ts";

interface Served {
  client: Client;
  now: number;
  identifier: IdentifierKey;
  says: string;
  /** The site's own record of whom this identifier names. */
  source: VisitorId;
  carried: CmpReading;
  /** What those who proved the identifier have denied for as long as this call has been under way. */
  denied: Set<string>;
}

export abstract class Servers extends Browsers {
  private readonly serving = new Set<Served>();

  /** After each step. What was denied for a moment alone isn't. */
  protected watch(): void {
    for (const served of this.serving) this.narrow(served);
  }

  private narrow(served: Served): void {
    const denied = this.deniedFor(served);
    for (const purpose of served.denied) if (!denied.has(purpose)) served.denied.delete(purpose);
  }

  /** By those who aren't taken apart from the server's record; a no of theirs ends by a yes of whom they aren't taken apart from. */
  private deniedFor({ identifier, source }: Pick<Served, "identifier" | "source">): Set<string> {
    const known = this.provenBy(identifier, source, true).map((who) => ({
      who,
      all: this.provenBy(identifier, who, false),
    }));
    return new Set(
      PURPOSES.filter((purpose) =>
        known.some(({ who, all }) => this.will.deny([who], purpose, [who, ...all])),
      ),
    );
  }

  protected override serve(
    client: Client,
    { says, carried }: Extract<Consented, { do: "serve" }>,
  ): void {
    const identifier = keyOf(says);
    const source = visitorOf(FIRST_SERVER + says.charCodeAt(0) + says.charCodeAt(1));
    const served: Served = {
      client,
      now: this.now,
      identifier,
      says,
      source,
      carried: carried ? { state: "read", categories: carried.answers, exhaustive: false } : NONE,
      denied: this.deniedFor({ identifier, source }),
    };
    this.serving.add(served);
    const result = this.judge(served, null);
    if (!allows(DEFAULT_POLICY, result, "events")) return this.lookUp(served);
    this.reach(
      client,
      served.source,
      false,
      (tx, object) => this.recordIfKnown(object, tx, served, result),
      (answer) => {
        if (answer === null) return this.end(served, false);
        if (answer.at === "unknown") return this.lookUp(served);
        if (answer.at === "erased" || answer.value === "recorded") return this.end(served, true);
        if (answer.value === "unknown") return this.lookUp(served);
        this.recordBy(served, { decision: answer.value, sure: true });
      },
    );
  }

  private end(served: Served, isDone: boolean): void {
    this.serving.delete(served);
    if (isDone) this.over(served.client);
    else this.again(served.client);
  }

  private judge({ carried, now }: Served, stored: ConsentDecision | null): GateResult {
    if (!stored) return decideCarried(DEFAULT_POLICY, carried, now);
    return decideSafely({
      policy: DEFAULT_POLICY,
      region: null,
      browser: false,
      signals: NO_SIGNALS,
      choice: choiceOf(stored, DEFAULT_POLICY.signals.gpc.governs),
      carried,
      subject: { child: false, erased: false },
      now,
    });
  }

  private recordIfKnown(
    object: Obj,
    tx: Transactor,
    served: Served,
    result: GateResult,
  ): "recorded" | "unknown" | ConsentDecision {
    const doc = tx.visitors.get(served.source);
    if (!doc || !knows(tx, { at: "here", doc }, [served.identifier])) return "unknown";
    const stored = standingDecision(tx, doc);
    if (stored) return stored;
    this.recordServed(object, tx, served, result);
    return "recorded";
  }

  /** Who says it is asked of the index, and what they decided of their homes. */
  private lookUp(served: Served): void {
    const { client, identifier } = served;
    const answered = (claimants: readonly VisitorId[] | null): void =>
      this.send(
        { client: client.number },
        () => (claimants ? this.askAll(served, claimants, []) : this.end(served, false)),
        () => this.end(served, false),
      );
    this.send(
      "d1",
      () => answered(this.d1.index.claimants(identifier)),
      () => answered(null),
    );
  }

  private askAll(
    served: Served,
    [first, ...rest]: readonly VisitorId[],
    decided: readonly Decided[],
  ): void {
    if (first === undefined)
      return this.recordBy(served, standingAmong(BUILT_IN_OPENINGS, decided));
    this.reach(
      served.client,
      first,
      false,
      (tx): Decided | null => {
        const doc = tx.visitors.get(first);
        if (!doc) throw new Broken("routed to where it isn't");
        return decidedBy(tx, doc, served.identifier, served.source);
      },
      (answer) => {
        if (answer === null) return this.end(served, false);
        const found = answer.at === "home" ? answer.value : null;
        this.askAll(served, rest, found ? [...decided, found] : decided);
      },
    );
  }

  private recordBy(served: Served, stored: Decided | null): void {
    const weighs = stored && (stored.sure || served.carried.state === "none");
    const result = this.judge(served, weighs ? stored.decision : null);
    if (!allows(DEFAULT_POLICY, result, "events")) return this.end(served, true);
    this.reach(
      served.client,
      served.source,
      true,
      (tx, object) => this.recordServed(object, tx, served, result),
      (answer) => this.end(served, answer !== null),
    );
  }

  /** Nothing is recorded that those it is about deny, and have denied since before the call. */
  private recordServed(object: Obj, tx: Transactor, served: Served, result: GateResult): void {
    // It may have come home with this very call, or the call goes on, doubled, after it was answered.
    this.narrow(served);
    const { client, source, now, says } = served;
    const same = provenSame(source, tx.visitors.values(), tx.edges.values());
    const item = this.item(client, result, { begun: now, now, says, sure: true });
    const request = { origin: "server" as const, now, decision: null, items: [item] };
    const kept = this.note(tx, source, item, this.recording(object, tx, source, request)) ?? [];
    for (const purpose of kept) {
      this.must(
        this.will.allows(source, purpose, same) !== false,
        `c${client.number} of the server was recorded for ${purpose} against ${source}'s person`,
      );
      this.must(
        !served.denied.has(purpose),
        `c${client.number} of the server was recorded for ${purpose}, denied by who is ${says}`,
      );
    }
  }
}
