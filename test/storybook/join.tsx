/** Joining two people and taking a merge back, each as it is shown before it happens. */
import { namingOf } from "../../src/console/identity.tsx";
import { JoinPage } from "../../src/console/join.tsx";
import { UndoPage } from "../../src/console/undo.tsx";
import type { MergeId, PersonId, VisitorId } from "../../src/domain/ids.ts";
import type { MergeOutcome, SideAnswer } from "../../src/http/api/merges.ts";
import type { VisitorAnswer } from "../../src/http/api/person.ts";
import type { Story } from "./story.ts";

const SEEN = "2026-11-21T18:04:00.000Z";
const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(26) as VisitorId) as [
  VisitorId,
  VisitorId,
  VisitorId,
];

const device = (id: VisitorId, type: "phone" | "desktop", os: string): VisitorAnswer => ({
  id,
  origin: "browser",
  device: { type, os, browser: "Safari" },
  firstSeen: SEEN,
  lastSeen: SEEN,
  events: 9,
  sharing: null,
});

const naming = namingOf({
  visitors: [device(A, "phone", "iOS"), device(B, "desktop", "macOS"), device(C, "phone", "iOS")],
});

const jane: SideAnswer = {
  person: A as PersonId,
  visitors: [A, B],
  identifiers: [
    { kind: "email", value: "jane@example.org", assurance: "verified" },
    { kind: "phone", value: null, assurance: "asserted" },
  ],
  events: 388,
};
const other: SideAnswer = {
  person: C as PersonId,
  visitors: [C],
  identifiers: [
    {
      kind: "email",
      value: "<b>j.doe</b>@a-company-with-a-long-name.example",
      assurance: "hinted",
    },
  ],
  events: 1,
};
const nobody: SideAnswer = { person: C as PersonId, visitors: [C], identifiers: [], events: 12 };

const outcome = (second: SideAnswer): MergeOutcome => ({
  merge: null,
  people: [jane.person, second.person],
  changes: [],
  sides: [jane, second],
});

const merge = `${C}.aaaaaaaaaaaa` as MergeId;
const session = { role: "officer", formToken: "x".repeat(43), subject: "x", until: null } as const;
const pair = { a: A, b: C, naming, session };

const story = (name: string, path: string, title: string, body: Story["body"]): Story => ({
  name,
  path: `/_u/console/merges/${path}`,
  title,
  role: "officer",
  body,
});

export const stories: readonly Story[] = [
  story(
    "join",
    "new",
    "Join two people",
    <JoinPage {...pair} outcome={outcome(nobody)} refusal={null} />,
  ),
  story(
    "join-refused",
    "new",
    "Join two people",
    <JoinPage
      {...pair}
      outcome={outcome(other)}
      refusal="one address is of their work, the other private"
    />,
  ),
  story(
    "undo",
    `${merge}/undo`,
    "Undo a merge",
    <UndoPage merge={merge} outcome={outcome(other)} naming={naming} session={session} />,
  ),
];
