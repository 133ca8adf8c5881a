/** Work and private addresses of one row: which side each is on, and that the two sides stay two persons. */
import { everyMailDomain } from "../../domain/identity/mail-lists.ts";
import { lifeOf } from "../../domain/identity/personas.ts";
import type { RawClaim, Side } from "../../domain/identity/claims.ts";
import type { VisitorId } from "../../domain/ids.ts";
import type { KeyedClaim, Separation } from "../../domain/person/calls.ts";
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

/** What the second side's record says with its first word: that it isn't one person with the first. */
export function apartFrom({ services }: Import, first: VisitorId, second: VisitorId): Separation {
  const [a, b] = [first, second].toSorted();
  return {
    from: first,
    command: crypto.randomUUID(),
    entry: {
      id: `${a}.${b}:${services.now}`,
      op: "separate",
      at: services.now,
      by: "policy",
      because: "the file gives work and private addresses of one human: two personas",
      evidence: "human",
      other: first,
    },
  };
}
