import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { ClaimAnswer, Parcel } from "../../../src/domain/ports.ts";
import { landParcels, type LandingPorts } from "../../../src/landing.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const parcel = (name: string): Parcel => ({
  visitor: name as VisitorId,
  mark: name,
  events: "",
  receipts: "",
  hints: "",
  person: null,
  claims: [],
});

test("what has landed has landed, also where somebody's object never hears of it", async () => {
  const before = { before: ["somebody"], crowd: 2, held: null } as unknown as ClaimAnswer;
  const ports = {
    ledger: { landParcels: async () => [[before], []] },
    objects: () => ({ hurry: () => new Promise(() => undefined) }),
  } as unknown as LandingPorts;
  const landing = landParcels(ports, [parcel("jane"), parcel("kate")]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect((await landing).map(({ visitor }) => visitor)).toEqual(["kate"]);
  expect(vi.getTimerCount()).toBe(0);
});
