/**
 * Holds what D1 has of receipts to what the persons themselves remember of their chains. A day's anchor is made when it is over;
 * until then nothing else shows that the end of a chain was cut off, that all of it is gone, or that it was made anew.
 * What an object still holds for landing isn't missing: being asked wakes it, and its alarm lands it again.
 */
import { lastAnchor } from "../d1/anchors.ts";
import { seenSince } from "../d1/people.ts";
import { newestOf } from "../d1/receipts.ts";
import type { Head, LedgerFault } from "../domain/consent/ledger.ts";
import type { Day, PersonId, VisitorId } from "../domain/ids.ts";
import type { People } from "../domain/person/people.ts";

interface HeadPorts {
  db: D1Database;
  people: Pick<People, "heads">;
}

/** A person of the directory: where a run goes on. */
export interface Place {
  day: Day;
  id: string;
}

/** Persons asked by one call, each an object: a call may make a thousand of such. */
const ASKED_MOST = 500;
const AT_ONCE = 32;
/** Visitors asked a second time by one call: an erasure at that very moment is of few. */
const AGAIN_MOST = 200;

/** Of those heard of since the last day with an anchor, after this place; `place` is null when these were all. */
export async function verifyHeads(
  { db, people }: HeadPorts,
  after: Place | null,
): Promise<{ faults: LedgerFault[]; place: Place | null }> {
  const from = after ?? { day: ((await lastAnchor(db))?.day ?? 0) + 1, id: "" };
  const persons = await seenSince(db, from, ASKED_MOST);
  const faults: LedgerFault[] = [];
  let again = 0;
  for (let next = 0; next < persons.length; next += AT_ONCE) {
    const asked = persons.slice(next, next + AT_ONCE);
    const heads = (await Promise.all(asked.map(({ id }) => headsOf(people, id)))).flat();
    const found = await faultsOf(db, heads);
    const visitors = new Set(found.map(({ visitor }) => visitor as VisitorId));
    again += visitors.size;
    const gone = again > AGAIN_MOST ? new Set<string>() : await erasedAmong(people, visitors);
    faults.push(...found.filter(({ visitor }) => !gone.has(visitor)));
  }
  const last = persons.at(-1);
  const isAll = persons.length < ASKED_MOST || last === undefined;
  return { faults, place: isAll ? null : { day: last.seenDay, id: last.id } };
}

/** Who was erased, or has moved since, has none here. */
async function headsOf(people: HeadPorts["people"], id: PersonId): Promise<Head[]> {
  const answer = await people.heads(id);
  return answer.at === "home" ? answer.value : [];
}

/** Those erased since their object answered: their receipts have another name by now. Theirs is the word, not D1's. */
async function erasedAmong(
  people: HeadPorts["people"],
  visitors: ReadonlySet<VisitorId>,
): Promise<ReadonlySet<string>> {
  const asked = [...visitors].map(async (visitor) =>
    (await people.heads(visitor)).at === "erased" ? [visitor] : [],
  );
  return new Set((await Promise.all(asked)).flat());
}

/** D1 is asked after the persons, so that it has whatever they take for landed, and perhaps more. */
async function faultsOf(db: D1Database, heads: readonly Head[]): Promise<LedgerFault[]> {
  const held = new Map(heads.map((head) => [head.visitor, head]));
  const stored = await newestOf(db, heads);
  const faults: LedgerFault[] = [];
  for (const [visitor, { seq, hash }] of held) {
    const found = stored.get(visitor);
    for (let gone = (found?.newest ?? 0) + 1; gone <= seq; gone++)
      faults.push({ kind: "missing", visitor, seq: gone });
    if (found?.hash && found.hash !== hash) faults.push({ kind: "changed", visitor, seq });
  }
  return faults;
}
