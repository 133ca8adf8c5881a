/**
 * What must hold whatever went wrong (DESIGN.md 8): nothing is lost, nothing is doubled, nothing was recorded that consent
 * didn't cover, and nobody is one with somebody else. Read from what is stored alone, the objects' documents and D1, never
 * from what the product answers.
 */
import {
  type Receipt,
  type Resident,
  type Rows,
  rowsOf,
  type Standing,
  standingsOf,
} from "./stored.ts";

/** What a test did, as it knows it itself. */
export interface Account {
  /** Every human with all visitors that are theirs: two of different humans are never one person. */
  humans: readonly (readonly (string | null)[])[];
  /** The messages that were taken of them, by id: all there are. */
  sent: readonly string[];
  /** Messages of which nothing may be kept. */
  unwanted?: readonly string[];
  /** Visitors of whom nothing may be left. */
  erased?: readonly (string | null)[];
  /** Records of a server, which says with each call what they agreed to. */
  carried?: readonly string[];
}

/**
 * To be called when nothing is under way any more.
 * @param clocks whether those of the calls were right, so that what came when can be told
 * @throws with everything that is wrong, in words
 */
export async function expectBalance(account: Account, clocks = true): Promise<void> {
  const known = [...account.humans.flat(), ...(account.erased ?? [])].filter((id) => id !== null);
  const objects = await standingsOf(known);
  const rows = await rowsOf(known, [...account.sent, ...(account.unwanted ?? [])]);
  const homes = new Map<string, Standing>();
  const wrong = [
    ...residence(objects, homes),
    ...account.humans.flat().flatMap((id) => (id === null ? [] : way(objects, homes, id))),
    ...strangers(objects, account),
    ...objects.flatMap(forest),
    ...messages(rows, account),
    ...objects.flatMap(({ residents }) => residents.flatMap((each) => told(each, rows))),
    ...objects.flatMap(({ residents }) =>
      residents.flatMap((each) =>
        account.carried?.includes(each.id) ? [] : uncovered(each, rows, clocks),
      ),
    ),
    ...objects.flatMap((object) => logged(object, rows)),
    ...directory(objects, rows),
    ...(account.erased ?? []).flatMap((id) => (id === null ? [] : gone(id, homes, rows))),
  ];
  if (wrong.length > 0) throw new Error(wrong.join("; "));
}

/** Everybody lives once, and nothing is under way. Notes who lives where. */
function residence(objects: readonly Standing[], homes: Map<string, Standing>): string[] {
  return objects.flatMap((object) => [
    ...object.left.map((what) => `${object.name} still has ${what}`),
    ...object.residents.flatMap(({ id }) => {
      const other = homes.get(id);
      homes.set(id, object);
      return other ? [`${id} lives in ${other.name} and in ${object.name}`] : [];
    }),
  ]);
}

/** From the object that has its name every visitor is found. */
function way(
  objects: readonly Standing[],
  homes: ReadonlyMap<string, Standing>,
  visitor: string,
): string[] {
  const seen = new Set<string>();
  for (let at: string | undefined = visitor; at !== undefined;) {
    if (homes.get(visitor)?.name === at) return [];
    if (seen.has(at)) return [`the way to ${visitor} runs in a circle`];
    seen.add(at);
    at = objects.find(({ name }) => name === at)?.pointers.get(visitor);
  }
  return [`no way leads to ${visitor}`];
}

/** Nobody is one with another human, or with somebody that the test doesn't know. */
const strangers = (objects: readonly Standing[], { humans }: Account): string[] =>
  objects.flatMap(({ name, persons, residents }) => [
    ...(persons.length > 1 ? [`${name} holds ${persons.length} persons`] : []),
    ...persons.flatMap((person) => {
      const whose = new Set(person.map((id) => humans.findIndex((all) => all.includes(id))));
      return whose.size > 1 || (whose.has(-1) && residents.length > 0)
        ? [`${person.join(", ")} are one person, of ${whose.size} humans`]
        : [];
    }),
  ]);

/** Merges join those who live here, each pair in one way. */
const forest = ({ name, residents, persons, edges }: Standing): string[] => {
  const here = new Set(residents.map(({ id }) => id));
  return [
    ...edges.flatMap(({ id, a, b }) =>
      here.has(a) && here.has(b) ? [] : [`the merge ${id} in ${name} joins who isn't there`],
    ),
    ...(edges.length === residents.length - persons.length
      ? []
      : [`${edges.length} merges hold ${residents.length} visitors of ${name} together`]),
  ];
};

/** What was taken is there once, what wasn't isn't. */
function messages({ events }: Rows, { sent, unwanted = [] }: Account): string[] {
  const times = new Map<string, number>();
  for (const { id } of events) times.set(id, (times.get(id) ?? 0) + 1);
  return [
    ...sent.flatMap((id) => (times.has(id) ? [] : [`${id} was lost`])),
    ...[...times].flatMap(([id, count]) => [
      ...(count > 1 ? [`${id} is there ${count} times`] : []),
      ...(unwanted.includes(id) ? [`${id} was recorded against consent`] : []),
      ...(sent.includes(id) || unwanted.includes(id) ? [] : [`${id} was never sent`]),
    ]),
  ];
}

/** One visitor's home and D1 tell the same of it. */
function told(resident: Resident, { events, receipts, claims }: Rows): string[] {
  const { id } = resident;
  const mine = events.filter(({ visitor }) => visitor === id);
  const chain = receipts.filter(({ visitor }) => visitor === id);
  const said = new Set(claims.filter((row) => row.visitor === id).map((row) => row.identifier));
  return [
    ...(mine.length === resident.events
      ? []
      : [`${id} has ${resident.events} events folded, and ${mine.length} in D1`]),
    ...chain.flatMap(({ seq, previous }, n) =>
      seq === n + 1 && previous === (chain[n - 1]?.hash ?? "0")
        ? []
        : [`receipt ${seq} of ${id} isn't the one after ${n}`],
    ),
    ...(resident.receipts.seq === chain.length
      ? []
      : [`${id} has ${resident.receipts.seq} receipts, and ${chain.length} in D1`]),
    // Of more than the rules allow the index is never told.
    ...resident.claims.flatMap(({ key, state, reason }) =>
      said.delete(key) || (state === "refused" && reason === "limit")
        ? []
        : [`${id} says a ${key.split(":")[0]} that the index doesn't know (${state})`],
    ),
    ...[...said].map((key) => `the index has a ${key.split(":")[0]} of ${id}, who doesn't say it`),
    ...resident.claims.flatMap(({ key, state }) =>
      state === "waiting" ? [`a ${key.split(":")[0]} of ${id} still waits`] : [],
    ),
  ];
}

/**
 * Each event stands under what its visitor's receipts allowed when it came; who began anew on a device has the choice that was
 * made there before.
 */
function uncovered({ id, granted }: Resident, rows: Rows, clocks: boolean): string[] {
  const chain = rows.receipts.filter(({ visitor }) => visitor === id);
  return rows.events.flatMap(({ id: message, visitor, received, purposes }) => {
    if (visitor !== id) return [];
    const standing = clocks ? [chain.findLast(({ at }) => at <= received)] : chain;
    const allowed = chain.length === 0 ? granted : standing.flatMap(grantedBy);
    const without = purposes.split(",").filter((purpose) => !allowed.includes(purpose));
    return without.length > 0
      ? [`${message} was recorded under ${without.join(" and ")}, which nothing allows`]
      : [];
  });
}

function grantedBy(receipt: Receipt | undefined): string[] {
  const body = receipt?.body ? (JSON.parse(receipt.body) as ReceiptBody) : null;
  return body?.purposes.filter((each) => each.granted).map(({ purpose }) => purpose) ?? [];
}

interface ReceiptBody {
  purposes: { purpose: string; granted: boolean }[];
}

/** Every merge that stands is in the log. */
const logged = ({ edges }: Standing, { merges }: Rows): string[] =>
  edges.flatMap(({ id }) => {
    const times = merges.filter((merge) => merge === id).length;
    return times === 1 ? [] : [`the merge ${id} is in the log ${times} times`];
  });

/** Everybody who lives somewhere is listed under that name, once, and nobody else is. */
const directory = (objects: readonly Standing[], { people }: Rows): string[] =>
  objects.flatMap(({ name, residents }) => {
    const times = people.filter((id) => id === name).length;
    const due = residents.length > 0 ? 1 : 0;
    return times === due ? [] : [`${name} is listed ${times} times, for ${residents.length}`];
  });

const gone = (id: string, homes: ReadonlyMap<string, Standing>, rows: Rows): string[] => [
  ...(homes.has(id) ? [`${id} was erased and lives in ${homes.get(id)?.name}`] : []),
  ...(rows.events.some(({ visitor }) => visitor === id) ? [`${id} was erased and has events`] : []),
  ...(rows.claims.some(({ visitor }) => visitor === id) ? [`${id} was erased and has claims`] : []),
  ...(rows.tombstones.includes(id) ? [] : [`${id} was erased and has no tombstone`]),
];
