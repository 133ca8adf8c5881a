/**
 * A word on whether two visitors are two: a human's, or that of a file that gives both sides of a life. It is written with the
 * mark at whoever of the two hears it first, travels with that visitor, and is told to the other one until that one has heard
 * it, wherever both have moved. Whoever is told asks back in the same way, so that a word that comes late, when its teller was
 * erased or has heard otherwise, doesn't stand.
 */
import type { Edge, Undone } from "../domain/identity/evidence.ts";
import type { VisitorId } from "../domain/ids.ts";
import type { Answered, Separation } from "../domain/person/calls.ts";
import { askApart, keepApart } from "./apart.ts";
import type { UntoldWord, VisitorDoc } from "./documents.ts";
import { forget, untell } from "./forget.ts";
import { cutBy, sidesWithout } from "./part.ts";
import type { PersonReader } from "./reader.ts";
import { remember, withCommand } from "./said.ts";
import type { Transactor } from "./transactor.ts";

/** To `visitor`, about `other`, who heard it before. */
export interface Word extends UntoldWord {
  visitor: VisitorId;
  other: VisitorId;
}

/** Where it is said first. */
export function say(tx: Transactor, doc: VisitorDoc, other: VisitorId, word: UntoldWord): void {
  if (!take(tx, doc, other, word)) return;
  doc.untold = { ...doc.untold, [other]: word };
  tellResidents(tx);
  partKeptApart(tx);
}

/** What a file says: whatever was decided about the two before stands. */
export function sayUndecided(
  tx: Transactor,
  doc: VisitorDoc,
  { from: other, ...word }: Separation,
): void {
  const isDecided =
    doc.separate.includes(other) ||
    (doc.history ?? []).some((entry) => entry.other === other) ||
    tx.companions(doc.id).some(({ id }) => id === other);
  if (!isDecided) say(tx, doc, other, { ...word, apart: true });
}

/**
 * The policy found it where both were weighed, and the other one is told. A human's word that nothing but the policy keeps them
 * apart is heard first.
 */
export function find(
  tx: Transactor,
  doc: VisitorDoc,
  other: VisitorId,
  said: Omit<UntoldWord, "apart">,
): void {
  const isKnown = doc.separate.includes(other);
  if (doc.untold?.[other] || !take(tx, doc, other, { ...said, apart: true }) || isKnown) return;
  doc.untold = { ...doc.untold, [other]: { ...said, apart: true } };
  tellResidents(tx);
}

/** Where it is told. Gives whether this visitor keeps the other one apart by now. */
export function hear(tx: Transactor, doc: VisitorDoc, { other, ...word }: Word): boolean {
  // Where both have come to live in one object, its teller has told it when they did.
  if (tx.visitors.has(other)) return doc.separate.includes(other);
  const { command, apart, entry } = word;
  // What comes twice says nothing of its teller by now: only its own answer ends the asking.
  if (take(tx, doc, other, word))
    doc.untold = { ...doc.untold, [other]: { command, apart, entry } };
  return doc.separate.includes(other);
}

/** At the teller, when the other one has answered. */
export function heardBack(
  tx: Transactor,
  { visitor, other, command, apart }: Word,
  answer: Answered<boolean>,
): void {
  const doc = tx.visitors.get(other);
  if (doc?.untold?.[visitor]?.command !== command) return;
  if (answer.at === "erased") return forget(tx, doc, visitor);
  heard(tx, doc, visitor);
  // It has heard something newer.
  if (answer.at === "home" && answer.value !== apart) mark(doc, visitor, answer.value);
}

/** Between those who live here nothing has to be carried. */
export function tellResidents(tx: Transactor): void {
  for (const doc of tx.visitors.values())
    for (const [id, word] of Object.entries(doc.untold ?? {})) {
      const other = tx.visitors.get(id as VisitorId);
      if (!other) continue;
      take(tx, other, doc.id, word);
      heard(tx, doc, other.id);
      if (!word.apart) askApart(tx, other);
    }
}

/** What is still to be told. */
export const untoldWords = (doc: VisitorDoc): Word[] =>
  Object.entries(doc.untold ?? {}).map(([visitor, word]) => ({
    ...word,
    visitor: visitor as VisitorId,
    other: doc.id,
  }));

/** False where it is known, or something newer is. */
function take(tx: Transactor, doc: VisitorDoc, other: VisitorId, word: UntoldWord): boolean {
  const { command, apart, entry } = word;
  if (doc.commands.includes(command)) return false;
  doc.commands = withCommand(doc.commands, command);
  tx.changed(doc);
  if (isOverruled(doc, other, word)) return false;
  const isNews = doc.separate.includes(other) !== apart;
  mark(doc, other, apart);
  remember(doc, { ...entry, other }, isNews);
  return true;
}

/** What two humans say at once is heard in another order at either side: the newer word stands. */
const isOverruled = (
  { history = [] }: VisitorDoc,
  other: VisitorId,
  { entry }: UntoldWord,
): boolean =>
  history.some(
    (known) =>
      known.other === other &&
      (known.op === "separate" || known.op === "unseparate") &&
      known.by !== "policy" &&
      known.at > entry.at,
  );

function mark(doc: VisitorDoc, other: VisitorId, apart: boolean): void {
  if (apart) keepApart(doc, other);
  else doc.separate = doc.separate.filter((each) => each !== other);
}

/** The other one knows it; only now nothing there would turn down what is asked again. */
function heard(tx: Transactor, doc: VisitorDoc, other: VisitorId): void {
  if (doc.untold?.[other]?.apart === false) askApart(tx, doc);
  untell(doc, other);
  tx.changed(doc);
}

/** Two of one person who are kept apart: said when what joined them was under way, or had just come. */
function tornPair(reader: PersonReader): [VisitorDoc, VisitorId] | null {
  if (reader.visitors.size < 2) return null;
  for (const doc of reader.visitors.values()) {
    if (!doc.separate.some((other) => reader.visitors.has(other))) continue;
    const torn = reader.companions(doc.id).find(({ id }) => doc.separate.includes(id));
    if (torn) return [doc, torn.id];
  }
  return null;
}

export const isTorn = (reader: PersonReader): boolean => tornPair(reader) !== null;

/**
 * Who is kept apart isn't one person: the newest merge on the way between them goes, as if it had been undone. Nothing is
 * severed, since the mark alone keeps them apart, and ends by itself. While they are moving they part afterwards.
 */
export function partKeptApart(tx: Transactor): void {
  if (tx.moving) return;
  for (let torn = tornPair(tx); torn; torn = tornPair(tx)) {
    const [doc, other] = torn;
    const edge = newestBetween(tx, doc.id, other);
    if (!edge) return;
    cutBy(tx, edge, undoneBy(doc, other, edge), () => false);
  }
}

function newestBetween(tx: Transactor, a: VisitorId, b: VisitorId): Edge | undefined {
  const between = [...tx.edges.values()].filter((edge) => {
    const [near, far] = sidesWithout(tx, edge);
    return near.includes(a) ? far.includes(b) : near.includes(b) && far.includes(a);
  });
  return between.toSorted((x, y) => y.at - x.at || (x.id < y.id ? 1 : -1))[0];
}

function undoneBy({ history = [] }: VisitorDoc, other: VisitorId, edge: Edge): Undone {
  const said = history.findLast((entry) => entry.op === "separate" && entry.other === other);
  if (!said) return { at: edge.at, by: "policy" };
  return { at: Math.max(said.at, edge.at), by: said.by, why: said.because };
}
