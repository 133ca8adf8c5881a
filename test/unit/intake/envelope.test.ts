import { describe, expect, test } from "vitest";
import {
  BATCH_MAX,
  endpointNamed,
  MESSAGE_MAX,
  openEnvelope,
} from "../../../src/domain/intake/envelope.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { Problem } from "../../../src/domain/problem.ts";

const open = (body: Json, endpoint: Parameters<typeof openEnvelope>[2]) =>
  openEnvelope(body, JSON.stringify(body).length, endpoint);
const code = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (problem) {
    return (problem as Problem).code;
  }
};
const sized = (bytes: number) => ({
  type: "track",
  event: "e",
  messageId: "m",
  properties: { pad: "x".repeat(bytes) },
});

test.each([
  ["t", "track"],
  ["p", "page"],
  ["s", "screen"],
  ["i", "identify"],
  ["g", "group"],
  ["a", "alias"],
  ["b", "batch"],
  ["track", "track"],
  ["batch", "batch"],
  ["T", null],
  ["__proto__", null],
  ["", null],
])("the path %j is the call %j", (name, endpoint) => {
  expect(endpointNamed(name)).toBe(endpoint);
});

describe("A single call", () => {
  test("is of the type that its endpoint says", () => {
    expect(open({ type: "identify", event: "e" }, "track").messages).toEqual([
      { type: "track", event: "e" },
    ]);
  });

  test("of more than 32 KB is too large", () => {
    expect(code(() => open(sized(MESSAGE_MAX), "track"))).toBe("too_large");
    expect(code(() => open(sized(MESSAGE_MAX - 200), "track"))).toBeUndefined();
  });

  test("is measured in bytes, not in characters", () => {
    const body = { event: "e", properties: { pad: "😀".repeat(9_000) } };
    expect(code(() => openEnvelope(body, 40_000, "track"))).toBe("too_large");
  });
});

describe("A batch", () => {
  test("gives its messages, its key and when it was sent", () => {
    const batch = [{ type: "track" }, { type: "page" }];
    const sentAt = "2026-11-22T12:00:00Z";
    expect(open({ batch, sentAt, writeKey: "k" }, "batch")).toEqual({
      writeKey: "k",
      sentAt,
      messages: batch,
      problem: null,
    });
  });

  test("gives each message its context, where the message has none of its own", () => {
    const context = { app: { name: "Club" }, ip: "1" };
    const batch = [{ type: "track" }, { type: "track", context: { ip: "2" } }];
    expect(open({ batch, context }, "batch").messages.map((message) => message["context"])).toEqual(
      [
        { app: { name: "Club" }, ip: "1" },
        { app: { name: "Club" }, ip: "2" },
      ],
    );
  });

  test("of 2,500 is taken, of 2,501 too large", () => {
    const of = (length: number) => ({ batch: Array.from({ length }, () => ({ type: "page" })) });
    expect(open(of(BATCH_MAX), "batch").messages).toHaveLength(BATCH_MAX);
    expect(code(() => open(of(BATCH_MAX + 1), "batch"))).toBe("too_large");
  });

  test("loses what is too large or no message, and can still say which", () => {
    const batch = [sized(MESSAGE_MAX), { type: "page" }, 7, null, [{ type: "page" }]];
    expect(open({ batch }, "batch").messages).toEqual([
      { messageId: "m" },
      { type: "page" },
      {},
      {},
      {},
    ]);
  });

  test.each([{}, { batch: {} }, { batch: "x" }, { batch: null }])("needs a list: %j", (body) => {
    expect(open(body, "batch").problem?.code).toBe("bad_request");
  });

  test("may be empty", () => {
    expect(open({ batch: [] }, "batch").messages).toEqual([]);
  });
});

test("a key may be written either way, and is known even when the rest is wrong", () => {
  expect(open({ api_key: "k" }, "batch").writeKey).toBe("k");
  expect(open({ writeKey: 5, event: "e" }, "track").writeKey).toBeNull();
});

test.each([null, 1, "x", [], [{}]])("a body that is %j is refused", (body) => {
  expect(open(body, "track").problem?.code).toBe("bad_request");
});
