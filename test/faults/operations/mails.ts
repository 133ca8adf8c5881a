/** Links in mails, as readers follow them, and what lists that were sent by other means came to, told over the API. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { HintId, IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";
import { readConfig } from "../../../src/env.ts";
import { hintNamed } from "../../../src/http/hint-name.ts";
import { type Link, writeLink } from "../../../src/http/link-token.ts";
import { createPeople, personObjects } from "../../../src/person/gateway.ts";
import { identifierKeys } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { api, type Browser, MARKETER_TOKEN, type Said } from "../../support/site.ts";
import { anyone, offer } from "../../worker/action/stage.ts";
import { fresh, insist, type Operation, signIn } from "../operation.ts";

const MINUTE_MS = 60_000;
const { tokenKeys, serverKey } = readConfig(env as never);
const people = createPeople(personObjects(env.PERSON, ""));
const letter = { ...anyone, id: "letter", channel: "email" } as const;

interface Reader {
  browser: Browser;
  visitor: VisitorId;
  /** The record of the mails to their address. */
  record: VisitorId;
  to: IdentifierKey;
  sent: string[];
}

/** Somebody with an address that is proven, to whom mails went before. */
async function readerOf(name: string): Promise<Reader> {
  const browser = fresh();
  await browser.consent({ accept: "all" });
  await signIn(browser, name, 0);
  const to = await identifierKeys.key("email", `${name}@example.org`);
  const record = await identifierKeys.sourceVisitor("email", `mail\0${to}`);
  const visitor = browser.visitor as VisitorId;
  const reader: Reader = { browser, visitor, record, to, sent: [`${name}-in-0`] };
  await settle([visitor]);
  const first = await mailTo(reader, `${name}-first`);
  await follow(first.open, first.at);
  reader.sent.push(first.events[0]);
  await settle([visitor, record]);
  return reader;
}

interface Mail {
  /** Paths. */
  go: string;
  open: string;
  forged: string;
  url: string;
  hint: HintId;
  /** What an opening and a click come to. */
  events: [opened: string, clicked: string];
  at: number;
}

async function mailTo({ to, visitor }: Reader, campaign: string): Promise<Mail> {
  const at = Date.now();
  const url = `https://tickets.example/offer?of=${campaign}`;
  const hint = await hintNamed(serverKey, visitor, [campaign]);
  const about: Omit<Link, "does" | "name"> = { to, campaign, channel: "email" };
  const go = await writeLink(tokenKeys, { ...about, does: "go", url, hint });
  const open = await writeLink(tokenKeys, { ...about, does: "open" });
  const event = (token: string, name: string): string =>
    `mail:${name.length}:${token.slice(-20)}:${Math.floor(at / MINUTE_MS)}`;
  return {
    go: `/_u/go?t=${go}`,
    open: `/_u/open.gif?t=${open}`,
    // Elsewhere, and signed for here.
    forged: `/_u/go?t=${btoa(JSON.stringify({ ...about, does: "go", url: "https://evil.example" }))}~${go.split("~")[1]}`,
    url,
    hint,
    events: [event(open, "Email Opened"), event(go, "Email Link Clicked")],
    at,
  };
}

/** By whoever has no cookie; once more where the Worker was cut off. Whatever fails behind it, it is answered. */
async function follow(path: string, at: number): Promise<Said> {
  const ask = (): Promise<Said> =>
    fresh().call(path, undefined, { "usher-now": new Date(at).toISOString() });
  return ask().catch(ask);
}

/** Twice: a program looks ahead, or somebody comes back. */
async function followAll({ go, open, forged, url, at }: Mail): Promise<void> {
  for (let times = 0; times < 2; times++) {
    const clicked = await follow(go, at);
    expect([clicked.status, clicked.headers.get("location")]).toEqual([302, url]);
    const opened = await follow(open, at);
    expect([opened.status, opened.headers.get("content-type")]).toEqual([200, "image/gif"]);
    const nowhere = await follow(forged, at);
    expect([nowhere.status, nowhere.headers.get("location")]).toEqual([404, null]);
  }
}

const outcomesOf = async (hint: string): Promise<string[]> => {
  const { results } = await env.DB.prepare(
    "SELECT outcome FROM hints WHERE hint = ? ORDER BY outcome",
  )
    .bind(hint)
    .all<{ outcome: string }>();
  return results.map(({ outcome }) => outcome);
};

interface Mailed {
  reader: Reader;
  mail: Mail;
}

let willing: Reader | null = null;

export const following: Operation<Mailed> = {
  what: "a mail that is opened, and whose link is followed,",
  async prepare(name) {
    const reader = (willing ??= await readerOf("reader"));
    const mail = await mailTo(reader, name);
    await people.sent({
      visitor: reader.visitor,
      actions: [letter],
      as: { letter: { hint: mail.hint, propensity: 1 } },
      segment: null,
      now: mail.at,
    });
    reader.sent.push(...mail.events);
    return { reader, mail };
  },
  act: ({ mail }) => followAll(mail),
  account: ({ reader: { visitor, record, sent } }) => ({
    humans: [[visitor, record]],
    sent,
    carried: [record],
  }),
  holds: async ({ mail }) => expect(await outcomesOf(mail.hint)).toEqual(["shown", "taken"]),
};

let unwilling: Reader | null = null;
const unwanted: string[] = [];

export const followingUnnoted: Operation<Mailed> = {
  what: "a link in a mail to somebody who said no",
  async prepare(name) {
    if (!unwilling) {
      unwilling = await readerOf("refuser");
      await unwilling.browser.consent({ accept: "none" });
      await settle([unwilling.visitor, unwilling.record]);
    }
    const mail = await mailTo(unwilling, name);
    unwanted.push(...mail.events);
    return { reader: unwilling, mail };
  },
  act: ({ mail }) => followAll(mail),
  account: ({ reader: { visitor, record, sent } }) => ({
    humans: [[visitor, record]],
    sent,
    unwanted,
    carried: [record],
  }),
  holds: async ({ mail }) => expect(await outcomesOf(mail.hint)).toEqual([]),
};

interface Listed {
  reader: Reader;
  refuser: Reader;
  action: string;
  hints: string[];
}

/** What was told of one action on one day is one message, so each trial has an action of its own. */
const ACTIONS = 150;
let told = 0;

export const telling: Operation<Listed> = {
  what: "a list that went out, and what came of it, told over the API",
  async prepare() {
    const reader = (willing ??= await readerOf("reader"));
    if (!unwilling) {
      unwilling = await readerOf("refuser");
      await unwilling.browser.consent({ accept: "none" });
      await settle([unwilling.visitor, unwilling.record]);
    }
    const refuser = unwilling;
    const actions = Array.from({ length: ACTIONS }, (_, n) => ({ ...letter, id: `letter-${n}` }));
    if (told === 0) await offer(actions);
    return { reader, refuser, action: `letter-${told++}`, hints: [] };
  },
  async act(world) {
    const { reader, refuser, action, hints } = world;
    const sent = { action, people: [reader.visitor, refuser.visitor] };
    for (let times = 0; times < 2; times++) {
      const said = await insist(() => api("/hints/sent", MARKETER_TOKEN, sent));
      expect(said.status).toBe(200);
      expect(said.body["left"]).toEqual([refuser.visitor]);
      hints.push(...(said.body["sent"] as { hint: string }[]).map(({ hint }) => hint));
    }
    const said = await insist(() => api(`/hints/${hints[0]}/taken`, MARKETER_TOKEN, {}));
    expect(said.status).toBe(200);
  },
  account: ({ reader: { visitor, record, sent }, refuser }) => ({
    humans: [
      [visitor, record],
      [refuser.visitor, refuser.record],
    ],
    sent: [...sent, ...refuser.sent],
    carried: [record, refuser.record],
  }),
  async holds({ refuser, hints }) {
    expect(new Set(hints).size).toBe(1);
    expect(await outcomesOf(hints[0] ?? "")).toEqual(["shown", "taken"]);
    const of = env.DB.prepare("SELECT count(*) AS n FROM hints WHERE visitor = ?");
    expect(await of.bind(refuser.visitor).first("n")).toBe(0);
  },
};
