/** The list of people and one of them, with everything that their pages can show. */
import { PeopleBody } from "../../src/console/people.tsx";
import { PersonBody } from "../../src/console/person.tsx";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { STARTER_CATALOGUE } from "../../src/domain/action/starter.ts";
import type { UsherEvent } from "../../src/domain/event.ts";
import type { MergeId, MessageId, PersonId, VisitorId } from "../../src/domain/ids.ts";
import type { PersonView } from "../../src/domain/person/calls.ts";
import type { NextAnswer } from "../../src/domain/person/people.ts";
import type { Step } from "../../src/http/api/journey.ts";
import type { PersonLine } from "../../src/http/api/people.ts";
import type { PersonAnswer, VisitorAnswer } from "../../src/http/api/person.ts";
import type { Story } from "./story.ts";

const at = (day: number, minute = 0): number => Date.UTC(2026, 10, day, 9, minute);
const iso = (day: number, minute = 0): string => new Date(at(day, minute)).toISOString();
/** Like ids are, so that pictures of these pages look like the console: the same for the same letter. */
const visitorId = (letter: string): VisitorId =>
  Array.from({ length: 26 }, (_, n) =>
    ((letter.charCodeAt(0) * (n + 7) * (n + 3) + n) % 32).toString(32),
  )
    .join("")
    .replaceAll(/[0189]/g, "w") as VisitorId;
const [A, B, C, D] = ["a", "b", "c", "d"].map(visitorId) as [
  VisitorId,
  VisitorId,
  VisitorId,
  VisitorId,
];
const ALL = ["advertising", "measurement", "personalization", "recognition"];

const device = (
  id: VisitorId,
  type: "phone" | "tablet" | "desktop",
  os: string,
  browser: string,
  events: number,
): VisitorAnswer => ({
  id,
  origin: "browser",
  device: { type, os, browser },
  firstSeen: iso(3),
  lastSeen: iso(21),
  events,
  sharing: "personal",
});

const JANE: PersonAnswer = {
  id: A as PersonId,
  stage: "person",
  traits: { firstName: "Jane", lastName: "Doe" },
  visitors: [
    device(A, "tablet", "iPadOS", "Safari", 14),
    device(B, "phone", "iOS", "Safari", 31),
    device(C, "desktop", "Windows", "Firefox", 8),
    { ...device(D, "desktop", "", "", 2), origin: "server", device: null },
  ],
  identifiers: [
    {
      kind: "email",
      value: "jane@example.org",
      assurance: "verified",
      state: "settled",
      reason: null,
      visitors: [A, B],
      permissions: [{ channel: "email", state: "granted", since: iso(4), source: "form" }],
    },
    {
      kind: "user_id",
      value: "member-1042",
      assurance: "verified",
      state: "settled",
      reason: null,
      visitors: [B, C, D],
      permissions: [],
    },
    {
      kind: "esp:mailchimp",
      value: "7f3a0c21",
      assurance: "hinted",
      state: "settled",
      reason: null,
      visitors: [C],
      permissions: [],
      belief: { confidence: 0.19, forwarded: true, because: "many devices followed it at once" },
    },
    {
      kind: "email",
      value: "jane@work.example",
      assurance: "asserted",
      state: "refused",
      reason: "separate",
      visitors: [C],
      permissions: [],
    },
    {
      kind: "phone",
      value: "+44 1632 960001",
      assurance: "asserted",
      state: "refused",
      reason: "disowned",
      visitors: [A],
      disowned: [A],
      permissions: [],
    },
  ],
  merges: [
    {
      id: `${B}.aaaaaaaaaaaa` as MergeId,
      visitors: [B, A],
      because: "both said the same e-mail address",
      identifier: { kind: "email", value: "jane@example.org" },
      at: iso(5),
      by: "policy",
      why: null,
      rules: 3,
      probability: null,
      suggestion: null,
      undone: null,
    },
    {
      id: `${C}.aaaaaaaaaaaa` as MergeId,
      visitors: [C, B],
      because: "what they said of themselves is alike (97.3 %), and the officer agreed",
      identifier: null,
      at: iso(9),
      by: "officer",
      why: "She told us at the ticket desk.",
      rules: 3,
      probability: 0.973,
      suggestion: `${B}.${C}`,
      undone: null,
    },
    {
      id: `${D}.aaaaaaaaaaaa` as MergeId,
      visitors: [D, A],
      because: "owner decided",
      identifier: null,
      at: iso(10),
      by: "owner",
      why: "The same card was used.",
      rules: 3,
      probability: null,
      suggestion: null,
      undone: {
        at: iso(11),
        by: "officer",
        because: "the merge was taken back: two sisters with one card",
        severed: true,
      },
    },
  ],
  separate: [visitorId("e")],
  history: [
    {
      op: "undo",
      at: iso(11),
      by: "officer",
      because: "the merge was taken back: two sisters with one card",
      evidence: "human",
      visitors: [D, A],
      merge: `${D}.aaaaaaaaaaaa` as MergeId,
    },
    {
      op: "merge",
      at: iso(5),
      by: "policy",
      because: "both said the same e-mail address",
      evidence: "e-mail address",
      visitors: [B, A],
      merge: `${B}.aaaaaaaaaaaa` as MergeId,
    },
  ],
};

const VIEW = {
  id: JANE.id,
  visitors: [
    { id: A, decision: { granted: Object.fromEntries(ALL.map((each) => [each, true])) } },
    { id: B, decision: { granted: { measurement: true, advertising: false } } },
  ],
} as unknown as PersonView;

const KEPT_BACK = [
  { missing: "needs “Signed in or confirmed”, is at “Gave an identifier”" },
  { missing: "fits too, and has less priority now" },
  { missing: "advertising isn't granted", purpose: "advertising" },
];
const [app, ...rest] = STARTER_CATALOGUE.actions;
const NEXT: NextAnswer = {
  action: app ?? null,
  hint: null,
  stage: "person",
  confidence: 0.64,
  why: ["uses a phone with iOS", "opened four pages about tickets this month"],
  meter: null,
  others: rest.slice(0, 4).map(({ id, label }, n) => ({
    id,
    label,
    ...KEPT_BACK[n % KEPT_BACK.length]!,
  })),
};

let events = 0;
const step = (visitor: VisitorId, time: number, more: Partial<UsherEvent>): Step => ({
  visitor,
  event: {
    id: `m${events++}` as MessageId,
    day: Math.floor(time / 86_400_000),
    at: time,
    received: time,
    type: "page",
    name: null,
    channel: "web",
    policy: 3,
    purposes: ALL,
    ...more,
  },
});

const HOSTILE = `<script>alert("1")</script>`;
const STEPS: Step[] = [
  step(A, at(3), {
    page: { url: "https://www.example.org/", path: "/", title: "Saltmere Rovers" },
    campaign: { source: "newsletter", medium: "email", name: "spring-renewal" },
    purposes: ["measurement"],
  }),
  step(A, at(3, 4), {
    page: { url: "https://www.example.org/news/3", path: "/news/3", title: "New striker signs" },
    topics: ["transfers"],
  }),
  step(B, at(5), { type: "identify", name: null }),
  step(B, at(5, 2), {
    type: "track",
    name: "Order Completed",
    valueCents: 4_500,
    channel: "app",
  }),
  step(C, at(9), {
    page: { url: "https://www.example.org/x", path: `/${"long-path-".repeat(14)}`, title: HOSTILE },
  }),
];

const line = (letter: string, more: Partial<PersonLine>): PersonLine => ({
  id: visitorId(letter) as PersonId,
  stage: "device",
  lastSeen: iso(21),
  visitors: 1,
  next: null,
  ...more,
});

const LINES = [
  line("a", { stage: "person", visitors: 4, next: "Get the app" }),
  line("b", { stage: "identified", visitors: 2, next: "Confirm the address" }),
  line("c", { stage: "activity" }),
  line("d", {}),
];

const ACTIONS = STARTER_CATALOGUE.actions.map(({ label }) => label);
const SEGMENTS = ["Readers of transfers", "Ticket buyers"];
const PEOPLE = { path: "/_u/console/people", title: "People" } as const;
const PERSON = { path: `/_u/console/people/${A}`, title: "Jane Doe" } as const;

/** As an officer sees her. */
const janesPage = (
  more: Pick<Parameters<typeof PersonBody>[0], "journey" | "refused">,
): Story["body"] => (
  <PersonBody
    policy={DEFAULT_POLICY}
    view={VIEW}
    person={JANE}
    next={NEXT}
    mayDecide
    earlier={false}
    session={{ role: "officer", formToken: "x".repeat(43), subject: "x", until: null }}
    {...more}
  />
);

export const stories: readonly Story[] = [
  {
    ...PEOPLE,
    name: "people",
    role: "marketer",
    body: (
      <PeopleBody
        search={{}}
        actions={ACTIONS}
        segments={SEGMENTS}
        found={{ people: LINES, cursor: "1.2.a", lookedAt: null }}
        first
      />
    ),
  },
  {
    ...PEOPLE,
    name: "people-nobody",
    role: "officer",
    body: (
      <PeopleBody
        search={{ q: "nobody@example.org" }}
        actions={ACTIONS}
        segments={SEGMENTS}
        found={{ people: [], cursor: null, lookedAt: null }}
        first
      />
    ),
  },
  {
    ...PEOPLE,
    name: "people-segment",
    role: "marketer",
    body: (
      <PeopleBody
        search={{ segment: SEGMENTS[0] }}
        actions={ACTIONS}
        segments={SEGMENTS}
        found={{ people: LINES.slice(0, 2), cursor: "1.2.a", lookedAt: 150 }}
        first
      />
    ),
  },
  {
    ...PERSON,
    name: "person",
    role: "officer",
    body: janesPage({ journey: { steps: STEPS.slice(0, -1), cursor: "1.a.b" } }),
  },
  ...(
    [
      ["device", { device: A, sharing: "shared" }, "device", "There is nobody of this id."],
      ["permission", { way: `call phone:1` }, "way", "This person doesn't have this address."],
      [
        "disown",
        { "disown-said": `${B} user_id:member-1042` },
        "disown-said",
        "This device didn't say this identifier.",
      ],
    ] as const
  ).map(([form, typed, name, message]): Story => ({
    ...PERSON,
    name: `person-refused-${form}`,
    role: "officer",
    body: janesPage({
      journey: { steps: STEPS.slice(0, 1), cursor: null },
      refused: {
        [form]: { typed: { ...typed, [`${form}-why`]: "Told us" }, error: { name, message } },
      },
    }),
  })),
  {
    ...PERSON,
    name: "person-parted",
    role: "marketer",
    body: (
      <PersonBody
        policy={DEFAULT_POLICY}
        view={VIEW}
        person={{ ...JANE, traits: { name: HOSTILE } }}
        next={NEXT}
        journey={{ steps: STEPS.slice(-1), cursor: null }}
        mayDecide={false}
        earlier
        parted={D}
      />
    ),
  },
  {
    ...PERSON,
    name: "person-device",
    title: "Somebody without a name",
    role: "marketer",
    body: (
      <PersonBody
        policy={DEFAULT_POLICY}
        view={{ ...VIEW, visitors: [] }}
        person={{
          ...JANE,
          stage: "device",
          traits: {},
          visitors: JANE.visitors.slice(0, 1),
          identifiers: [],
          merges: [],
          separate: [],
        }}
        next={{ action: null, hint: null, stage: "device", confidence: 0, why: [], meter: null }}
        journey={{ steps: [], cursor: null }}
        mayDecide={false}
        earlier
        told="permission"
      />
    ),
  },
];
