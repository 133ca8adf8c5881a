import { describe, expect, it } from "vitest";
import { REASONS, type Source } from "../../src/domain/consent/because.ts";
import { decide } from "../../src/domain/consent/gate.ts";
import type { Purpose } from "../../src/domain/consent/purposes.ts";
import { cases, type Case } from "./cases.ts";

/**
 * The rules of README.md in this folder, each by its number: where `when` holds, `then` must. Every rule is tried on
 * every combination of signals, regions and choices, and must apply to some.
 */
interface Rule {
  readonly id: string;
  readonly says: string;
  readonly when: (it: Case) => boolean;
  readonly then: (it: Case) => boolean;
}

const OPTIONAL = ["measurement", "personalization", "recognition", "advertising"] as const;
const MAPPED_BY_TCF = ["measurement", "personalization", "advertising"] as const;

const granted = (it: Case, purpose: Purpose) => it.result.decisions[purpose]?.granted === true;
const code = (it: Case, purpose: Purpose) => it.result.decisions[purpose]?.code;
const none = (it: Case, purposes: readonly Purpose[] = OPTIONAL) =>
  purposes.every((purpose) => !granted(it, purpose));

const optIn = (it: Case) => it.region === "DE" || it.region === "GB" || it.region === "unknown";
const server = (it: Case) => it.region === null;
const silent = (it: Case) => it.tcf === "none" && it.cmp === "none";
const unsaid = (it: Case) => it.choice === "none" || it.choice === "GPC remembered";
const child = (it: Case) => it.gpp === "child";
const gpcSeen = (it: Case) =>
  it.gpc === "on" || it.gpp === "gpc" || it.choice === "GPC remembered" || it.choice === "override";
const outByString = (it: Case) =>
  ["opted out", "unclear", "unreadable"].includes(it.gpp) ||
  ["opted out", "unreadable"].includes(it.usp);
const refused = (it: Case) => ["refused", "refused long ago", "withdrawn"].includes(it.choice);
const standing = (it: Case) =>
  it.choice === "all" ||
  it.choice === "override" ||
  (it.choice === "from another regime" && server(it));
const stale = (it: Case) =>
  it.choice === "expired" || (it.choice === "from another regime" && !server(it));

const RULES: readonly Rule[] = [
  {
    id: "C1",
    says: "where the law asks first, silence is a no",
    when: (it) => (optIn(it) || server(it)) && unsaid(it) && silent(it),
    then: (it) => none(it),
  },
  {
    id: "C2",
    says: "what the site can't work without needs no consent, whoever asks",
    when: () => true,
    then: (it) => granted(it, "necessary") && code(it, "necessary") === "required",
  },
  {
    id: "C3",
    says: "a no on this site holds everywhere and for ever, whatever other signals say",
    when: refused,
    then: (it) => none(it),
  },
  {
    id: "C4",
    says: "a withdrawal is told from a refusal",
    when: (it) => it.choice === "withdrawn" && !child(it),
    then: (it) => code(it, "measurement") === "choice-withdrawn",
  },
  {
    id: "C5",
    says: "an old grant, or one given under another regime, is none where the law asks first",
    when: (it) => optIn(it) && stale(it) && silent(it),
    then: (it) => none(it),
  },
  {
    id: "C6",
    says: "what has expired is asked again, unless a valid signal answers or nothing could change",
    when: (it) => (optIn(it) || it.region === "JP") && stale(it) && silent(it) && !child(it),
    then: (it) =>
      it.result.ask && it.result.asking.includes(optIn(it) ? "measurement" : "recognition"),
  },
  {
    id: "C7",
    says: "where the law doesn't ask first only those are asked whose own yes has expired and isn't the default; over a server call nobody is",
    when: (it) => server(it) || (!optIn(it) && !(stale(it) && it.region === "JP")),
    then: (it) => !it.result.ask,
  },
  {
    id: "C8",
    says: "who has answered lately isn't asked again",
    when: (it) =>
      it.choice === "all" ||
      it.choice === "refused" ||
      it.choice === "withdrawn" ||
      it.choice === "override",
    then: (it) => !it.result.ask,
  },
  {
    id: "C9",
    says: "a visitor whose consent tool answered validly isn't asked again",
    when: (it) => unsaid(it) && ["all", "nothing"].includes(it.tcf) && it.cmp === "none",
    then: (it) => !it.result.ask,
  },
  {
    id: "G1",
    says: "GPC denies advertising, now or once seen, unless the visitor overrode it knowingly",
    when: (it) => gpcSeen(it) && it.choice !== "override",
    then: (it) => !granted(it, "advertising"),
  },
  {
    id: "G2",
    says: "GPC beats a stored opt-in",
    when: (it) => it.gpc === "on" && it.choice === "all" && !child(it),
    then: (it) => code(it, "advertising") === "gpc-opted-out",
  },
  {
    id: "G3",
    says: "GPC leaves what it doesn't govern as it was",
    when: (it) => it.region === "US-CA" && unsaid(it) && silent(it) && !child(it),
    then: (it) => granted(it, "measurement"),
  },
  {
    id: "G4",
    says: "the visitor is told whether GPC was seen and honoured",
    when: () => true,
    then: (it) =>
      it.result.gpc.seen === gpcSeen(it) &&
      (it.result.gpc.honoured
        ? !granted(it, "advertising")
        : !gpcSeen(it) || granted(it, "advertising")),
  },
  {
    id: "U1",
    says: "an opt-out in any GPP section or US Privacy string denies advertising; so does one that can't be read",
    when: outByString,
    then: (it) => !granted(it, "advertising"),
  },
  {
    id: "U2",
    says: "a string that doesn't opt out grants nothing",
    when: (it) => it.gpp === "fine" && it.usp === "fine" && optIn(it) && unsaid(it) && silent(it),
    then: (it) => none(it),
  },
  {
    id: "K1",
    says: "a known child is denied all but the necessary, and isn't asked",
    when: child,
    then: (it) => none(it) && !it.result.ask,
  },
  {
    id: "T1",
    says: "a valid TC string grants what its purposes cover where nothing came before it",
    when: (it) =>
      optIn(it) && it.tcf === "all" && unsaid(it) && !child(it) && !gpcSeen(it) && !outByString(it),
    then: (it) => MAPPED_BY_TCF.every((purpose) => granted(it, purpose)),
  },
  {
    id: "T2",
    says: "TCF never grants recognition",
    when: (it) => (optIn(it) || server(it)) && !standing(it) && it.cmp === "none",
    then: (it) => !granted(it, "recognition"),
  },
  {
    id: "T3",
    says: "a TC string that refuses, rests on interest, is refused by the publisher, invalid or unreadable denies what it governs",
    when: (it) => !server(it) && !standing(it) && !["none", "all", "expired"].includes(it.tcf),
    then: (it) => none(it, MAPPED_BY_TCF),
  },
  {
    id: "T4",
    says: "an expired TC string grants nothing where the law asks first",
    when: (it) => optIn(it) && it.tcf === "expired" && !standing(it) && it.cmp === "none",
    then: (it) => none(it, MAPPED_BY_TCF),
  },
  {
    id: "T5",
    says: "outside its regime a TC string grants nothing",
    when: (it) => it.region === "JP" && it.tcf === "all" && !standing(it) && it.cmp === "none",
    then: (it) => !granted(it, "advertising"),
  },
  {
    id: "M1",
    says: "the site's consent tool decides after the banner and TCF",
    when: (it) => it.cmp === "no" && !standing(it) && it.tcf !== "all",
    then: (it) => !granted(it, "measurement") && !granted(it, "advertising"),
  },
  {
    id: "M2",
    says: "a consent tool's word that can't be read denies everything that nothing before it answered",
    when: (it) => it.cmp === "unreadable" && !standing(it) && !(it.tcf === "all" && optIn(it)),
    then: (it) => none(it),
  },
  {
    id: "S1",
    says: "a server call follows the person's stored decision, else the consent it carries, else nothing",
    when: (it) => server(it) && !child(it),
    then: (it) =>
      granted(it, "measurement") === (standing(it) || (!refused(it) && it.cmp === "yes")),
  },
];

describe("the rules of consent, over every combination of signals, regions and choices", () => {
  const all = [...cases()];

  it.each(RULES.map((rule) => [rule.id, rule.says, rule] as const))(
    "%s: %s",
    (_id, _says, rule) => {
      const meant = all.filter(rule.when);
      expect(meant.length).toBeGreaterThan(0);
      const broken = meant.find((it) => !rule.then(it));
      expect(broken && { ...broken, input: undefined }).toBeUndefined();
    },
  );

  it("P1: every grant has a source that granted it", () => {
    const unfounded = all.flatMap((it) =>
      OPTIONAL.filter((purpose) => {
        const because = code(it, purpose);
        if (because === undefined || !granted(it, purpose)) return false;
        const noticed = purpose === "measurement" || purpose === "personalization";
        const holds: Partial<Record<Source, boolean>> = {
          choice: standing(it),
          tcf: optIn(it) && it.tcf === "all",
          cmp: it.cmp === "yes",
          default: it.region === "US-CA" || (it.region === "JP" && noticed),
        };
        return holds[REASONS[because].source] !== true;
      }),
    );
    expect(unfounded).toEqual([]);
  });

  it("P2: adding an opt-out or a child's signal never grants anything", () => {
    const gpp = {
      state: "read",
      sections: [7],
      gpc: true,
      optedOut: true,
      child: "known",
      tcf: null,
    } as const;
    const usp = { state: "read", optedOut: true } as const;
    const louder = [{ gpc: true }, { gpp }, { usp }];
    const gains = all.flatMap((it) =>
      louder.filter((more) => {
        const result = decide({ ...it.input, signals: { ...it.input.signals, ...more } });
        return OPTIONAL.some(
          (purpose) => result.decisions[purpose]?.granted === true && !granted(it, purpose),
        );
      }),
    );
    expect(gains).toEqual([]);
  });

  it("P3: a server call is decided alike wherever the server stands", () => {
    for (const it of all.filter(server)) {
      for (const region of ["US-CA", "DE", "JP"]) {
        expect(decide({ ...it.input, region }).decisions).toEqual(it.result.decisions);
      }
    }
  });

  it("P4: erasure denies all but the necessary, whatever else is said", () => {
    const spared = all.filter((it) => {
      const { decisions } = decide({ ...it.input, subject: { child: false, erased: true } });
      return OPTIONAL.some((purpose) => decisions[purpose]?.code !== "erased");
    });
    expect(spared.length).toBe(0);
  });
});
