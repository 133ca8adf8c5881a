import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { dayName, dayOf, type VisitorId } from "../../../src/domain/ids.ts";
import { writeFiles } from "../../../src/out/files.ts";
import { removeFromFiles, sweepFiles } from "../../../src/out/forget.ts";
import { loadManifest } from "../../../src/out/manifest.ts";
import { api, type Browser, OFFICER_TOKEN } from "../../support/site.ts";
import { settle } from "../../support/objects.ts";
import { clear } from "../d1/books.ts";
import { ALL_FOUR, DAY_MS, filed, filePorts, namesIn, policy, visitorWith } from "./stage.ts";

const bucket = env.EXPORTS as R2Bucket;
const now = Date.now();
const today = dayName(dayOf(now));
const tomorrow = now + DAY_MS + 3_700_000;

beforeEach(async () => {
  await clear();
  const { objects } = await bucket.list();
  await bucket.delete(objects.map(({ key }) => key));
});

const write = (at = tomorrow, ports = filePorts) => writeFiles(ports, policy, at);
const fileOf = (purpose: string, part = "0") =>
  `events/purpose=${purpose}/date=${today}/part-${part}.ndjson.gz`;

/** Everything in the bucket, unpacked, as one text. */
async function scan(): Promise<string> {
  const { objects } = await bucket.list();
  const plain = objects.filter(({ key }) => !key.endsWith(".gz"));
  const texts = await Promise.all(
    plain.map(async ({ key }) => key + (await (await bucket.get(key))?.text())),
  );
  return JSON.stringify([...(await filed())]) + texts.join();
}

async function erase(browser: Browser): Promise<void> {
  const asked = { kind: "erase", identifier: "email:nobody@example.org" };
  const body = { ...asked, visitors: [browser.visitor] };
  expect((await api("/requests", OFFICER_TOKEN, body)).body["state"]).toBe("done");
}

test("a day that is over stands in a file for each purpose, with what that purpose allows", async () => {
  await visitorWith(ALL_FOUR, ["A1", "A2"]);
  await visitorWith({ measurement: true }, ["B1"]);
  await write(now);
  expect(await filed()).toEqual(new Map());
  await write();
  const files = await filed();
  expect([...files.keys()].sort()).toEqual(
    ["advertising", "measurement", "personalization", "recognition"].map((p) => fileOf(p)),
  );
  expect(namesIn(files.get(fileOf("measurement"))!)).toEqual(["A1", "A2", "B1"]);
  expect(namesIn(files.get(fileOf("advertising"))!)).toEqual(["A1", "A2"]);
  const manifest = await (await bucket.get(`manifests/date=${today}.json`))?.json();
  expect(manifest).toMatchObject({
    parts: { "": { events: 3, files: { [fileOf("measurement")]: { rows: 3 } } } },
  });
});

test("a repeated run writes nothing, a late event writes its part anew, and both end in the same bytes", async () => {
  const jane = await visitorWith(ALL_FOUR, ["A1"]);
  await write();
  const versions = async () =>
    (await bucket.list({ prefix: "events/" })).objects.map(({ key, version, etag }) => ({
      key,
      version,
      etag,
    }));
  const first = await versions();
  await write(tomorrow + 300_000);
  await write(tomorrow + DAY_MS);
  expect(await versions()).toEqual(first);
  await jane.send("track", { messageId: "late", event: "Late" });
  await settle([jane.visitor ?? ""]);
  await write(tomorrow + 2 * DAY_MS);
  expect(namesIn((await filed()).get(fileOf("measurement"))!)).toEqual(["A1", "Late"]);
  const etags = (await versions()).map(({ etag }) => etag);
  await bucket.delete([
    ...(await versions()).map(({ key }) => key),
    `manifests/date=${today}.json`,
  ]);
  await write(tomorrow + 3 * DAY_MS);
  expect((await versions()).map(({ etag }) => etag)).toEqual(etags);
});

test("who withdrew before the day is written isn't in its files", async () => {
  const jane = await visitorWith(ALL_FOUR, ["J1"]);
  await jane.consent({ choices: { advertising: false } });
  await write();
  expect([...(await filed()).keys()]).not.toContain(fileOf("advertising"));
  expect((await filed()).get(fileOf("measurement"))).toHaveLength(1);
});

test("an erasure reaches the files: nothing of the visitor is in any of them, others' lines stay as they were", async () => {
  const jane = await visitorWith(ALL_FOUR, ["J1", "J2"]);
  await visitorWith({ measurement: true }, ["K1"]);
  await write();
  expect(await scan()).toContain(jane.visitor);
  const { visitor } = jane;
  await erase(jane);
  expect(await scan()).not.toContain(visitor);
  const files = await filed();
  expect([...files.keys()]).toEqual([fileOf("measurement")]);
  expect(namesIn(files.get(fileOf("measurement"))!)).toEqual(["K1"]);
  const manifest = await (await bucket.get(`manifests/date=${today}.json`))?.json();
  expect(manifest).toMatchObject({
    parts: { "": { files: { [fileOf("measurement")]: { rows: 1 } } } },
  });
});

test("lines of others don't name an erased visitor, also where it gave their person its name", async () => {
  const [a, b] = [await visitorWith(ALL_FOUR, ["A1"]), await visitorWith(ALL_FOUR, ["B1"])];
  for (const browser of [a, b])
    await browser.send("identify", { traits: { email: "both@club.example.org" } });
  await settle([a.visitor ?? "", b.visitor ?? ""]);
  expect((await api(`/people/${b.visitor}`)).body["id"]).toBe(a.visitor);
  await write();
  const { visitor } = a;
  await erase(a);
  expect(await scan()).not.toContain(visitor);
  expect(await scan()).toContain(b.visitor);
});

test("an erasure that falls between reading and writing wins: the file is made anew without the visitor", async () => {
  const jane = await visitorWith(ALL_FOUR, ["J1"]);
  await visitorWith({ measurement: true }, ["K1"]);
  const { visitor } = jane;
  let isErased = false;
  // The moment the file with her in it is about to be put.
  const slow = new Proxy(bucket, {
    get(target, name) {
      if (name === "put")
        return async (key: string, ...rest: unknown[]) => {
          if (key.endsWith(".gz") && !isErased) {
            isErased = true;
            await erase(jane);
          }
          return (target.put as (...all: unknown[]) => Promise<unknown>)(key, ...rest);
        };
      const member = Reflect.get(target, name) as unknown;
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  await write(tomorrow, { ...filePorts, exports: slow });
  expect(isErased).toBe(true);
  expect(await scan()).not.toContain(visitor);
  expect(namesIn((await filed()).get(fileOf("measurement"))!)).toEqual(["K1"]);
});

test("whom an object still has that was restored since their erasure is in no file, and keeps none from being written", async () => {
  const jane = await visitorWith(ALL_FOUR, ["J1"]);
  await visitorWith({ measurement: true }, ["K1"]);
  await env.DB.prepare("INSERT INTO tombstones (visitor, at) VALUES (?1, ?2)")
    .bind(jane.visitor, now)
    .run();
  await write();
  expect(await scan()).not.toContain(jane.visitor);
  expect(namesIn((await filed()).get(fileOf("measurement"))!)).toEqual(["K1"]);
});

test.each(["before", "after"] as const)(
  "killed at any call to the bucket, %s it took effect, the next run ends in the same files",
  async (when) => {
    await visitorWith(ALL_FOUR, ["A1"]);
    await visitorWith({ measurement: true }, ["B1"]);
    await write();
    const whole = await filed();
    for (let nth = 1; ; nth++) {
      const { objects } = await bucket.list();
      await bucket.delete(objects.map(({ key }) => key));
      let calls = 0;
      const failing = new Proxy(bucket, {
        get(target, name) {
          const member = Reflect.get(target, name) as unknown;
          if (typeof member !== "function") return member;
          return async (...args: unknown[]) => {
            const isHit = ++calls === nth;
            if (isHit && when === "before") throw new Error("failed by the test");
            const answer: unknown = await member.apply(target, args);
            if (isHit) throw new Error("its answer was lost");
            return answer;
          };
        },
      });
      await write(tomorrow, { ...filePorts, exports: failing }).catch(() => null);
      await write();
      expect(await filed(), `call ${nth}`).toEqual(whole);
      if (calls < nth) break;
    }
  },
);

test("an erasure that is killed between a file and what is told of it is finished by the next try", async () => {
  const jane = await visitorWith(ALL_FOUR, ["J1"]);
  await visitorWith({ measurement: true }, ["K1"]);
  await write();
  let isKilled = false;
  const dying = new Proxy(bucket, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        isKilled ||= name === "put" && String(args[0]).startsWith("manifests/");
        if (isKilled) throw new Error("killed");
        return member.apply(target, args) as unknown;
      };
    },
  });
  const visitors = [jane.visitor as VisitorId];
  await removeFromFiles(dying, visitors, null).catch(() => undefined);
  expect([isKilled, (await scan()).includes(String(jane.visitor))]).toEqual([true, false]);
  await removeFromFiles(bucket, visitors, null);
  const { manifest } = (await loadManifest(bucket, dayOf(now)))!;
  const told = Object.values(manifest.parts).flatMap(({ files }) =>
    Object.entries(files).map(([key, { bytes, rows }]) => ({ key, bytes, rows })),
  );
  const there = Array.from(await filed(), async ([key, lines]) => ({
    key,
    bytes: (await bucket.head(key))?.size,
    rows: lines.length,
  }));
  expect(told).toEqual(await Promise.all(there));
  expect(told).toHaveLength(1);
});

test("a day of many events is cut by the first letters of the visitors, and an erasure finds the part", async () => {
  const jane = await visitorWith(ALL_FOUR, ["J1"]);
  const rows = Array.from({ length: 2_100 }, (_, n) => [`row-${n}`]);
  await env.DB.prepare(
    `INSERT INTO events (day, visitor, id, at, received, type, name, channel, policy, purposes, data)
     SELECT ?1, ?2, value ->> 0, 0, 0, 'track', 'Row', 'web', 1, 'measurement', '{}' FROM json_each(?3)`,
  )
    .bind(dayOf(now), jane.visitor, JSON.stringify(rows))
    .run();
  await write();
  const keys = [...(await filed()).keys()];
  expect(keys.every((key) => /part-[0-3]\d\.ndjson\.gz$/.test(key))).toBe(true);
  expect((await filed()).get(keys.find((key) => key.includes("measurement"))!)).toHaveLength(2_101);
  await erase(jane);
  expect(await filed()).toEqual(new Map());
});

test("files go when their purpose's time is over, and leave nothing behind", async () => {
  await visitorWith(ALL_FOUR, ["A1"]);
  await write();
  const days = policy.purposes.filter(({ required }) => !required);
  const least = Math.min(...days.map(({ retentionDays }) => retentionDays));
  const most = Math.max(...days.map(({ retentionDays }) => retentionDays));
  await sweepFiles(bucket, policy, now + least * DAY_MS);
  expect((await filed()).size).toBe(4);
  await sweepFiles(bucket, policy, now + (least + 1) * DAY_MS);
  expect((await filed()).size).toBeLessThan(4);
  await sweepFiles(bucket, policy, now + (most + 1) * DAY_MS);
  expect((await bucket.list({ prefix: "events/" })).objects).toEqual([]);
  expect((await bucket.list({ prefix: "manifests/" })).objects).toEqual([]);
});
