/** The people of a long run: what they send, what they were told, and what must therefore be stored. */
import { SignJWT } from "jose";
import { below, pick, type Random } from "../sim/random.ts";
import { testBindings } from "../support/bindings.ts";

const [kid = "", secret = ""] = testBindings.TOKEN_KEYS.split(":");
const tokenKey = Uint8Array.from(atob(secret), (char) => char.charCodeAt(0));

/** Asks as clients do: again with the same message, until there is an answer. */
const TRIES = 12;

export type Fate = "accepted" | "dropped" | "erased" | "unknown";

/** What every message came to, by its id. */
export class Ledger {
  /** What visitors sent who were proven to be this user, and have withdrawn since: their cookies went, their past is that user's. */
  readonly past = new Map<string, string[]>();
  readonly fates = new Map<string, Fate>();
  /** Sent while a decision of the same device forbade it: none of these may ever be accepted. */
  against = 0;
  asked = 0;
  again = 0;
  failed = 0;

  accepted(): Set<string> {
    return new Set([...this.fates].filter(([, fate]) => fate === "accepted").map(([id]) => id));
  }
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export class Device {
  readonly jar = new Map<string, string>();
  /** Under the cookie that it has now. */
  sent: string[] = [];
  /** Whom its visitor was proven to be, and since when. */
  user: string | null = null;
  since = 0;
  consent: "none" | "all" | "withdrawn" = "none";
  /** One call at a time, as from one page. */
  busy = false;
  gone = false;
  private readonly name: string;
  private readonly url: URL;
  private readonly ledger: Ledger;
  private messages = 0;

  constructor(name: string, url: URL, ledger: Ledger) {
    this.name = name;
    this.url = url;
    this.ledger = ledger;
  }

  private async call(path: string, body: unknown): Promise<Answer | null> {
    for (let tries = 0; tries < TRIES; tries++) {
      this.ledger.asked++;
      if (tries > 0) this.ledger.again++;
      const answer = await this.once(path, body).catch(() => null);
      if (answer && answer.status < 500) return answer;
    }
    this.ledger.failed++;
    return null;
  }

  private async once(path: string, body: unknown): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), {
      method: "POST",
      headers: {
        origin: "http://localhost:8787",
        "content-type": "text/plain",
        "usher-region": "DE",
        "cf-connecting-ip": "203.0.113.9",
        "user-agent":
          "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join("; "),
      },
      body: JSON.stringify(body),
    });
    for (const line of response.headers.getSetCookie()) {
      const pair = line.split(";")[0] ?? "";
      const at = pair.indexOf("=");
      if (at + 1 === pair.length) this.jar.delete(pair.slice(0, at));
      else this.jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  }

  async choose(what: "all" | "none"): Promise<void> {
    // From the click on nothing may be recorded that is sent, and only with an answer may anything.
    const before = this.consent;
    if (what === "none") this.consent = before === "none" ? "none" : "withdrawn";
    const answer = await this.call("/_u/consent", { accept: what });
    if (answer?.status === 200 && what === "all") this.consent = "all";
    // With the cookie goes the visitor: whoever agrees again on this device is somebody new.
    if (what === "none" && this.user !== null)
      this.ledger.past.set(this.user, [...(this.ledger.past.get(this.user) ?? []), ...this.sent]);
    if (what === "none") {
      this.user = null;
      this.sent = [];
    }
  }

  private message(type: string, more: Record<string, unknown>): Record<string, unknown> {
    const messageId = `${this.name}-${++this.messages}`;
    return { type, messageId, timestamp: new Date().toISOString(), ...more };
  }

  async send(items: readonly Record<string, unknown>[]): Promise<void> {
    const allowed = this.consent === "all";
    const answer = await this.call("/_u/v1/batch", {
      writeKey: testBindings.WRITE_KEY,
      batch: items,
    });
    const dropped = new Map(
      ((answer?.body["dropped"] ?? []) as { messageId: string; reason: string }[]).map((each) => [
        each.messageId,
        each.reason,
      ]),
    );
    for (const { messageId } of items as readonly { messageId: string }[]) {
      const reason = dropped.get(messageId);
      // A duplicate was taken by a try whose answer was lost.
      const taken = reason === undefined || reason === "duplicate";
      const fate: Fate = answer?.status !== 200 ? "unknown" : taken ? "accepted" : "dropped";
      if (!allowed && fate === "accepted") this.ledger.against++;
      this.ledger.fates.set(messageId, fate);
      this.sent.push(messageId);
    }
  }

  visit(random: Random): Promise<void> {
    const items = Array.from({ length: random() < 0.3 ? 2 + below(random, 9) : 1 }, () =>
      random() < 0.5
        ? this.message("page", {
            properties: {
              path: `/news/${below(random, 40)}`,
              topic: pick(random, ["tickets", "youth", "shop"]),
            },
          })
        : this.message("track", {
            event: pick(random, ["Product Viewed", "Video Played", "Order Completed"]),
            properties: { total: below(random, 90) },
          }),
    );
    return this.send(items);
  }

  async signIn(user: string): Promise<void> {
    const who = this.user ?? user;
    const identityToken = await new SignJWT({ email: `${who}@example.org` })
      .setProtectedHeader({ alg: "HS256", kid })
      .setSubject(who)
      .setAudience(testBindings.SITE_NAME)
      .setIssuedAt()
      .setExpirationTime("10m")
      .sign(tokenKey);
    const message = this.message("identify", { userId: who, context: { identityToken } });
    await this.send([message]);
    if (this.ledger.fates.get(String(message["messageId"])) !== "accepted") return;
    if (this.user === null) this.since = Date.now();
    this.user = who;
  }

  async next(): Promise<void> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    await fetch(new URL("/_u/next?slot=home", this.url), {
      headers: { cookie, "usher-region": "DE", "sec-fetch-site": "same-origin" },
    })
      .then((response) => response.text())
      .catch(() => "");
  }
}
