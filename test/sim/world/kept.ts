/** What homes record, use and join, each held against what people want at that moment (will.ts). */
import type { Catalogue } from "../../../src/domain/action/catalogue.ts";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import { allows, type GateResult, grantedPurposes } from "../../../src/domain/consent/gate.ts";
import { NECESSARY } from "../../../src/domain/consent/purposes.ts";
import { severedKey } from "../../../src/domain/identity/evidence.ts";
import type { IdentifierKey, MergeId, VisitorId } from "../../../src/domain/ids.ts";
import type { RecordAnswer } from "../../../src/domain/person/calls.ts";
import type { ConsentDecision } from "../../../src/domain/person/consent.ts";
import { advise } from "../../../src/person/advise.ts";
import type { VisitorDoc } from "../../../src/person/documents.ts";
import type { SealedItem } from "../../../src/person/record.ts";
import { isPersonal } from "../../../src/person/hints.ts";
import { situationOf } from "../../../src/person/situation.ts";
import type { Transactor } from "../../../src/person/transactor.ts";
import { Clients } from "./clients.ts";
import type { View } from "./devices.ts";
import { Broken, type Client, DAY_MS, event, keyOf, type Obj } from "./parts.ts";
import { type Counting, provenSame, Will } from "./will.ts";

/** One action that fits everybody. */
const CATALOGUE: Catalogue = {
  version: 1,
  actions: [
    {
      id: "offer",
      label: "An offer",
      title: "",
      text: "",
      href: "/",
      stage: "device",
      conditions: {},
      purposes: [],
      assurance: null,
      channel: "site",
      persona: "any",
      slots: [],
      value: 1,
      lever: 1,
      prior: 0.1,
      cap: 1_000,
      coolDownHours: 0,
      windowHours: 1,
      success: null,
      holdOut: 0,
      start: null,
      end: null,
      enabled: true,
    },
  ],
};

export abstract class Kept extends Clients {
  readonly will = new Will();
  /** By `visitor/message`: the purposes that it was recorded under. */
  readonly kept = new Map<string, readonly string[]>();
  /** `visitor identifier`: said while it might be recognised. */
  readonly named = new Set<string>();
  private readonly joined = new Set<MergeId>();
  /** Nobody sends signals and nothing expires: then what is allowed has to be done, too. */
  abstract readonly isCalm: boolean;

  protected must(holds: boolean, otherwise: string): void {
    if (!holds) throw new Broken(otherwise);
  }

  protected item(
    client: Client,
    result: GateResult,
    said: { begun: number; now: number; says: string | null; sure: boolean },
  ): SealedItem {
    const id = `c${client.number}`;
    const purposes = grantedPurposes(result)
      .filter((purpose) => purpose !== NECESSARY)
      .sort();
    const claim = said.says !== null && {
      key: keyOf(said.says),
      kind: said.says.startsWith("u") ? ("user_id" as const) : ("email" as const),
      assurance: said.sure ? ("verified" as const) : ("asserted" as const),
    };
    return {
      event: {
        ...event(id),
        type: "page",
        day: Math.floor(said.begun / DAY_MS),
        at: said.begun,
        received: said.now,
        purposes,
        topics: [id],
      },
      dedupe: true,
      claims: claim && allows(DEFAULT_POLICY, result, "claims") ? [claim] : [],
      traits: null,
    };
  }

  /** Nothing is kept that somebody who is proven to be the same human denies by now, and of the rest nothing is left out. */
  protected recordHere(
    object: Obj,
    tx: Transactor,
    visitor: VisitorId,
    { words, device, now }: View,
    decision: ConsentDecision,
    item: SealedItem,
  ): RecordAnswer {
    this.will.hear(visitor, words, device.by);
    const same = provenSame(visitor, tx.visitors.values(), tx.edges.values());
    const allowed = (counting: Counting): string[] =>
      item.event.purposes.filter(
        (purpose) =>
          !this.will.isGone(visitor) && this.will.allows(visitor, purpose, same, counting),
      );
    const [may, ought] = [allowed("said"), allowed("all")];
    const request = { origin: "browser" as const, now, decision, items: [item] };
    const answer = this.recording(object, tx, visitor, request);
    const kept = this.note(tx, visitor, item, answer);
    if (!kept) {
      const isRepeated = this.kept.has(`${visitor}/${item.event.id}`);
      const isLost = ought.includes("measurement") && !isRepeated && answer.rotate === null;
      this.must(!isLost || !this.isCalm, `${item.event.id} of ${visitor} was dropped`);
      return answer;
    }
    const more = kept.filter((purpose) => !may.includes(purpose));
    this.must(more.length === 0, `${item.event.id} of ${visitor} was recorded against ${more}`);
    this.must(may.includes("measurement"), `${item.event.id} of ${visitor} wasn't to be recorded`);
    const less = ought.filter((purpose) => !kept.includes(purpose));
    this.must(less.length === 0 || !this.isCalm, `${item.event.id} of ${visitor} lost ${less}`);
    return answer;
  }

  /** The purposes that it was recorded under just now; null where it wasn't. */
  protected note(
    tx: Transactor,
    visitor: VisitorId,
    { event: { id }, claims }: SealedItem,
    { outcomes }: RecordAnswer,
  ): readonly string[] | null {
    if (!outcomes[0]?.kept) return null;
    const doc = tx.visitors.get(visitor);
    const entry = doc?.pending.find((each) => each.kind === "event" && each.event.id === id);
    if (entry?.kind !== "event") throw new Broken(`${id} of ${visitor} isn't in the outbox`);
    const { purposes } = entry.event;
    const key = `${visitor}/${id}`;
    this.must(!this.kept.has(key), `${key} was recorded twice`);
    this.kept.set(key, purposes);
    this.accepted.add(key);
    if (purposes.includes("recognition"))
      for (const claim of claims) this.named.add(`${visitor} ${claim.key}`);
    return purposes;
  }

  /** A hint needs personalization, and is made of what was recorded under it by the same human. */
  protected advised(tx: Transactor, visitor: VisitorId): void {
    const doc = tx.visitors.get(visitor);
    if (!doc) throw new Broken("routed to where it isn't");
    const same = provenSame(visitor, tx.visitors.values(), tx.edges.values());
    const may = !this.will.isGone(visitor) && this.will.allows(visitor, "personalization", same);
    const request = { visitor, slot: "", now: this.now, catalogue: CATALOGUE, learned: null };
    const names = { short: () => `${++this.names}` };
    const { action } = advise(tx, doc, { ...request, give: true }, () => 0.5, names);
    this.must(!action || may !== false, `${visitor} got a hint without personalization`);
    const ought = may && this.will.allows(visitor, "personalization", same, "all");
    const isLess = ought === true && this.isCalm && !isPersonal(tx, doc);
    this.must(!isLess, `${visitor} lost its hints`);
    const { summary } = situationOf(tx, doc, this.now, undefined);
    for (const id of Object.keys(summary.topics))
      this.must(
        same.some((each) => this.kept.get(`${each}/${id}`)?.includes("personalization")),
        `a hint for ${visitor} was made of ${id}`,
      );
  }

  /** Whoever is joined wants it on both sides at that moment, whatever they wanted when they were asked. */
  protected override arrived(tx: Transactor): void {
    for (const edge of tx.edges.values()) {
      if (this.joined.has(edge.id)) continue;
      this.joined.add(edge.id);
      if (edge.evidence.kind !== "claim") continue;
      const others = [...tx.edges.values()].filter((each) => each !== edge);
      for (const end of [edge.a, edge.b]) {
        const same = provenSame(end, tx.visitors.values(), others);
        const may = this.will.allows(end, "recognition", same);
        this.must(may !== false, `${end} was linked without recognition, by ${edge.id}`);
      }
    }
  }

  /** Of all homes. */
  protected *docs(): Iterable<{ doc: VisitorDoc; tx: Transactor }> {
    for (const { host } of this.objects.values())
      for (const doc of host.read((tx) => [...tx.visitors.values()]))
        yield { doc, tx: host.read((tx) => tx) };
  }

  /**
   * Everybody who has proved this identifier, with who is proven to be the same human, but for whom a human took apart by it from
   * that visitor's person; `asked`: and has asked whom it names.
   */
  protected provenBy(identifier: IdentifierKey, visitor: VisitorId, asked: boolean): VisitorId[] {
    const known = new Set(this.d1.index.claimants(identifier));
    const all = new Set<VisitorId>();
    const person = [...this.docs()].find(({ doc }) => doc.id === visitor);
    const cuts = (person?.tx.companions(visitor) ?? []).map(({ id }) => severedKey(identifier, id));
    for (const { doc, tx } of this.docs()) {
      const claim = known.has(doc.id) ? doc.claims[identifier] : undefined;
      if (claim?.assurance !== "verified" || (asked && claim.state === "waiting")) continue;
      const same = provenSame(doc.id, tx.visitors.values(), tx.edges.values());
      if (same.some((id) => cuts.some((cut) => tx.visitors.get(id)?.severed[cut]))) continue;
      for (const id of same) all.add(id);
    }
    return [...all];
  }
}
