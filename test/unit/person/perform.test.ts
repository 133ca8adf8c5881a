import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { performer } from "../../../src/person/perform.ts";
import { emptyLanding } from "../../../src/person/outbox.ts";
import type { PersonPorts } from "../../../src/person/ports.ts";
import type { Call } from "../../../src/person/work.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const landing: Call = {
  do: "land",
  landing: emptyLanding(),
  handed: { entries: [], erasures: 0, gone: null, relist: null, unlisted: [], person: null },
};

const ledger = (land: () => Promise<unknown>): PersonPorts =>
  ({ ledger: { land }, log: () => undefined }) as unknown as PersonPorts;

test("a call that is never answered is given up, so that the object goes on and asks again", async () => {
  const answer = performer(ledger(() => new Promise(() => undefined)))(landing);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await answer).toBeNull();
});

test("of a call that was answered no timer stays behind, which would keep the object awake", async () => {
  const landed = { ask: [], claims: [], added: 0 };
  expect(await performer(ledger(async () => landed))(landing)).toBe(landed);
  expect(await performer(ledger(() => Promise.reject(new Error("away"))))(landing)).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});
