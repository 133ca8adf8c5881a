/** What sites send and stumble over, as the field's documentation and issues tell it, played by a site's own server. */
import { expect, test } from "vitest";
import { identifierKeys as sources } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, server } from "../../support/site.ts";

interface Said {
  userId?: string | number;
  anonymousId?: string;
  previousId?: string;
  groupId?: string;
  email?: string;
  phone?: string;
}
type Call = [call: string, said: Said];

const identify = (userId?: string | number, anonymousId?: string, traits: Said = {}): Call => [
  "identify",
  {
    ...traits,
    ...(userId === undefined ? {} : { userId }),
    ...(anonymousId === undefined ? {} : { anonymousId }),
  },
];
const track = (userId?: string, anonymousId?: string): Call => [
  "track",
  identify(userId, anonymousId)[1],
];
const alias = (userId: string, previousId: string): Call => ["alias", { userId, previousId }];
const group = (said: Said): Call => ["group", { groupId: "acme", ...said }];

let n = 0;

async function play(calls: readonly Call[]): Promise<void> {
  const touched = new Set<string>();
  for (const [call, { email, phone, ...said }] of calls) {
    const { status } = await server(call, {
      ...said,
      messageId: `wire-${++n}`,
      ...(call === "track" ? { event: "Seen" } : {}),
      context: { traits: { email, phone }, consent: { categoryPreferences: ALL } },
    });
    expect(status).toBe(200);
    const user = said.userId === undefined ? undefined : String(said.userId).trim();
    for (const [kind, value] of [
      ["anonymous_id", said.anonymousId],
      ["user_id", user],
      ["email", email],
    ] as const) {
      if (value === undefined) continue;
      const source = await sources.sourceVisitor(kind, value);
      touched.add(source);
      if (user !== undefined)
        touched.add(await sources.rotatedVisitor(source, await sources.key("user_id", user)));
    }
    await settle([...touched]);
  }
}

/** Which of these ids name one person; those that name nobody are left out. */
async function persons(ids: readonly string[]): Promise<string[][]> {
  const found = new Map<string, string[]>();
  for (const each of ids) {
    const { body } = await api(`/people?identifier=${encodeURIComponent(each)}`);
    const people = (body["people"] as { id: string }[]).map(({ id }) => id);
    expect(people.length).toBeLessThan(2);
    for (const person of people) found.set(person, [...(found.get(person) ?? []), each]);
  }
  return [...found.values()];
}

const u = (id: string): string => `user_id:${id}`;
const a = (id: string): string => `anonymous_id:${id}`;
const e = (address: string): string => `email:${address}`;

const JUNK = ["null", 0, "Guest ", "(not set)", "\uff2e\uff35\uff2c\uff2c", "null\u200b"];

const STORIES: [title: string, calls: Call[], persons: string[][]][] = [
  [
    "an alias before anything else, and late events under the old name",
    [alias("f-u", "f-a"), track(undefined, "f-a")],
    [[u("f-u"), a("f-a")]],
  ],
  ["an alias of an id with itself", [alias("e-a", "e-a")], []],
  [
    "an alias back and forth",
    [alias("d-b", "d-a"), alias("d-a", "d-b")],
    [[a("d-a"), u("d-b")], [u("d-a")]],
  ],
  [
    "a chain of aliases, from the first name to the last",
    [alias("ch-b", "ch-a"), alias("ch-c", "ch-b")],
    [[a("ch-a"), u("ch-b"), a("ch-b")], [u("ch-c")]],
  ],
  [
    "a chain of aliases, from the last name to the first",
    [alias("ci-c", "ci-b"), alias("ci-b", "ci-a")],
    [
      [a("ci-a"), u("ci-b")],
      [a("ci-b"), u("ci-c")],
    ],
  ],
  [
    "four users who sign in one after the other under one anonymous id",
    [
      identify("1@abc.example", "g-a"),
      identify(111, "g-a"),
      identify("2@abc.example", "g-a"),
      identify(222, "g-a"),
    ],
    [[u("1@abc.example"), a("g-a")], [u("111")], [u("2@abc.example")], [u("222")]],
  ],
  [
    "a user with two devices who signs in on another's",
    [
      identify("al", "al-1"),
      identify("al", "al-2"),
      identify("bo", "bo-1"),
      identify("al", "bo-1"),
      alias("al", "bo"),
    ],
    [
      [u("al"), a("al-1"), a("al-2")],
      [u("bo"), a("bo-1")],
    ],
  ],
  [
    "a device that is reset and signed in on again",
    [
      track(undefined, "rs-1"),
      identify("rs", "rs-1"),
      track(undefined, "rs-2"),
      identify("rs", "rs-2"),
    ],
    [[u("rs"), a("rs-1"), a("rs-2")]],
  ],
  [
    "a number and its digits",
    [identify(4711, "h-a"), identify("4711", "h-b")],
    [[u("4711"), a("h-a"), a("h-b")]],
  ],
  [
    "user ids that differ in case",
    [identify("Bob-1", "i-a"), identify("bob-1", "i-b")],
    [
      [u("Bob-1"), a("i-a")],
      [u("bob-1"), a("i-b")],
    ],
  ],
  [
    "user ids with blanks around them",
    [identify(" bob-2 ", "j-a"), identify("bob-2", "j-b")],
    [[u("bob-2"), a("j-a"), a("j-b")]],
  ],
  [
    "one address in two spellings",
    [
      identify(undefined, "k-a", { email: "Jane.K@Gmail.com" }),
      identify(undefined, "k-b", { email: " jane.k@gmail.com " }),
    ],
    [[a("k-a"), a("k-b"), e("jane.k@gmail.com")]],
  ],
  [
    "addresses that differ in dots or a tag",
    [
      identify(undefined, "l-a", { email: "ja.ne@gmail.com" }),
      identify(undefined, "l-b", { email: "jane@gmail.com" }),
      identify(undefined, "l-c", { email: "jane+shop@gmail.com" }),
    ],
    [[a("l-a")], [a("l-b")], [a("l-c")]],
  ],
  [
    "one telephone in four spellings",
    [
      identify(undefined, "n-a", { phone: "+49 (170) 123-45 67" }),
      identify(undefined, "n-b", { phone: "00491701234567" }),
      identify(undefined, "n-c", { phone: "tel:+491701234567" }),
      identify(undefined, "n-d", { phone: "(+49) 170/1234567" }),
    ],
    [[a("n-a"), a("n-b"), a("n-c"), a("n-d")]],
  ],
  [
    "placeholders for a user, in every spelling",
    JUNK.map((junk, m) => identify(junk, `o-${m}`, { email: `o-${m}@gmail.com` })),
    JUNK.map((_, m) => [a(`o-${m}`)]),
  ],
  [
    "placeholders for a device",
    [
      identify("p-1", "00000000-0000-0000-0000-000000000000"),
      identify("p-2", "00000000-0000-0000-0000-000000000000"),
      identify("p-3", "undefined"),
      identify("p-4", "undefined"),
    ],
    [[u("p-1")], [u("p-2")], [u("p-3")], [u("p-4")]],
  ],
  [
    "ids of other scripts",
    [identify("\u{1f98a}", "q-a"), identify("\u{1f98a}", "q-b"), identify("\u{1f43b}", "q-c")],
    [
      [u("\u{1f98a}"), a("q-a"), a("q-b")],
      [u("\u{1f43b}"), a("q-c")],
    ],
  ],
  [
    "people of one group",
    [
      group({ userId: "r-1", email: "info@acme.example" }),
      group({ userId: "r-2", email: "info@acme.example" }),
      group({ anonymousId: "r-a" }),
    ],
    [[u("r-1")], [u("r-2")], [a("r-a")]],
  ],
  [
    "a server's events before the browser's",
    [track("u-1"), track(undefined, "u-a"), identify("u-1", "u-a")],
    [[u("u-1"), a("u-a")]],
  ],
  [
    "a user who is known without a device, and a device by address alone",
    [
      identify("v-1", undefined, { email: "v1@gmail.com" }),
      identify(undefined, "v-a", { email: "v1@gmail.com" }),
    ],
    [[u("v-1"), a("v-a"), e("v1@gmail.com")]],
  ],
  [
    "two who swap their addresses",
    [
      identify("w-1", undefined, { email: "w1@gmail.com" }),
      identify("w-2", undefined, { email: "w2@gmail.com" }),
      identify("w-1", undefined, { email: "w2@gmail.com" }),
      identify("w-2", undefined, { email: "w1@gmail.com" }),
    ],
    [
      [u("w-1"), e("w1@gmail.com")],
      [u("w-2"), e("w2@gmail.com")],
    ],
  ],
  [
    "an address that another user has later",
    [
      identify("x-1", "x-a", { email: "x@xcorp.example" }),
      identify("x-2", "x-b", { email: "x@xcorp.example" }),
    ],
    [
      [u("x-1"), a("x-a"), e("x@xcorp.example")],
      [u("x-2"), a("x-b")],
    ],
  ],
  [
    "an account with an address of work and one of its own",
    [
      identify("z-1", "z-a", { email: "z@zcorp.example" }),
      identify("z-1", "z-b", { email: "z@gmail.com" }),
    ],
    [[u("z-1"), a("z-a"), a("z-b"), e("z@zcorp.example"), e("z@gmail.com")]],
  ],
  [
    "a sixth address",
    [1, 2, 3, 4, 5, 6].map((m) => identify("aa-1", "aa-a", { email: `aa${m}@gmail.com` })),
    [[u("aa-1"), e("aa1@gmail.com"), e("aa5@gmail.com")]],
  ],
  [
    "addresses that nobody has",
    [
      identify("ab-1", undefined, { email: "test@test.com" }),
      identify("ab-2", undefined, { email: "TEST@test.com" }),
      identify(undefined, "ab-a", { email: "noreply@shop.example" }),
      identify(undefined, "ab-b", { email: "No-Reply@shop.example" }),
    ],
    [[u("ab-1")], [u("ab-2")], [a("ab-a")], [a("ab-b")]],
  ],
  [
    "a device first known by telephone and then by a user's address",
    [
      identify("ad-1", undefined, { email: "ad@gmail.com" }),
      identify(undefined, "ad-a", { phone: "+491709999111" }),
      identify(undefined, "ad-a", { email: "ad@gmail.com" }),
    ],
    [[u("ad-1"), a("ad-a")]],
  ],
];

test.each(STORIES)("%s", async (_, calls, expected) => {
  await play(calls);
  const others = calls.flatMap(([, { anonymousId }]) =>
    anonymousId === undefined ? [] : [a(anonymousId)],
  );
  const ids = expected.length > 0 ? expected.flat() : others;
  expect(await persons(ids)).toEqual(expected);
});
