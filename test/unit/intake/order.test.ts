import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beforeRest, inOrder, steady } from "../../../src/domain/intake/order.ts";
import { readTimes } from "../../../src/domain/intake/times.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { NOW } from "./senders.ts";
import { taken } from "./taking.ts";

const iso = (at: number): string => new Date(at).toISOString();
const times = (messages: Parameters<typeof inOrder>[0], sentAt: string | null = null): number[] =>
  inOrder(messages).map((raw) => readTimes(raw, steady(sentAt, NOW), NOW).at);

describe("The order of one request's messages", () => {
  test("stays where several bear the same millisecond, and none is later than it was", () => {
    const at = NOW - 5_000;
    expect(
      times([{ timestamp: iso(at - 1) }, { timestamp: iso(at) }, { timestamp: iso(at) }]),
    ).toEqual([at - 2, at - 1, at]);
  });

  test("is the client's own where it goes back in time", () => {
    const at = NOW - 5_000;
    expect(times([{ timestamp: iso(at) }, { timestamp: iso(at - 60_000) }])).toEqual([
      at,
      at - 60_000,
    ]);
  });

  test("stays for any instants that don't decrease", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 50 }), (steps) => {
        let at = NOW - 1_000_000;
        const got = times(steps.map((step) => ({ timestamp: iso((at += step)) })));
        expect(got).toEqual(got.toSorted((a, b) => a - b));
        expect(new Set(got).size).toBe(got.length);
      }),
    );
  });
});

describe("Messages that don't say when they happened", () => {
  const at = (raw: JsonObject, following: number): number =>
    beforeRest(taken(raw), following).draft.at;

  test("are told in the order in which they came, none later than it came", () => {
    const came = [2, 1, 0].map((following) => at({ type: "page" }, following));
    expect(came).toEqual([NOW - 2, NOW - 1, NOW]);
  });

  test("leave those that do say it as they are", () => {
    expect(at({ type: "page", timestamp: iso(NOW - 60_000) }, 2)).toBe(NOW - 60_000);
  });
});

describe("A message's own instant", () => {
  test("is the one that the site chose, beside the clock of RudderStack's client", () => {
    const chosen = NOW - 3 * 86_400_000;
    expect(times([{ timestamp: iso(chosen), originalTimestamp: iso(NOW) }], iso(NOW))).toEqual([
      chosen,
    ]);
  });

  test("is the uncorrected one of a message that was received before", () => {
    const raw = {
      originalTimestamp: iso(NOW - 9_000),
      timestamp: iso(NOW - 5_000),
      receivedAt: iso(NOW - 4_000),
    };
    expect(times([raw])).toEqual([NOW - 9_000]);
  });
});

describe("The correction of a clock", () => {
  test("doesn't change the order of messages that took their time differently", () => {
    const first = readTimes({ timestamp: iso(NOW - 300) }, steady(iso(NOW - 290), NOW), NOW).at;
    const second = readTimes(
      { timestamp: iso(NOW - 280) },
      steady(iso(NOW - 279), NOW - 200),
      NOW - 200,
    ).at;
    expect(first).toBeLessThan(second);
  });

  test("is made where the clock is off by more than latency", () => {
    const at = readTimes(
      { timestamp: iso(NOW + 3_600_000 - 60_000) },
      steady(iso(NOW + 3_600_000), NOW),
      NOW,
    ).at;
    expect(at).toBe(NOW - 60_000);
  });
});
