/**
 * The R2 files that a site's own warehouse reads: `events/purpose=<p>/date=<day>/part-<n>.ndjson.gz`, one folder a purpose
 * and day. A day is written once it is over, and again while late events may come; what hasn't changed is left alone, and
 * the same events make the same bytes. A part holds the visitors whose ids begin alike, so that an erasure knows where to
 * look; `manifests/date=<day>.json` says how many letters that are, and what each file holds.
 */
import { erasuresOf } from "../d1/erasures.ts";
import { countOfDay, eventsOfPart, stateOfDay } from "../d1/outgoing.ts";
import type { Policy } from "../domain/consent/policy.ts";
import { type Day, dayOf, type Millis, type VisitorId } from "../domain/ids.ts";
import { sha256Of, fileAt, numberOf, type FileEntry, type Gzip, gzipped } from "./layout.ts";
import { eventNow, lineOf, purposesOf } from "./line.ts";
import { deleteAll, loadManifest, type Manifest, saveManifest } from "./manifest.ts";
import { allowedNow, mayLeave, type StandingPorts } from "./standing.ts";

export interface FilePorts extends StandingPorts {
  db: D1Database;
  /** The `EXPORTS` bucket, where there is one. */
  exports?: R2Bucket | undefined;
}

/** Days that are looked at again: browsers may hold events back for a week, and clocks are wrong by a day. */
const DAYS_OPEN = 8;
/** Persons asked by one run: a Worker has ten thousand calls. */
const MOST_ASKED = 3_000;
/** Events of a part, about: up to so many of a day stand in one, else in one for each first letter, else for each two. */
const PART_EVENTS = 2_000;
const LETTERS = 32;
const ROWS = 200;
/** An hour for what was still on its way at midnight. */
const REST_MS = 3_600_000;

const RUN = "run.json";

interface Run {
  /** The day on which it began. */
  day: Day;
  left: Day[];
}

/** Goes on where the run before stopped; once a day begins anew. Done when nothing is left. */
export async function writeFiles(ports: FilePorts, policy: Policy, now: Millis): Promise<void> {
  const today = dayOf(now - REST_MS);
  if (!ports.exports) return;
  const stored = await (await ports.exports.get(RUN))?.json<Run>();
  const all = Array.from({ length: DAYS_OPEN }, (_, n) => today - 1 - n);
  const run: Run = stored?.day === today ? stored : { day: today, left: all };
  const budget = { asked: 0 };
  while (run.left[0] !== undefined && budget.asked < MOST_ASKED) {
    const isDone = await writeDay(ports, ports.exports, policy, run.left[0], now, budget);
    if (isDone) run.left.shift();
    await ports.exports.put(RUN, JSON.stringify(run));
  }
}

export interface FilesState {
  /** Days that this run still has to look at, and how many it looks at in all. */
  left: number;
  of: number;
  /** The newest days that there are files of, newest first. */
  days: { day: Day; files: number; rows: number }[];
}

/** For whoever wants to know how far the files are. */
export async function filesState(bucket: R2Bucket, now: Millis): Promise<FilesState> {
  const today = dayOf(now - REST_MS);
  const run = await (await bucket.get(RUN))?.json<Run>();
  const open = Array.from({ length: DAYS_OPEN }, (_, n) => today - 1 - n);
  const versions = await Promise.all(open.map((day) => loadManifest(bucket, day)));
  return {
    left: run?.day === today ? run.left.length : DAYS_OPEN,
    of: DAYS_OPEN,
    days: versions.flatMap((version) => {
      if (!version) return [];
      const { day, parts } = version.manifest;
      const files = Object.values(parts).flatMap((part) => Object.values(part.files));
      return [{ day, files: files.length, rows: files.reduce((sum, { rows }) => sum + rows, 0) }];
    }),
  };
}

type Budget = { asked: number };

/** False when the budget was spent before the day was done. */
async function writeDay(
  ports: FilePorts,
  bucket: R2Bucket,
  policy: Policy,
  day: Day,
  now: Millis,
  budget: Budget,
): Promise<boolean> {
  const begun = await begin(ports.db, bucket, day);
  if (!begun) return true;
  const { manifest } = begun;
  let { etag } = begun;
  const states = await stateOfDay(ports.db, day, manifest.letters);
  for (const { part, events, landed } of states) {
    const known = manifest.parts[part];
    if (known?.events === events && known.landed === landed) continue;
    if (budget.asked >= MOST_ASKED) return false;
    // Until it is written anew it counts as not written: whatever happens in between, it will be.
    delete manifest.parts[part];
    if (known) etag = await saveManifest(bucket, manifest, etag);
    const files = await writePart(ports, bucket, policy, manifest, part, now, budget);
    manifest.parts[part] = { events, landed, files };
    etag = await saveManifest(bucket, manifest, etag);
  }
  const standing = new Set(states.map(({ part }) => part));
  for (const part of Object.keys(manifest.parts).filter((each) => !standing.has(each))) {
    await deleteAll(bucket, Object.keys(manifest.parts[part]?.files ?? {}));
    delete manifest.parts[part];
    etag = await saveManifest(bucket, manifest, etag);
  }
  return true;
}

/** The day's manifest, cut into as many parts as it needs by now. Null for a day without events that has no files either. */
async function begin(
  db: D1Database,
  bucket: R2Bucket,
  day: Day,
): Promise<{ manifest: Manifest; etag: string } | null> {
  const version = await loadManifest(bucket, day);
  const events = await countOfDay(db, day);
  if (!version && events === 0) return null;
  const letters = lettersFor(events);
  if (version && version.manifest.letters >= letters) return version;
  // An import may have made the day much larger: its files are cut anew.
  const old = Object.values(version?.manifest.parts ?? {}).flatMap(({ files }) =>
    Object.keys(files),
  );
  await deleteAll(bucket, old);
  const manifest: Manifest = { day, letters, parts: {} };
  return { manifest, etag: await saveManifest(bucket, manifest, version?.etag ?? null) };
}

function lettersFor(events: number): Manifest["letters"] {
  if (events <= PART_EVENTS) return 0;
  return events <= PART_EVENTS * LETTERS ? 1 : 2;
}

/** Writes a part's files for all purposes; those it has no events for go. */
async function writePart(
  ports: FilePorts,
  bucket: R2Bucket,
  policy: Policy,
  { day, letters }: Manifest,
  part: string,
  now: Millis,
  budget: Budget,
): Promise<Record<string, FileEntry>> {
  const gone = new Set<VisitorId>();
  for (;;) {
    const { files, visitors } = await readPart(ports, policy, day, part, now, gone);
    budget.asked += visitors.length;
    const written: Record<string, FileEntry> = {};
    const empty: string[] = [];
    for (const [purpose, file] of files) {
      const key = fileAt(purpose, day, numberOf(part, letters));
      const bytes = await file.bytes();
      if (file.rows === 0) empty.push(key);
      else written[key] = await putFile(bucket, key, bytes, purpose, file.rows);
    }
    await deleteAll(bucket, empty);
    // Who was erased while this was under way left D1 before the files were looked through: then it is made anew without them.
    const erased = await erasuresOf(ports.db, visitors);
    if (erased.size === 0) return written;
    for (const visitor of erased.keys()) gone.add(visitor);
  }
}

async function readPart(
  ports: FilePorts,
  policy: Policy,
  day: Day,
  part: string,
  now: Millis,
  gone: ReadonlySet<VisitorId>,
): Promise<{ files: Map<string, Gzip>; visitors: VisitorId[] }> {
  const files = new Map(purposesOf(policy).map((purpose) => [purpose, gzipped()]));
  const seen = new Set<VisitorId>();
  let key = { day, visitor: part, id: "" };
  for (;;) {
    const stored = await eventsOfPart(ports.db, key, `${part}~`, ROWS);
    const visitors = new Set(stored.map(({ visitor }) => visitor).filter((id) => !gone.has(id)));
    const allowed = await allowedNow(ports, policy, visitors, now);
    for (const { visitor, event } of stored) {
      const standing = allowed.get(visitor);
      if (standing) seen.add(visitor);
      for (const [purpose, file] of files)
        if (mayLeave(policy, eventNow(policy, event), standing, purpose)) {
          // A person may be named after a visitor that is erased one day, so files say the visitor alone.
          const { person: _, ...line } = lineOf(
            { visitor, person: standing.person, event },
            policy,
            purpose,
          );
          await file.write(line);
        }
    }
    const last = stored.at(-1);
    if (!last || stored.length < ROWS) return { files, visitors: [...seen] };
    key = { day, visitor: last.visitor, id: last.event.id };
  }
}

/** Also says what the manifest keeps of it. */
export async function putFile(
  bucket: R2Bucket,
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
  purpose: string,
  rows: number,
  onlyIf?: string,
): Promise<FileEntry> {
  const put = await bucket.put(key, bytes, {
    httpMetadata: { contentType: "application/gzip" },
    ...(onlyIf === undefined ? {} : { onlyIf: { etagMatches: onlyIf } }),
  });
  if (!put) throw new Error("the file was written anew meanwhile");
  return { purpose, rows, bytes: bytes.byteLength, sha256: await sha256Of(bytes) };
}
