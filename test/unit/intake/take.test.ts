import { describe, expect, test } from "vitest";
import { DAY_MS, dayOf } from "../../../src/domain/ids.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { Sender } from "../../../src/domain/intake/sender.ts";
import { AGENTS, browser, importer, NOW, pixel, server } from "./senders.ts";
import { iso, outcome, run, taken } from "./taking.ts";

describe("The shape of a message", () => {
  test.each<[JsonObject, string]>([
    [{ type: "track", event: "Opened" }, "taken"],
    [{ type: "track", event: 7 }, "taken"],
    [{ type: "page" }, "taken"],
    [{ type: "page", name: "News" }, "taken"],
    [{ type: "screen", name: 1 }, "taken"],
    [{ type: "identify" }, "taken"],
    [{ type: "group", groupId: "g" }, "taken"],
    [{ type: "track", event: "e", userId: 7, anonymousId: null }, "taken"],
    [{ type: "track", event: "e", properties: [], context: "x", integrations: 4 }, "taken"],
    [{}, "invalid"],
    [{ type: "Track", event: "e" }, "invalid"],
    [{ type: "t", event: "e" }, "invalid"],
    [{ type: "toString", event: "e" }, "invalid"],
    [{ type: ["track"], event: "e" }, "invalid"],
    [{ type: "track" }, "invalid"],
    [{ type: "track", event: "  " }, "invalid"],
    [{ type: "track", event: {} }, "invalid"],
    [{ type: "page", name: [] }, "invalid"],
    [{ type: "group" }, "invalid"],
    [{ type: "track", event: "e", userId: {} }, "invalid"],
    [{ type: "track", event: "e", userId: true }, "invalid"],
    [{ type: "track", event: "e", anonymousId: [] }, "invalid"],
    [{ type: "track", event: "e", userId: "x".repeat(257) }, "invalid"],
    [{ type: "track", event: "e", messageId: "x".repeat(101) }, "invalid"],
    [{ type: "track", event: "e", messageId: {} }, "invalid"],
  ])("%j is %s", (raw, expected) => {
    expect(outcome(raw)).toBe(expected);
  });

  test("a name is trimmed, cut to 200 characters and holds no address", () => {
    expect(taken({ type: "track", event: `  Mail to jane@example.org` }).draft.name).toBe(
      "Mail to [email]",
    );
    expect(taken({ type: "track", event: "x".repeat(900) }).draft.name).toHaveLength(200);
  });

  test("only what has a name by nature is named", () => {
    expect(taken({ type: "identify", userId: "u", name: "x" }).draft.name).toBeNull();
  });
});

describe("A message's id", () => {
  test("is the sender's own", () => {
    expect(taken({ type: "page", messageId: "m1" })).toMatchObject({
      draft: { id: "m1" },
      hasOwnId: true,
    });
    expect(taken({ type: "page", messageId: 12 }).draft.id).toBe("12");
  });

  test.each([undefined, null, "", "  "])("is assigned when it is %j", (messageId) => {
    const raw = messageId === undefined ? { type: "page" } : { type: "page", messageId };
    expect(taken(raw)).toMatchObject({ draft: { id: "new-id" }, hasOwnId: false });
  });

  test("is told with a drop, so that the sender knows which it was", () => {
    expect(run({ type: "nothing", messageId: "m1" })).toEqual({
      ok: false,
      messageId: "m1",
      reason: "invalid",
    });
  });
});

describe("A bot", () => {
  test("is recorded neither as a browser nor by a pixel", () => {
    expect(outcome({ type: "page" }, { ...browser, userAgent: AGENTS.googlebot })).toBe("bot");
    expect(outcome({ type: "page" }, { ...pixel, userAgent: AGENTS.googlebot })).toBe("bot");
  });

  test("is known by the agent that a server passes on, not by the server's own", () => {
    const raw = { type: "track", event: "e", userId: "u1" };
    expect(outcome(raw, { ...server, userAgent: "node" })).toBe("taken");
    expect(outcome({ ...raw, context: { userAgent: AGENTS.googlebot } }, server)).toBe("bot");
  });
});

describe("An old message", () => {
  const old = { type: "track", event: "e", userId: "u1", timestamp: iso(NOW - 7 * DAY_MS - 1) };

  test("is too old from a browser after seven days", () => {
    expect(outcome(old)).toBe("too_old");
    expect(outcome({ ...old, timestamp: iso(NOW - 7 * DAY_MS) })).toBe("taken");
  });

  test("is taken from a server and an import, on its own day", () => {
    expect(taken(old, server).draft.day).toBe(dayOf(NOW - 7 * DAY_MS - 1));
    expect(outcome({ ...old, timestamp: "2012-01-01" }, importer)).toBe("taken");
  });

  test("is judged by the corrected clock", () => {
    const slow = { ...old, sentAt: old.timestamp };
    expect(taken(slow).draft).toMatchObject({ at: NOW, day: dayOf(NOW - 7 * DAY_MS - 1) });
  });
});

describe("Where a message took place", () => {
  test.each<[string, JsonObject, Sender, string]>([
    ["a browser", { type: "page" }, browser, "web"],
    ["a browser that says otherwise", { type: "page", channel: "offline" }, browser, "web"],
    ["a screen", { type: "screen" }, browser, "app"],
    ["a server", { type: "track", event: "e", userId: "u" }, server, "server"],
    ["a server that renders", { type: "page", userId: "u", context: { page: {} } }, server, "web"],
    [
      "an app's server",
      { type: "track", event: "e", userId: "u", channel: "mobile" },
      server,
      "app",
    ],
    ["a mail", { type: "track", event: "Email Opened", userId: "u" }, server, "email"],
    ["a pixel in a mail", { type: "track", event: "e" }, pixel, "email"],
    ["a pixel on a page", { type: "page", context: { page: {} } }, pixel, "web"],
    ["an import", { type: "track", event: "Scanned", userId: "u" }, importer, "offline"],
    ["a sender that knows", { type: "page" }, { ...pixel, channel: "offline" }, "offline"],
  ])("%s", (_, raw, sender, channel) => {
    expect(taken(raw, sender).draft.channel).toBe(channel);
  });
});

describe("What a message carries", () => {
  test("traits, those of an identify before those of the context", () => {
    const context = { traits: { email: "c@example.org" } };
    expect(
      taken({ type: "identify", userId: "u", traits: { name: "Jo" }, context }).traits,
    ).toEqual({ name: "Jo" });
    expect(taken({ type: "page", context }).traits).toEqual({ email: "c@example.org" });
    expect(taken({ type: "page" }).traits).toBeNull();
  });

  test("a group's traits stay the group's", () => {
    const raw = {
      type: "group",
      groupId: "g",
      traits: { name: "Club", email: "info@example.org" },
    };
    expect(taken(raw)).toMatchObject({ traits: { group: raw.traits }, claims: [] });
  });

  test("consent of the site's own tool, in whole strings", () => {
    const tcf = "C".repeat(9_000);
    const context = {
      consent: { categoryPreferences: { measurement: true }, tcf },
      consentManagement: { a: 1 },
    };
    expect(taken({ type: "page", context }).carriedConsent).toEqual(context);
    expect(taken({ type: "page" }).carriedConsent).toBeNull();
  });

  test("an identity token of a sensible length", () => {
    expect(taken({ type: "page", context: { identityToken: "a.b.c" } }).identityToken).toBe(
      "a.b.c",
    );
    expect(taken({ type: "page", context: { identityToken: 7 } }).identityToken).toBeNull();
    expect(
      taken({ type: "page", context: { identityToken: "x".repeat(5_000) } }).identityToken,
    ).toBeNull();
  });
});

test("an order on a phone from a newsletter is all that at once", () => {
  const raw = {
    type: "track",
    event: "Order Completed",
    messageId: "m1",
    timestamp: iso(NOW - 1_000),
    properties: { revenue: 49.9, category: "Tickets", seat: "A1" },
    context: { page: { url: "https://club.example/tickets?utm_source=nl", title: "Tickets" } },
  };
  expect(taken(raw, { ...browser, userAgent: AGENTS.iphone, sentAt: iso(NOW) }).draft).toEqual({
    id: "m1",
    type: "track",
    name: "Order Completed",
    channel: "web",
    day: dayOf(NOW - 1_000),
    at: NOW - 1_000,
    received: NOW,
    device: { type: "phone", os: "iOS", browser: "Safari" },
    page: { url: "https://club.example/tickets?utm_source=nl", path: "/tickets", title: "Tickets" },
    campaign: { source: "nl" },
    props: { revenue: 49.9, category: "Tickets", seat: "A1" },
    topics: ["tickets"],
    valueCents: 4_990,
  });
});
