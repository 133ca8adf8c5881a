/**
 * The demo's past, played through the public calls with a clock of its own: visits, consent, ads, newsletters, sign-ins
 * and purchases over six weeks. It tells the Worker nothing that a browser couldn't.
 */
import { ARTICLES } from "../../src/demo/news/articles.ts";
import { PRODUCTS } from "../../src/demo/club.ts";
import { SignJWT } from "jose";
import { type Device, type Fan, fans } from "./people.ts";
import { pick, type Random, seeded, weighted } from "./random.ts";

const FANS = 320;
const WEEKS = 6;
export const PAST_DAYS = WEEKS * 7;
const AT_ONCE = 8;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How visits begin. */
const LANDINGS = [
  ["", 10],
  ["?utm_source=newsletter&utm_medium=email&utm_campaign=friday-letter&mc_eid=", 3],
  ["?utm_source=google&utm_medium=cpc&utm_campaign=season-tickets&gclid=", 3],
  ["?utm_source=instagram&utm_medium=paid_social&utm_campaign=derby&fbclid=", 2],
] as const;

interface Offered {
  hint: string | null;
  action: { id: string } | null;
}

/** How many of those who are shown an action take it. */
const LIKING: Readonly<Record<string, number>> = {
  "topic-survey": 0.28,
  "register-to-read": 0.18,
  renewal: 0.35,
  "more-newsletters": 0.22,
};
/** Of so many visits one comes to a page with a slot. */
const VISITS_AN_OFFER = 3;

/** What the survey is for: its action counts as taken by the event. */
const surveyed = (hint: string, now: number): Record<string, unknown> => ({
  type: "track",
  messageId: `seed-survey-${hint}`,
  timestamp: new Date(now + 120_000).toISOString(),
  event: "Survey Answered",
  properties: { amount: "more", form: "short" },
});

class Tab {
  private readonly jar = new Map<string, string>();
  private readonly site: string;
  private readonly device: Device;
  private readonly writeKey: string;

  constructor(site: string, writeKey: string, device: Device) {
    this.site = site;
    this.writeKey = writeKey;
    this.device = device;
  }

  async post(path: string, body: unknown, now: number): Promise<void> {
    const response = await this.call(path, now, JSON.stringify(body));
    await response.body?.cancel();
  }

  private async call(path: string, now: number, body?: string): Promise<Response> {
    const response = await fetch(`${this.site}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        origin: this.site,
        "content-type": "text/plain",
        "user-agent": this.device.agent,
        "usher-region": this.device.region,
        "usher-now": new Date(now).toISOString(),
        ...(this.device.gpc ? { "sec-gpc": "1" } : {}),
        cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join("; "),
      },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.jar.delete(name);
      else this.jar.set(name, value);
    }
    if (!response.ok) throw new Error(`seeding: ${path} answered ${response.status}`);
    return response;
  }

  /** A slot of the page asks what to offer, shows it, and somebody takes it, closes it or does nothing. */
  async offer(luck: number, now: number): Promise<void> {
    const answer = await this.call("/_u/next?slot=article", now);
    const { hint, action } = (await answer.json()) as Offered;
    if (hint === null || action === null) return;
    await this.post(`/_u/hints/${hint}/shown`, {}, now);
    const liking = LIKING[action.id] ?? 0.1;
    if (luck < liking) {
      await this.post(`/_u/hints/${hint}/taken`, {}, now + 30_000);
      if (action.id === "topic-survey") await this.batch([surveyed(hint, now)], now + 120_000);
    } else if (luck > 0.7) await this.post(`/_u/hints/${hint}/dismissed`, {}, now + 10_000);
  }

  batch(messages: Record<string, unknown>[], now: number): Promise<void> {
    return this.post(
      "/_u/v1/batch",
      { writeKey: this.writeKey, batch: messages, sentAt: new Date(now).toISOString() },
      now,
    );
  }
}

/** A mail vendor's record id names the subscriber; an ad's click id is new each time. */
const clickId = (random: Random, fan: Fan, landing: string): string =>
  landing.includes("mc_eid") ? fan.record : Math.floor(random() * 2 ** 40).toString(36);

type Sign = (member: NonNullable<Fan["member"]>, now: number) => Promise<string>;

/** One visit: a landing, some reading, and now and then more. */
async function visit(
  random: Random,
  site: string,
  fan: Fan,
  at: number,
  first: boolean,
  sign: Sign,
): Promise<Record<string, unknown>[]> {
  let clock = at;
  const messages: Record<string, unknown>[] = [];
  const say = (
    type: string,
    path: string,
    { title, ...rest }: Record<string, unknown>,
    context: Record<string, unknown> = {},
  ): void => {
    clock += 20_000 + Math.floor(random() * 90_000);
    const url = `${site}${path}`;
    messages.push({
      type,
      messageId: `seed-${Math.floor(random() * 2 ** 50).toString(36)}`,
      timestamp: new Date(clock).toISOString(),
      ...rest,
      context: { page: { url, path: path.split("?")[0], title }, ...context },
    });
  };
  const landing = weighted(random, LANDINGS);
  const clicked = landing.endsWith("=") ? landing + clickId(random, fan, landing) : landing;
  say("page", `/${clicked}`, { name: "Home", title: "Saltmere Rovers" });
  const reads = 1 + Math.floor(random() * 4);
  for (let n = 0; n < reads; n++) {
    const own = ARTICLES.filter((article) => article.topic === fan.topic);
    const article = random() < 0.7 ? pick(random, own) : pick(random, ARTICLES);
    say("page", `/news/${article.slug}`, {
      name: "Article",
      properties: { section: "news", topic: article.topic },
      title: article.title,
    });
  }
  if (random() < 0.15) say("page", "/app", { name: "App", title: "The app" });
  if (fan.email && first) {
    say("identify", "/newsletter", { traits: { email: fan.email } });
    say("track", "/newsletter", {
      event: "Newsletter Subscribed",
      properties: { place: "footer" },
    });
  }
  if (fan.member && (first || random() < 0.4)) {
    const { id, name, email } = fan.member;
    const token = await sign(fan.member, clock);
    say("identify", "/sign-in", { userId: id, traits: { name, email } }, { identityToken: token });
    say("track", "/sign-in", { event: "Signed In", properties: { method: "member list" } });
  }
  if (fan.buys && random() < 0.4) {
    const product = pick(random, PRODUCTS);
    say("page", "/shop", { name: "Shop", title: "Shop" });
    say("track", "/shop", {
      event: "Order Completed",
      properties: {
        order_id: `o-${Math.floor(random() * 1e9)}`,
        revenue: product.price,
        currency: "GBP",
        category: "shop",
      },
    });
  }
  return messages;
}

interface Step {
  at: number;
  tab: Tab;
  play(): Promise<void>;
}

/** All that one person did, device by device. */
async function life(
  site: string,
  writeKey: string,
  fan: Fan,
  seedNumber: number,
  end: number,
  sign: Sign,
): Promise<Step[]> {
  const random = seeded(seedNumber);
  const steps: Step[] = [];
  for (const device of fan.devices) {
    const tab = new Tab(site, writeKey, device);
    const times = Array.from({ length: fan.visits }, () => end - random() * WEEKS * 7 * DAY).sort(
      (a, b) => a - b,
    );
    for (const [n, time] of times.entries()) {
      const at = Math.min(time, end - HOUR);
      const { choice } = device;
      if (n === 0 && choice)
        steps.push({ at, tab, play: () => tab.post("/_u/consent", choiceOf(choice), at) });
      const messages = await visit(random, site, fan, at, n === 0, sign);
      const left = at + 15 * 60_000;
      steps.push({ at, tab, play: () => tab.batch(messages, left) });
      const luck = random();
      if (n % VISITS_AN_OFFER === VISITS_AN_OFFER - 1 || fan.member)
        steps.push({ at: left, tab, play: () => tab.offer(luck, left) });
    }
  }
  return steps;
}

const choiceOf = (choice: "all" | "none" | "measure"): unknown =>
  choice === "measure" ? { choices: { measurement: true } } : { accept: choice };

/** Plays the past of so many people if there is none. Gives the number of calls made. */
export async function seed(
  site: string,
  vars: ReadonlyMap<string, string>,
  owner: string,
  people = FANS,
): Promise<number> {
  const known = await fetch(`${site}/_u/api/people`, {
    headers: { authorization: `Bearer ${owner}` },
  });
  const { people: there } = (await known.json()) as { people?: unknown[] };
  if (!there || there.length > 0) return 0;

  const [kid = "", secret = ""] = (vars.get("TOKEN_KEYS") ?? "").split(",")[0]?.split(":") ?? [];
  const sign: Sign = (member, now) =>
    new SignJWT({ email: member.email })
      .setProtectedHeader({ alg: "HS256", kid })
      .setSubject(member.id)
      .setAudience(vars.get("SITE_NAME") ?? "")
      .setExpirationTime(Math.floor(now / 1000) + 3600)
      .sign(Buffer.from(secret, "base64"));

  const end = Date.now();
  const lives = await Promise.all(
    fans(seeded(1903), people).map((fan, n) =>
      life(site, vars.get("WRITE_KEY") ?? "", fan, n + 1, end, sign),
    ),
  );
  // As it would have come: what lies weeks apart isn't said within a second.
  const steps = lives.flat().sort((a, b) => a.at - b.at);
  const waiting = steps.values();
  const turns = new Map<Tab, Promise<void>>();
  let calls = 0;
  const worker = async (): Promise<void> => {
    for (const { tab, play } of waiting) {
      const turn = (turns.get(tab) ?? Promise.resolve()).then(play);
      turns.set(tab, turn);
      await turn;
      calls++;
      if (process.stdout.isTTY)
        process.stdout.write(`\rPlaying the past … ${calls} of ${steps.length} calls`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (process.stdout.isTTY) process.stdout.write("\n");
  return calls;
}
