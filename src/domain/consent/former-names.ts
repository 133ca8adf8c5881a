/**
 * What purposes were called before. A purpose that was renamed says so (`formerly`), and keeps all that was recorded, answered and
 * sent under its old ids; without that a new id is a new purpose. A name is one purpose's for as long as that purpose is in the
 * policy.
 */
import { keyedNow, nameNow, namesNow, namesOf, openingsOf } from "./openings.ts";
import type { Policy, PolicyFault, PolicyPurpose } from "./policy.ts";
import { FORMER_MOST, NECESSARY, type Purpose, REGIMES } from "./purposes.ts";

/** What a document says of former names that can't be. Without any, what it names can be read under the names of now. */
export function faultsOfNames(policy: Policy): PolicyFault[] {
  const { purposes, defaults, signals } = policy;
  const ids = new Set(purposes.map(({ id }) => id));
  const taken = new Set<Purpose>();
  const openings = openingsOf(policy);
  /** A purpose has one line of a table, under whichever of its names. */
  const doubled = (path: string, table: Readonly<Record<string, unknown>>): PolicyFault[] => {
    const lines = new Map<Purpose, Purpose>();
    for (const id of Object.keys(table)) {
      const name = nameNow(openings, id);
      if (id === name || !lines.has(name)) lines.set(name, id);
    }
    return Object.keys(table).flatMap((id) => {
      const line = lines.get(nameNow(openings, id));
      if (ids.has(id) || line === undefined || line === id) return [];
      return [{ path: `${path}.${id}`, message: `stands here as ${line}, too` }];
    });
  };
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

/**
 * What can't follow a policy, though it contradicts itself nowhere: a name that belongs to a purpose of before, and is another
 * one's in the draft; and more names than a purpose may have, with those that it had. Without any, and without faults of its own,
 * the draft can be published.
 */
export function faultsAgainst(previous: Pick<Policy, "purposes">, draft: Policy): PolicyFault[] {
  const owners = ownersOf(previous, draft);
  const kept = keepNames(previous, draft).purposes;
  return draft.purposes.flatMap((purpose, at): PolicyFault[] => {
    const path = `purposes.${at}`;
    const taken = namesOf(purpose).flatMap((name, nth) => {
      const owner = owners.get(name);
      if (!owner || owner === purpose) return [];
      const where = nth === 0 ? "id" : `formerly.${nth - 1}`;
      const message = `was the name of ${owner.id}, which is still in the policy`;
      return [{ path: `${path}.${where}`, message }];
    });
    if ((kept[at]?.formerly?.length ?? 0) <= FORMER_MOST) return taken;
    const message = `must be at most ${FORMER_MOST}, with those that the policy in force knows`;
    return [...taken, { path: `${path}.formerly`, message }];
  });
}

/** The draft with the names that its purposes had in what it follows, also where it says nothing of them. */
export function keepNames(previous: Pick<Policy, "purposes">, draft: Policy): Policy {
  const owned = [...ownersOf(previous, draft)];
  const purposes = draft.purposes.map((purpose) => {
    const had = owned.flatMap(([name, owner]) => (owner === purpose ? [name] : []));
    const names = new Set([...(purpose.formerly ?? []), ...had]);
    names.delete(purpose.id);
    if (names.size === (purpose.formerly?.length ?? 0)) return purpose;
    return { ...purpose, formerly: [...names] };
  });
  return purposes.some((purpose, at) => purpose !== draft.purposes[at])
    ? { ...draft, purposes }
    : draft;
}

/** Each name that a purpose of before has or had → the purpose of the draft that is the same one. */
function ownersOf(
  previous: Pick<Policy, "purposes">,
  draft: Policy,
): ReadonlyMap<Purpose, PolicyPurpose> {
  return new Map(
    previous.purposes.flatMap((before) => {
      const owner = successorOf(before, draft);
      return owner ? namesOf(before).map((name) => [name, owner] as const) : [];
    }),
  );
}

/** The same purpose in the draft: it has its id, else says that it was called so, else has or had any other of its names. */
function successorOf(before: PolicyPurpose, { purposes }: Policy): PolicyPurpose | undefined {
  const names = namesOf(before);
  return (
    purposes.find(({ id }) => id === before.id) ??
    purposes.find(({ formerly }) => formerly?.includes(before.id)) ??
    purposes.find((now) => namesOf(now).some((name) => names.includes(name)))
  );
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
        // What either needs.
        purposes: {
          ...keyedNow(openings, signals.tcf.purposes, (a, b) => [...new Set([...a, ...b])]),
        },
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
