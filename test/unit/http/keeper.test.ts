import { expect, test } from "vitest";
import { Keeper } from "../../../src/http/keeper.ts";

const DB = {} as D1Database;

/** A keeper whose time and whose database are the test's. */
function stage() {
  let now = 1_000_000;
  const rings = new Set<() => void>();
  const reads: PromiseWithResolvers<string>[] = [];
  const later: Promise<unknown>[] = [];
  const keeper = new Keeper<string>(
    "policy",
    () => {
      const read = Promise.withResolvers<string>();
      reads.push(read);
      return read.promise;
    },
    {
      now: () => now,
      timer: (_ms, ring) => {
        rings.add(ring);
        return () => rings.delete(ring);
      },
    },
  );
  return {
    reads,
    later,
    get: () => keeper.get(DB, (work) => later.push(work)),
    forget: () => keeper.forget(DB),
    after(ms: number): void {
      now += ms;
    },
    /** Everybody has waited long enough. */
    ring(): void {
      for (const ring of rings) ring();
    },
  };
}

async function known(value: string) {
  const all = stage();
  const first = all.get();
  all.reads.shift()!.resolve(value);
  await first;
  return all;
}

test("a document is read once and kept for a while, then read anew while the last one stands", async () => {
  const { reads, get, after } = await known("old");
  after(4_999);
  expect([await get(), reads.length]).toEqual(["old", 0]);
  after(1);
  expect([await get(), await get(), reads.length]).toEqual(["old", "old", 1]);
  reads[0]!.resolve("new");
  await reads[0]!.promise;
  expect([await get(), reads.length]).toEqual(["new", 1]);
});

test("after a quiet hour calls wait for what is in force now, all for one reading", async () => {
  const { reads, get, after } = await known("old");
  after(3_600_000);
  const calls = [get(), get()];
  expect(reads).toHaveLength(1);
  reads[0]!.resolve("new");
  expect(await Promise.all(calls)).toEqual(["new", "new"]);
});

test("whoever reads it anew and is cut off keeps nobody from reading it", async () => {
  const { reads, get, after, ring } = await known("old");
  after(3_600_000);
  const first = get();
  ring();
  expect(await first).toBe("old");
  after(2_000);
  const second = get();
  expect(reads).toHaveLength(2);
  reads[1]!.resolve("new");
  expect(await second).toBe("new");
});

test("only whoever began to read is kept alive by it", async () => {
  const { reads, later, get, after } = await known("old");
  later.splice(0);
  after(5_000);
  await Promise.all([get(), get(), get()]);
  expect([reads.length, later.length]).toEqual([1, 1]);
});

test("while the database fails the last one stands, and it is asked again only after a while", async () => {
  const { reads, get, after } = await known("old");
  after(5_000);
  await get();
  reads[0]!.reject(new Error("away"));
  await reads[0]!.promise.catch(() => undefined);
  await new Promise((done) => setImmediate(done));
  expect([await get(), reads.length]).toEqual(["old", 1]);
  after(5_000);
  expect([await get(), reads.length]).toEqual(["old", 2]);
});

test("without any, a call is refused rather than decided by nothing", async () => {
  const { reads, get, ring } = stage();
  const failing = get();
  reads[0]!.reject(new Error("away"));
  await expect(failing).rejects.toMatchObject({ code: "unavailable", retryAfter: 2 });
  const hanging = get();
  ring();
  await expect(hanging).rejects.toMatchObject({ code: "unavailable" });
});

const read = async (reading: PromiseWithResolvers<string> | undefined, value: string) => {
  reading!.resolve(value);
  await new Promise((done) => setImmediate(done));
};

test("a reading that was overtaken by a later one doesn't bring back what stood before", async () => {
  const { reads, get, after } = await known("old");
  after(5_000);
  await get();
  after(2_000);
  await get();
  await read(reads[1], "new");
  await read(reads[0], "old");
  expect([await get(), reads.length]).toEqual(["new", 2]);
});

test("what was being read when another was saved isn't kept", async () => {
  const { reads, get, after, forget } = await known("old");
  after(5_000);
  await get();
  forget();
  await read(reads[0], "old");
  const next = get();
  await read(reads[1], "saved");
  expect([await next, await get(), reads.length]).toEqual(["saved", "saved", 2]);
});

test("while the database hangs, calls soon wait no longer for it, and somebody goes on asking", async () => {
  const { reads, get, after, ring } = await known("old");
  after(3_600_000);
  for (let lost = 0; lost < 2; lost++) {
    const waiting = get();
    ring();
    expect(await waiting).toBe("old");
    after(2_000);
  }
  expect([await get(), await get(), reads.length]).toEqual(["old", "old", 3]);
  await read(reads[2], "new");
  expect(await get()).toBe("new");
});

test("a clock that goes back keeps nobody from reading anew", async () => {
  const { reads, get, after, ring } = await known("old");
  after(-3_600_000);
  const first = get();
  ring();
  expect([await first, reads.length]).toEqual(["old", 1]);
  after(-3_600_000);
  const second = get();
  await read(reads[1], "new");
  expect([await second, await get(), reads.length]).toEqual(["new", "new", 2]);
});
