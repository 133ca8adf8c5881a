import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { createSealer } from "../../../src/keys/sealer.ts";
import { createKeyVault } from "../../../src/keys/vault.ts";

const bucket: R2Bucket = env.KEYS;
const visitor = (name: string) => name.padEnd(26, "a") as VisitorId;
const sealed = (vault: ReturnType<typeof createKeyVault>, who: VisitorId, text: string) =>
  createSealer(vault).seal(who, [text]);

describe("the key vault", () => {
  test("gives one key to all who mint it at once, each from memory of its own", async () => {
    const vaults = Array.from({ length: 6 }, () => createKeyVault(bucket));
    const texts = await Promise.all(
      vaults.map((vault, i) => sealed(vault, visitor("mint"), `text ${i}`)),
    );
    const read = await createSealer(createKeyVault(bucket)).unseal(visitor("mint"), texts.flat());
    expect(read).toEqual(["text 0", "text 1", "text 2", "text 3", "text 4", "text 5"]);
  });

  test("opens nothing that was never made, and doesn't make it", async () => {
    expect(await createKeyVault(bucket).open(visitor("never"))).toBeNull();
    expect(await bucket.head(`visitor/${visitor("never")}`)).toBeNull();
  });

  test("keeps no two visitors under one key", async () => {
    const vault = createKeyVault(bucket);
    const [text] = await sealed(vault, visitor("one"), "secret");
    await vault.mint(visitor("two"));
    expect(await createSealer(vault).unseal(visitor("two"), [text ?? ""])).toEqual([null]);
  });

  test("destroys for good: what was sealed is unreadable and no new key is made", async () => {
    const vault = createKeyVault(bucket);
    const sealer = createSealer(vault);
    const texts = await sealer.seal(visitor("gone"), ["secret"]);
    await vault.destroy(visitor("gone"));
    await vault.destroy(visitor("gone"));
    expect(await sealer.unseal(visitor("gone"), texts)).toEqual([null]);
    expect(await sealer.reseal(visitor("gone"), ["secret"])).toBeNull();
    await expect(vault.mint(visitor("gone"))).rejects.toThrow("destroyed");
    const left = await bucket.get(`visitor/${visitor("gone")}`);
    expect(await left?.text()).toBe("");
  });

  test("leaves a mint that races a destruction without a key", async () => {
    for (let i = 0; i < 5; i++) {
      const who = visitor(`race${"abcde"[i]}`);
      await Promise.allSettled([
        createKeyVault(bucket).mint(who),
        createKeyVault(bucket).destroy(who),
        createKeyVault(bucket).mint(who),
      ]);
      expect(await createKeyVault(bucket).open(who)).toBeNull();
    }
  });

  test("reads a key once and not again while it holds it, and notices a destruction within a minute", async () => {
    let reads = 0;
    let now = 0;
    const counted = new Proxy(bucket, {
      get(target, name) {
        if (name === "get") reads += 1;
        const member = Reflect.get(target, name) as unknown;
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    await createKeyVault(bucket).mint(visitor("held"));
    const vault = createKeyVault(counted, () => now);
    for (let i = 0; i < 5; i++) await vault.open(visitor("held"));
    expect(reads).toBe(1);
    await createKeyVault(bucket).destroy(visitor("held"));
    now = 60_001;
    expect(await vault.open(visitor("held"))).toBeNull();
  });

  test("holds a bounded number of keys", async () => {
    let reads = 0;
    const key = new Uint8Array(32);
    const endless = {
      get: async () => {
        reads += 1;
        return { arrayBuffer: async () => key.buffer };
      },
    } as unknown as R2Bucket;
    const vault = createKeyVault(endless, () => 0);
    for (let i = 0; i < 400; i++) await vault.open(`v${i}` as VisitorId);
    expect(reads).toBe(400);
    await vault.open("v399" as VisitorId);
    expect(reads).toBe(400);
    await vault.open("v0" as VisitorId);
    expect(reads).toBe(401);
  });
});
