import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import {
  directionOf,
  noticeText,
  pickLanguage,
  purposeTexts,
  shownText,
  toldText,
} from "../../../src/domain/consent/notice.ts";
import { isOpen, opens, openingsOf } from "../../../src/domain/consent/openings.ts";
import {
  diffPolicies,
  materialPurposes,
  publish,
} from "../../../src/domain/consent/policy-change.ts";
import {
  parsePolicy,
  type Policy,
  type PolicyPurpose,
} from "../../../src/domain/consent/policy.ts";
import { decide } from "../../../src/domain/consent/gate.ts";
import { neverToldApart } from "../../../src/domain/consent/region-codes.ts";
import { NO_SIGNALS } from "../../../src/domain/consent/signals/types.ts";
import { ask, NOW } from "./support.ts";

/** A deep copy of the default policy after `change` had its way with it, as an officer's JSON. */
function draft(change: (policy: Policy) => void): Policy {
  const copy = structuredClone(DEFAULT_POLICY);
  change(copy);
  return copy;
}

function purpose(policy: Policy, id: string): PolicyPurpose {
  const found = policy.purposes.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

/** JSON with one value at a path replaced, for drafts that the types would refuse. */
function broken(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(DEFAULT_POLICY)) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

const faults = (value: unknown) => {
  const result = parsePolicy(value);
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
};

describe("a region that is never told apart", () => {
  it.each([
    ["UK", "is no country's code"],
    ["XX", "is no country's code"],
    ["DE-BY", "is never told apart from its country"],
    ["US-XX", "is no state or province's code"],
    ["US-PR", "is no state or province's code"],
    ["CA-CA", "is no state or province's code"],
  ])("%s is refused with its path, and stays in force where it was published", (region, why) => {
    const policy = draft(({ regimes }) => {
      regimes.regions[region] = "opt-in";
    });
    expect(faults(policy)).toEqual([
      expect.stringContaining(`regimes.regions.${region}: ${why}`) as string,
    ]);
    expect(parsePolicy(policy, "published").ok).toBe(true);
  });

  it.each(["US-TX", "CA-QC", "PR", "XK", "EU", "AX"])("%s may have a rule of its own", (region) => {
    expect(faults(draft(({ regimes }) => (regimes.regions[region] = "opt-in")))).toEqual([]);
  });

  it("is none of the countries that the platform's own names know", () => {
    const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
    const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    const told = letters
      .flatMap((a) => letters.map((b) => a + b))
      .filter((code) => code !== "EU" && neverToldApart(code) === null);
    expect(told).toHaveLength(250);
    expect(told.filter((code) => names.of(code) === undefined)).toEqual([]);
  });
});

describe("the declared lifetime of our own cookies", () => {
  it("can't be shorter than they are set for, but stays in force where it was published", () => {
    const policy = draft(({ cookies }) => {
      cookies[0]!.lifetimeDays = 30;
    });
    expect(faults(policy)).toEqual([
      expect.stringContaining("cookies.0.lifetimeDays: must be at least 395") as string,
    ]);
    expect(parsePolicy(policy, "published").ok).toBe(true);
  });

  it("is a whole number of days", () => {
    expect(faults(broken("cookies.0.lifetimeDays", "a year"))).toEqual([
      expect.stringContaining("cookies.0.lifetimeDays: must be a number") as string,
    ]);
  });
});

describe("a purpose of another id that opens the same", () => {
  const renamed = (): Policy => {
    const policy = structuredClone(DEFAULT_POLICY);
    const measurement = policy.purposes.find(({ id }) => id === "measurement")!;
    policy.purposes.push({
      ...structuredClone(measurement),
      id: "analytics",
      switchesOn: ["id-cookie", "events"],
    });
    return policy;
  };

  it("can be published, and either of the two opens it", () => {
    const parsed = parsePolicy(renamed());
    expect(parsed.ok).toBe(true);
    const openings = openingsOf(renamed());
    for (const id of ["measurement", "analytics"]) {
      expect(opens(openings, [id], "events")).toBe(true);
      expect(isOpen(openings, { [id]: true }, "events")).toBe(true);
    }
    expect(isOpen(openings, { measurement: false, analytics: true }, "events")).toBe(true);
    expect(isOpen(openings, { measurement: false }, "events")).toBe(false);
  });
});

describe("a policy under which Global Privacy Control governs nothing", () => {
  const empty = draft((policy) => {
    policy.signals.gpc.governs = [];
  });

  it("isn't published where a purpose advertises, and is where none does", () => {
    expect(faults(empty)).toEqual([expect.stringMatching(/^signals\.gpc\.governs: must name/)]);
    const quiet = structuredClone(empty);
    purpose(quiet, "advertising").switchesOn = [];
    expect(faults(quiet)).toEqual([]);
  });

  it("stays in force where it was published before, and never says that the signal is honoured", () => {
    expect(parsePolicy(empty, "published").ok).toBe(true);
    const signals = { ...NO_SIGNALS, gpc: true };
    const of = (policy: Policy) => decide(ask({ policy, region: "US-CA", signals })).gpc;
    expect(of(empty)).toEqual({ seen: true, honoured: false });
    expect(of(DEFAULT_POLICY)).toEqual({ seen: true, honoured: true });
  });
});

describe("the default policy", () => {
  it("is a valid policy, also after a trip through JSON", () => {
    expect(parsePolicy(JSON.parse(JSON.stringify(DEFAULT_POLICY)))).toEqual({
      ok: true,
      policy: DEFAULT_POLICY,
    });
  });

  it("grants nothing but the necessary before a yes where the law asks first", () => {
    const granted = Object.entries(DEFAULT_POLICY.defaults["opt-in"]).filter(([, on]) => on);
    expect(granted).toEqual([["necessary", true]]);
  });

  it("never lets TCF grant recognition", () => {
    expect(DEFAULT_POLICY.signals.tcf.purposes).toEqual({
      measurement: [1, 8],
      personalization: [1, 5, 6],
      advertising: [1, 2, 3, 4, 7],
    });
  });

  it("has every text in every language of its notice", () => {
    const languages = Object.keys(DEFAULT_POLICY.notice.texts);
    for (const one of [...DEFAULT_POLICY.purposes, ...DEFAULT_POLICY.cookies]) {
      expect(Object.keys(one.description).toSorted()).toEqual(languages.toSorted());
    }
  });
});

describe("a draft", () => {
  it.each([
    ["purposes.1.retentionDays", 0, "purposes.1.retentionDays: must be"],
    ["purposes.1.retentionDays", "long", "purposes.1.retentionDays: must be a number"],
    ["purposes.1.id", "Mess ung", "purposes.1.id: must be a purpose id"],
    ["purposes.1.id", "constructor", "purposes.1.id: must be a purpose id"],
    ["purposes.2.id", "measurement", "purposes.2.id: stands twice"],
    ["purposes.0.required", false, "purposes: must have the required purpose necessary"],
    ["purposes.0.basis", "consent", "purposes.0.basis: can't be consent"],
    ["purposes.1.since", 9, "purposes.1.since: must not be later"],
    ["purposes.1.label", { de: "Messung" }, "purposes.1.label.en: is missing"],
    ["purposes.1.switchesOn", ["mind-reading"], "purposes.1.switchesOn.0: must be"],
    ["defaults.opt-in.measurement", true, "defaults.opt-in.measurement: must be false"],
    ["defaults.notice.invented", true, "defaults.notice.invented: names a purpose"],
    ["regimes.regions.DE", "ask", "regimes.regions.DE: must be one of"],
    ["regimes.regions.germany", "opt-in", "regimes.regions.germany: must be a region"],
    ["regimes.regions.unknown", "notice", "regimes.regions.unknown: must be opt-in"],
    ["signals.gpc.governs", ["adverts"], "signals.gpc.governs.0: names a purpose"],
    ["signals.tcf.purposes.measurement", [25], "signals.tcf.purposes.measurement.0: must be"],
    [
      "signals.tcf.purposes.measurement",
      [],
      "signals.tcf.purposes.measurement: must have at least 1 entry",
    ],
    ["signals.tcf.disclosedVendors", "perhaps", "signals.tcf.disclosedVendors: must be"],
    ["signals.cmp.categories.ads", ["adverts"], "signals.cmp.categories.ads.0: names a purpose"],
    ["notice.language", "fr", "notice.texts.fr: is missing"],
    ["notice.texts.de.title", "", "notice.texts.de.title: must not be empty"],
    ["withdrawal", undefined, "withdrawal: is missing"],
    ["extra", 1, "extra: is not part of a policy"],
    ["cookies.0.purposes", ["adverts"], "cookies.0.purposes.0: names a purpose"],
  ])("with a wrong %s (%j) is refused: %s", (path, value, fault) => {
    expect(faults(broken(path, value)).some((line) => line.startsWith(fault))).toBe(true);
  });

  it("says of a text that is too long what it may have", () => {
    expect(faults(broken("notice.texts.en.title", "x".repeat(4_001)))).toEqual([
      "notice.texts.en.title: must have at most 4000 characters",
    ]);
  });

  it("reports every fault at once and never repeats what was sent", () => {
    const secret = "jane@example.org";
    const value = { ...(broken("withdrawal", secret) as object), version: secret };
    const found = faults(value);
    expect(found.length).toBe(2);
    expect(found.join("\n")).not.toContain("jane");
  });

  it.each([null, [], "policy", 7])("that is %j is refused", (value) =>
    expect(parsePolicy(value).ok).toBe(false),
  );
});

describe("publishing", () => {
  const publishing = (change: (policy: Policy) => void) =>
    publish({
      previous: DEFAULT_POLICY,
      draft: draft(change),
      author: "officer",
      note: "why",
      now: NOW,
    });

  it("numbers the version and keeps author and note", () => {
    const published = publishing((policy) => void (policy.version = 99));
    expect(published).toMatchObject({ author: "officer", note: "why", at: NOW, material: [] });
    expect(published.policy.version).toBe(2);
    expect(published.policy.purposes.every(({ since }) => since === 1)).toBe(true);
  });

  it.each<[string, (policy: Policy) => void, string[]]>([
    [
      "another description",
      (p) => void (purpose(p, "measurement").description["en"] = "And sold."),
      ["measurement"],
    ],
    [
      "another legal basis",
      (p) => void (purpose(p, "measurement").basis = "legitimate-interest"),
      ["measurement"],
    ],
    [
      "a longer retention",
      (p) => void (purpose(p, "advertising").retentionDays = 91),
      ["advertising"],
    ],
    [
      "one more use",
      (p) => void purpose(p, "measurement").switchesOn.push("ad-export"),
      ["measurement"],
    ],
    [
      "one more identifying cookie",
      (p) => void p.cookies.push({ ...p.cookies[0]!, name: "more", purposes: ["measurement"] }),
      ["measurement"],
    ],
    [
      "a promise to erase withdrawn for everybody",
      (p) => void p.scrub.names.splice(0, 1),
      ["measurement", "personalization", "recognition", "advertising"],
    ],
    [
      "a topic no longer left alone",
      (p) => void (p.sensitiveTopics = []),
      ["measurement", "personalization", "recognition", "advertising"],
    ],
  ])("%s expires the grants it touches", (_what, change, expected) => {
    const published = publishing(change);
    expect(published.material).toEqual(expected);
    const renewed = published.policy.purposes
      .filter(({ since }) => since === 2)
      .map(({ id }) => id);
    expect(renewed).toEqual(expected);
  });

  it.each<[string, (policy: Policy) => void]>([
    ["another label", (p) => void (purpose(p, "measurement").label["en"] = "Statistics")],
    ["an added translation", (p) => void (purpose(p, "measurement").description["fr"] = "Mesure")],
    ["a shorter retention", (p) => void (purpose(p, "measurement").retentionDays = 30)],
    ["another notice text", (p) => void (p.notice.texts["en"]!.title = "Hello")],
    ["another regime for a country", (p) => void (p.regimes.regions["JP"] = "opt-in")],
    ["one more scrubbed name", (p) => void p.scrub.names.push("iban2")],
  ])("%s expires nothing", (_what, change) => expect(publishing(change).material).toEqual([]));

  it("expires what the officer names besides", () => {
    const published = publish({
      previous: DEFAULT_POLICY,
      draft: DEFAULT_POLICY,
      author: "o",
      note: "",
      now: NOW,
      alsoMaterial: ["recognition", "invented"],
    });
    expect(published.material).toEqual(["recognition"]);
  });

  it("a purpose removed and brought back doesn't bring its old grants back", () => {
    const without = publishing(
      (p) => void (p.purposes = p.purposes.filter(({ id }) => id !== "recognition")),
    ).policy;
    const back = publish({
      previous: without,
      draft: DEFAULT_POLICY,
      author: "o",
      note: "",
      now: NOW,
    });
    expect(back.material).toEqual(["recognition"]);
    expect(purpose(back.policy, "recognition").since).toBe(3);
  });

  it("rolling back is a new version that expires what it changes materially", () => {
    const second = publishing(
      (p) => void (purpose(p, "measurement").description["en"] = "And more."),
    ).policy;
    const third = publish({
      previous: second,
      draft: DEFAULT_POLICY,
      author: "o",
      note: "",
      now: NOW,
    });
    expect(third.policy.version).toBe(3);
    expect(third.material).toEqual(["measurement"]);
  });
});

describe("the difference of two policies", () => {
  it("names each change by its path, whatever the order of purposes", () => {
    const after = draft((policy) => {
      policy.purposes.reverse();
      purpose(policy, "measurement").retentionDays = 30;
      policy.regimes.regions["JP"] = "opt-in";
    });
    expect(diffPolicies(DEFAULT_POLICY, after)).toEqual([
      { path: "purposes.measurement.retentionDays", before: 395, after: 30 },
      { path: "regimes.regions.JP", before: undefined, after: "opt-in" },
    ]);
    expect(materialPurposes(DEFAULT_POLICY, after)).toEqual([]);
  });
});

describe("the notice", () => {
  it.each([
    ["de-CH,de;q=0.9,en;q=0.8", "de"],
    ["fr,en;q=0.2,de;q=0.7", "de"],
    ["en;q=0,de;q=0.1", "de"],
    ["fr", "en"],
    ["", "en"],
    [null, "en"],
    ["*;q=x,,;", "en"],
    ["__proto__", "en"],
  ])("for %j is in %s", (header, language) =>
    expect(pickLanguage(DEFAULT_POLICY, header)).toBe(language),
  );

  it("falls back on the policy's own language", () => {
    expect(noticeText(DEFAULT_POLICY, "fr")).toBe(DEFAULT_POLICY.notice.texts["en"]);
    expect(purposeTexts(DEFAULT_POLICY, "fr")[1]?.label).toBe("Measurement");
  });

  it("is one text that changes with any word of it", () => {
    const other = draft(
      (policy) => void (purpose(policy, "measurement").label["de"] = "Statistik"),
    );
    expect(shownText(other, "de")).not.toBe(shownText(DEFAULT_POLICY, "de"));
    expect(shownText(other, "en")).toBe(shownText(DEFAULT_POLICY, "en"));
  });
});

describe("what is told where nobody is asked", () => {
  const on = ["measurement"];

  it("is said in the officer's words, else in Usher's, else in the notice's own language or in English", () => {
    const french = { ...DEFAULT_POLICY.notice.texts["en"]!, title: "Vie privée" };
    const policy = draft(({ notice }) => {
      notice.texts["fr"] = french;
      notice.texts["es"] = { ...french, told: "Aquí: {purposes}", close: "Cerrar" };
    });
    expect(toldText(policy, "de", on)).toMatchObject({ language: "de", close: "Schließen" });
    expect(toldText(policy, "de", on).body).toContain("für: Messung.");
    expect(toldText(policy, "es", on)).toEqual({
      body: "Aquí: Measurement",
      close: "Cerrar",
      language: "es",
    });
    expect(toldText(policy, "fr", on)).toMatchObject({ language: "en", close: "Close" });
    expect(toldText({ ...policy, notice: { ...policy.notice, language: "de" } }, "fr", on)).toEqual(
      toldText(policy, "de", on),
    );
    expect(faults(policy)).toEqual([]);
  });

  it.each([
    ["ar", "rtl"],
    ["he-IL", "rtl"],
    ["fa", "rtl"],
    ["ur-PK", "rtl"],
    ["de", "ltr"],
    ["az", "ltr"],
    ["fab", "ltr"],
  ])("%s is written %s", (language, direction) => {
    expect(directionOf(language)).toBe(direction);
  });
});
