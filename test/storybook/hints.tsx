/** The marketer's pages: catalogue, editor, performance, exports, segments. */
import { type Action, CHANNELS } from "../../src/domain/action/catalogue.ts";
import { sentence } from "../../src/domain/action/conditions.ts";
import { stateOf } from "../../src/domain/action/eligible.ts";
import { STARTER_CATALOGUE } from "../../src/domain/action/starter.ts";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import type { PersonId } from "../../src/domain/ids.ts";
import { ActionPage } from "../../src/console/hints/action.tsx";
import { CataloguePage } from "../../src/console/hints/catalogue.tsx";
import { draftOf, EMPTY, readDraft } from "../../src/console/hints/draft.ts";
import { EditorPage, type EditorProps } from "../../src/console/hints/editor.tsx";
import { ExportsPage } from "../../src/console/hints/exports.tsx";
import { Preview } from "../../src/console/hints/preview.tsx";
import { SegmentsPage } from "../../src/console/hints/segments.tsx";
import { VersionsPage } from "../../src/console/hints/versions.tsx";
import type { HintLine } from "../../src/http/api/hint-lines.ts";
import type { Matches } from "../../src/http/api/matches.ts";
import { job } from "./exports.tsx";
import type { Story } from "./story.ts";

const ORIGIN = "https://www.saltmere.example";
/** Of the site's own, and from elsewhere. */
const PICTURES = {
  site: "/_u/console/icon.svg",
  email: "https://cdn.example/a.png",
  push: "",
  sms: "",
  sales: "",
} as const;
const NOW = Date.parse("2026-11-22T15:00:00Z");
const session = { role: "marketer" as const, formToken: "x".repeat(43), subject: "x", until: null };
const at = (path: string): string => `/_u/console/${path}`;
const story = (name: string, path: string, title: string, body: Story["body"]): Story => ({
  name: `hints-${name}`,
  path: at(path),
  title,
  role: "marketer",
  body,
});
const id = (letter: string): PersonId => letter.repeat(22) as PersonId;

const [app, survey] = STARTER_CATALOGUE.actions as [Action, Action];
const renewal: Action = {
  ...STARTER_CATALOGUE.actions[5]!,
  id: "spring-renewal",
  label: "Renew the season ticket",
  channel: "email",
  persona: "personal",
  conditions: {
    knows: ["email"],
    orders: { atLeast: 1, atMost: 4 },
    lastOrderDays: { atLeast: 240 },
    did: [{ event: "Season Ticket Renewed", atMost: 0, withinDays: 90 }],
    places: ["customer", "lapsed"],
  },
  holdOut: 0.1,
  start: "2026-12-01",
  end: "2027-01-31",
};

const sorted = [
  { action: survey, matches: 12, shown: 1204, taken: 118 },
  { action: app, matches: 31, shown: 4102, taken: 82 },
  { action: renewal, matches: 0, shown: 0, taken: 0 },
  {
    action: { ...app, id: "old", label: "<b>Summer</b> festival", end: "2026-08-31" },
    matches: 0,
    shown: 310,
    taken: 0,
  },
  {
    action: {
      ...app,
      id: "off",
      label: "A-name-without-any-space-that-is-quite-long",
      enabled: false,
    },
    matches: 0,
    shown: 0,
    taken: 0,
  },
];

const line = (letter: string, more: Partial<HintLine>): HintLine => ({
  person: id(letter),
  stage: "person",
  segment: null,
  action: renewal.id,
  label: renewal.label,
  channel: "email",
  address: "jane@example.org",
  permitted: true,
  why: ["gave an e-mail address", "ordered 2 times", "ordered 251 days ago"],
  expected: 0.082,
  priority: 0.6,
  first: true,
  title: renewal.title,
  text: renewal.text,
  href: renewal.href,
  ...more,
});
const lines = [
  line("a", {}),
  line("b", { address: null, permitted: false, stage: "identified" }),
  line("c", { address: "<script>alert(1)</script>@example.org", why: ["did “=1+1” 3 times"] }),
];

const matches: Matches = {
  lookedAt: 50,
  fits: 3,
  conditions: [
    { words: "gave an e-mail address", people: 22 },
    { words: "ordered 1 to 4 times", people: 14 },
    { words: "ordered last at least 240 days ago", people: 4 },
    { words: "hasn't done “Season Ticket Renewed” in the last 90 days", people: 47 },
  ],
  lines,
  cursor: "20779.1.a",
};

const purposes = [
  { id: "measurement", label: "Measurement" },
  { id: "recognition", label: "Recognition" },
  { id: "advertising", label: "Advertising" },
];
const editor = (more: Partial<EditorProps>): Story["body"] => (
  <EditorPage
    session={session}
    draft={draftOf(renewal)}
    id={renewal.id}
    version={7}
    purposes={purposes}
    errors={[]}
    look={{ sentence: sentence(renewal.conditions), matches }}
    origin={ORIGIN}
    conflict={null}
    {...more}
  />
);

const wrong = draftOf({
  ...renewal,
  conditions: {
    ...renewal.conditions,
    os: ["iOS"],
    app: false,
    reads: [
      { topic: "tickets", atLeast: 2 },
      { topic: "youth", atLeast: 1, withinDays: 30 },
    ],
    stages: ["identified", "person"],
  },
});
const wrongDraft = {
  ...wrong,
  texts: { ...wrong.texts, title: "", href: "javascript:alert(1)", holdOut: "70", cap: "often" },
  rows: wrong.rows.map((row) =>
    row.kind === "orders" ? { ...row, values: { atLeast: ["5"], atMost: ["1"] } } : row,
  ),
};
const read = readDraft(wrongDraft);

const actionPage = (more: Partial<Parameters<typeof ActionPage>[0]>): Story["body"] => (
  <ActionPage
    session={session}
    action={renewal}
    version={7}
    state={stateOf(renewal, NOW)}
    matches={matches}
    later={false}
    saved={false}
    kept={false}
    origin={ORIGIN}
    policy={DEFAULT_POLICY}
    {...more}
  />
);

const webhook = {
  id: "mailing",
  url: "https://hooks.mailing.example.org/usher?list=renewals",
  channels: ["email", "push"] as const,
  secret: 1,
};
const delivery = {
  day: 20_779,
  cursor: null,
  state: "done" as const,
  tries: 0,
  next: NOW,
  log: [
    { at: NOW - 600_000, hints: 84, taken: true, status: 200 },
    { at: NOW - 1_200_000, hints: 84, taken: false, status: 503 },
    { at: NOW - 1_500_000, hints: 84, taken: false, status: null },
  ],
};
const exportsPage = (more: Partial<Parameters<typeof ExportsPage>[0]>): Story["body"] => (
  <ExportsPage
    session={session}
    policy={DEFAULT_POLICY}
    actions={[app, survey, renewal]}
    systems={[
      { webhook, delivery },
      {
        webhook: { ...webhook, id: "call-centre", channels: ["sales"] },
        delivery: { ...delivery, state: "open", tries: 3, next: NOW + 1_200_000 },
      },
    ]}
    lists={[
      job({ kind: "hints", purpose: null, by: "marketer", share: null }),
      job({
        kind: "hints",
        purpose: null,
        action: "app",
        by: "marketer",
        state: "done",
        doneAt: NOW,
      }),
    ]}
    now={NOW}
    secret={null}
    errors={[]}
    typed={{ id: "", url: "", channels: [] }}
    {...more}
  />
);

const segments = [
  {
    name: "Mostly did “Survey Answered” and read about youth",
    people: 1204,
    traits: [
      { item: "a", words: "did “Survey Answered”", inside: 0.82, outside: 0.04, llr: 400 },
      { item: "b", words: "read about youth", inside: 0.97, outside: 0.21, llr: 380 },
    ],
  },
  {
    name: "Mostly ordered and read about tickets",
    people: 611,
    traits: [{ item: "c", words: "ordered", inside: 1, outside: 0.03, llr: 900 }],
  },
  { name: "Everybody else", people: 402, traits: [] },
];

export const stories: readonly Story[] = [
  story(
    "catalogue",
    "actions",
    "Next actions",
    <CataloguePage
      version={7}
      lookedAt={50}
      state={null}
      removed={true}
      lines={sorted.map((each) => ({
        ...each,
        state: stateOf(each.action, NOW),
        sentence: sentence(each.action.conditions),
      }))}
    />,
  ),
  story(
    "catalogue-empty",
    "actions",
    "Next actions",
    <CataloguePage version={2} lookedAt={0} state={null} removed={false} lines={[]} />,
  ),
  story(
    "editor-new",
    "actions/new",
    "New action",
    editor({
      draft: EMPTY,
      id: null,
      look: null,
    }),
  ),
  story("editor", "actions/spring-renewal/edit", "Edit an action", editor({})),
  story(
    "editor-errors",
    "actions/spring-renewal/edit",
    "Edit an action",
    editor({ draft: wrongDraft, look: null, errors: read.ok ? [] : read.errors }),
  ),
  story(
    "editor-conflict",
    "actions/spring-renewal/edit",
    "Edit an action",
    editor({
      conflict: {
        theirs: JSON.stringify({ ...renewal, lever: 2 }, null, 2),
        mine: JSON.stringify(renewal, null, 2),
        by: "owner",
      },
    }),
  ),
  story(
    "previews",
    "actions/spring-renewal",
    "Previews",
    <>
      <h1>An action over each channel</h1>
      <div class="sides">
        {CHANNELS.map((channel) => (
          <Preview content={{ ...survey, channel, image: PICTURES[channel] }} origin={ORIGIN} />
        ))}
      </div>
    </>,
  ),
  story(
    "action",
    "actions/spring-renewal",
    "Renew the season ticket",
    actionPage({ saved: true, later: true }),
  ),
  story(
    "action-nobody",
    "actions/spring-renewal",
    "Renew the season ticket",
    actionPage({
      matches: { lookedAt: 0, fits: 0, conditions: [], lines: [], cursor: null },
      action: { ...renewal, conditions: {}, holdOut: 0 },
      state: "live",
      kept: true,
    }),
  ),
  story(
    "versions",
    "actions/versions",
    "Versions",
    <VersionsPage
      versions={[
        { version: 3, author: "marketer", at: "2026-11-22T14:00:00Z" },
        { version: 2, author: "owner", at: "2026-11-20T14:00:00Z" },
        { version: 1, author: "usher", at: "1970-01-01T00:00:00Z" },
      ]}
      compared={{
        version: 3,
        before: JSON.stringify({ actions: [app] }, null, 2),
        after: JSON.stringify({ actions: [{ ...app, lever: 2 }] }, null, 2),
      }}
    />,
  ),
  story("exports", "exports", "Exports", exportsPage({})),
  story(
    "exports-secret",
    "exports",
    "Exports",
    exportsPage({
      secret: { id: "mailing", value: "5f".repeat(32) },
    }),
  ),
  story(
    "exports-empty",
    "exports",
    "Exports",
    exportsPage({
      actions: [],
      systems: [],
      typed: { id: "Mailing!", url: "http://mail.example.org", channels: ["email"] },
      errors: [
        { name: "id", message: "Must be lower-case letters, digits and hyphens, at most 64" },
        { name: "url", message: "Must begin with https://" },
        { name: "channels", message: "A channel goes to one system" },
      ],
    }),
  ),
  story(
    "segments",
    "segments",
    "Segments",
    <SegmentsPage
      report={{
        at: "2026-11-22T03:17:00.000Z",
        people: 2217,
        segments,
        affinities: [
          [
            "read:tickets",
            "ordered",
            611,
            379,
            "62 % of people who read about tickets ordered afterwards",
          ],
          [
            "read:<i>youth</i>",
            "did:Survey Answered",
            402,
            90,
            "22 % of people who read about <i>youth</i> did “Survey Answered” afterwards",
          ],
        ].map(([from, to, people, both, words]) => ({
          from: String(from),
          to: String(to),
          people: Number(people),
          both: Number(both),
          llr: Number(both) / 4,
          share: Number(both) / Number(people),
          words: String(words),
        })),
      }}
      examples={{
        lookedAt: 50,
        people: new Map([[segments[0]!.name, [id("a"), id("b"), id("c")]]]),
      }}
    />,
  ),
  story(
    "segments-empty",
    "segments",
    "Segments",
    <SegmentsPage
      report={{ at: null, people: 0, segments: [], affinities: [] }}
      examples={{ lookedAt: 0, people: new Map() }}
    />,
  ),
];
