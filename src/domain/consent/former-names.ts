/**
 * What purposes were called before. A purpose that was renamed says so (`formerly`), and keeps all that was recorded, answered and
 * sent under its old ids; without that a new id is a new purpose. A name is one purpose's for as long as that purpose is in the
 * policy.
 */
import { keyedNow, namesNow, namesOf, openingsOf } from "./openings.ts";
import type { Policy, PolicyFault, PolicyPurpose } from "./policy.ts";
import { NECESSARY, type Purpose, REGIMES } from "./purposes.ts";

/** What a document says of former names that can't be. Without any, what it names can be read under the names of now. */
export function faultsOfNames(policy: Policy): PolicyFault[] {
  const { purposes, defaults, signals } = policy;
  const ids = new Set(purposes.map(({ id }) => id));
  const taken = new Set<Purpose>();
  const { renamed } = openingsOf(policy);
  /** A purpose has one line of a table, under whichever of its names. */
  const doubled = (path: string, table: Readonly<Record<string, unknown>>): PolicyFault[] =>
    Object.keys(table).flatMap((id) => {
      const name = ids.has(id) ? undefined : renamed.get(id);
      return name !== undefined && Object.hasOwn(table, name)
        ? [{ path: `${path}.${id}`, message: `stands here as ${name}, too` }]
        : [];
    });
  const claimed = purposes.flatMap(({ id, formerly }, at) => {
    const path = `purposes.${at}.formerly`;
    if (formerly === undefined) return [];
    if (id === NECESSARY) return [{ path, message: `can't be said of ${NECESSARY}` }];
    return formerly.flatMap((name, nth): PolicyFault[] => {
      const fault = (message: string): PolicyFault[] => [{ path: `${path}.${nth}`, message }];
      if (name === id) return fault("is the purpose's own id");
      if (ids.has(name)) return fault("is the id of another purpose");
      if (taken.has(name)) return fault("stands twice");
      taken.add(name);
      return [];
    });
  });
  return [
    ...claimed,
    ...REGIMES.flatMap((regime) => doubled(`defaults.${regime}`, defaults[regime])),
    ...doubled("signals.tcf.purposes", signals.tcf.purposes),
  ];
}

/** A name that belongs to a purpose of before, and is another one's in the draft. */
export function faultsAgainst(
  previous: Pick<Policy, "purposes">,
  draft: Pick<Policy, "purposes">,
): PolicyFault[] {
  const ids = new Set(draft.purposes.map(({ id }) => id));
  return draft.purposes.flatMap((purpose, at) =>
    namesOf(purpose).flatMap((name, nth): PolicyFault[] => {
      const owner = previous.purposes.find(
        (each) => each.id !== purpose.id && each.formerly?.includes(name) && ids.has(each.id),
      );
      if (!owner) return [];
      const path = `purposes.${at}.${nth === 0 ? "id" : `formerly.${nth - 1}`}`;
      return [{ path, message: `was the name of ${owner.id}, which is still in the policy` }];
    }),
  );
}

/** The draft with the names that its purposes had in what it follows, also where it says nothing of them. */
export function keepNames(previous: Pick<Policy, "purposes">, draft: Policy): Policy {
  const ids = new Set(draft.purposes.map(({ id }) => id));
  const isSame = (before: PolicyPurpose, now: PolicyPurpose): boolean => {
    if (before.id === now.id) return true;
    if (ids.has(before.id)) return false;
    // Renamed, renamed back, or renamed once more.
    const names = namesOf(now);
    return namesOf(before).some((name) => names.includes(name));
  };
  const purposes = draft.purposes.map((purpose) => {
    const had = previous.purposes.filter((before) => isSame(before, purpose)).flatMap(namesOf);
    const names = new Set([...(purpose.formerly ?? []), ...had]);
    names.delete(purpose.id);
    if (names.size === (purpose.formerly?.length ?? 0)) return purpose;
    return { ...purpose, formerly: [...names] };
  });
  return purposes.some((purpose, at) => purpose !== draft.purposes[at])
    ? { ...draft, purposes }
    : draft;
}

/** The purposes of before that this one goes on: several where it takes their place. */
export const goesOn = (
  previous: Pick<Policy, "purposes">,
  purpose: PolicyPurpose,
): PolicyPurpose[] => {
  const names = namesOf(purpose);
  return previous.purposes.filter(({ id }) => names.includes(id));
};

/** The policy with every purpose called by its id wherever it is named; the same object where it is already. */
export function withNamesNow(policy: Policy): Policy {
  return policy.purposes.some(({ formerly }) => formerly !== undefined)
    ? calledBy(policy, policy)
    : policy;
}

/** A policy as it would say it under the names of another: what its tables, lists and signals name. Purposes stay as they are. */
export function calledBy(policy: Policy, names: Pick<Policy, "purposes">): Policy {
  const openings = openingsOf(names);
  const list = (ids: readonly Purpose[]): Purpose[] => namesNow(openings, ids);
  const { signals } = policy;
  const pickFirst = <T>(first: T): T => first;
  const governs = (each: { governs: Purpose[] }) => ({ governs: list(each.governs) });
  const flags = (each: Record<Purpose, boolean>): Record<Purpose, boolean> => ({
    ...keyedNow(openings, each, (a, b) => a && b),
  });
  const [optIn, optOut, notice] = REGIMES.map((regime) => flags(policy.defaults[regime]));
  return {
    ...policy,
    defaults: { "opt-in": optIn ?? {}, "opt-out": optOut ?? {}, notice: notice ?? {} },
    signals: {
      ...signals,
      gpc: governs(signals.gpc),
      gpp: governs(signals.gpp),
      usp: governs(signals.usp),
      tcf: {
        ...signals.tcf,
        purposes: { ...keyedNow(openings, signals.tcf.purposes, pickFirst) },
      },
      cmp: {
        ...signals.cmp,
        categories: Object.fromEntries(
          Object.entries(signals.cmp.categories).map(([name, ids]) => [name, list(ids)]),
        ),
      },
    },
    cookies: policy.cookies.map((cookie) => ({ ...cookie, purposes: list(cookie.purposes) })),
  };
}
