/** The identity rules: in force, changed, overtaken, tried, and their versions. */
import { Fields } from "../../src/console/consent/edit/fields.ts";
import { NO_ERRORS } from "../../src/console/field.tsx";
import { EditPage } from "../../src/console/rules/edit.tsx";
import { fieldsOf, readRules } from "../../src/console/rules/fields.ts";
import { RulesPage } from "../../src/console/rules/page.tsx";
import { ReviewPage } from "../../src/console/rules/review.tsx";
import { NOBODY, type Trial } from "../../src/console/rules/trial.tsx";
import { TryPage } from "../../src/console/rules/try.tsx";
import { RulesVersionPage, RulesVersionsPage } from "../../src/console/rules/versions.tsx";
import { DEFAULT_MERGE_RULES, type MergeRules } from "../../src/domain/identity/rules.ts";
import type { VisitorId } from "../../src/domain/ids.ts";
import type { Story } from "./story.ts";

const session = { role: "officer" as const, formToken: "x".repeat(43), subject: "x", until: null };
const RULES = "/_u/console/rules";
const SAVED = Date.UTC(2026, 10, 20, 9, 12);
const about = { author: "officer", at: SAVED };

const long = Array.from(
  { length: 12 },
  (_, n) => `a-rather-long-company-name-${n + 1}.example.org`,
);

const rules: MergeRules = {
  ...DEFAULT_MERGE_RULES,
  version: 4,
  unique: ["user_id", "social:google"],
  limits: { ...DEFAULT_MERGE_RULES.limits, "social:google": 1 },
  leastAssurance: { default: "asserted", phone: "never", email: "verified" },
  blocked: {
    values: ["user_id:till-7", "desk@club.example"],
    patterns: ["user_id:web-*"],
    allowed: [],
  },
  personas: { apart: true, organisations: long, personal: ["quillfeather.family"] },
  probable: { suggestFrom: 0.8, mergeFrom: 0.995, devices: "suggest" },
  country: "DE",
};

const fields = new Fields(fieldsOf(rules));
const none = NO_ERRORS;

const wrongFields = new Fields([
  ...[...fields.pairs()].filter(
    ([name]) => !/^(country|devices\.kioskFrom|kinds\.2\.most)$/.test(name),
  ),
  ["country", "Germany"],
  ["devices.kioskFrom", "1"],
  ["kinds.2.most", "many"],
]);
const wrong = readRules(wrongFields);

const [A, B] = ["a".repeat(26) as VisitorId, "b".repeat(26) as VisitorId] as const;
const trial: Trial = {
  now: {
    people: [A, B],
    shared: [
      {
        kind: "email",
        value: "jane.quillfeather@a-rather-long-company-name.example.org",
        verdict: "link",
        reason: "assurance",
        because: "the e-mail address wasn't proven on both sides",
      },
      {
        kind: "phone",
        value: "+4915123456789",
        verdict: "refuse",
        reason: "limit",
        because: "a person has at most 5 phone numbers",
      },
    ],
    decision: {
      verdict: "separate",
      reason: "separate",
      because: "these are two personas of one human, kept apart",
    },
  },
  changed: {
    people: [A, B],
    shared: [
      {
        kind: "email",
        value: "jane.quillfeather@a-rather-long-company-name.example.org",
        verdict: "merge",
        reason: null,
        because: "both said the same e-mail address",
      },
      {
        kind: "phone",
        value: "+4915123456789",
        verdict: "refuse",
        reason: "limit",
        because: "a person has at most 5 phone numbers",
      },
    ],
    decision: { verdict: "merge", reason: null, because: "officer decided it" },
  },
};
const pair = { ...NOBODY, a: "email:jane@example.org", b: B };

const story = (name: string, title: string, body: Story["body"], at = ""): Story => ({
  name: `rules-${name}`,
  path: `${RULES}${at}`,
  title,
  role: "officer",
  body,
});

export const stories: readonly Story[] = [
  story("in-force", "Identity rules", <RulesPage rules={rules} about={about} fresh />),
  story(
    "edit",
    "Change the rules",
    <EditPage session={session} current={rules} fields={fields} errors={none} from={2} />,
    "/edit",
  ),
  story(
    "wrong",
    "Change the rules",
    <EditPage
      session={session}
      current={rules}
      fields={wrongFields}
      errors={wrong.ok ? none : wrong.errors}
    />,
    "/edit",
  ),
  story(
    "overtaken",
    "Change the rules",
    <EditPage
      session={session}
      current={rules}
      fields={fields.withRow("kinds")}
      errors={none}
      overtaken={{ ...DEFAULT_MERGE_RULES, version: 3 }}
    />,
    "/edit",
  ),
  story(
    "review",
    "What it changes",
    <ReviewPage
      session={session}
      current={{ ...DEFAULT_MERGE_RULES, version: 3 }}
      next={rules}
      fields={fields}
      pair={pair}
      trial={trial}
    />,
    "/edit",
  ),
  story(
    "try",
    "Try the rules",
    <TryPage pair={pair} trial={{ ...trial, changed: null }} />,
    "/try",
  ),
  story(
    "nobody",
    "Try the rules",
    <TryPage
      pair={{
        a: "email:nobody@example.org",
        b: "",
        errors: new Map([
          ["a", "Nobody said this identifier."],
          ["b", "Say who: an id or an identifier."],
        ]),
      }}
      trial={null}
    />,
    "/try",
  ),
  story(
    "versions",
    "Versions",
    <RulesVersionsPage
      versions={[
        { version: 4, ...about },
        { version: 3, author: "owner", at: SAVED - 86_400_000 },
        { version: 1, author: "usher", at: 0 },
      ]}
      compared={{ before: { ...DEFAULT_MERGE_RULES, version: 3 }, after: rules }}
    />,
    "/versions",
  ),
  story(
    "version",
    "Version 3",
    <RulesVersionPage rules={{ ...DEFAULT_MERGE_RULES, version: 3 }} about={about} current={4} />,
    "/versions/3",
  ),
];
