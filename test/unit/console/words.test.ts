import { describe, expect, test } from "vitest";
import type { UsherEvent } from "../../../src/domain/event.ts";
import type { MessageId } from "../../../src/domain/ids.ts";
import type { MergeAnswer } from "../../../src/http/api/merge-answer.ts";
import type { IdentifierAnswer } from "../../../src/http/api/person.ts";
import { kindWords } from "../../../src/domain/identity/kind-words.ts";
import {
  beliefWords,
  campaignWords,
  DEVICE_WORDS,
  deviceWords,
  eventWords,
  letter,
  mergeSentence,
  nameOf,
  refusalWords,
  spanWords,
  wordFor,
} from "../../../src/console/words.ts";

const identifier = (more: Partial<IdentifierAnswer>): IdentifierAnswer => ({
  kind: "email",
  value: "jane@example.org",
  assurance: "asserted",
  state: "settled",
  reason: null,
  visitors: [],
  permissions: [],
  ...more,
});

const event = (more: Partial<UsherEvent>): UsherEvent => ({
  id: "m1" as MessageId,
  type: "track",
  name: null,
  channel: "web",
  day: 0,
  at: 0,
  received: 0,
  purposes: [],
  policy: 1,
  ...more,
});

describe("Somebody is called", () => {
  test("by their own name first", () => {
    expect(nameOf({ name: " Jane Doe " }, [identifier({})])).toBe("Jane Doe");
    expect(nameOf({ firstName: "Jane", lastName: "Doe" }, [])).toBe("Jane Doe");
    expect(nameOf({ first_name: "Jane" }, [])).toBe("Jane");
  });

  test("by an identifier that can be read and is theirs, else by none", () => {
    expect(nameOf({ name: 7 }, [identifier({})])).toBe("jane@example.org");
    expect(nameOf({}, [identifier({ state: "refused" })])).toBe("Somebody without a name");
    expect(nameOf({}, [identifier({ value: null }), identifier({ kind: "crm", value: "9" })])).toBe(
      "9",
    );
  });
});

test("a device is told by what is known of it, and a record by where it came from", () => {
  const phone = { type: "phone", os: "iOS", browser: "Safari" } as const;
  expect(deviceWords({ origin: "browser", device: phone })).toBe("Phone · iOS · Safari");
  expect(deviceWords({ origin: "browser", device: { ...phone, app: true } })).toBe(
    "Phone · iOS · app",
  );
  expect(deviceWords({ origin: "import", device: null })).toBe("Imported record");
});

test("devices of one page have letters that don't run out", () => {
  expect([0, 1, 25, 26, 52].map(letter)).toEqual(["A", "B", "Z", "A2", "A3"]);
});

test("kinds of identifiers are words, with the provider where there is one", () => {
  expect(["user_id", "social:google", "esp:mailchimp", "loyalty_card"].map(kindWords)).toEqual([
    "user id",
    "google account",
    "mailchimp record id",
    "loyalty card",
  ]);
});

describe("An event is told", () => {
  test.each<[Partial<UsherEvent>, string]>([
    [{ type: "page", page: { url: "u", path: "/tickets", title: "Tickets" } }, "Viewed Tickets"],
    [{ type: "page", page: { url: "u", path: "/tickets" } }, "Viewed /tickets"],
    [{ type: "page" }, "Viewed a page"],
    [{ type: "screen", name: "Line-up" }, "Opened Line-up in the app"],
    [{ type: "identify" }, "Said who they are"],
    [{ name: "Order Completed" }, "Order Completed"],
    [{}, "Did something without a name"],
  ])("%o as %s", (more, words) => {
    expect(eventWords(event(more))).toBe(words);
  });
});

test("a campaign is told by its way and its name, or by whose click it was", () => {
  expect(campaignWords({ source: "news", medium: "email", name: "spring" })).toBe(
    "news / email, spring",
  );
  expect(campaignWords({ click: { vendor: "google", param: "gclid" } })).toBe("google ad");
  expect(campaignWords({})).toBe("a campaign");
});

describe("A merge is a sentence", () => {
  const merge = (more: Partial<MergeAnswer>): MergeAnswer => ({
    id: "m" as MergeAnswer["id"],
    visitors: ["a", "b"] as unknown as MergeAnswer["visitors"],
    because: "both said the same e-mail address",
    identifier: null,
    at: "",
    by: "policy",
    why: null,
    rules: 1,
    probability: null,
    suggestion: null,
    undone: null,
    ...more,
  });
  const naming = (visitor: string): string => `Device ${visitor.toUpperCase()}`;

  test("with what both said, where it can still be read", () => {
    const said = { kind: "email", value: "jane@example.org" } as const;
    expect(mergeSentence(merge({ identifier: said }), naming)).toBe(
      "Device A and Device B both said the same e-mail address, jane@example.org.",
    );
    expect(mergeSentence(merge({ identifier: { ...said, value: null } }), naming)).toBe(
      "Device A and Device B: both said the same e-mail address.",
    );
  });

  test("with who decided, where a human did", () => {
    expect(mergeSentence(merge({ by: "officer" }), naming)).toBe(
      "The officer decided that Device A and Device B are one person.",
    );
  });

  test("with what was found and how probable it was, where a human agreed to a suggestion", () => {
    const because = "what they said of themselves is alike (97.3 %), and the officer agreed";
    expect(mergeSentence(merge({ by: "officer", probability: 0.973, because }), naming)).toBe(
      `Device A and Device B: ${because}.`,
    );
  });
});

test("a mail link says how far it may be believed, and why", () => {
  expect(
    beliefWords({ confidence: 0.9, forwarded: false, because: "nobody else followed it" }),
  ).toBe("90 % sure that it is theirs: nobody else followed it.");
  expect(
    beliefWords({ confidence: 0.19, forwarded: true, because: "many devices followed it at once" }),
  ).toBe("Looks forwarded: many devices followed it at once. 19 % sure that it is theirs.");
});

test("an identifier that joins nobody says by which rule, also by one that is new", () => {
  expect(refusalWords("quarantined")).toContain("names nobody");
  expect(refusalWords("a-later-rule")).toBe("the merge policy kept it apart");
  expect(refusalWords(null)).toBe("the merge policy kept it apart");
});

test("a span is told in the largest unit that fits at least once", () => {
  expect([spanWords(86_400_000 * 3), spanWords(3_700_000), spanWords(20_000)]).toEqual([
    "3 days",
    "1 hour",
    "0 minutes",
  ]);
});

test("what there is no word for says itself, also by a name that every table has", () => {
  expect(wordFor(DEVICE_WORDS, "tv")).toBe("Television");
  for (const name of ["fridge", "constructor", "__proto__"])
    expect(wordFor(DEVICE_WORDS, name)).toBe(name);
});
