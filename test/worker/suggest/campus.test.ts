/** Many devices at one place, as plain data over the real database: the work stays linear, and what is over is not written. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { saveDevice } from "../../../src/d1/devices.ts";
import { markDue, recordsOf, saveRecord } from "../../../src/d1/matching.ts";
import type { UsherEvent } from "../../../src/domain/event.ts";
import { DAY_MS, dayOf, type VisitorId, visitorIdFrom } from "../../../src/domain/ids.ts";
import { LARGEST_BLOCK } from "../../../src/domain/suggestion/index-keys.ts";
import type { SeenDay } from "../../../src/domain/suggestion/sightings.ts";
import type { VisitorView } from "../../../src/domain/person/calls.ts";
import { createLedger } from "../../../src/d1/ledger.ts";
import { suggest } from "../../../src/suggest/job.ts";
import type { SuggestPorts } from "../../../src/suggest/ports.ts";
import { identifiers, sealer, settle, Village } from "../api/stage.ts";
import { books, clear, counting, db, event, NOON, stubs } from "../d1/books.ts";
import { COMPARING } from "./seen.ts";

beforeEach(clear);

const TODAY = dayOf(NOON);
const DECIDED = {
  at: NOON,
  policy: 1,
  region: "DE",
  regime: "opt-in",
  granted: { measurement: true, recognition: true },
  gpc: false,
};

const MOST = (LARGEST_BLOCK * (LARGEST_BLOCK - 1)) / 2;

const idOf = (name: string): VisitorId =>
  visitorIdFrom(new TextEncoder().encode(name.padEnd(16, ".")));

/** Seen at these networks on each of the last five days, at an hour of each. */
async function seen(
  village: Village,
  name: string,
  networks: Record<string, number>,
  type = "phone",
) {
  const days = Array.from({ length: 5 }, (_, n) => TODAY - 5 + n);
  const at = (days[4] ?? 0) * DAY_MS;
  const read = event(`read-${name}`, {
    at,
    day: TODAY - 1,
    device: { type },
  } as Partial<UsherEvent>);
  const visitor = await settle(village, idOf(name), { events: [read] });
  village.visitors.set(visitor.id, {
    ...visitor,
    decision: DECIDED,
    sightings: {
      networks: Object.fromEntries(
        Object.entries(networks).map(([network, hour]) => [
          network,
          days.map((day): SeenDay => [day, 1 << hour]),
        ]),
      ),
      told: { day: TODAY, networks: [] },
    },
  });
  return visitor.id;
}

/** So many students, each with a phone and a computer, at a campus, in its library, and two by two in a flat. */
async function campus(students: number) {
  const village = new Village();
  const ids: VisitorId[] = [];
  for (let n = 0; n < students; n++)
    for (const type of ["phone", "desktop"])
      ids.push(
        await seen(
          village,
          `${type}-${n}`,
          {
            "4campus": 10,
            "4library": 14,
            [`4flat${Math.floor(n / 2)}`]: type === "phone" ? 7 : 20,
          },
          type,
        ),
      );
  await db.batch(
    markDue(
      db,
      ids.map((visitor) => ({ visitor, at: NOON })),
    ),
  );
  const counted = counting();
  let compared = 0;
  for (;;) {
    const progress = await suggest({ ...portsOf(village), db: counted.db }, NOON);
    compared += progress.compared;
    if (progress.done) return { rows: counted.rows, compared, devices: ids.length };
  }
}

test("a campus makes no candidates beyond its first fifty, and the work for it grows with the devices and no faster", async () => {
  const small = await campus(30);
  expect((await books())["suggestions"]).toEqual([]);
  await clear();
  const large = await campus(60);
  const { suggestions, device_networks, match_due } = await books();
  expect([suggestions, match_due]).toEqual([[], []]);
  expect(device_networks).toHaveLength(3 * large.devices);
  // Until there were more than fifty of them, as with facts; nobody after that.
  expect([small.compared, large.compared]).toEqual([MOST, MOST]);
  const perDevice = ({ rows, devices }: typeof small): number[] => [
    rows.read / devices,
    rows.written / devices,
    rows.calls / devices,
  ];
  perDevice(large).forEach((cost, n) =>
    expect(cost).toBeLessThan((perDevice(small)[n] ?? 0) * 1.25),
  );
  // Due, taken off; its record, three networks.
  expect(perDevice(large)[1]).toBeLessThanOrEqual(5.1);
}, 120_000);

const portsOf = (village: Village): SuggestPorts => ({
  db,
  bucket: env.KEYS,
  people: village,
  identifiers,
  sealer,
  mergeRules: async () => COMPARING,
});

/** A phone and a computer of one human, and both are due. */
async function twoDevices(village: Village): Promise<[VisitorId, VisitorId]> {
  const phone = await seen(village, "phone", { "4home": 7, "4work": 12 });
  const computer = await seen(village, "computer", { "4home": 20, "4work": 10 }, "desktop");
  await db.batch(
    markDue(
      db,
      [phone, computer].map((visitor) => ({ visitor, at: NOON })),
    ),
  );
  return [phone, computer];
}

test("who withdraws just when the job has read of them leaves nothing behind", async () => {
  const village = new Village();
  const [phone, computer] = await twoDevices(village);
  const view: SuggestPorts["people"]["view"] = async (visitor, near) => {
    const before = await village.view(visitor, near);
    if (visitor !== phone || !village.visitors.get(phone)?.sightings) return before;
    const { sightings: _sightings, ...rest } = village.visitors.get(phone) as VisitorView;
    village.visitors.set(phone, rest);
    await createLedger(db, stubs).land({
      events: [],
      receipts: [],
      hints: [],
      merges: [],
      person: null,
      gone: null,
      erased: [],
      unseen: [{ visitor: phone, at: NOON - 1 }],
    });
    return before;
  };
  const people = { view, link: village.link, amend: village.amend };
  await suggest({ ...portsOf(village), people }, NOON);
  const { device_records, device_networks, suggestions } = await books();
  expect(JSON.stringify([device_records, device_networks, suggestions])).not.toContain(phone);
  expect(device_records).toMatchObject([{ visitor: computer }]);
});

test("what is no more to be compared is taken out when it is due, whatever became of the word of it", async () => {
  const village = new Village();
  const [phone] = await twoDevices(village);
  await suggest(portsOf(village), NOON);
  expect((await books())["suggestions"]).toHaveLength(1);
  const { sightings: _sightings, ...rest } = village.visitors.get(phone) as VisitorView;
  village.visitors.set(phone, rest);
  await db.batch(markDue(db, [{ visitor: phone, at: NOON + 1 }]));
  await suggest(portsOf(village), NOON);
  const after = await books();
  expect(JSON.stringify([after["device_records"], after["device_networks"]])).not.toContain(phone);
  expect([after["suggestions"], after["suggestion_ends"]]).toEqual([[], []]);
});

test("of who was erased, or is due anew, nothing is written of what was read before", async () => {
  const device = {
    type: "phone" as const,
    networks: { "4home": [[TODAY, 1]] as SeenDay[], "4work": [[TODAY, 2]] as SeenDay[] },
  };
  const [gone, anew, there] = ["gone", "anew", "there"].map(idOf) as [
    VisitorId,
    VisitorId,
    VisitorId,
  ];
  await db.batch(
    markDue(db, [
      { visitor: gone, at: 1 },
      { visitor: anew, at: 2 },
      { visitor: there, at: 1 },
    ]),
  );
  await db.prepare("INSERT INTO tombstones (visitor, at) VALUES (?1, 1)").bind(gone).run();
  for (const visitor of [gone, anew, there])
    await saveDevice(db, { visitor, device }, null, { visitor, at: 1 });
  const { device_records, device_networks } = await books();
  expect(device_records).toMatchObject([{ visitor: there }]);
  expect(device_networks).toMatchObject([{ visitor: there }, { visitor: there }]);
});

test("two runs that meet at one record leave no key of it that it hasn't", async () => {
  const visitor = visitorIdFrom(new Uint8Array(16).fill(7));
  // Both had read that there was none.
  await saveRecord(db, { visitor, keys: ["a", "b"], sealed: "1" });
  await saveRecord(db, { visitor, keys: ["b", "c"], sealed: "2" });
  const { results } = await db
    .prepare("SELECT key FROM match_keys WHERE visitor = ?1 ORDER BY key")
    .bind(visitor)
    .all<{ key: string }>();
  const [record] = await recordsOf(db, [visitor]);
  expect(results.map(({ key }) => key)).toEqual(["b", "c"]);
  expect(record).toEqual({ visitor, keys: ["b", "c"], sealed: "2" });
});
