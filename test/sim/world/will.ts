/**
 * What people want, as small as it can be said: who said what on which device, and what may be done by it. The product's
 * gate, its stored decisions and its merges have to come to the same.
 */
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { VisitorDoc } from "../../../src/person/documents.ts";

/** One moment in which somebody said something on a device. A purpose that isn't in it wasn't spoken of. */
export interface Word {
  at: number;
  says: Readonly<Record<string, boolean>>;
  /** Said by an opt-out signal, which counts from then on, whatever is said beside it. */
  signal?: true;
  /** Said in knowledge of that signal, and against it. */
  overrides?: true;
  /**
   * Nobody said it there: the device was told what another one denies. It denies, and as it may be taken for the device's own
   * or not, nobody may rely on what follows after the two were parted.
   */
  told?: true;
}

/** Which words count: what was said, or what was told as well. */
export type Counting = "said" | "all";

/** What a region does where nobody said anything. */
export type Default = "yes" | "no";

/** Milliseconds for which a yes counts. */
export const YES_COUNTS = 365 * 86_400_000;

export interface Answer {
  yes: boolean;
  at: number;
}

/** The newest word about a purpose; of two at once the no. A signal's no is outdone only by a yes against it. */
export function answer(
  words: Iterable<Word>,
  purpose: string,
  counting: Counting = "all",
): Answer | null {
  const about = [...words]
    .filter(({ says, told }) => says[purpose] !== undefined && !(told && counting === "said"))
    .sort((a, b) => a.at - b.at || Number(b.says[purpose]) - Number(a.says[purpose]));
  const newest = about.findLast(({ signal }) => !signal);
  const signal = about.find((word) => word.signal);
  if (signal && !overrules(about, purpose)) return { yes: false, at: signal.at };
  return newest ? { yes: newest.says[purpose] === true, at: newest.at } : null;
}

/** Whether a yes against the signal was given, and no no after it, be it one's own or one that the device was told of. */
export function overrules(words: Iterable<Word>, purpose: string): boolean {
  const own = [...words].filter(({ signal }) => !signal);
  const noes = own.filter(({ says }) => says[purpose] === false);
  const lastNo = Math.max(...noes.map(({ at }) => at));
  return own.some(({ says, overrides, at }) => overrides && says[purpose] && at > lastNo);
}

/** What a device's own words allow at that time. */
export function allows(words: Iterable<Word>, purpose: string, by: Default, now: number): boolean {
  const own = answer(words, purpose);
  const holds = own && (!own.yes || now - own.at <= YES_COUNTS);
  if (holds) return own.yes;
  // What was agreed to against a signal has ended, and the signal is still there.
  const isSignalled = [...words].some(({ signal, says }) => signal && says[purpose] === false);
  return by === "yes" && !isSignalled;
}

interface Heard {
  words: Set<Word>;
  by: Default;
  /** It allows nothing for which an id is needed: it withdrew, and its cookie went. */
  isGone: boolean;
}

/** What the persons know of it by now: the words that came with what reached a visitor's home. */
export class Will {
  private readonly heard = new Map<VisitorId, Heard>();

  hear(visitor: VisitorId, words: Iterable<Word>, by: Default): void {
    const known = this.heard.get(visitor);
    this.heard.set(visitor, {
      words: new Set([...(known?.words ?? []), ...words]),
      by,
      isGone: known?.isGone ?? false,
    });
  }

  /** After a decision, which ends a visitor that allows nothing, or begins it again. */
  decided(visitor: VisitorId, now: number): void {
    const heard = this.heard.get(visitor);
    if (!heard) return;
    const may = (purpose: string): boolean => allows(heard.words, purpose, heard.by, now);
    heard.isGone = !may("measurement") && !may("personalization");
  }

  /**
   * A no that is said now is the last word, also where others of the same human said something by a later clock. A signal against
   * which a yes was given says none: then the decision grants it.
   */
  late(
    words: readonly Word[],
    same: readonly VisitorId[],
    now: number,
    granted: Readonly<Record<string, boolean>>,
  ): Word[] {
    const noes = Object.entries(words.findLast(({ at }) => at === now)?.says ?? {});
    return noes.flatMap(([purpose, yes]) => {
      const newest = Math.max(...same.map((each) => this.answer(each, purpose, "all")?.at ?? 0));
      return yes || granted[purpose] || newest < now
        ? []
        : [{ at: newest + 1, says: { [purpose]: false } }];
    });
  }

  hasSpoken(visitor: VisitorId): boolean {
    return this.heard.has(visitor);
  }

  isGone(visitor: VisitorId): boolean {
    return this.heard.get(visitor)?.isGone === true;
  }

  /**
   * Whether this visitor's home may use something for a purpose: it said yes, or nobody said anything and the region does;
   * and nobody who is proven to be the same human said no. The no of a device that withdrew and is gone ends with a later
   * yes. `null`: nobody of them was ever heard.
   */
  allows(
    visitor: VisitorId,
    purpose: string,
    same: readonly VisitorId[],
    counting: Counting = "said",
  ): boolean | null {
    const heard = same.filter((each) => this.heard.has(each));
    if (heard.length === 0) return null;
    const own = this.heard.get(visitor);
    const said = own && answer(own.words, purpose, counting);
    if (own && !(said?.yes ?? own.by === "yes")) return false;
    const yes = own ? [said] : heard.map((each) => this.answer(each, purpose, counting));
    const newest = Math.max(...yes.map((each) => (each?.yes ? each.at : -Infinity)));
    return heard.every((each) => each === visitor || !this.denies(each, purpose, newest, counting));
  }

  /** Whether any of these denies a purpose, if no yes of all who may be the same human outlives that. */
  deny(some: readonly VisitorId[], purpose: string, all = some): boolean {
    const said = all.map((each) => this.answer(each, purpose, "said"));
    const newest = Math.max(...said.map((each) => (each?.yes ? each.at : -Infinity)));
    return some.some((each) => this.heard.has(each) && this.denies(each, purpose, newest, "said"));
  }

  private answer(visitor: VisitorId, purpose: string, counting: Counting): Answer | null {
    return answer(this.heard.get(visitor)?.words ?? [], purpose, counting);
  }

  private denies(visitor: VisitorId, purpose: string, yes: number, counting: Counting): boolean {
    const { isGone, by } = this.heard.get(visitor) as Heard;
    const said = this.answer(visitor, purpose, counting);
    if (said?.yes ?? by === "yes") return false;
    return !(isGone && (said?.at ?? -Infinity) < yes);
  }
}

/** Who is proven to be the same human as a visitor: they proved the same, or a human joined them, step by step. */
export function provenSame(
  visitor: VisitorId,
  docs: Iterable<VisitorDoc>,
  edges: Iterable<Edge>,
): VisitorId[] {
  const all = new Map([...docs].map((doc) => [doc.id, doc]));
  const joins = [...edges];
  const reach = (ways: (from: VisitorId) => VisitorId[]): Set<VisitorId> => {
    const reached = new Set([visitor]);
    for (const from of reached) for (const to of ways(from)) if (all.has(to)) reached.add(to);
    return reached;
  };
  const across = (edge: Edge, from: VisitorId): VisitorId[] =>
    edge.a === from ? [edge.b] : edge.b === from ? [edge.a] : [];
  const person = reach((from) => joins.flatMap((edge) => across(edge, from)));
  const proven = (id: VisitorId): string[] =>
    Object.values(all.get(id)?.claims ?? {}).flatMap(({ key, assurance, state }) =>
      assurance === "verified" && state !== "refused" ? [key] : [],
    );
  const same = reach((from) => [
    ...joins.filter(({ evidence }) => evidence.kind === "command").flatMap((e) => across(e, from)),
    ...[...person].filter((other) => proven(other).some((key) => proven(from).includes(key))),
  ]);
  return [...same].filter((id) => person.has(id));
}
