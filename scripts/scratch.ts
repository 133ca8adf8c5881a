/** Where a run of the tests keeps what it throws away: databases and buckets of every runtime, profiles of browsers. */
import { mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes: several times what all runtimes and browsers that run at once have been seen to keep. */
const ROOM = 2 ** 30;

/**
 * A new folder in memory, where Linux offers that and there is room, for a database that waits for a disk at every commit takes
 * much of a test's time; else in the usual place. Whoever asked removes it.
 */
export function scratch(memory = "/dev/shm"): string {
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize >= ROOM) return mkdtempSync(join(memory, "usher-test-"));
  } catch {
    // There is none, or it isn't ours to write to.
  }
  return mkdtempSync(join(tmpdir(), "usher-test-"));
}
