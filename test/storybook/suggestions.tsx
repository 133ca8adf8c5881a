/** Suggestions: the list, one to decide about, one that was decided. */
import type { VisitorId } from "../../src/domain/ids.ts";
import { SuggestionsListPage } from "../../src/console/suggestions/list.tsx";
import { SuggestionPage } from "../../src/console/suggestions/suggestion.tsx";
import type { SuggestionAnswer } from "../../src/http/api/suggestions.ts";
import type { Story } from "./story.ts";

const session = { role: "officer" as const, formToken: "x".repeat(43), subject: "x", until: null };
const visitor = (letter: string): VisitorId => letter.repeat(26) as VisitorId;
const [A, B] = [visitor("a"), visitor("b")];

const suggestion: SuggestionAnswer = {
  id: `${A}.${B}`,
  state: "open",
  basis: "facts",
  at: "2026-11-22T14:05:00.000Z",
  probability: 0.9987,
  score: 9.6,
  reasons: [
    {
      field: "start",
      bits: -8.4,
      because: "before anything is compared, few pairs are one person",
    },
    { field: "firstName", bits: 5.2, because: "the first name is the same" },
    {
      field: "lastName",
      bits: 7.9,
      because: "the last name is one slip apart",
    },
    {
      field: "birthday",
      bits: 11.3,
      because: "the date of birth is the same, and the value is rare",
    },
    { field: "postalCode", bits: 6.1, because: "the postcode is the same" },
    { field: "email", bits: -3.1, because: "the e-mail address is different" },
    {
      field: "firstName/lastName",
      bits: 0.2,
      because: "first name and last name are filled in the same way",
    },
    {
      field: "kinship",
      bits: -9.6,
      because: "a different person of the same household looks like this too",
    },
  ],
  people: [
    { id: A, visitor: A, origin: "import", device: null, stage: "identified", visitors: 1 },
    { id: B, visitor: B, origin: "browser", device: "phone", stage: "person", visitors: 3 },
  ],
  facts: [
    { field: "firstName", a: "J…", b: "J…", same: true },
    { field: "lastName", a: "Quillfeather", b: "Quilfeather", same: false },
    { field: "birthday", a: "1987-…", b: "1987-…", same: true },
    {
      field: "email",
      a: "jane.quillfeather@a-rather-long-company-name.example.org",
      b: "jq87@example.net",
      same: false,
    },
    { field: "phone", a: null, b: "+49 151 23456789", same: false },
    { field: "postalCode", a: "4711", b: "4711", same: true },
  ],
  policy: { joins: true, because: "the officer decided it" },
  decided: null,
};

const refused: SuggestionAnswer = {
  ...suggestion,
  policy: { joins: false, because: "these are two personas of one human, kept apart" },
};

const decided: SuggestionAnswer = {
  ...suggestion,
  state: "automatic",
  people: [suggestion.people[0], { ...suggestion.people[1], id: A }],
  decided: {
    at: "2026-11-22T14:20:00.000Z",
    by: "policy",
    why: "the merge rules join from 0.995 on",
    merge: `${A}.${"c".repeat(12)}`,
  },
};

const rejected: SuggestionAnswer = {
  ...suggestion,
  state: "rejected",
  decided: {
    at: "2026-11-22T14:20:00.000Z",
    by: "officer",
    why: "twins, they said so at the gate",
    merge: null,
  },
};

const less: SuggestionAnswer = {
  ...suggestion,
  id: `${visitor("c")}.${visitor("d")}`,
  probability: 0.83,
  facts: [{ field: "email", a: "info@example.org", b: null, same: false }],
};

const devices: SuggestionAnswer = {
  ...suggestion,
  id: `${visitor("e")}.${visitor("f")}`,
  basis: "devices",
  probability: 0.848,
  score: 2.5,
  reasons: [
    {
      field: "start",
      bits: -7.6,
      because: "before anything is compared, few devices are one person's",
    },
    {
      field: "place1",
      bits: 6.9,
      because: "both are often seen at one place, on 12 and 9 days, like no other device",
    },
    {
      field: "place2",
      bits: 6.9,
      because: "both are often seen at a second place, on 7 and 8 days, like 3 others",
    },
    {
      field: "hours",
      bits: 0,
      because: "they are used at different hours of the day, which tells neither way",
    },
    { field: "devices", bits: 0.6, because: "one is a phone, the other a computer" },
    {
      field: "kinship",
      bits: -4.3,
      because: "two people of one household share a place, and sometimes a second one",
    },
  ],
  people: [
    { id: A, visitor: A, origin: "browser", device: "phone", stage: "activity", visitors: 1 },
    { id: B, visitor: B, origin: "browser", device: "desktop", stage: "device", visitors: 1 },
  ],
  facts: [],
};

const withdrawn: SuggestionAnswer = {
  ...devices,
  ...rejected,
  basis: "devices",
  people: devices.people,
  reasons: [],
  facts: [],
};

const story = (name: string, title: string, body: Story["body"], at = ""): Story => ({
  name: `suggestions-${name}`,
  path: `/_u/console/suggestions${at}`,
  title,
  role: "officer",
  body,
});

const one = (each: SuggestionAnswer): Story["body"] => (
  <SuggestionPage suggestion={each} session={session} />
);

export const stories: readonly Story[] = [
  story(
    "second-word",
    "Are these one person?",
    <SuggestionPage
      suggestion={{
        ...suggestion,
        policy: {
          joins: false,
          because: "one person has one user id; together they would have 2",
        },
      }}
      session={session}
      unforced={{ why: "They share a desk." }}
    />,
    `/${suggestion.id}`,
  ),
  story(
    "list",
    "Suggestions",
    <SuggestionsListPage
      suggestions={[suggestion, devices, less]}
      cursor="1.a.b"
      state="open"
      further={false}
      comparesDevices
    />,
  ),
  story(
    "rejected-list",
    "Suggestions",
    <SuggestionsListPage
      suggestions={[rejected]}
      cursor={null}
      state="rejected"
      further
      comparesDevices={false}
    />,
  ),
  story(
    "none",
    "Suggestions",
    <SuggestionsListPage
      suggestions={[]}
      cursor={null}
      state="open"
      further={false}
      comparesDevices={false}
    />,
  ),
  story("one", "Are these one person?", one(suggestion), `/${suggestion.id}`),
  story("refused", "Are these one person?", one(refused), `/${suggestion.id}`),
  story("devices", "Are these one person?", one(devices), `/${devices.id}`),
  story("withdrawn", "Are these one person?", one(withdrawn), `/${devices.id}`),
  story("automatic", "Are these one person?", one(decided), `/${suggestion.id}`),
];
