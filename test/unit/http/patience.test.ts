import { expect, test } from "vitest";
import { Problem } from "../../../src/domain/problem.ts";
import { inTime, type Timer } from "../../../src/http/patience.ts";

/** A timer that rings when the test says so. */
function clock() {
  const set = new Set<() => void>();
  const timer: Timer = (_ms, ring) => {
    set.add(ring);
    return () => set.delete(ring);
  };
  return { timer, set };
}

test("what comes in time is given on, and no timer stays behind", async () => {
  const { timer, set } = clock();
  expect(await inTime("database", Promise.resolve(7), timer)).toBe(7);
  expect(set.size).toBe(0);
});

test("what fails or takes too long is put as being away for a moment, and a problem as itself", async () => {
  const { timer, set } = clock();
  const away = { code: "unavailable", retryAfter: 2 };
  await expect(
    inTime("database", Promise.reject(new Error("D1_ERROR")), timer),
  ).rejects.toMatchObject(away);
  const hanging = inTime("database", new Promise(() => undefined), timer);
  for (const ring of set) ring();
  await expect(hanging).rejects.toMatchObject(away);
  const own = new Problem("conflict", "It was taken.");
  await expect(inTime("database", Promise.reject(own), timer)).rejects.toBe(own);
  expect(set.size).toBe(0);
});
