/** What the own-data page says, in the languages of the default notice. */
import type { Regime } from "../../domain/consent/purposes.ts";

export interface Words {
  title: string;
  intro: string;
  saved: string;
  choice: string;
  choiceIntro: string;
  /** Where the policy erases on withdrawal. */
  withdrawalErases: string;
  required: string;
  granted: string;
  denied: string;
  save: string;
  acceptAll: string;
  refuseAll: string;
  rules: Record<Regime, string>;
  /** 11 CCR 7025(c)(6) wants the words of the first. */
  gpcHonoured: string;
  gpcOverridden: string;
  gpcGovernsNothing: string;
  gpcUnseen: string;
  known: string;
  nothing: string;
  thisDevice: string;
  otherDevice: string;
  server: string;
  since: string;
  lastSeen: string;
  events: string;
  topics: string;
  campaigns: string;
  identifiers: string;
  traits: string;
  networks: string;
  /** `last` is a day. */
  networksSeen: (networks: number, days: number, last: string) => string;
  hints: string;
  consent: string;
  consentUnder: (policy: number, at: string) => string;
  byDefault: string;
  defaultUnder: (policy: number) => string;
  noConsent: string;
  verified: string;
  unverified: string;
  unreadable: string;
  maybe: (count: number) => string;
  others: string;
  download: string;
  downloadIntro: string;
  downloadButton: string;
  erase: string;
  eraseIntro: string;
  eraseConfirm: string;
  eraseButton: string;
  erased: string;
  erasedWords: (reference: string) => string;
  erasing: (reference: string) => string;
  notConfirmed: string;
  back: string;
  cookies: string;
}

const en: Words = {
  title: "Your data on this site",
  intro: "What this site recorded about you, why it may, and how to change or end that.",
  saved: "Your choice is saved.",
  choice: "Your choice",
  choiceIntro: "You decide for what. Whatever you change counts from now on.",
  withdrawalErases:
    "If you take back a yes, everything recorded about you until then is erased, on all devices shown here and under the other purposes as well.",
  required: "always on",
  granted: "Allowed now.",
  denied: "Not allowed now.",
  save: "Save my choice",
  acceptAll: "Accept all",
  refuseAll: "Refuse all",
  rules: {
    "opt-in": "Where you are, nothing is recorded unless you agree.",
    "opt-out": "Where you are, sites may record unless you say no.",
    notice: "Where you are, sites have to tell you what they record.",
  },
  gpcHonoured:
    "Opt-out request honored: your browser sends Global Privacy Control, and your data is neither sold nor shared.",
  gpcOverridden:
    "Your browser sends Global Privacy Control. You agreed to advertising here all the same; untick it to have the signal honored.",
  gpcGovernsNothing:
    "Your browser sends Global Privacy Control. This site has nothing on that it would end.",
  gpcUnseen: "Your browser doesn't send Global Privacy Control.",
  known: "What we know",
  nothing: "Nothing is recorded under this browser.",
  thisDevice: "This browser",
  otherDevice: "Another of your devices",
  server: "What our own systems know",
  since: "Since",
  lastSeen: "Last seen",
  events: "Recorded events",
  topics: "Topics you looked at",
  campaigns: "How you came",
  identifiers: "You gave us",
  traits: "You told us",
  networks: "Networks this browser was seen at",
  networksSeen: (networks, days, last) =>
    `${networks} on ${days} ${days === 1 ? "day" : "days"}, the last ${last}; kept as marks that only tell them apart, for at most 60 days`,
  hints: "Suggestions shown to you",
  consent: "Recorded with your consent",
  consentUnder: (policy, at) => `as you decided on ${at}, under version ${policy} of our policy`,
  byDefault: "Recorded without an answer of yours",
  defaultUnder: (policy) => `by the default of your region, under version ${policy} of our policy`,
  noConsent: "by the rules of your region; you made no choice of your own",
  verified: "confirmed",
  unverified: "not confirmed",
  unreadable: "can't be read any more",
  maybe: (count) =>
    `${count} other ${count === 1 ? "device" : "devices"} may be yours, but nothing proves it. Sign in on both to see ${count === 1 ? "it" : "them"} here.`,
  others: "Other devices show here only after you signed in on them and on this one.",
  download: "Take it with you",
  downloadIntro: "Everything we hold about you, as a file that programs can read (JSON).",
  downloadButton: "Download my data",
  erase: "Erase it",
  eraseIntro:
    "Everything above goes for good, on all devices shown here. We keep only a mark that you were erased, without a name, so that nothing comes back.",
  eraseConfirm: "Yes, erase all of it. I can't undo this.",
  eraseButton: "Erase my data",
  erased: "Your data is erased",
  erasedWords: (reference) =>
    `Nothing of it is left, and nothing more is recorded unless you agree again. Reference: ${reference}.`,
  erasing: (reference) =>
    `We have begun, and some of it takes a moment longer. It goes on by itself. Reference: ${reference}.`,
  notConfirmed: "Nothing was erased: please tick the box first.",
  back: "Back to your data",
  cookies: "Cookies of this site",
};

const de: Words = {
  title: "Ihre Daten auf dieser Website",
  intro:
    "Was diese Website über Sie aufgezeichnet hat, warum sie es darf und wie Sie das ändern oder beenden.",
  saved: "Ihre Auswahl ist gespeichert.",
  choice: "Ihre Auswahl",
  choiceIntro: "Sie entscheiden, wofür. Was Sie ändern, gilt ab jetzt.",
  withdrawalErases:
    "Nehmen Sie ein Ja zurück, wird alles gelöscht, was bis dahin über Sie aufgezeichnet wurde, auf allen hier gezeigten Geräten und auch unter den anderen Zwecken.",
  required: "immer an",
  granted: "Jetzt erlaubt.",
  denied: "Jetzt nicht erlaubt.",
  save: "Auswahl speichern",
  acceptAll: "Alle annehmen",
  refuseAll: "Alle ablehnen",
  rules: {
    "opt-in": "Wo Sie sind, wird ohne Ihr Ja nichts aufgezeichnet.",
    "opt-out": "Wo Sie sind, darf aufgezeichnet werden, solange Sie nicht Nein sagen.",
    notice: "Wo Sie sind, muss Ihnen gesagt werden, was aufgezeichnet wird.",
  },
  gpcHonoured:
    "Widerspruch beachtet: Ihr Browser sendet Global Privacy Control; Ihre Daten werden weder verkauft noch geteilt.",
  gpcOverridden:
    "Ihr Browser sendet Global Privacy Control. Sie haben Werbung hier trotzdem erlaubt; nehmen Sie den Haken weg, damit das Signal gilt.",
  gpcGovernsNothing:
    "Ihr Browser sendet Global Privacy Control. Diese Website tut nichts, was es beenden würde.",
  gpcUnseen: "Ihr Browser sendet kein Global Privacy Control.",
  known: "Was wir wissen",
  nothing: "Unter diesem Browser ist nichts aufgezeichnet.",
  thisDevice: "Dieser Browser",
  otherDevice: "Ein anderes Ihrer Geräte",
  server: "Was unsere eigenen Systeme wissen",
  since: "Seit",
  lastSeen: "Zuletzt gesehen",
  events: "Aufgezeichnete Ereignisse",
  topics: "Themen, die Sie angesehen haben",
  campaigns: "Wie Sie kamen",
  identifiers: "Von Ihnen angegeben",
  traits: "Von Ihnen erzählt",
  networks: "Netze, in denen dieser Browser gesehen wurde",
  networksSeen: (networks, days, last) =>
    `${networks} an ${days} ${days === 1 ? "Tag" : "Tagen"}, zuletzt am ${last}; als Zeichen, die nur eines vom anderen unterscheiden, höchstens 60 Tage`,
  hints: "Ihnen gezeigte Vorschläge",
  consent: "Aufgezeichnet mit Ihrer Einwilligung",
  consentUnder: (policy, at) =>
    `wie am ${at} von Ihnen entschieden, unter Fassung ${policy} unserer Richtlinie`,
  byDefault: "Aufgezeichnet ohne Antwort von Ihnen",
  defaultUnder: (policy) =>
    `nach der Vorgabe Ihrer Region, unter Fassung ${policy} unserer Richtlinie`,
  noConsent: "nach den Regeln Ihrer Region; Sie haben selbst nichts gewählt",
  verified: "bestätigt",
  unverified: "nicht bestätigt",
  unreadable: "nicht mehr lesbar",
  maybe: (count) =>
    count === 1
      ? "Ein weiteres Gerät könnte Ihres sein, aber nichts beweist es. Melden Sie sich auf beiden an, um es hier zu sehen."
      : `${count} weitere Geräte könnten Ihre sein, aber nichts beweist es. Melden Sie sich dort und hier an, um sie zu sehen.`,
  others: "Andere Geräte erscheinen hier erst, wenn Sie dort und hier angemeldet waren.",
  download: "Mitnehmen",
  downloadIntro: "Alles, was wir über Sie haben, als maschinenlesbare Datei (JSON).",
  downloadButton: "Meine Daten herunterladen",
  erase: "Löschen",
  eraseIntro:
    "Alles oben Genannte wird endgültig gelöscht, auf allen hier gezeigten Geräten. Wir behalten nur einen namenlosen Vermerk der Löschung, damit nichts zurückkehrt.",
  eraseConfirm: "Ja, alles löschen. Das lässt sich nicht rückgängig machen.",
  eraseButton: "Meine Daten löschen",
  erased: "Ihre Daten sind gelöscht",
  erasedWords: (reference) =>
    `Nichts davon ist übrig, und ohne neue Einwilligung wird nichts mehr aufgezeichnet. Aktenzeichen: ${reference}.`,
  erasing: (reference) =>
    `Wir haben begonnen; ein Teil dauert noch einen Moment und läuft von selbst weiter. Aktenzeichen: ${reference}.`,
  notConfirmed: "Es wurde nichts gelöscht: bitte erst das Kästchen ankreuzen.",
  back: "Zurück zu Ihren Daten",
  cookies: "Cookies dieser Website",
};

const WORDS: Readonly<Record<string, Words>> = { en, de };

/** The notice's language may be one that this page doesn't speak: then English, and it says so in `lang`. */
export const wordsIn = (language: string): { lang: string; words: Words } => {
  const lang = language.slice(0, 2);
  const words = WORDS[lang];
  return words ? { lang, words } : { lang: "en", words: en };
};
