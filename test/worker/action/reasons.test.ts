import { afterAll, expect, test } from "vitest";
import { env } from "cloudflare:workers";
import type { Conditions } from "../../../src/domain/action/catalogue.ts";
import { DAY_MS } from "../../../src/domain/ids.ts";
import { seeded } from "../../../src/domain/learning/random.ts";
import { catalogues } from "../../../src/http/documents.ts";
import { api, Browser } from "../../support/site.ts";
import { next, nowHeader, offer, PHONE } from "./stage.ts";

interface Step {
  at: string;
  type: string;
  name: string | null;
  topics?: string[];
  value?: number;
  purposes: string[];
  device?: { type: string; os?: string; app?: boolean };
  campaign?: { source?: string; medium?: string; name?: string };
}

const TOPICS = ["transfers", "youth", "stadium"];
const slots: Record<string, Conditions> = {
  device: { deviceTypes: ["phone", "desktop"] },
  topic: { reads: { topic: "*", atLeast: 1 } },
  youth: { reads: { topic: "youth", atLeast: 1, withinDays: 30 } },
  viewed: { did: [{ event: "Ticket Viewed", atLeast: 1 }] },
  orders: { orders: { atLeast: 0 } },
  campaign: { campaign: { medium: "email" } },
  system: { os: ["iOS", "macOS"] },
  app: { app: false },
  known: { knows: ["email"] },
  unconfirmed: { unconfirmed: ["email"] },
  lacking: { lacks: ["email"] },
  ordered: { lastOrderDays: { atLeast: 0 } },
  away: { awayDays: { atLeast: 1 } },
  sessions: { sessions: { atLeast: 0 } },
  place: { places: ["new", "returning", "considering", "customer", "lapsed"] },
  meter: { meter: { atLeast: 0 } },
};
/** A section, which is no topic that somebody reads most while there is another. */
const METER = { topics: ["stadium"], days: 30, limit: 5 };
const HALF_HOUR = 1_800_000;

afterAll(async () => {
  await env.DB.prepare("DELETE FROM settings").run();
  catalogues.forget(env.DB);
});

const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
const dayOf = (at: string): number => Math.floor(Date.parse(at) / DAY_MS);

/** Stretches of moments with no half hour without any. */
const sessionsOf = (steps: readonly Step[]): number => {
  const times = steps.map(({ at }) => Date.parse(at)).toSorted((a, b) => a - b);
  return times.filter((at, n) => n === 0 || at - (times[n - 1] ?? 0) > HALF_HOUR).length;
};

const placeWords = (orders: number, viewed: number, sessions: number): string => {
  if (orders > 0) return "ordered within a year";
  if (viewed > 0) return "looked at what is for sale, without an order";
  return sessions > 1
    ? "came back, without looking at what is for sale"
    : "is here for the first time";
};

/** The reasons as the events alone say them; without one, the hint must be missing. */
function rebuilt(steps: readonly Step[], today: number): Record<string, string | null> {
  const usable = steps.filter(({ purposes }) => purposes.includes("personalization"));
  const reads = (topic: string) =>
    usable.filter(({ type, topics }) => type === "page" && topics?.includes(topic)).length;
  const by = (topics: readonly string[]) =>
    topics.toSorted((a, b) => reads(b) - reads(a) || (a < b ? -1 : 1))[0] ?? "";
  const topic = by(TOPICS.filter((each) => !METER.topics.includes(each)));
  const most = reads(topic) > 0 ? topic : by(TOPICS);
  const viewed = usable.filter(({ name }) => name === "Ticket Viewed").length;
  const orders = usable.filter(({ type, value }) => type === "track" && value !== undefined);
  const { device } = usable.findLast((step) => step.device) ?? {};
  const campaign = usable.findLast((step) => step.campaign?.medium === "email")?.campaign;
  // Claims need recognition, which is granted throughout.
  const known = steps.some(({ type }) => type === "identify");
  const since = (days: readonly number[]) => today - Math.max(...days);
  const before = usable.map(({ at }) => dayOf(at)).filter((day) => day < today);
  return {
    device: device ? `uses a ${device.type} with ${device.os}` : null,
    topic: reads(most) > 0 ? `read ${counted(reads(most), "page")} about ${most}` : null,
    youth:
      reads("youth") > 0
        ? `read ${counted(reads("youth"), "page")} about youth in the last 30 days`
        : null,
    viewed: viewed > 0 ? `did “Ticket Viewed” ${counted(viewed, "time")}` : null,
    orders:
      orders.length === 0 ? "hasn't ordered yet" : `ordered ${counted(orders.length, "time")}`,
    campaign: campaign ? `came by ${campaign.source}, ${campaign.medium}` : null,
    system: device ? `uses ${device.os}` : null,
    app: "the app wasn't seen yet",
    known: known ? "gave an e-mail address" : null,
    unconfirmed: known ? "gave an e-mail address that isn't confirmed" : null,
    lacking: known ? null : "an e-mail address isn't known yet",
    ordered:
      orders.length === 0
        ? null
        : `ordered ${counted(since(orders.map(({ at }) => dayOf(at))), "day")} ago`,
    away: before.length === 0 ? null : `was here last ${counted(since(before), "day")} ago`,
    sessions: `came ${counted(sessionsOf(usable), "time")}`,
    place: placeWords(orders.length, viewed, sessionsOf(usable)),
    meter: `read ${reads("stadium")} of 5 free pages in the last 30 days`,
  };
}

/** Some days of one browser, up to now. */
async function wander(browser: Browser, random: () => number): Promise<void> {
  const steps = 5 + Math.floor(random() * 8);
  const gaps = Array.from({ length: steps }, () => random() ** 4 * 2 * DAY_MS);
  let at = Date.now() - gaps.reduce((sum, gap) => sum + gap, 0) - 60_000;
  await browser.consent({ accept: "all" }, nowHeader(at));
  for (const gap of gaps) {
    at += gap;
    const kind = random();
    const call = (name: string, message: Record<string, unknown>) =>
      browser.send(name, { messageId: crypto.randomUUID(), ...message }, nowHeader(at));
    if (kind < 0.15) {
      // What is recorded meanwhile must not be spoken of later.
      await browser.consent({ choices: { personalization: random() < 0.5 } }, nowHeader(at));
    } else if (kind < 0.6) {
      const topic = TOPICS[Math.floor(random() * TOPICS.length)];
      const query = random() < 0.3 ? "?utm_source=letter&utm_medium=email" : "";
      const url = `https://www.example.org/${topic}${query}`;
      await call("page", { properties: { url, topic }, context: { page: { url } } });
    } else if (kind < 0.75) await call("track", { event: "Ticket Viewed" });
    else if (kind < 0.85)
      await call("identify", { traits: { email: `${browser.visitor?.slice(0, 8)}@example.org` } });
    else await call("track", { event: "Order Completed", properties: { revenue: 20 } });
  }
  await browser.consent({ choices: { personalization: true } });
}

test("every reason of every hint is what the recorded events say, and a hint is missing where they don't", async () => {
  await offer(
    Object.entries(slots).map(([slot, conditions]) => ({ id: slot, slots: [slot], conditions })),
    { meter: METER },
  );
  const random = seeded(7);
  const said = new Set<string>();
  for (let n = 0; n < 6; n++) {
    const browser = new Browser({ "usher-region": "DE", ...(n % 2 === 0 ? PHONE : {}) });
    await wander(browser, random);
    const journey = await api(`/people/${browser.visitor}/journey?limit=500`);
    const today = Math.floor(Date.now() / DAY_MS);
    const expected = rebuilt((journey.body["events"] ?? []) as unknown as Step[], today);
    for (const slot of Object.keys(slots)) {
      const { body } = await next(browser, slot);
      const why = expected[slot];
      if (why !== null) expect({ slot, why: body["why"] }).toEqual({ slot, why: [why] });
      else expect({ slot, action: body["action"] }).toEqual({ slot, action: null });
      said.add(why === null ? `no ${slot}` : slot);
    }
  }
  // Every reason there is came up.
  for (const slot of Object.keys(slots)) expect(said).toContain(slot);
});
