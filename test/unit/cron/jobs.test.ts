import { beforeEach, describe, expect, test } from "vitest";
import type { Timer } from "../../../src/http/patience.ts";
import { finishRun, type Jobs, runJobs } from "../../../src/jobs.ts";
import { failingJobs } from "../../../src/keys/failing.ts";
import { Shelf } from "../../support/shelf.ts";

const NEVER = new Promise<never>(() => undefined);

let shelf = new Shelf();
let ran: string[] = [];
let rings: (() => void)[] = [];
let now = 1_000_000_000;
beforeEach(() => {
  shelf = new Shelf();
  ran = [];
  rings = [];
});

const timer: Timer = (ms, ring) => {
  // Short pauses are over at once.
  if (ms <= 1_000) setImmediate(ring);
  rings.push(ring);
  return () => (rings = rings.filter((each) => each !== ring));
};
const ports = () => ({ bucket: shelf.bucket, log: () => undefined, count: async () => undefined });
const time = { now: () => now, timer };

/** Those in capitals never come to their end. */
const jobs = (...names: string[]): Jobs =>
  Object.fromEntries(
    names.map((name) => [
      name,
      () => {
        ran.push(name);
        return name === name.toUpperCase() ? NEVER : Promise.resolve();
      },
    ]),
  );
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** A run that the platform cuts off when it gets no further. */
async function cutOff(these: Jobs, which: "often" | "nightly" = "often"): Promise<string> {
  ran = [];
  void runJobs(ports(), which, these, now, time);
  for (let n = 0; n < 60; n++) await turn();
  rings = [];
  return ran.join("");
}

describe("jobs of cron", () => {
  test("run one after the other, and one that fails keeps none from running", async () => {
    const broken = { x: () => Promise.reject(new TypeError("no")) };
    const failed = await runJobs(ports(), "often", { ...jobs("a"), ...broken, ...jobs("b") }, now);
    expect([ran.join(""), failed.map(({ job }) => job)]).toEqual(["ab", ["x"]]);
    expect(await failingJobs(shelf.bucket)).toEqual({ x: now });
  });

  test("one that never ends is given up, and is told as one that failed", async () => {
    const running = runJobs(ports(), "often", jobs("a", "B", "c"), now, time);
    for (let n = 0; n < 60; n++) await turn();
    expect(ran.join("")).toBe("aB");
    for (const ring of rings) ring();
    const failed = await running;
    expect([ran.join(""), rings]).toEqual(["aBc", []]);
    expect(failed).toMatchObject([{ job: "B", error: { name: "TimeoutError" } }]);
  });

  test("where a run was cut off, the next ones go on behind it, and health hears of it", async () => {
    const these = jobs("a", "b", "C", "d", "e");
    expect(await cutOff(these)).toBe("abC");
    // Which job it was isn't known yet.
    expect(await cutOff(these)).toBe("abC");
    expect(await cutOff(these)).toBe("deabC");
    shelf.refuses = true;
    expect(await cutOff(these)).toBe("deabC");
    shelf.refuses = false;
    expect(await failingJobs(shelf.bucket)).toEqual({});
    expect(await cutOff(these)).toBe("deabC");
    expect(await failingJobs(shelf.bucket)).toEqual({ C: now });
    const mended = jobs("a", "b", "c", "d", "e");
    ran = [];
    await runJobs(ports(), "often", { ...mended, C: mended["c"]! }, now, time);
    expect(await failingJobs(shelf.bucket)).toEqual({});
    ran = [];
    await runJobs(ports(), "often", mended, now, time);
    expect(ran.join("")).toBe("abcde");
  });

  test("a night that was cut off is finished before the next one, without what it was cut off at", async () => {
    const these = jobs("a", "B", "c", "d");
    expect(await cutOff(these, "nightly")).toBe("aB");
    ran = [];
    await finishRun(ports(), "nightly", () => these, now, time);
    // It may still be under way.
    expect(ran.join("")).toBe("");
    now += 15 * 60_000;
    await finishRun(ports(), "nightly", () => jobs("policy"), now, time);
    await finishRun(ports(), "nightly", () => these, now, time);
    await finishRun(ports(), "nightly", () => these, now, time);
    expect(ran.join("")).toBe("cd");
    expect(await failingJobs(shelf.bucket)).toEqual({ B: now });
    expect(await cutOff(these, "nightly")).toBe("aB");
  });

  test("run while what would tell of them is away, or never answers", async () => {
    shelf.away = () => Promise.reject(new Error("R2 is away"));
    await runJobs(ports(), "often", jobs("a", "b"), now, time);
    expect(ran.join("")).toBe("ab");
    shelf.away = () => NEVER;
    ran = [];
    const running = runJobs(ports(), "nightly", jobs("a", "b"), now, time);
    for (let n = 0; n < 60; n++) {
      await turn();
      for (const ring of rings) ring();
    }
    await running;
    expect(ran.join("")).toBe("ab");
  });

  test("cost one writing where all is well", async () => {
    await runJobs(ports(), "often", jobs("a", "b", "c"), now, time);
    expect(shelf.writings).toBe(1);
  });
});
