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
