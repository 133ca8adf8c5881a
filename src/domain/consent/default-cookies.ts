import type { PolicyCookie } from "./policy.ts";

/** The cookies Usher sets (CONTRACT.md). 395 days is thirteen months, from the first time and not rolled. */
export const DEFAULT_COOKIES: PolicyCookie[] = [
  {
    name: "__Host-usher",
    alsoNamed: ["usher"],
    purposes: ["measurement", "personalization"],
    lifetimeDays: 395,
    readableByPage: false,
    identifies: true,
    description: {
      en: "A random number that tells this browser from others. Set only after you agreed, removed when you withdraw.",
      de: "Eine Zufallszahl, die diesen Browser von anderen unterscheidet. Nur mit Zustimmung gesetzt, bei Widerruf gelöscht.",
    },
  },
  {
    name: "__Host-usher-consent",
    alsoNamed: ["usher-consent"],
    purposes: ["necessary"],
    lifetimeDays: 395,
    readableByPage: true,
    identifies: false,
    description: {
      en: "Your privacy choice, so that we don't ask again. It contains no number that could identify you.",
      de: "Ihre Datenschutzwahl, damit wir nicht erneut fragen. Enthält keine Nummer, die Sie erkennbar machte.",
    },
  },
];
