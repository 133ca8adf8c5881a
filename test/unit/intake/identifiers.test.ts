import { describe, expect, test } from "vitest";
import { readIdentifiers } from "../../../src/domain/intake/identifiers.ts";
import { take } from "../../../src/domain/intake/take.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { Sender } from "../../../src/domain/intake/sender.ts";
import { browser, NOW, server } from "./senders.ts";

const said = (raw: JsonObject, context: JsonObject = {}): string[] =>
  readIdentifiers(raw["type"] as "identify", raw, context, server).claims.map(
    ({ kind, value }) => `${kind}=${value}`,
  );

describe("Identifiers in traits", () => {
  test.each<[JsonObject, string[]]>([
    [
      { email: "A@Example.org", phone: "+49 170 1234567" },
      ["email=a@example.org", "phone=+491701234567"],
    ],
    [{ crm: 7 }, ["crm=7"]],
    [{ crm_id: "C1" }, ["crm=C1"]],
    [{ crmId: "C1", crm: "C1" }, ["crm=C1"]],
    [{ "social:Google": "g1" }, ["social:google=g1"]],
    [{ social: { apple: "a1", "not a provider": "x", __proto__: "x" } }, ["social:apple=a1"]],
    [{ "esp:MailChimp": "7f3a", "esp:": "x" }, ["esp:mailchimp=7f3a"]],
    [{ esp: { klaviyo: "k1", "not a vendor": "x" } }, ["esp:klaviyo=k1"]],
    [{ email: "null", phone: "000000" }, []],
    [{ email: {}, phone: [], crm: true, social: "x" }, []],
    [{ google: "my favourite search" }, []],
  ])("%j say %j", (traits, expected) => {
    expect(said({ type: "identify", traits })).toEqual(expected);
    expect(said({ type: "track" }, { traits })).toEqual(expected);
  });

  test("of a group say nothing of a person", () => {
    expect(said({ type: "group", traits: { email: "info@example.org" } })).toEqual([]);
  });

  test("of a track call's properties say nothing either", () => {
    expect(said({ type: "track", properties: { email: "a@example.org" } })).toEqual([]);
  });
});

test.each<[JsonObject, string[]]>([
  [{ id: "c1", type: "crm" }, ["crm=c1"]],
  [{ id: "A@Example.org", type: "email", collection: "users" }, ["email=a@example.org"]],
  [{ id: "g1", type: "google" }, ["social:google=g1"]],
  [{ id: "s1", type: "social:strava" }, ["social:strava=s1"]],
  [{ id: "7f3a", type: "esp:mailchimp" }, ["esp:mailchimp=7f3a"]],
  [{ id: "x", type: "ios.idfa" }, []],
  [{ id: "null", type: "crm" }, []],
  [{ type: "crm" }, []],
  [{ id: "x" }, []],
])("the external id %j says %j", (externalId, expected) => {
  expect(said({ type: "track" }, { externalIds: [externalId, null, 7] })).toEqual(expected);
});

test("a mail tool's record id is proven by the site's server, and a hint from a page: it came by a link", () => {
  const assurance = (sender: Sender) =>
    readIdentifiers(
      "identify",
      { type: "identify", traits: { "esp:mailchimp": "7f3a", crm: "c1" } },
      {},
      sender,
    ).claims.map(({ assurance }) => assurance);
  expect(assurance(server)).toEqual(["verified", "verified"]);
  expect(assurance(browser)).toEqual(["asserted", "hinted"]);
});

test("more identifiers than a person can have are noise", () => {
  const social = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p${i}`, `v${i}`]));
  expect(said({ type: "identify", userId: "u", traits: { social } })).toHaveLength(16);
});

/**
 * The field's scenarios as wire calls, joined by the plainest policy there is: equal identifiers join, two user ids
 * don't. What intake makes of the calls has to be enough for the right number of persons.
 */
function persons(calls: JsonObject[]): number {
  const groups: { visitors: Set<string>; claims: Set<string> }[] = [];
  for (const call of calls) {
    const taken = take(call, server, NOW, () => "new");
    if (!taken.ok) continue;
    const { anonymousId, userId, claims } = taken.message;
    const visitor = anonymousId === null ? `u:${userId ?? claims[0]?.value}` : `a:${anonymousId}`;
    let home = groups.find((group) => group.visitors.has(visitor));
    if (home === undefined) {
      home = { visitors: new Set([visitor]), claims: new Set() };
      groups.push(home);
    }
    for (const { kind, value } of claims) {
      const claim = `${kind}=${value}`;
      const mine = home;
      const other = groups.find((group) => group !== mine && group.claims.has(claim));
      const users = [...home.claims, ...(other?.claims ?? []), claim].filter((c) =>
        c.startsWith("user_id="),
      );
      if (new Set(users).size > 1) continue;
      home.claims.add(claim);
      if (other === undefined) continue;
      for (const one of other.visitors) home.visitors.add(one);
      for (const one of other.claims) home.claims.add(one);
      groups.splice(groups.indexOf(other), 1);
    }
  }
  return groups.length;
}

const seen = (anonymousId: string): JsonObject => ({ type: "track", event: "e", anonymousId });
const known = (userId: string): JsonObject => ({ type: "track", event: "e", userId });
const identify = (userId: string, anonymousId: string): JsonObject => ({
  type: "identify",
  userId,
  anonymousId,
});
const alias = (userId: string, previousId: string): JsonObject => ({
  type: "alias",
  userId,
  previousId,
});
const withEmail = (userId: string, email: string): JsonObject => ({
  type: "identify",
  userId,
  traits: { email },
});

test.each<[string, JsonObject[], number]>([
  ["first identify, nobody known yet", [identify("new", "old")], 1],
  ["only the user id is known", [known("new"), identify("new", "old")], 1],
  ["two never-identified persons", [seen("old"), known("new"), identify("new", "old")], 1],
  ["the anonymous side is identified", [known("old"), known("new"), identify("new", "old")], 2],
  [
    "the anonymous side was identified as somebody else",
    [identify("u1", "old"), identify("u2", "old")],
    1,
  ],
  ...["", "   ", "null", "undefined", '"undefined"', "[object Object]", '"[object Object]"'].map(
    (id): [string, JsonObject[], number] => [
      `placeholder ${JSON.stringify(id)}`,
      [identify(id, "anonymous_id")],
      0,
    ],
  ),
  ["alias with a placeholder", [alias("false", "x"), alias("x", "null")], 0],
  ["alias of a new id onto a known old one", [seen("old"), alias("new", "old")], 1],
  ["two aliases gather three ids", [seen("a"), alias("new", "a"), seen("b"), alias("new", "b")], 1],
  ["alias of two existing persons", [seen("new"), seen("old"), alias("new", "old")], 1],
  [
    "alias of an identified onto an anonymous one",
    [known("new"), seen("old"), alias("new", "old")],
    1,
  ],
  ["alias never renames somebody identified", [known("old"), known("new"), alias("new", "old")], 2],
  ["alias under a placeholder", [known("user123"), alias("null", "null")], 1],
  ["identify with identical ids", [seen("a"), identify("a", "a")], 1],
  ["two anonymous persons", [seen("anon-1"), seen("anon-2"), alias("anon-2", "anon-1")], 1],
  [
    "one address, two user ids",
    [withEmail("abc123", "j@example1.com"), withEmail("abc456", "j@example1.com")],
    2,
  ],
  [
    "blocked user ids beside an address",
    ["null", "-1", "anonymous", "000-000"].flatMap((id) => [
      withEmail(id, "a@example.com"),
      withEmail(id, "b@example.com"),
    ]),
    2,
  ],
])("%s", (_, calls, expected) => {
  expect(persons(calls)).toBe(expected);
});

test("an identify whose user id is its anonymous id says nothing of a user", () => {
  const { userId, claims } = readIdentifiers("identify", identify("a", "a"), {}, server);
  expect(userId).toBeNull();
  expect(claims.map(({ kind }) => kind)).toEqual(["anonymous_id"]);
});

test("a browser's alias claims its user id as a user id alone", () => {
  const { claims } = readIdentifiers("alias", alias("new", "old"), {}, browser);
  expect(claims.map(({ kind, value }) => `${kind}=${value}`)).toEqual([
    "user_id=new",
    "anonymous_id=old",
  ]);
});
