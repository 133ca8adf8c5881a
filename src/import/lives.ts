/** The two sides of a human's life that one row of a file may have: each is a record of its own. */
import { LIVES, type Life } from "../domain/person/sides.ts";
import type { ImportedPerson } from "./rows.ts";

/** What the side without the account gets beside its addresses: no more than whose they are. */
const NAMES: ReadonlySet<string> = new Set(["firstName", "lastName", "name"]);

/**
 * One record, or two where columns put addresses on both sides: ids and facts go with the side that the file names first, what
 * the company is called with work. An address whose column says nothing goes where `lifeOf` puts it.
 */
export function recordsOf(
  person: ImportedPerson,
  lifeOf: (email: string) => Life,
): [ImportedPerson] | [first: ImportedPerson, second: ImportedPerson] {
  const { ids, traits, lives } = person;
  const first = Object.keys(lives ?? {})[0] as Life | undefined;
  const second = LIVES.find((life) => life !== first);
  if (!first || !second || !lives?.[second]) return [person];
  const isOfSecond = (value: string, fallback: Life): boolean =>
    lives[first]?.includes(value) !== true &&
    (lives[second]?.includes(value) === true || fallback === second);
  const [emails, phones] = [
    (ids.email ?? []).filter((email) => isOfSecond(email, lifeOf(email))),
    (ids.phone ?? []).filter((phone) => isOfSecond(phone, first)),
  ];
  if (emails.length + phones.length === 0) return [person];
  const { company, ...facts } = traits;
  const named = Object.fromEntries(Object.entries(facts).filter(([name]) => NAMES.has(name)));
  const atWork = company === undefined ? {} : { company };
  const without = (values: readonly string[] = [], others: readonly string[]): string[] =>
    values.filter((value) => !others.includes(value));
  return [
    {
      ...person,
      ids: present({
        ...ids,
        email: without(ids.email, emails),
        phone: without(ids.phone, phones),
      }),
      traits: { ...facts, ...(first === "work" ? atWork : {}) },
    },
    {
      ...person,
      ids: present({ email: emails, phone: phones }),
      traits: { ...named, ...(second === "work" ? atWork : {}) },
    },
  ];
}

const present = (ids: ImportedPerson["ids"]): ImportedPerson["ids"] =>
  Object.fromEntries(Object.entries(ids).filter(([, values = []]) => values.length > 0));
