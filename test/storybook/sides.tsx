/** The person framework: both sides of a human's life next to each other. */
import { SidesPage } from "../../src/console/sides.tsx";
import type { Device } from "../../src/domain/event.ts";
import type { PersonId, VisitorId } from "../../src/domain/ids.ts";
import type { SideAnswer, SidesAnswer } from "../../src/http/api/sides.ts";
import type { Role } from "../../src/http/auth.ts";
import type { Story } from "./story.ts";

const id = (letter: string): PersonId => letter.repeat(26) as PersonId;
const visitor = (letter: string): VisitorId => letter.repeat(26) as VisitorId;
const SEEN = "2026-11-21T18:04:00.000Z";

const phone: Device = { type: "phone", os: "iOS", browser: "Safari" };
const laptop: Device = { type: "desktop", os: "Windows", browser: "Chrome" };
const tablet: Device = { type: "tablet", os: "Android", browser: "Chrome" };

const granted = { state: "granted" as const, since: SEEN, source: "sign-up" };

const home: SideAnswer = {
  person: id("h"),
  stage: "person",
  addresses: [
    {
      kind: "email",
      value: "jane.doe@gmail.com",
      assurance: "verified",
      side: "personal",
      permissions: [{ channel: "email", ...granted }],
    },
    {
      kind: "phone",
      value: "+491701234567",
      assurance: "asserted",
      side: null,
      permissions: [
        { channel: "sms", ...granted },
        { channel: "call", ...granted, state: "suppressed" },
      ],
    },
  ],
  devices: [
    {
      visitor: visitor("a"),
      device: phone,
      sharing: "personal",
      life: "private",
      lastSeen: SEEN,
      events: 212,
    },
    {
      visitor: visitor("b"),
      device: tablet,
      sharing: "shared",
      life: "both",
      lastSeen: SEEN,
      events: 31,
    },
    {
      visitor: visitor("c"),
      device: null,
      sharing: "kiosk",
      life: null,
      lastSeen: SEEN,
      events: 2,
    },
  ],
  matters: [
    {
      life: "private",
      topics: [
        { topic: "transfers", times: 41 },
        { topic: "tickets", times: 12 },
        { topic: "<i>youth</i>", times: 1 },
      ],
    },
    { life: "both", topics: [{ topic: "travel", times: 6 }] },
  ],
  rather: [
    {
      life: "private",
      channel: "email",
      address: "jane.doe@gmail.com",
      why: [
        "this address may be contacted",
        "it is proven to be theirs",
        "they took 4 of 9 suggestions over this channel",
      ],
    },
    {
      life: "private",
      channel: "sms",
      address: "+491701234567",
      why: ["this address may be contacted", "they typed it"],
    },
  ],
};

const work: SideAnswer = {
  person: id("w"),
  stage: "identified",
  addresses: [
    {
      kind: "email",
      value: "<b>j.doe</b>@a-company-with-a-very-long-name-indeed.example.org",
      assurance: "asserted",
      side: "work",
      permissions: [],
    },
    { kind: "email", value: null, assurance: "asserted", side: "role", permissions: [] },
  ],
  devices: [
    {
      visitor: visitor("d"),
      device: laptop,
      sharing: "personal",
      life: "work",
      lastSeen: SEEN,
      events: 18,
    },
  ],
  matters: [{ life: "work", topics: [{ topic: "hospitality", times: 9 }] }],
  rather: [],
};

const story = (name: string, role: Role, answer: SidesAnswer): Story => ({
  name: `sides-${name}`,
  path: `/_u/console/people/${answer.person}/sides`,
  title: "Sides of life",
  role,
  body: (
    <SidesPage
      session={{ role, formToken: "x".repeat(43), subject: "x", until: null }}
      answer={answer}
    />
  ),
});

export const stories: readonly Story[] = [
  story("two", "officer", { person: home.person, sides: [home, work] }),
  story("unknown", "officer", {
    person: id("u"),
    sides: [
      { person: id("u"), stage: "device", addresses: [], devices: [], matters: [], rather: [] },
    ],
  }),
];
