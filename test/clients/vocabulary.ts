/** Everything a site can say with Segment's vocabulary, and what is to be on record afterwards. */
import { expect } from "vitest";
import type { Tab } from "./browser.ts";
import type { Recorded, Stage } from "./stage.ts";

interface Speaker<Context> {
  userId: string;
  anonymousId: string;
  previousId: string;
  email: string;
  /** The time of the nth message. */
  when(n: number): Date;
  context: Context;
}

const ORDER = {
  orderId: "o-1",
  total: 42.5,
  products: [{ sku: "scarf", quantity: 2 }],
};

/** What a server says, for the methods of its client. */
export const messagesOf = <Context>(of: Speaker<Context>) => {
  const { userId, context, when } = of;
  const said = (n: number) => ({ userId, timestamp: when(n), context });
  return {
    identify: {
      ...said(0),
      anonymousId: of.anonymousId,
      traits: { email: of.email, plan: "season" },
    },
    track: { ...said(1), event: "Order Completed", properties: ORDER },
    page: {
      ...said(2),
      name: "Tickets",
      properties: { url: "https://www.example.org/tickets", title: "Tickets" },
    },
    screen: { ...said(3), name: "Line-up" },
    group: { ...said(4), groupId: "supporters-north", traits: { seats: 12 } },
    alias: { ...said(5), previousId: of.previousId },
  };
};

const typesAndNames = (events: readonly Recorded[]) => events.map(({ type, name }) => [type, name]);

/** The whole journey of whom a server spoke of, and under which names they are known. */
export async function recordedOfServer(
  site: Stage,
  { userId, email }: { userId: string; email: string },
  anonymousIds: readonly string[],
): Promise<Recorded[]> {
  const events = await site.journeyOf(`user_id:${userId}`, 6);
  expect(typesAndNames(events)).toEqual([
    ["identify", null],
    ["track", "Order Completed"],
    ["page", "Tickets"],
    ["screen", "Line-up"],
    ["group", null],
    ["alias", null],
  ]);
  expect(events[1]?.props).toEqual(ORDER);
  const person = await site.person(`email:${email}`);
  expect(person?.["identifiers"]).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: "user_id", value: userId, assurance: "verified" }),
      ...anonymousIds.map((value) => expect.objectContaining({ kind: "anonymous_id", value })),
    ]),
  );
  return events;
}

/** The whole journey of the browser's own visitor, who said this user id. */
export async function recordedOfBrowser(
  site: Stage,
  browser: Tab,
  userId: string,
): Promise<Recorded[]> {
  const events = await site.journeyOf(`user_id:${userId}`, 6);
  expect(typesAndNames(events)).toEqual([
    ["page", "Tickets"],
    ["track", "Looked"],
    ["identify", null],
    ["group", null],
    ["alias", null],
    ["track", "Order Completed"],
  ]);
  expect(events[0]?.page?.["path"]).toBe("/tickets");
  expect(new Set(events.map(({ visitor }) => visitor))).toEqual(new Set([await browser.visitor()]));
  const person = await site.person(`email:${userId}@club.example.org`);
  expect(person?.["identifiers"]).toContainEqual(
    expect.objectContaining({ kind: "user_id", value: userId, assurance: "asserted" }),
  );
  return events;
}

/** One client's methods in the page, each done when the client has taken it. */
interface Signing {
  identify(userId: string): Promise<unknown>;
  track(name: string): Promise<unknown>;
  reset(): Promise<unknown>;
}

/** Anna signs out, and Bert looks around before he signs in: what he did then is his, and Anna keeps hers. */
export async function partedBySignOut(
  site: Stage,
  browser: Tab,
  name: string,
  { identify, track, reset }: Signing,
): Promise<void> {
  const [anna, bert] = [`${name}-anna`, `${name}-bert`];
  await identify(anna);
  await track("Hers");
  const named = async (userId: string) =>
    (await site.journey(`user_id:${userId}`)).flatMap((event) => event.name ?? []);
  await expect.poll(() => named(anna), POLL).toContain("Hers");
  const before = await browser.visitor();
  await reset();
  await track("Before he says who he is");
  await expect.poll(() => browser.visitor(), POLL).not.toBe(before);
  const after = await browser.visitor();
  await identify(bert);
  await track("His");
  await expect.poll(() => named(bert), POLL).toEqual(["Before he says who he is", "His"]);
  const his = await site.journey(`user_id:${bert}`);
  expect(new Set(his.map(({ visitor }) => visitor))).toEqual(new Set([after]));
  expect(await named(anna)).not.toContain("Before he says who he is");
}

/** Milliseconds; what is asked for comes within a moment on a quiet machine. */
const POLL = { timeout: 40_000, interval: 100 };
