/** What the snippet offers to pages, and what it reads from the collector (shapes: the HTTP contract). */

export type Properties = Record<string, unknown>;

export interface IdentifyOptions {
  /** A JWT that the site's own server signed; it makes the claim `verified` instead of `asserted`. */
  token?: string;
}

/** A choice for each purpose, or the wire's own forms: everything, nothing, an informed override of a signal. */
export type ConsentChoice = Record<string, boolean> | Answer;

/** `policy`: the version that was on the screen. */
export type Answer = ({ choices: Record<string, boolean> } | { accept: "all" | "none" }) & {
  override?: string[];
  policy?: number | undefined;
};

/** What goes with a choice for each purpose. */
export interface ConsentOptions {
  /** `["gpc"]` where the visitor was told that the choice goes before that signal; `[]` ends it. */
  override?: string[];
  /** The version that was on the screen. */
  policy?: number;
}

export interface Purpose {
  id: string;
  label: string;
  description: string;
  required: boolean;
}

/** The banner's words. Whatever is missing is said in English. */
export interface Notice {
  title: string;
  body: string;
  acceptAll: string;
  refuseAll: string;
  choose: string;
  save: string;
  ownData: string;
  gpcHonoured: string;
  gpcOverride: string;
}

/** `GET /_u/consent`. Empty when the collector could not be reached, which means: nothing is allowed. */
export interface ConsentDocument {
  policy?: { version: number; purposes: Purpose[]; language?: string; notice?: Partial<Notice> };
  signals?: { gpc?: boolean };
  gpcHonoured?: boolean;
  decisions?: Record<string, { granted: boolean; code?: string; because?: string }>;
  /** What is open by that, whatever the purposes are called: `events`, `hints` and so on. */
  open?: string[];
  ask?: boolean;
  /** Whether scroll depth and engaged time are to be measured. */
  engagement?: boolean;
}

export interface Action {
  id: string;
  label: string;
  title: string;
  text: string;
  href: string;
  image?: string;
}

/** `GET /_u/next`. */
export interface NextAnswer {
  action: Action | null;
  hint?: string | null;
  stage?: string;
  confidence?: number;
  why?: string[];
  /** Pages read of those that are free, on all devices proven to be the person's: for a register wall. */
  meter?: { read: number; left: number; limit: number; days: number } | null;
}

/** `window.usher`. Nothing here throws or rejects. */
export interface Usher {
  /** Resolves to whether the event was recorded. */
  page(name?: string, properties?: Properties): Promise<boolean>;
  /** Resolves to whether the event was recorded. */
  track(name: string, properties?: Properties): Promise<boolean>;
  /** Resolves to whether the event was recorded. */
  identify(
    /** Null, or the traits instead, where somebody only gave an address. */
    id: string | null | Properties,
    traits?: Properties,
    options?: IdentifyOptions,
  ): Promise<boolean>;
  /** A new visitor on this device, for a sign-out. */
  reset(): Promise<boolean>;
  /** Stores a choice; without one, opens the banner. Resolves to the document after it. */
  consent(choice?: ConsentChoice, options?: ConsentOptions): Promise<ConsentDocument>;
  /** Asks again what is allowed, after a tool of the site's own has changed it. Resolves to the document. */
  refresh(): Promise<ConsentDocument>;
  next(slot?: string): Promise<NextAnswer>;
  /** Says what became of a hint of `next`. Resolves to whether it was kept. */
  hint(id: string, outcome: "shown" | "taken" | "dismissed"): Promise<boolean>;
}

/** What a site that bundles its scripts starts with. */
export interface Options {
  /** The site's public key. */
  writeKey: string;
  /** The collector's origin, like `https://www.example.org`; the page's own when left out. */
  host?: string;
  /** False: no page views of its own, on load or on navigation. */
  auto?: boolean;
}

/** What the banner's file exports. */
export interface BannerModule {
  open(
    consent: ConsentDocument,
    decide: (choice: ConsentChoice) => Promise<ConsentDocument>,
    host: string,
    asked: boolean,
  ): void;
}

/** What the slots' file exports. */
export interface SlotsModule {
  fill(
    next: (slot: string) => Promise<NextAnswer>,
    send: (path: string, body: string) => unknown,
  ): void;
}

/** What the file that measures engagement exports. */
export interface LeaveModule {
  /** Answers what is to be called when a single-page site leaves for another address. */
  watch(track: Usher["track"]): () => void;
}

/** A call made before the snippet had loaded: method, arguments, and the promise it was answered with. */
export type QueuedCall = [keyof Usher, unknown[], (answer: unknown) => void];
