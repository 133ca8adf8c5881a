/** The officer's pages: policy, draft and editor, versions, simulator, receipts, requests, retention, record, cookies. */
import { AREAS } from "../../src/console/consent/edit/areas.ts";
import { errorsOf } from "../../src/console/consent/edit/area.ts";
import { EditorPage } from "../../src/console/consent/edit/editor.tsx";
import { Fields } from "../../src/console/consent/edit/fields.ts";
import { DraftPage, NoDraftPage } from "../../src/console/consent/draft.tsx";
import { PolicyPage } from "../../src/console/consent/policy.tsx";
import { SimulatorPage, type SimulatorProps } from "../../src/console/consent/simulator.tsx";
import { readSituation } from "../../src/console/consent/situation.ts";
import { VersionPage, VersionsPage } from "../../src/console/consent/versions.tsx";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { type Policy, readDraft } from "../../src/domain/consent/policy.ts";
import { publish } from "../../src/domain/consent/policy-change.ts";
import { simulate, type WhatIf } from "../../src/domain/consent/simulate.ts";
import { type DraftRead, differences } from "../../src/http/api/draft.ts";
import type { Replay } from "../../src/privacy/replay.ts";
import type { Story } from "./story.ts";

export const session = { role: "officer", formToken: "x".repeat(43) } as Parameters<
  typeof PolicyPage
>[0]["session"];

export const NOW = Date.parse("2026-11-22T12:00:00Z");
const YESTERDAY = NOW - 86_400_000;
/** Everything accepted, of October 2026. */
const TCF =
  "CQraFkAQraFkAAfABBENBkFgAP_gAAAAAAYgF5sAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgAAAAAAA.IF5sAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgAA.f_wAAAAAAAAA";

export const story = (name: string, path: string, title: string, body: Story["body"]): Story => ({
  name,
  path: `/_u/console/${path}`,
  title,
  role: "officer",
  body,
});

/** The American visitor is asked first, and advertising is kept longer. */
const stricter: Policy = {
  ...DEFAULT_POLICY,
  regimes: {
    ...DEFAULT_POLICY.regimes,
    regions: { ...DEFAULT_POLICY.regimes.regions, US: "opt-in", JP: "opt-out" },
  },
  purposes: DEFAULT_POLICY.purposes.map((purpose) =>
    purpose.id === "advertising" ? { ...purpose, retentionDays: 120 } : purpose,
  ),
  withdrawal: "erase",
  sensitiveTopics: [...DEFAULT_POLICY.sensitiveTopics, "horoscopes"],
};

function draftOf(policy: Policy, base = 1): DraftRead {
  const next = publish({ previous: DEFAULT_POLICY, draft: policy, author: "", note: "", now: NOW });
  return {
    stored: {
      revision: 7,
      base,
      document: {},
      author: "officer",
      at: YESTERDAY,
      replay: null,
    },
    current: DEFAULT_POLICY,
    policy,
    faults: readDraft(policy).faults,
    changes: differences(DEFAULT_POLICY, next.policy),
    material: next.material,
  };
}

const found: WhatIf = {
  visitors: 18_204,
  purposes: {
    measurement: { gain: 0, lose: 2_310 },
    personalization: { gain: 0, lose: 2_310 },
    recognition: { gain: 0, lose: 1_987 },
    advertising: { gain: 12, lose: 9_450 },
  },
  asked: { before: 412, after: 9_871 },
  regions: {
    US: { visitors: 2_150, purposes: { measurement: { gain: 0, lose: 2_150 } } },
    "US-CA": {
      visitors: 960,
      purposes: { measurement: { gain: 0, lose: 160 }, advertising: { gain: 12, lose: 901 } },
    },
    DE: { visitors: 11_204, purposes: { advertising: { gain: 0, lose: 8_001 } } },
  },
};
const replay: Replay = { version: 1, last: null, done: true, at: NOW, found };

const contradicting: Policy = {
  ...DEFAULT_POLICY,
  signals: { ...DEFAULT_POLICY.signals, gpc: { governs: ["advertising", "surveys"] } },
};

const about = {
  author: "officer",
  note: "Advertising waits for a yes everywhere, after the audit of October",
  at: YESTERDAY,
};

function simulated(query: string): SimulatorProps {
  const described = readSituation(new URLSearchParams(query), DEFAULT_POLICY, NOW);
  const { situation } = described;
  return {
    described,
    policy: DEFAULT_POLICY,
    isDraft: false,
    hasDraft: true,
    found: situation && simulate(DEFAULT_POLICY, situation, NOW),
  };
}

const versions = [
  { version: 3, author: "owner", note: about.note, at: YESTERDAY },
  { version: 2, author: "officer", note: "Kept for half a year", at: YESTERDAY - 9_000_000_000 },
  { version: 1, author: "usher", note: "The policy that Usher starts with", at: 0 },
];

const editor = (id: string, policy: Policy, change?: (fields: Fields) => Fields) => {
  const area = AREAS.find((each) => each.id === id) ?? AREAS[0]!;
  const written = new Fields(area.write(policy));
  const fields = change?.(written) ?? written;
  const { faults } = change ? readDraft(area.read(fields, policy).document) : { faults: [] };
  return (
    <EditorPage
      area={area}
      session={session}
      draft={{ stored: draftOf(policy).stored, policy }}
      fields={fields}
      errors={errorsOf(area, faults, fields)}
      overtaken={change !== undefined}
    />
  );
};

export const stories: readonly Story[] = [
  story(
    "policy",
    "policy",
    "Policy",
    <PolicyPage
      policy={DEFAULT_POLICY}
      about={about}
      draft={{ author: "owner", at: NOW }}
      session={session}
      older={{
        version: 1,
        done: false,
        until: null,
        looked: 420_000,
        changed: 1_204,
        day: Math.floor(YESTERDAY / 86_400_000),
        database: 2,
        databases: 3,
      }}
      fresh
    />,
  ),
  story(
    "policy-draft",
    "policy/draft",
    "Draft",
    <DraftPage session={session} draft={draftOf(stricter)} replay={replay} saved="regions" />,
  ),
  story(
    "policy-draft-looking",
    "policy/draft",
    "Draft whose cost is being counted",
    <DraftPage
      session={session}
      draft={draftOf(stricter, 0)}
      replay={{ ...replay, done: false, last: "m2aaaaaaaaaaaaaaaaaaaaaaaa" }}
      refused={{ note: "", noteError: "Say in a few words what changes and why." }}
    />,
  ),
  story(
    "policy-draft-wrong",
    "policy/draft",
    "Draft that contradicts itself",
    <DraftPage session={session} draft={draftOf(contradicting)} replay={null} />,
  ),
  story(
    "policy-draft-none",
    "policy/draft",
    "Draft",
    <NoDraftPage session={session} version={1} />,
  ),
  ...AREAS.map((area) =>
    story(
      `policy-edit-${area.id}`,
      `policy/draft/${area.id}`,
      area.name,
      editor(area.id, DEFAULT_POLICY),
    ),
  ),
  story(
    "policy-edit-wrong",
    "policy/draft/purposes",
    "Purposes with faults",
    editor("purposes", DEFAULT_POLICY, (fields) =>
      fields.without("purposes.2").renumbered("purposes").withRow("purposes"),
    ),
  ),
  story(
    "policy-versions",
    "policy/versions",
    "Versions",
    <VersionsPage
      versions={versions}
      compared={{
        before: DEFAULT_POLICY,
        after: { ...stricter, version: 3 },
        changes: differences(DEFAULT_POLICY, stricter),
        material: ["advertising"],
      }}
    />,
  ),
  story(
    "policy-version",
    "policy/versions/2",
    "Version 2",
    <VersionPage
      session={session}
      version={versions[1]!}
      policy={{ ...stricter, version: 2 }}
      current={3}
      draft={7}
    />,
  ),
  story(
    "simulator-decided",
    "simulator",
    "Simulator",
    <SimulatorPage
      {...simulated("region=California&gpc=1&usp=1YYN&choice.advertising=granted&ago=40&child=")}
    />,
  ),
  story(
    "simulator-city",
    "simulator",
    "Simulator: a visitor in Hamburg with GPC and a TCF string",
    <SimulatorPage {...simulated(`region=Hamburg&gpc=1&tcf=${TCF}`)} />,
  ),
  story(
    "simulator-wrong",
    "simulator",
    "Simulator",
    <SimulatorPage {...simulated("region=Atlantis&context=%7B&cookies=x")} />,
  ),
];
