/** What holds for any message, however it was put together. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../src/domain/json.ts";
import { take } from "../../../src/domain/intake/take.ts";
import { browser, importer, NOW, pixel, server } from "./senders.ts";

const anyJson = fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>;
const mail = fc.constantFrom(
  "jane.doe@example.org",
  "jane.doe%40example.org",
  "JANE.DOE@EXAMPLE.ORG",
);
const word = fc.oneof(
  fc.string({ maxLength: 12 }),
  mail,
  fc.constantFrom(
    "null",
    "__proto__",
    "2026-11-20T10:00:00Z",
    "https://club.example/?mc_eid=a&e=jane.doe%40example.org",
    "https://club.example/jane.doe@example.org?gclid=jane.doe%2540example.org&utm_id=jane.doe@example.org",
  ),
);
const anything = fc.oneof(word, anyJson, fc.integer());
/** Mostly what an id, a name or a date can be, or most messages would fall at the first step. */
const scalar = fc.oneof(
  { weight: 9, arbitrary: word },
  { weight: 2, arbitrary: fc.integer() },
  { weight: 1, arbitrary: anyJson },
);
const traits = fc.dictionary(
  fc.constantFrom("email", "phone", "crm", "social", "__proto__", "name"),
  anything,
);
const context = fc.record(
  {
    page: fc.oneof(
      anyJson,
      fc.dictionary(fc.constantFrom("url", "path", "title", "referrer", "search"), anything),
    ),
    campaign: fc.oneof(
      anyJson,
      fc.dictionary(fc.constantFrom("source", "medium", "name"), anything),
    ),
    traits,
    device: fc.dictionary(fc.constantFrom("type", "model", "touchPoints"), anything),
    screen: fc.dictionary(fc.constantFrom("width", "height", "density"), anything),
    library: fc.dictionary(fc.constantFrom("name"), anything),
    userAgent: anything,
    userAgentData: fc.dictionary(fc.constantFrom("mobile", "platform", "model"), anything),
    externalIds: fc.oneof(anyJson, fc.array(fc.record({ id: anything, type: anything }))),
    consent: anything,
    identityToken: anything,
    channel: anything,
  },
  { requiredKeys: [] },
);
const raw = fc.record(
  {
    type: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom("track", "page", "screen", "identify", "group", "alias"),
      },
      { weight: 1, arbitrary: anything },
    ),
    event: scalar,
    name: scalar,
    messageId: scalar,
    userId: scalar,
    anonymousId: scalar,
    previousId: scalar,
    groupId: scalar,
    timestamp: scalar,
    sentAt: scalar,
    channel: anything,
    category: anything,
    properties: fc.oneof(anyJson, fc.dictionary(word, anything)),
    traits: fc.oneof(anyJson, traits),
    context: fc.oneof({ weight: 9, arbitrary: context }, { weight: 1, arbitrary: anyJson }),
  },
  { requiredKeys: ["type"] },
) as fc.Arbitrary<JsonObject>;
const sender = fc.constantFrom(browser, server, pixel, importer);

/** Every key and every string anywhere in a value. */
function* texts(value: unknown): Generator<{ text: string; isKey: boolean }> {
  if (typeof value === "string") yield { text: value, isKey: false };
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    yield { text: key, isKey: true };
    yield* texts(item);
  }
}

const RUNS = { numRuns: 500 };

describe("Any message", () => {
  test("is taken or dropped, never an error", () => {
    let takenOnes = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          { weight: 4, arbitrary: raw },
          { weight: 1, arbitrary: fc.dictionary(fc.string(), anyJson) },
        ),
        sender,
        (message, from) => {
          const result = take(message as JsonObject, from, NOW, () => "new");
          if (result.ok) takenOnes++;
          else expect(result.messageId.length).toBeLessThanOrEqual(100);
        },
      ),
      RUNS,
    );
    // Otherwise the properties below would be about nothing.
    expect(takenOnes).toBeGreaterThan(RUNS.numRuns / 4);
  });

  test("read from its own JSON yields no prototype key, no endless string and no half character", () => {
    fc.assert(
      fc.property(raw, sender, (message, from) => {
        const result = take(
          JSON.parse(JSON.stringify(message)) as JsonObject,
          from,
          NOW,
          () => "new",
        );
        if (!result.ok) return;
        const wrong = [...texts(result.message)].filter(
          ({ text, isKey }) =>
            (isKey && (text === "__proto__" || text === "prototype")) ||
            text.length > 16_384 ||
            !text.isWellFormed(),
        );
        expect(wrong).toEqual([]);
        expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      }),
      RUNS,
    );
  });

  test("holds no e-mail address in what is stored in the clear", () => {
    fc.assert(
      fc.property(raw, sender, (message, from) => {
        const result = take(message, from, NOW, () => "new");
        if (!result.ok) return;
        const { id: _, ...stored } = result.message.draft;
        expect(JSON.stringify(stored).toLowerCase()).not.toMatch(/jane\.doe(?:@|%40)example/);
      }),
      RUNS,
    );
  });

  test("sent again later has the same id and the same day", () => {
    const id = fc.stringMatching(/^[a-z0-9-]{1,40}$/);
    fc.assert(
      fc.property(raw, id, fc.integer({ min: 0, max: 3_600_000 }), (message, messageId, delay) => {
        const own = { ...message, messageId, timestamp: "2026-11-22T10:00:00Z" };
        const first = take(own, { ...server, sentAt: "2026-11-22T10:00:01Z" }, NOW, () => "one");
        const later = NOW + delay;
        const again = take(
          own,
          { ...server, sentAt: new Date(later).toISOString() },
          later,
          () => "two",
        );
        expect(again.ok).toBe(first.ok);
        if (!first.ok || !again.ok) return;
        expect(again.message.draft.id).toBe(first.message.draft.id);
        expect(again.message.draft.day).toBe(first.message.draft.day);
      }),
      RUNS,
    );
  });

  test("is never in the future, and its claims are known by kind and value once", () => {
    fc.assert(
      fc.property(raw, sender, (message, from) => {
        const result = take(message, from, NOW, () => "new");
        if (!result.ok) return;
        expect(result.message.draft.at).toBeLessThanOrEqual(NOW);
        const names = result.message.claims.map(({ kind, value }) => `${kind}=${value}`);
        expect(new Set(names).size).toBe(names.length);
      }),
      RUNS,
    );
  });
});

const LONG = 32_000;
test.each([
  "a",
  "@",
  "%40",
  "a@b.",
  '"',
  "?",
  "&a=",
  "/",
  " ",
  ".",
  "-",
  "0",
  "https://",
  "=%26",
  "\\",
  "[",
  ";",
  "é",
  "\ud83d",
])(
  "a message of long strings of %j costs no more than its length",
  (piece) => {
    const text = piece.repeat(Math.floor(LONG / piece.length));
    const message = {
      type: "track",
      event: `e${text}`,
      userId: "u",
      timestamp: text,
      properties: {
        a: text,
        url: `https://x.example/?${text}`,
        topic: text,
        revenue: text,
        [text]: 1,
      },
      traits: { email: text, phone: text },
      context: {
        page: {
          url: `https://x.example/${text}?${text}`,
          title: text,
          referrer: `https://${text}`,
        },
        campaign: { source: text },
        userAgent: text,
        traits: { email: text, phone: text, social: { [text]: text } },
        externalIds: [{ id: text, type: text }],
      },
    };
    expect(take(message, browser, NOW, () => "new").ok).toBe(true);
  },
  3_000,
);
