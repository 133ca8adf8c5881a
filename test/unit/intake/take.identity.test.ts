import { describe, expect, test } from "vitest";
import type { Sender } from "../../../src/domain/intake/sender.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { browser, importer, pixel, server } from "./senders.ts";
import { outcome, taken } from "./taking.ts";

describe("Whom a message is about", () => {
  test.each<[string, JsonObject, Sender, string]>([
    ["a server must name somebody", { type: "track", event: "e" }, server, "invalid"],
    ["an import too", { type: "track", event: "e" }, importer, "invalid"],
    ["a browser need not", { type: "track", event: "e" }, browser, "taken"],
    ["a pixel need not", { type: "page" }, pixel, "taken"],
    [
      "an address is enough",
      { type: "identify", traits: { email: "a@example.org" } },
      server,
      "taken",
    ],
    [
      "a placeholder names nobody",
      { type: "track", event: "e", userId: "null" },
      server,
      "blocked",
    ],
    [
      "nor does a blocked address",
      { type: "identify", traits: { email: "test@test.com" } },
      server,
      "blocked",
    ],
    ["a browser is its cookie", { type: "track", event: "e", userId: "null" }, browser, "taken"],
    [
      "an anonymous id beside it counts",
      { type: "track", event: "e", userId: "null", anonymousId: "a" },
      server,
      "taken",
    ],
    [
      "not for an identify",
      { type: "identify", userId: "null", anonymousId: "a" },
      server,
      "blocked",
    ],
    ["of any sender", { type: "identify", userId: "", anonymousId: "a" }, browser, "blocked"],
    [
      "an address does",
      { type: "identify", userId: "null", traits: { email: "a@example.org" } },
      server,
      "taken",
    ],
    [
      "an identify needs no user id",
      { type: "identify", anonymousId: "a", traits: { x: 1 } },
      server,
      "taken",
    ],
    ["an alias needs both", { type: "alias", userId: "u" }, server, "invalid"],
    ["an alias needs both ids", { type: "alias", previousId: "u" }, browser, "invalid"],
    [
      "an alias to itself is none",
      { type: "alias", userId: "u", previousId: "u" },
      server,
      "invalid",
    ],
    [
      "an alias of a placeholder",
      { type: "alias", userId: "u", previousId: "null" },
      server,
      "blocked",
    ],
    [
      "an alias to a placeholder",
      { type: "alias", userId: "false", previousId: "u" },
      server,
      "blocked",
    ],
    [
      "even with more said",
      { type: "alias", userId: "null", previousId: "u", anonymousId: "a" },
      server,
      "blocked",
    ],
  ])("%s: %j", (_, raw, sender, expected) => {
    expect(outcome(raw, sender)).toBe(expected);
  });

  test("is said with the sender's assurance", () => {
    const raw = {
      type: "identify",
      userId: " u1 ",
      anonymousId: "a1",
      traits: { email: " Jane@Example.org" },
    };
    const of = (assurance: string) => [
      { kind: "user_id", value: "u1", assurance },
      { kind: "email", value: "jane@example.org", assurance },
      { kind: "anonymous_id", value: "a1", assurance },
    ];
    expect(taken(raw, server).claims).toEqual(of("verified"));
    expect(taken(raw, browser).claims).toEqual(of("asserted"));
    expect(taken(raw)).toMatchObject({ userId: "u1", anonymousId: "a1", previousId: null });
  });

  test("a blocked value is not passed on", () => {
    const raw = { type: "track", event: "e", userId: "null", anonymousId: "a1" };
    expect(taken(raw, server)).toMatchObject({
      userId: null,
      claims: [{ kind: "anonymous_id", value: "a1", assurance: "verified" }],
    });
  });

  test("the record id of a mail is only a hint, whoever sends it", () => {
    const raw = { type: "page", context: { page: { url: "https://club.example/?mc_eid=x1" } } };
    expect(taken({ ...raw, userId: "u1" }, server).claims).toContainEqual({
      kind: "esp:mailchimp",
      value: "x1",
      assurance: "hinted",
    });
    expect(JSON.stringify(taken(raw).draft)).not.toContain("x1");
  });

  test("a record id names nobody by itself to a server", () => {
    const raw = { type: "page", context: { page: { url: "https://club.example/?mc_eid=x1" } } };
    expect(outcome(raw, server)).toBe("invalid");
  });
});
