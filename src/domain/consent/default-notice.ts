import type { Policy } from "./policy.ts";

/** What is told where nobody is asked and the policy has no words for it in that language. */
export const TOLD: Readonly<Record<string, { readonly told: string; readonly close: string }>> = {
  en: {
    told: "Unless you say no, this site uses what you do on it for: {purposes}. You can change that now or at any time.",
    close: "Close",
  },
  de: {
    told: "Solange Sie nicht Nein sagen, nutzt diese Website, was Sie hier tun, für: {purposes}. Sie können das jetzt oder jederzeit ändern.",
    close: "Schließen",
  },
};

/** What the banner says. Accept and refuse carry equal weight, in words as on screen. */
export const DEFAULT_NOTICE: Policy["notice"] = {
  language: "en",
  texts: {
    en: {
      title: "Your privacy on this site",
      body: "May we record how you use this site? You decide for what. If you refuse, nothing is recorded about you, and you can change your mind at any time.",
      acceptAll: "Accept all",
      refuseAll: "Refuse all",
      choose: "Choose",
      save: "Save my choice",
      ownData: "See and manage your data",
      gpcHonoured:
        "Your browser asks us not to share or sell your data (Global Privacy Control). We honour that.",
      gpcOverride:
        "Your browser asks us not to share or sell your data. Allow advertising on this site all the same",
    },
    de: {
      title: "Ihre Privatsphäre auf dieser Website",
      body: "Dürfen wir aufzeichnen, wie Sie diese Website nutzen? Sie entscheiden, wofür. Lehnen Sie ab, wird nichts über Sie aufgezeichnet; Sie können Ihre Meinung jederzeit ändern.",
      acceptAll: "Alle annehmen",
      refuseAll: "Alle ablehnen",
      choose: "Auswählen",
      save: "Auswahl speichern",
      ownData: "Ihre Daten ansehen und verwalten",
      gpcHonoured:
        "Ihr Browser bittet darum, Ihre Daten nicht zu teilen oder zu verkaufen (Global Privacy Control). Wir halten uns daran.",
      gpcOverride:
        "Ihr Browser bittet darum, Ihre Daten nicht zu teilen oder zu verkaufen. Werbung auf dieser Website trotzdem erlauben",
    },
  },
};
