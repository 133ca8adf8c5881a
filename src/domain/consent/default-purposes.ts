import type { PolicyPurpose } from "./policy.ts";

/** The purposes of the default policy. Retention follows the use: what reaches furthest is kept shortest. */
export const DEFAULT_PURPOSES: PolicyPurpose[] = [
  {
    id: "necessary",
    label: { en: "Necessary", de: "Notwendig" },
    description: {
      en: "Keeps the site working and remembers your privacy choice. Nothing here tells us who you are.",
      de: "Hält die Website am Laufen und merkt sich Ihre Datenschutzwahl. Nichts davon sagt uns, wer Sie sind.",
    },
    required: true,
    basis: "strictly-necessary",
    retentionDays: 395,
    switchesOn: [],
    since: 1,
  },
  {
    id: "measurement",
    label: { en: "Measurement", de: "Messung" },
    description: {
      en: "Counts what is read and used on this site, under a random number in a cookie, so that we can improve it.",
      de: "Zählt unter einer Zufallszahl in einem Cookie, was hier gelesen und genutzt wird, damit wir es verbessern.",
    },
    required: false,
    basis: "consent",
    retentionDays: 395,
    switchesOn: ["events", "id-cookie"],
    since: 1,
  },
  {
    id: "personalization",
    label: { en: "Personalization", de: "Personalisierung" },
    description: {
      en: "Uses what you did on this site to suggest what may interest you next.",
      de: "Nutzt, was Sie auf dieser Website getan haben, um vorzuschlagen, was Sie als Nächstes interessieren könnte.",
    },
    required: false,
    basis: "consent",
    retentionDays: 180,
    switchesOn: ["id-cookie", "hints"],
    since: 1,
  },
  {
    id: "recognition",
    label: { en: "Recognition", de: "Wiedererkennung" },
    description: {
      en: "Recognises you on your other devices when you sign in or give your address, and joins what you did there.",
      de: "Erkennt Sie auf anderen Geräten, wenn Sie sich anmelden oder Ihre Adresse angeben, und führt beides zusammen.",
    },
    required: false,
    basis: "consent",
    retentionDays: 395,
    switchesOn: ["claims"],
    since: 1,
  },
  {
    id: "advertising",
    label: { en: "Advertising", de: "Werbung" },
    description: {
      en: "Tells which advertisement brought you here and lets us share that with the companies that showed it.",
      de: "Zeigt, welche Anzeige Sie hergebracht hat, und lässt uns das mit den Firmen teilen, die sie gezeigt haben.",
    },
    required: false,
    basis: "consent",
    retentionDays: 90,
    switchesOn: ["click-ids", "attribution", "ad-export"],
    since: 1,
  },
];
