/** The catalogue a site starts with: one rung of the ladder each (DESIGN.md 5). */
import type { Action, Catalogue } from "./catalogue.ts";

const base = {
  channel: "site",
  slots: [],
  value: 1,
  lever: 1,
  prior: 0.05,
  cap: 5,
  coolDownHours: 24,
  windowHours: 24,
  enabled: true,
} satisfies Partial<Action>;

export const STARTER_CATALOGUE: Catalogue = {
  version: 1,
  actions: [
    {
      ...base,
      id: "get-the-app",
      label: "Get the app",
      title: "Take the club with you",
      text: "Line-ups, tickets and scores in one place on your phone.",
      href: "/app",
      stage: "device",
      conditions: { deviceTypes: ["phone"], app: false },
    },
    {
      ...base,
      id: "topic-survey",
      label: "Survey on the topic read most",
      title: "You follow {topic} closely",
      text: "Two minutes, four questions: tell us what you would like to read about it.",
      href: "/survey?topic={topic}",
      stage: "activity",
      conditions: { reads: { topic: "*", atLeast: 3 } },
      value: 1.5,
    },
    {
      ...base,
      id: "confirm-email",
      label: "Confirm the e-mail address",
      title: "One click is missing",
      text: "Confirm your address and the newsletter is on its way.",
      href: "/newsletter",
      stage: "identified",
      conditions: { unconfirmed: ["email"] },
      value: 2,
    },
    {
      ...base,
      id: "renewal",
      label: "Renew the season ticket",
      title: "Your seat is waiting",
      text: "Renew before the season starts and keep your place.",
      href: "/tickets",
      stage: "person",
      conditions: { knows: ["user_id"], orders: { atLeast: 1 } },
      value: 6,
    },
  ],
};
