import type { PolicyCookie } from "./policy.ts";

/** Thirteen months, from the first time and not rolled; Chrome allows 400 days at most. */
export const COOKIE_DAYS = 395;

/** The cookies Usher sets (CONTRACT.md). */
export const DEFAULT_COOKIES: PolicyCookie[] = [
  {
    name: "__Host-usher",
    alsoNamed: ["usher"],
    purposes: ["measurement", "personalization"],
    lifetimeDays: COOKIE_DAYS,
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
    lifetimeDays: COOKIE_DAYS,
    readableByPage: true,
    identifies: false,
    description: {
      en: "Your privacy choice, so that we don't ask again. It contains no number that could identify you.",
      de: "Ihre Datenschutzwahl, damit wir nicht erneut fragen. Enthält keine Nummer, die Sie erkennbar machte.",
    },
  },
];
