/** Work and private addresses of one row: which side each is on, and that the two sides stay two persons. */
import { everyMailDomain } from "../../domain/identity/mail-lists.ts";
import { lifeOf } from "../../domain/identity/personas.ts";
import type { RawClaim, Side } from "../../domain/identity/claims.ts";
import type { HistoryEntry } from "../../domain/identity/history.ts";
import type { VisitorId } from "../../domain/ids.ts";
import type { KeyedClaim, PersonView } from "../../domain/person/calls.ts";
import { LIVES, type Life } from "../../domain/person/sides.ts";
import { recordsOf } from "../../import/lives.ts";
import type { ImportedPerson } from "../../import/rows.ts";
import { keyed } from "../collect/items.ts";
import type { Import } from "./job.ts";

/** One, or both sides where the merge rules keep them apart. */
export async function sidesOf(
  { services }: Import,
  person: ImportedPerson,
): Promise<ReturnType<typeof recordsOf>> {
  const { personas } = await services.mergeRules();
  if (!person.lives || !personas.apart) return [person];
  const domains = await everyMailDomain();
  return recordsOf(person, (email) =>
    isWork(lifeOf(email, personas, domains)) ? "work" : "private",
  );
}

const isWork = (side: Side | undefined): boolean => side === "work" || side === "role";

/** With the side that the file says, where it says one: it knows better than a list of domains. */
export async function withLives(
  { services }: Import,
  { lives }: ImportedPerson,
  said: readonly RawClaim[],
  claims: readonly KeyedClaim[],
): Promise<KeyedClaim[]> {
  const sides = new Map<KeyedClaim["key"], Life>();
  for (const life of LIVES)
    for (const { key } of await keyed(said.filter(isAddressIn(lives?.[life])), services))
      sides.set(key, life);
  return claims.map((claim) => {
    const life = sides.get(claim.key);
    return life ? { ...claim, side: sideOf(life, claim.side) } : claim;
  });
}

const isAddressIn =
  (values: readonly string[] = []) =>
  ({ kind, value }: RawClaim): boolean =>
    (kind === "email" || kind === "phone") && values.includes(value);

/** A role's address is of work, and one to be thrown away is nobody's at work. */
function sideOf(life: Life, told: Side | undefined): Side {
  if (life === "work") return told === "role" ? "role" : "work";
  return told === "disposable" ? "disposable" : "personal";
}

/**
 * Says of both that they are two. `put` records the second in between: whatever it says, it is kept apart by then. What
 * somebody decided about the two since they were first imported stands.
 */
export async function apart<T>(
  job: Import,
  [first, second]: readonly [VisitorId, VisitorId],
  put: () => Promise<T>,
): Promise<T> {
  const isNew = !(await isDecided(job, first, second));
  const separate = (visitor: VisitorId, from: VisitorId) =>
    job.services.people.amend(visitor, {
      do: "separate",
      from,
      entry: entryOf(job, visitor, from),
    });
  if (isNew) await separate(first, second);
  const done = await put();
  if (isNew) await separate(second, first);
  return done;
}

/** Whether they were told apart before, both of them, or are one by now; of who was erased nothing is said any more. */
async function isDecided(
  { services }: Import,
  first: VisitorId,
  second: VisitorId,
): Promise<boolean> {
  const [one, other] = await Promise.all([
    services.people.view(first),
    services.people.view(second),
  ]);
  if (one.at === "erased" || other.at === "erased") return true;
  if (one.at !== "home" || other.at !== "home") return false;
  return (
    one.value.id === other.value.id || (isTold(one.value, second) && isTold(other.value, first))
  );
}

const isTold = ({ visitors, history = [] }: PersonView, other: VisitorId): boolean =>
  visitors.some(({ separate }) => separate.includes(other)) ||
  history.some((entry) => entry.other === other);

const entryOf = ({ services }: Import, visitor: VisitorId, other: VisitorId): HistoryEntry => {
  const [a, b] = [visitor, other].toSorted();
  return {
    id: `${a}.${b}:${services.now}`,
    op: "separate",
    at: services.now,
    by: "policy",
    because: "the file gives work and private addresses of one human: two personas",
    evidence: "human",
    other,
  };
};
