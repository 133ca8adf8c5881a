/** What the pages for visitors say beside their texts: why, in whose words, by which name. A policy's own texts may leave these out. */
import { BECAUSE_CODES, type Because, REASONS } from "../../domain/consent/because.ts";

export type MoreTexts = Readonly<Record<`${"because" | "kind" | "trait"}.${string}`, string>>;

const because = (reasons: Readonly<Record<Because, string>>): MoreTexts =>
  Object.fromEntries(BECAUSE_CODES.map((code) => [`because.${code}`, reasons[code]]));

export const EN_MORE: MoreTexts = {
  "kind.user_id": "Account id",
  "kind.email": "E-mail address",
  "kind.phone": "Phone number",
  "kind.crm": "Customer number",
  "kind.social": "Account at {provider}",
  "kind.esp": "Number in our mailing list ({provider})",
  "kind.anonymous_id": "A random id of your browser",
  "kind.push": "Address of push messages",
  "trait.name": "Name",
  "trait.firstname": "First name",
  "trait.lastname": "Last name",
  "trait.email": "E-mail address",
  "trait.phone": "Phone number",
  "trait.birthday": "Date of birth",
  "trait.gender": "Gender",
  "trait.address": "Address",
  "trait.company": "Organisation",
  ...Object.fromEntries(BECAUSE_CODES.map((code) => [`because.${code}`, REASONS[code].words])),
};

export const DE_MORE: MoreTexts = {
  "kind.user_id": "Kennung Ihres Kontos",
  "kind.email": "E-Mail-Adresse",
  "kind.phone": "Telefonnummer",
  "kind.crm": "Kundennummer",
  "kind.social": "Konto bei {provider}",
  "kind.esp": "Nummer in unserem Verteiler ({provider})",
  "kind.anonymous_id": "Eine Zufallskennung Ihres Browsers",
  "kind.push": "Adresse für Push-Nachrichten",
  "trait.name": "Name",
  "trait.firstname": "Vorname",
  "trait.lastname": "Nachname",
  "trait.email": "E-Mail-Adresse",
  "trait.phone": "Telefonnummer",
  "trait.birthday": "Geburtsdatum",
  "trait.gender": "Geschlecht",
  "trait.address": "Anschrift",
  "trait.company": "Organisation",
  ...because({
    required: "Ohne dies funktioniert die Website nicht, darum braucht es Ihre Erlaubnis nicht.",
    erased:
      "Ihre Daten wurden auf Ihren Wunsch gelöscht, darum wird darunter nichts aufgezeichnet.",
    child:
      "Wir wissen, dass dies ein Kind ist; genutzt wird nur, was die Website zum Funktionieren braucht.",
    "gpc-opted-out":
      "Ihr Browser sendet Global Privacy Control oder tat es zuvor. Wir halten uns daran.",
    "gpp-opted-out":
      "Sie haben dem Verkauf, der Weitergabe oder zielgerichteter Werbung widersprochen (GPP-Signal).",
    "gpp-unreadable":
      "Ihr Browser hat ein Datenschutzsignal (GPP) gesendet, das wir nicht lesen konnten; wir werten es als Nein.",
    "usp-opted-out": "Sie haben dem Verkauf Ihrer Daten widersprochen (US-Privacy-Signal).",
    "usp-unreadable":
      "Ihr Browser hat ein Datenschutzsignal (US Privacy) gesendet, das wir nicht lesen konnten; wir werten es als Nein.",
    "choice-granted": "Sie haben dem auf dieser Website zugestimmt.",
    "choice-override":
      "Sie haben dem hier zugestimmt, obwohl Ihr Browser Global Privacy Control sendet.",
    "choice-refused": "Sie haben dies auf dieser Website abgelehnt.",
    "choice-withdrawn":
      "Sie haben dem früher zugestimmt und es zurückgenommen, hier oder auf einem anderen Ihrer Geräte.",
    "choice-elsewhere":
      "Sie haben dies auf einem anderen Gerät abgelehnt, auf dem Sie angemeldet waren, und das gilt für alle. Um es zu erlauben, erlauben Sie es auch dort.",
    "choice-expired": "Ihre Zustimmung liegt lange zurück. Wir müssen neu fragen.",
    "choice-policy-changed":
      "Sie haben dem zugestimmt, bevor es sich geändert hat. Wir müssen neu fragen.",
    "choice-regime-changed":
      "Sie haben dem zugestimmt, wo andere Regeln gelten. Wir müssen neu fragen.",
    "choice-unreadable":
      "Wir konnten Ihre Auswahl auf dieser Website nicht lesen; bis Sie neu wählen, werten wir das als Nein.",
    "tcf-granted": "Sie haben dem im Einwilligungsdialog der Website zugestimmt (TCF).",
    "tcf-refused": "Sie haben dem im Einwilligungsdialog der Website nicht zugestimmt (TCF).",
    "tcf-expired":
      "Was Sie im Einwilligungsdialog der Website gesagt haben (TCF), ist zu alt, um sich darauf zu stützen.",
    "tcf-invalid":
      "Was der Einwilligungsdialog der Website gespeichert hat (TCF), ist ungültig; wir werten es als Nein.",
    "tcf-unreadable":
      "Wir konnten nicht lesen, was der Einwilligungsdialog der Website gespeichert hat (TCF); wir werten es als Nein.",
    "cmp-granted": "Sie haben dem im Einwilligungsdialog der Website zugestimmt.",
    "cmp-refused": "Sie haben dies im Einwilligungsdialog der Website abgelehnt.",
    "cmp-unreadable":
      "Wir konnten nicht lesen, was der Einwilligungsdialog der Website gespeichert hat; wir werten es als Nein.",
    "default-granted":
      "Wo Sie sind, dürfen Websites dies, solange Sie nicht Nein sagen. Das können Sie jederzeit.",
    "default-denied":
      "Sie wurden nicht gefragt oder haben nicht geantwortet, und ohne ein Ja tun wir dies hier nicht.",
    error: "Beim Prüfen Ihrer Auswahl ging etwas schief; wir werten es als Nein.",
  }),
};
