/** The starting policy under other names. */
import type { Policy } from "../../src/domain/consent/policy.ts";

export const NAMES: Readonly<Record<string, string>> = {
  measurement: "statistics",
  personalization: "tailoring",
  recognition: "linking",
  advertising: "promotion",
};

export const nameIn = (names: Readonly<Record<string, string>>, id: string): string =>
  Object.hasOwn(names, id) ? (names[id] ?? id) : id;

/** Every purpose called otherwise, wherever the document names it; `formerly` says what it was. */
export function calledOtherwise(
  policy: Policy,
  names: Readonly<Record<string, string>> = NAMES,
  formerly = false,
): Policy {
  const list = (ids: readonly string[]): string[] => ids.map((id) => nameIn(names, id));
  const keys = <T>(table: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(table).map(([id, value]) => [nameIn(names, id), value]));
  const { signals, defaults } = policy;
  return {
    ...policy,
    purposes: policy.purposes.map((purpose) => {
      const id = nameIn(names, purpose.id);
      return formerly && id !== purpose.id
        ? { ...purpose, id, formerly: [...(purpose.formerly ?? []), purpose.id] }
        : { ...purpose, id };
    }),
    defaults: {
      "opt-in": keys(defaults["opt-in"]),
      "opt-out": keys(defaults["opt-out"]),
      notice: keys(defaults.notice),
    },
    signals: {
      gpc: { governs: list(signals.gpc.governs) },
      gpp: { governs: list(signals.gpp.governs) },
      usp: { governs: list(signals.usp.governs) },
      tcf: { ...signals.tcf, purposes: keys(signals.tcf.purposes) },
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
