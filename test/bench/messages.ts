/** What ordinary senders say: a browser with the snippet, and a site's own server. */
import { testBindings } from "../support/bindings.ts";

export const ORIGIN = "http://localhost:8787";

export const AGENT =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36";

export type Consent = Readonly<Record<string, boolean>>;

export const MEASUREMENT: Consent = {
  measurement: true,
  personalization: false,
  recognition: false,
  advertising: false,
};
export const ALL: Consent = {
  measurement: true,
  personalization: true,
  recognition: true,
  advertising: true,
};
export const NONE: Consent = {
  measurement: false,
  personalization: false,
  recognition: false,
  advertising: false,
};

/** One message of a visitor; ids are the caller's, so that a repetition is one. */
export function message(visitor: string, n: number, consent?: Consent): Record<string, unknown> {
  return {
    type: "track",
    messageId: `${visitor}-m${n}`,
    anonymousId: visitor,
    event: "Article Read",
    properties: { topic: "transfers", title: "A new left back", position: n },
    context: {
      page: {
        url: `https://www.example.org/news/article-${n % 7}?utm_source=newsletter&utm_campaign=week-46`,
        path: `/news/article-${n % 7}`,
        title: "A new left back",
        referrer: "https://www.example.org/",
      },
      locale: "en-GB",
      ...(consent ? { consent: { categoryPreferences: consent } } : {}),
    },
  };
}

export interface Body {
  headers: Record<string, string>;
  body: string;
}

export const fromServer = (body: Record<string, unknown>): Body => ({
  headers: {
    authorization: `Bearer ${testBindings.SERVER_KEY}`,
    "content-type": "application/json",
  },
  body: JSON.stringify(body),
});

export const fromBrowser = (body: Record<string, unknown>, cookie: string): Body => ({
  headers: {
    origin: ORIGIN,
    "user-agent": AGENT,
    "usher-region": "DE",
    "content-type": "text/plain",
    ...(cookie === "" ? {} : { cookie }),
  },
  body: JSON.stringify(body),
});

export const withKey = (body: Record<string, unknown>): Record<string, unknown> => ({
  writeKey: testBindings.WRITE_KEY,
  ...body,
});

/** Events of a visit, and visitors who are there at once. */
const VISIT = 5;
const AT_ONCE = 16;

/** Who sends the nth event where each is new, sends five one after the other and doesn't come back; and which of their own it is. */
export function visiting(n: number): [visitor: string, nth: number] {
  const group = Math.floor(n / (AT_ONCE * VISIT));
  return [`w${group * AT_ONCE + (n % AT_ONCE)}`, Math.floor(n / AT_ONCE) % VISIT];
}
