/**
 * Devices that are compared by their networks, and the index of those. A record is written only as long as nothing was said
 * of the visitor since its person was asked: a withdrawal, an erasure and a newer sighting all come first.
 */
import type { Day, VisitorId } from "../domain/ids.ts";
import {
  daysFrom,
  isTelling,
  type NetworkKey,
  regularOf,
  type SeenDevice,
} from "../domain/suggestion/sightings.ts";
import type { DueVisitor } from "./matching.ts";
import { chunks, fields, notErased } from "./statements.ts";
import { unsuggestingDevices } from "./unsuggesting.ts";

export interface DeviceRecord {
  visitor: VisitorId;
  device: SeenDevice;
}

/** Item: visitor, …, and as the last field when it was due. */
const isStillDue = (visitor: number, at: number): string =>
  `EXISTS (SELECT 1 FROM match_due WHERE match_due.visitor = item.value ->> ${visitor}
    AND match_due.at = item.value ->> ${at})`;

const RECORD = `INSERT INTO device_records (visitor, seen, last_day)
  SELECT ${fields(3)} FROM json_each(?1) AS item WHERE ${notErased(0)} AND ${isStillDue(0, 3)}
  ON CONFLICT (visitor) DO UPDATE SET seen = excluded.seen, last_day = excluded.last_day
  WHERE device_records.seen <> excluded.seen`;

const INDEX = `INSERT INTO device_networks (network, visitor)
  SELECT ${fields(2)} FROM json_each(?1) AS item WHERE ${notErased(1)} AND ${isStillDue(1, 2)}
  ON CONFLICT DO NOTHING`;

const UNINDEX = `DELETE FROM device_networks WHERE (network, visitor) IN (
    SELECT item.value ->> 0, item.value ->> 1 FROM json_each(?1) AS item)`;

/** Puts a record in the place of the one before; only networks that changed are written. */
export async function saveDevice(
  db: D1Database,
  { visitor, device }: DeviceRecord,
  before: DeviceRecord | null,
  due: DueVisitor,
): Promise<void> {
  const [has, had] = [device, before?.device].map((each) => Object.keys(each?.networks ?? {}));
  const gone = (had ?? []).filter((network) => !has?.includes(network));
  const text = JSON.stringify(device);
  const rows = (networks: readonly string[]): string =>
    JSON.stringify(networks.map((network) => [network, visitor, due.at]));
  await db.batch([
    ...(gone.length > 0 ? [db.prepare(UNINDEX).bind(rows(gone))] : []),
    db.prepare(INDEX).bind(rows(has ?? [])),
    db.prepare(RECORD).bind(JSON.stringify([[visitor, text, lastDay(device), due.at]])),
  ]);
}

const lastDay = ({ networks }: SeenDevice): Day =>
  Math.max(0, ...Object.values(networks).flatMap((days) => days.map(([day]) => day)));

interface Row {
  visitor: VisitorId;
  seen: string;
}

const read = ({ visitor, seen }: Row): DeviceRecord => ({
  visitor,
  device: JSON.parse(seen) as SeenDevice,
});

/** Those of these visitors that have a record. */
export async function devicesOf(
  db: D1Database,
  visitors: readonly VisitorId[],
): Promise<DeviceRecord[]> {
  if (visitors.length === 0) return [];
  const { results } = await db
    .prepare(
      `SELECT visitor, seen FROM device_records
       WHERE visitor IN (SELECT value FROM json_each(?1)) ORDER BY visitor`,
    )
    .bind(JSON.stringify(visitors))
    .all<Row>();
  return results.map(read);
}

export async function countDevices(db: D1Database): Promise<number> {
  return (await db.prepare("SELECT count(*) AS n FROM device_records").first<number>("n")) ?? 0;
}

/** Who is regular at each of these networks; null where they are more than `largest`. */
export async function regularsAt(
  db: D1Database,
  networks: readonly NetworkKey[],
  largest: number,
): Promise<Map<NetworkKey, VisitorId[] | null>> {
  if (networks.length === 0) return new Map();
  const answers = await db.batch<{ visitor: VisitorId }>(
    networks.map((network) =>
      db
        .prepare("SELECT visitor FROM device_networks WHERE network = ?1 LIMIT ?2")
        .bind(network, largest + 1),
    ),
  );
  return new Map(
    networks.map((network, n) => {
      const found = (answers[n]?.results ?? []).map(({ visitor }) => visitor);
      return [network, found.length > largest ? null : found];
    }),
  );
}

/** Any devices, to be forgotten where nobody wants them compared any more. */
export async function someDevices(db: D1Database, limit: number): Promise<VisitorId[]> {
  const { results } = await db
    .prepare("SELECT visitor FROM device_records ORDER BY visitor LIMIT ?1")
    .bind(limit)
    .all<{ visitor: VisitorId }>();
  return results.map(({ visitor }) => visitor);
}

const OF = "SELECT item.value ->> 0 FROM json_each(?1) AS item";
const UNINDEX_OF = `DELETE FROM device_networks WHERE (network, visitor) IN (
    SELECT stored.key, device_records.visitor FROM json_each(?1) AS item
    CROSS JOIN device_records ON device_records.visitor = item.value ->> 0
    CROSS JOIN json_each(device_records.seen, '$.networks') AS stored)`;
const UNRECORD = `DELETE FROM device_records WHERE visitor IN (${OF})`;

/** Takes visitors out of the comparing of devices. `rows` is a JSON array of arrays that begin with a visitor. */
export const forgettingDevices = (db: D1Database, rows: string): D1PreparedStatement[] =>
  [UNINDEX_OF, UNRECORD].map((sql) => db.prepare(sql).bind(rows));

/** Records looked at in one go, and how often in one run. */
const PRUNED_AT_ONCE = 2_000;
const ROUNDS = 20;

const OLD = `SELECT visitor, seen FROM device_records WHERE EXISTS (
    SELECT 1 FROM json_each(device_records.seen, '$.networks') AS place
    CROSS JOIN json_each(place.value) AS seen_on WHERE seen_on.value ->> 0 < ?1)
  ORDER BY last_day LIMIT ${PRUNED_AT_ONCE}`;

/** Neither is done where it was told anew meanwhile. Item: network or nothing, visitor, what was read, what is left, its last day. */
const UNINDEX_SHORTER = `DELETE FROM device_networks WHERE (network, visitor) IN (
    SELECT item.value ->> 0, device_records.visitor FROM json_each(?1) AS item
    CROSS JOIN device_records ON device_records.visitor = item.value ->> 1
      AND device_records.seen = item.value ->> 2)`;
const TRIM = `UPDATE device_records SET seen = item.value ->> 3, last_day = item.value ->> 4
  FROM json_each(?1) AS item
  WHERE device_records.visitor = item.value ->> 1 AND device_records.seen = item.value ->> 2
    AND item.value ->> 0 IS NULL`;

/**
 * Takes days before this one out of what is compared; what isn't regular by that goes, and with a device that has less than
 * two places left what was suggested because of it. Gives how many devices that concerned.
 */
export async function pruneDevices(db: D1Database, before: Day): Promise<number> {
  let pruned = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { results } = await db.prepare(OLD).bind(before).all<Row>();
    await pruneThese(db, results, before);
    pruned += results.length;
    if (results.length < PRUNED_AT_ONCE) break;
  }
  return pruned;
}

async function pruneThese(db: D1Database, results: readonly Row[], before: Day): Promise<void> {
  const gone: [VisitorId][] = [];
  const shorter: [NetworkKey | null, VisitorId, seen: string, left?: string, last?: Day][] = [];
  for (const { visitor, seen } of results) {
    const { device } = read({ visitor, seen });
    const networks = regularOf(daysFrom(device.networks, before));
    if (!isTelling(networks)) {
      gone.push([visitor]);
      continue;
    }
    const next = { ...device, networks };
    for (const network of Object.keys(device.networks))
      if (!networks[network]) shorter.push([network, visitor, seen]);
    shorter.push([null, visitor, seen, JSON.stringify(next), lastDay(next)]);
  }
  for (const rows of chunks(gone))
    await db.batch([...unsuggestingDevices(db, rows), ...forgettingDevices(db, rows)]);
  for (const rows of chunks(shorter))
    await db.batch([UNINDEX_SHORTER, TRIM].map((sql) => db.prepare(sql).bind(rows)));
}

/** All that was told of where devices are seen. */
export const forgetAllDevices = (db: D1Database): Promise<unknown> =>
  db.batch(
    ["DELETE FROM device_networks", "DELETE FROM device_records"].map((sql) => db.prepare(sql)),
  );

/** Rows that name these visitors. */
export async function countDeviceRows(
  db: D1Database,
  visitors: readonly VisitorId[],
): Promise<number> {
  const records = await devicesOf(db, visitors);
  return records.reduce((sum, { device }) => sum + 1 + Object.keys(device.networks).length, 0);
}
