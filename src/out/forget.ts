/** Taking out of the files what may no longer be in them: erased visitors, and what was kept as long as its purpose allows. */
import type { Policy } from "../domain/consent/policy.ts";
import { type Day, dayOf, type Millis, type VisitorId } from "../domain/ids.ts";
import { retentionOf, shortest } from "../domain/retention.ts";
import { putFile } from "./files.ts";
import {
  type FileEntry,
  fileAt,
  FOLDER,
  gzipped,
  manifestAt,
  numberOf,
  sha256Of,
  unpacked,
} from "./layout.ts";
import { daysWritten, deleteAll, loadManifest, saveManifest } from "./manifest.ts";

/**
 * Rewrites every file that may hold one of these visitors without them; one that holds nobody else goes. Repeating it
 * finds nothing. Whoever writes a file at the same moment looks at the tombstones afterwards (files.ts), so these have to
 * stand in D1 before.
 * @param days where they have events; null when nobody knows
 * @throws Error when a file was written meanwhile: to be repeated
 */
export async function removeFromFiles(
  bucket: R2Bucket | undefined,
  visitors: readonly VisitorId[],
  days: readonly Day[] | null,
): Promise<void> {
  if (!bucket || visitors.length === 0) return;
  const { delimitedPrefixes } = await bucket.list({ prefix: FOLDER, delimiter: "/" });
  const purposes = delimitedPrefixes.map((prefix) => prefix.slice(FOLDER.length, -1));
  for (const day of days ?? (await daysWritten(bucket))) {
    const version = await loadManifest(bucket, day);
    if (!version) continue;
    const { manifest } = version;
    let isChanged = false;
    for (const part of new Set(visitors.map((id) => id.slice(0, manifest.letters)))) {
      const files = manifest.parts[part]?.files ?? {};
      const told = Object.values(files).map(({ purpose }) => purpose);
      // Also those that no manifest names yet: whoever writes one may have been killed before he said so.
      for (const purpose of new Set([...purposes, ...told])) {
        const key = fileAt(purpose, day, numberOf(part, manifest.letters));
        const file = { key, purpose, told: files[key] };
        const entry = await removeFrom(bucket, file, new Set<string>(visitors));
        if (entry === "unchanged") continue;
        isChanged = true;
        if (entry) files[key] = entry;
        else delete files[key];
      }
    }
    if (isChanged) await saveManifest(bucket, manifest, version.etag);
  }
}

interface File {
  key: string;
  purpose: string;
  /** What the manifest says of it. */
  told: FileEntry | undefined;
}

/** Null when the file went. Whoever did it before may have been killed ere they said so: then it is told now. */
async function removeFrom(
  bucket: R2Bucket,
  { key, purpose, told }: File,
  visitors: ReadonlySet<string>,
): Promise<FileEntry | null | "unchanged"> {
  const object = await bucket.get(key);
  if (!object) return told ? null : "unchanged";
  const bytes = new Uint8Array(await object.arrayBuffer());
  const lines = await unpacked(bytes);
  const rows = lines.map((line) => JSON.parse(line) as { visitor: string });
  const kept = rows.filter(({ visitor }) => !visitors.has(visitor));
  if (kept.length === rows.length) {
    const sha256 = await sha256Of(bytes);
    if (!told || told.sha256 === sha256) return "unchanged";
    return { purpose, rows: rows.length, bytes: bytes.byteLength, sha256 };
  }
  if (kept.length === 0) {
    await bucket.delete(key);
    return null;
  }
  const file = gzipped();
  for (const row of kept) await file.write(row);
  return putFile(bucket, key, await file.bytes(), purpose, kept.length, object.etag);
}

/** Files of a purpose are kept as long as what is recorded under it. */
export async function sweepFiles(
  bucket: R2Bucket | undefined,
  policy: Policy,
  now: Millis,
): Promise<void> {
  if (!bucket) return;
  const retention = retentionOf(policy);
  const today = dayOf(now);
  const isKept = (day: Day, purpose: string): boolean =>
    day >= today - (retention[purpose] ?? shortest(retention));
  for (const day of await daysWritten(bucket)) {
    if (day >= today - shortest(retention)) return;
    const version = await loadManifest(bucket, day);
    if (!version) continue;
    const { manifest, etag } = version;
    const gone: string[] = [];
    for (const { files } of Object.values(manifest.parts))
      for (const [key, { purpose }] of Object.entries(files))
        if (!isKept(day, purpose)) {
          gone.push(key);
          delete files[key];
        }
    if (gone.length === 0) continue;
    // The files first: a manifest that still names them is read again tomorrow.
    await deleteAll(bucket, gone);
    const isEmpty = Object.values(manifest.parts).every(
      ({ files }) => Object.keys(files).length === 0,
    );
    if (isEmpty) await bucket.delete(manifestAt(day));
    else await saveManifest(bucket, manifest, etag);
  }
}
