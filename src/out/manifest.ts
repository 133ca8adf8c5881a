/** What stands in the bucket of one day, kept beside the files. It names nobody. */
import { type Day, DAY_MS } from "../domain/ids.ts";
import { type FileEntry, manifestAt, MANIFESTS } from "./layout.ts";

export interface Manifest {
  day: Day;
  /** By how many first letters of the visitor's id the day is cut into parts. */
  letters: 0 | 1 | 2;
  /** By those letters. */
  parts: Record<
    string,
    {
      /** Of D1 when it was written, and when the last of them had landed there. */
      events: number;
      landed: number;
      files: Record<string, FileEntry>;
    }
  >;
}

export async function loadManifest(
  bucket: R2Bucket,
  day: Day,
): Promise<{ manifest: Manifest; etag: string } | null> {
  const object = await bucket.get(manifestAt(day));
  return object && { manifest: await object.json<Manifest>(), etag: object.etag };
}

/** Answers its new etag. @throws Error when somebody else changed it: what was read is read again by the next run */
export async function saveManifest(
  bucket: R2Bucket,
  manifest: Manifest,
  etag: string | null,
): Promise<string> {
  const saved = await bucket.put(manifestAt(manifest.day), JSON.stringify(manifest), {
    httpMetadata: { contentType: "application/json" },
    onlyIf: etag === null ? { etagDoesNotMatch: "*" } : { etagMatches: etag },
  });
  if (!saved) throw new Error("the manifest was changed meanwhile");
  return saved.etag;
}

/** The days there are files of, oldest first. */
export async function daysWritten(bucket: R2Bucket): Promise<Day[]> {
  const days: Day[] = [];
  let cursor: string | undefined;
  do {
    const page: R2Objects = await bucket.list({
      prefix: MANIFESTS,
      ...(cursor === undefined ? {} : { cursor }),
    });
    days.push(
      ...page.objects.map(({ key }) => Date.parse(key.slice(MANIFESTS.length, -5)) / DAY_MS),
    );
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return days.filter((day) => Number.isInteger(day));
}

/** R2 takes a thousand keys at once. */
export async function deleteAll(bucket: R2Bucket, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += 1_000)
    await bucket.delete(keys.slice(from, from + 1_000));
}
