/** How a question about one purpose stands. */
export type State = "none" | "unreadable" | "refused" | "withdrawn" | "granted" | "expired";

/** Who answered it. */
export type Source = "law" | "gpc" | "gpp" | "usp" | "choice" | "tcf" | "cmp" | "default" | "fault";

export interface Reason {
  readonly granted: boolean;
  readonly source: Source;
  readonly state: State;
  /** A sentence a visitor understands. */
  readonly words: string;
}

const rule = (granted: boolean, source: Source, state: State, words: string): Reason => ({
  granted,
  source,
  state,
  words,
});

/** Every way a purpose can be decided. The list is closed: whatever stores or shows a decision can rely on it. */
export const REASONS = {
  required: rule(
    true,
    "law",
    "none",
    "The site can't work without this, so it doesn't need your permission.",
  ),
  erased: rule(
    false,
    "law",
    "withdrawn",
    "Your data was erased at your request, so nothing is recorded under it.",
  ),
  child: rule(
    false,
    "law",
    "refused",
    "We know this is a child, so only what the site needs to work is used.",
  ),

  "gpc-opted-out": rule(
    false,
    "gpc",
    "refused",
    "Your browser sends Global Privacy Control, or did so before. We honour it.",
  ),
  "gpp-opted-out": rule(
    false,
    "gpp",
    "refused",
    "You opted out of sale, sharing or targeted advertising (GPP signal).",
  ),
  "gpp-unreadable": rule(
    false,
    "gpp",
    "unreadable",
    "Your browser sent a privacy signal (GPP) we could not read, so we take it as a no.",
  ),
  "usp-opted-out": rule(
    false,
    "usp",
    "refused",
    "You opted out of the sale of your data (US Privacy signal).",
  ),
  "usp-unreadable": rule(
    false,
    "usp",
    "unreadable",
    "Your browser sent a privacy signal (US Privacy) we could not read, so we take it as a no.",
  ),

  "choice-granted": rule(true, "choice", "granted", "You agreed to this on this site."),
  "choice-override": rule(
    true,
    "choice",
    "granted",
    "You agreed to this here although your browser sends Global Privacy Control.",
  ),
  "choice-refused": rule(false, "choice", "refused", "You said no to this on this site."),
  "choice-withdrawn": rule(
    false,
    "choice",
    "withdrawn",
    "You agreed to this before and took it back, here or on another device of yours.",
  ),
  "choice-elsewhere": rule(
    false,
    "choice",
    "withdrawn",
    "You said no to this on another device on which you signed in, and that counts for all of them. To allow it, allow it there as well.",
  ),
  "choice-expired": rule(
    false,
    "choice",
    "expired",
    "You agreed to this a long time ago. We need to ask again.",
  ),
  "choice-policy-changed": rule(
    false,
    "choice",
    "expired",
    "You agreed to this before it changed. We need to ask again.",
  ),
  "choice-regime-changed": rule(
    false,
    "choice",
    "expired",
    "You agreed to this where other rules apply. We need to ask again.",
  ),

  "choice-unreadable": rule(
    false,
    "choice",
    "unreadable",
    "We could not read what you chose on this site, so we take it as a no until you choose again.",
  ),

  "tcf-granted": rule(
    true,
    "tcf",
    "granted",
    "You agreed to this in the site's consent dialog (TCF).",
  ),
  "tcf-refused": rule(
    false,
    "tcf",
    "refused",
    "You didn't agree to this in the site's consent dialog (TCF).",
  ),
  "tcf-expired": rule(
    false,
    "tcf",
    "expired",
    "What you said in the site's consent dialog (TCF) is too old to rely on.",
  ),
  "tcf-invalid": rule(
    false,
    "tcf",
    "unreadable",
    "What the site's consent dialog stored (TCF) is not valid, so we take it as a no.",
  ),
  "tcf-unreadable": rule(
    false,
    "tcf",
    "unreadable",
    "We could not read what the site's consent dialog stored (TCF), so we take it as a no.",
  ),

  "cmp-granted": rule(true, "cmp", "granted", "You agreed to this in the site's consent dialog."),
  "cmp-refused": rule(false, "cmp", "refused", "You said no to this in the site's consent dialog."),
  "cmp-unreadable": rule(
    false,
    "cmp",
    "unreadable",
    "We could not read what the site's consent dialog stored, so we take it as a no.",
  ),

  "default-granted": rule(
    true,
    "default",
    "none",
    "Where you are, sites may do this unless you say no. You can say no at any time.",
  ),
  "default-denied": rule(
    false,
    "default",
    "none",
    "You haven't been asked or haven't answered, and without a yes we don't do this here.",
  ),

  error: rule(
    false,
    "fault",
    "unreadable",
    "Something went wrong while we checked your privacy choice, so we take it as a no.",
  ),
} as const satisfies Record<string, Reason>;

export type Because = keyof typeof REASONS;

export const BECAUSE_CODES = Object.keys(REASONS) as readonly Because[];
