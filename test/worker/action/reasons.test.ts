import { afterAll, expect, test } from "vitest";
import { env } from "cloudflare:workers";
import type { Conditions } from "../../../src/domain/action/catalogue.ts";
import { seeded } from "../../../src/domain/learning/random.ts";
import { catalogues } from "../../../src/http/documents.ts";
import { api, type Browser } from "../../support/site.ts";
import { consenting, next, offer, PHONE } from "./stage.ts";

interface Step {
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
};

afterAll(async () => {
  await env.DB.prepare("DELETE FROM settings").run();
  catalogues.forget(env.DB);
});

/** The reasons as the events alone say them. */
function rebuilt(steps: readonly Step[]): Record<string, string[]> {
  const usable = steps.filter(({ purposes }) => purposes.includes("personalization"));
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const reads = (topic: string) =>
    usable.filter(({ type, topics }) => type === "page" && topics?.includes(topic)).length;
  const [most] = TOPICS.toSorted((a, b) => reads(b) - reads(a) || (a < b ? -1 : 1));
  const viewed = usable.filter(({ name }) => name === "Ticket Viewed").length;
  const orders = usable.filter(({ type, value }) => type === "track" && value !== undefined).length;
  const { device } = usable.findLast((step) => step.device) ?? {};
  const campaign = usable.findLast((step) => step.campaign?.medium === "email")?.campaign;
  return {
    ...(device ? { device: [`uses a ${device.type} with ${device.os}`] } : {}),
    ...(most && reads(most) > 0
      ? { topic: [`read ${counted(reads(most), "page")} about ${most}`] }
      : {}),
    ...(reads("youth") > 0
      ? { youth: [`read ${counted(reads("youth"), "page")} about youth in the last 30 days`] }
      : {}),
    ...(viewed > 0 ? { viewed: [`did “Ticket Viewed” ${counted(viewed, "time")}`] } : {}),
    ...(usable.length > 0
      ? { orders: [orders === 0 ? "hasn't ordered yet" : `ordered ${counted(orders, "time")}`] }
      : { orders: ["hasn't ordered yet"] }),
    ...(campaign ? { campaign: [`came by ${campaign.source}, ${campaign.medium}`] } : {}),
  };
}

async function wander(browser: Browser, random: () => number): Promise<void> {
  const steps = 4 + Math.floor(random() * 8);
  for (let n = 0; n < steps; n++) {
    const kind = random();
    const messageId = crypto.randomUUID();
    if (kind < 0.15) {
      // What is recorded meanwhile must not be spoken of later.
      await browser.consent({ choices: { personalization: random() < 0.5 } });
    } else if (kind < 0.7) {
      const topic = TOPICS[Math.floor(random() * TOPICS.length)];
      const query = random() < 0.3 ? "?utm_source=letter&utm_medium=email" : "";
      const url = `https://www.example.org/${topic}${query}`;
      await browser.send("page", {
        messageId,
        properties: { url, topic },
        context: { page: { url } },
      });
    } else if (kind < 0.9) await browser.send("track", { messageId, event: "Ticket Viewed" });
    else
      await browser.send("track", {
        messageId,
        event: "Order Completed",
        properties: { revenue: 20 },
      });
  }
  await browser.consent({ choices: { personalization: true } });
}

test("every reason of every hint is what the recorded events say, and a hint is missing where they don't", async () => {
  await offer(
    Object.entries(slots).map(([slot, conditions]) => ({ id: slot, slots: [slot], conditions })),
  );
  const random = seeded(7);
  for (let n = 0; n < 6; n++) {
    const browser = await consenting(n % 2 === 0 ? PHONE : {});
    await wander(browser, random);
    const journey = await api(`/people/${browser.visitor}/journey?limit=500`);
    const expected = rebuilt((journey.body["events"] ?? []) as unknown as Step[]);
    for (const slot of Object.keys(slots)) {
      const { body } = await next(browser, slot);
      if (expected[slot]) expect({ slot, why: body["why"] }).toEqual({ slot, why: expected[slot] });
      else expect({ slot, action: body["action"] }).toEqual({ slot, action: null });
    }
  }
});
