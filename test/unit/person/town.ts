/** Objects that tell each other that two visitors are two. */
import { expect } from "vitest";
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import type { HistoryEntry } from "../../../src/domain/identity/history.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";
import { amend } from "../../../src/person/amend.ts";
import { newVisitor, type VisitorDoc } from "../../../src/person/documents.ts";
import { Host } from "../../../src/person/host.ts";
import { route } from "../../../src/person/route.ts";
import { hear, type Word } from "../../../src/person/separation.ts";
import { absorb, type Answers, plan } from "../../../src/person/work.ts";
import { MapStore } from "../../sim/world/parts.ts";

export const NOW = 1_795_000_000_000;
const names = { short: () => "s".repeat(12) };
export const settings = { names, rules: DEFAULT_MERGE_RULES, now: NOW };
const idOf = (letter: string): VisitorId => letter.repeat(26) as VisitorId;
export const [PHONE, LAPTOP, TABLET] = [idOf("a"), idOf("b"), idOf("c")];
export const EMAIL = "email:e" as IdentifierKey;

export const entry = (op: "separate" | "unseparate", other: VisitorId, at = NOW): HistoryEntry => ({
  id: `these.two:${at}`,
  op,
  at,
  by: "officer",
  because: "she told us so",
  evidence: "human",
  other,
});

/** Objects that keep what they wrote and nothing else: each call finds them newly woken. */
export class Town {
  private readonly stores = new Map<VisitorId, MapStore>();

  host(name: VisitorId): Host {
    const store = this.stores.get(name) ?? new MapStore();
    this.stores.set(name, store);
    return new Host(name, store, (write) => write(), names);
  }

  settle(home: VisitorId, ids: readonly VisitorId[], edges: readonly Edge[] = []): this {
    this.host(home).transact((tx) => {
      for (const [n, id] of ids.entries()) tx.addVisitor(newVisitor(id, 10 + n, "server"));
      for (const edge of edges) tx.addEdge(edge);
    });
    return this;
  }

  doc(home: VisitorId, id = home): VisitorDoc {
    const doc = this.host(home).read((tx) => tx.visitors.get(id));
    if (!doc) throw new Error(`${id} doesn't live in ${home}`);
    return doc;
  }

  separate(home: VisitorId, other: VisitorId, command = "c1", at = NOW, id = home): void {
    this.host(home).transact((tx) =>
      amend(tx, tx.visitors.get(id)!, {
        do: "separate",
        from: other,
        command,
        entry: entry("separate", other, at),
      }),
    );
  }

  unseparate(home: VisitorId, other: VisitorId, command: string, at: number): void {
    this.host(home).transact((tx) =>
      amend(tx, tx.visitors.get(home)!, {
        do: "unseparate",
        from: [other],
        command,
        entry: entry("unseparate", other, at),
      }),
    );
  }

  words(home: VisitorId): Word[] {
    const calls = this.host(home).transact((tx) => plan(tx, settings));
    return calls.flatMap((call) => (call.do === "apart" ? [call.word] : []));
  }

  /** Tells it to whoever it is for; null: the answer is lost. */
  tell(word: Word): Answers["apart"] {
    return this.host(word.visitor).transact((tx) => {
      const routed = route(tx, word.visitor, 0);
      if (routed.at !== "here") return routed;
      return { at: "home", home: tx.self, value: hear(tx, routed.doc, word) };
    });
  }

  answer(home: VisitorId, word: Word, answer: Answers["apart"]): void {
    this.host(home).transact((tx) => absorb(tx, { do: "apart", word }, answer, settings));
  }

  rest(...homes: VisitorId[]): void {
    for (let round = 0; round < 5; round++)
      for (const home of homes)
        for (const word of this.words(home)) this.answer(home, word, this.tell(word));
    for (const home of homes) expect(this.words(home)).toEqual([]);
  }
}

export const two = (): Town => new Town().settle(PHONE, [PHONE]).settle(LAPTOP, [LAPTOP]);
