/**
 * Which purposes open which capability under a policy, by the ids they have and by those they had before: what was recorded or
 * answered under an old id is looked for by the same question. Whatever asks what something may be used for asks here.
 */
import type { Answer, StoredChoice } from "./choice.ts";
import { DEFAULT_PURPOSES } from "./default-purposes.ts";
import type { PolicyPurpose } from "./policy.ts";
import { CAPABILITIES, type Capability, type Purpose } from "./purposes.ts";

export interface Openings {
  /** Ids that open each, those of before among them; any one of them is enough. */
  readonly by: Readonly<Record<Capability, ReadonlySet<Purpose>>>;
  /** What a required purpose opens: nobody is asked, and no decision or record names it. */
  readonly always: ReadonlySet<Capability>;
  /** What a purpose was called → what it is called now. Empty for most. */
  readonly renamed: ReadonlyMap<Purpose, Purpose>;
  /** Under which version at least a yes is one to what the purpose is now, by any of its names; none where every one is. */
  readonly since: ReadonlyMap<Purpose, number>;
  /** All names that say something. */
  readonly names: ReadonlySet<Purpose>;
}

/** What of a purpose says what it opens, and is called. */
export type Naming = Pick<PolicyPurpose, "id" | "formerly" | "required" | "switchesOn" | "since">;

/** A purpose's id, and what it was called before. */
export const namesOf = ({ id, formerly = [] }: Pick<Naming, "id" | "formerly">): Purpose[] => [
  id,
  ...formerly,
];

export function openingsOf({ purposes }: { readonly purposes: readonly Naming[] }): Openings {
  const known = made.get(purposes);
  if (known) return known;
  const openers = (capability: Capability): Naming[] =>
    purposes.filter(({ switchesOn }) => switchesOn.includes(capability));
  const openings: Openings = {
    by: Object.fromEntries(
      CAPABILITIES.map((each) => [each, new Set(openers(each).flatMap(namesOf))]),
    ) as Record<Capability, Set<Purpose>>,
    always: new Set(CAPABILITIES.filter((each) => openers(each).some(({ required }) => required))),
    renamed: new Map(
      purposes.flatMap(({ id, formerly = [] }) => formerly.map((before) => [before, id] as const)),
    ),
    since: new Map(
      purposes.flatMap((purpose) =>
        purpose.since > 1 ? namesOf(purpose).map((name) => [name, purpose.since] as const) : [],
      ),
    ),
    names: new Set(purposes.flatMap(namesOf)),
  };
  made.set(purposes, openings);
  return openings;
}

/** Every call asks; a policy never changes. */
const made = new WeakMap<readonly Naming[], Openings>();

/** Of the policy that Usher starts with. */
export const BUILT_IN_OPENINGS = openingsOf({ purposes: DEFAULT_PURPOSES });

/** Whether what was recorded under these purposes may be used for that. */
export const opens = (
  { by, always }: Openings,
  purposes: readonly Purpose[],
  capability: Capability,
): boolean => always.has(capability) || purposes.some((id) => by[capability].has(id));

/** The same of what was decided. */
export function isOpen(
  { by, always }: Openings,
  granted: Readonly<Record<Purpose, boolean>>,
  capability: Capability,
): boolean {
  if (always.has(capability)) return true;
  for (const id of by[capability]) if (Object.hasOwn(granted, id) && granted[id]) return true;
  return false;
}

export const nameNow = ({ renamed }: Pick<Openings, "renamed">, id: Purpose): Purpose =>
  renamed.get(id) ?? id;

/** Each once; the same list where none was renamed. */
export const namesNow = (openings: Pick<Openings, "renamed">, ids: readonly Purpose[]): Purpose[] =>
  ids.some((id) => openings.renamed.has(id))
    ? [...new Set(ids.map((id) => nameNow(openings, id)))]
    : [...ids];

/** Values by purpose under the names of now; `pick` where one comes under two. The same object where none was renamed. */
export function keyedNow<T>(
  openings: Pick<Openings, "renamed">,
  values: Readonly<Record<Purpose, T>>,
  pick: (a: T, b: T) => T,
): Readonly<Record<Purpose, T>> {
  if (openings.renamed.size === 0) return values;
  const ids = Object.keys(values);
  if (!ids.some((id) => openings.renamed.has(id))) return values;
  const found = new Map<Purpose, T>();
  for (const id of ids) {
    const name = nameNow(openings, id);
    const value = values[id] as T;
    const known = found.get(name);
    found.set(name, known === undefined ? value : pick(known, value));
  }
  return Object.fromEntries(found);
}

/** The choice under the names of now: what was refused under any of them is refused. */
export function choiceNow<C extends StoredChoice | null>(
  openings: Pick<Openings, "renamed">,
  choice: C,
): C {
  if (choice === null) return choice;
  const answers = keyedNow(openings, choice.answers, stricter);
  return answers === choice.answers ? choice : { ...choice, answers };
}

/** Of two answers a no; of two noes the newer, of two yeses the older, which expires first. */
export function stricter(a: Answer, b: Answer): Answer {
  const [noA, noB] = [a.state !== "granted", b.state !== "granted"];
  if (noA !== noB) return noA ? a : b;
  return a.at > b.at === noA ? a : b;
}
