/** A site's visitors calling one Worker whose writes are counted. */
import { setTimeout as pause } from "node:timers/promises";
import { DEFAULT_MERGE_RULES } from "../../src/domain/identity/rules.ts";
import { testBindings } from "../support/bindings.ts";
import type { Counted } from "./books.ts";
import {
  ALL,
  type Body,
  type Consent,
  fromBrowser,
  fromServer,
  MEASUREMENT,
  message,
  NONE,
  withKey,
} from "./messages.ts";

/** Servers under measurement alone and under everything, and browsers whose visitors accepted everything. */
export const SENDERS = ["server-measurement", "server-all", "browser"] as const;
export type Sender = (typeof SENDERS)[number];

/** Longer than anything is held back by those who carry it, or by objects that nobody carries for. */
const QUIET_MS = 10_000;
const GIVE_UP_MS = 90_000;

interface Answer {
  accepted: number;
  cookie: string;
}

export class Site {
  readonly sender: Sender;
  private readonly url: URL;
  private readonly cookies = new Map<string, string>();

  constructor(sender: Sender, url: URL) {
    this.sender = sender;
    this.url = url;
  }

  /** Where devices are seen is looked at from now on. */
  async compareDevices(): Promise<void> {
    const { version: _version, ...rules } = DEFAULT_MERGE_RULES;
    const response = await fetch(new URL("/_u/api/merge-rules", this.url), {
      method: "PUT",
      headers: { authorization: `Bearer ${testBindings.OFFICER_TOKEN}` },
      body: JSON.stringify({ ...rules, probable: { ...rules.probable, devices: "suggest" } }),
    });
    if (!response.ok) throw new Error(`the merge rules answered ${response.status}`);
  }

  private async post(path: string, call: Body): Promise<Answer> {
    const { body } = call;
    const headers = { ...call.headers, "cf-connecting-ip": "203.0.113.7" };
    const response = await fetch(new URL(path, this.url), { method: "POST", headers, body });
    const said = (await response.json()) as { accepted?: number };
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    const cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(";", 1)[0] ?? "")
      .join("; ");
    return { accepted: said.accepted ?? 0, cookie };
  }

  /** Browsers choose on the banner; servers carry the choice with each call. */
  async consent(visitor: string): Promise<void> {
    if (this.sender !== "browser") return;
    const { cookie } = await this.post("/_u/consent", fromBrowser({ accept: "all" }, ""));
    this.cookies.set(visitor, cookie);
  }

  async send(visitor: string, from: number, count: number, refused = false): Promise<number> {
    const granted = this.sender === "server-all" ? ALL : MEASUREMENT;
    const consent: Consent = refused ? NONE : granted;
    const messages = Array.from({ length: count }, (_, at) =>
      message(visitor, from + at, this.sender === "browser" ? undefined : consent),
    );
    const [only] = messages;
    const body = count === 1 && only ? only : { batch: messages };
    const cookie = refused ? "" : (this.cookies.get(visitor) ?? "");
    const { accepted } = await this.post(
      count === 1 ? "/_u/v1/track" : "/_u/v1/batch",
      this.sender === "browser" ? fromBrowser(withKey(body), cookie) : fromServer(body),
    );
    return accepted;
  }

  async counts(): Promise<Counted> {
    return (await (await fetch(new URL("/__bench/counts", this.url))).json()) as Counted;
  }

  async reset(): Promise<void> {
    await fetch(new URL("/__bench/reset", this.url), { method: "POST" });
  }

  /**
   * Until nothing was written for longer than anything is held back, also after the objects have looked after what somebody
   * carried for them: what their alarms would do later is done at once, by objects that remember nothing.
   */
  async quiet(): Promise<Counted> {
    await this.still();
    await fetch(new URL("/__bench/ring", this.url), { method: "POST" });
    return this.still();
  }

  private async still(): Promise<Counted> {
    const until = Date.now() + GIVE_UP_MS;
    let last = "";
    let since = Date.now();
    for (;;) {
      const counted = await this.counts();
      const now = JSON.stringify(counted);
      if (now !== last) [last, since] = [now, Date.now()];
      else if (Date.now() - since >= QUIET_MS) return counted;
      if (Date.now() > until) throw new Error("the objects never came to rest");
      await pause(500);
    }
  }
}
