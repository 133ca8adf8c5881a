/** What lies in the bucket of a large site: requests of years, imports, exports; made as it is found there. */
import type { Miniflare } from "miniflare";

const DAY_MS = 86_400_000;
const REQUESTS = 1_000;
const IMPORTS = 25;
const BAD_ROWS = 1_000;

/** Ids of exports: a list of hints and one of events that are done, and one under way. */
export const NO_LISTS = { hints: "", events: "", running: "" };

/** Many answered requests of years, as the queue's list finds them. */
export async function requests(miniflare: Miniflare, now: number): Promise<void> {
  const bucket = await miniflare.getR2Bucket("KEYS", "console");
  const letters = "abcdefghij";
  for (let from = 0; from < REQUESTS; from += 50)
    await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const n = from + at;
        const id = [...String(n).padStart(26, "0")]
          .map((digit) => letters.charAt(Number(digit)))
          .join("");
        const made = now - (n + 1) * 6 * 3_600_000;
        const request = {
          id,
          kind: "export",
          state: "done",
          about: "email",
          by: "officer",
          at: made,
          due: made + 30 * DAY_MS,
          doneAt: made,
          visitors: [],
          maybe: [],
          erasure: null,
        };
        await bucket.put(`request/${id}`, JSON.stringify(request), {
          customMetadata: { at: String(made), kind: "export", state: "done" },
        });
      }),
    );
}

/** Imports, the newest of which is under way with as many bad rows as are told. */
export async function imports(miniflare: Miniflare, now: number): Promise<string> {
  const bucket = await miniflare.getR2Bucket("KEYS", "console");
  let newest = "";
  for (let n = IMPORTS - 1; n >= 0; n--) {
    newest = `${now - n * 60_000}-${String(n).padStart(8, "0")}`;
    const bad = Array.from({ length: BAD_ROWS }, (_, at) => ({
      line: at * 3 + 2,
      message: "email: this isn't an address",
    }));
    const job = {
      id: newest,
      kind: "people",
      origin: "crm",
      country: null,
      name: `members-${n}.csv`,
      bytes: 5_000_000,
      state: n === 0 ? "running" : "done",
      started: now - n * 60_000,
      // Held by somebody for as long as this is measured.
      at: now + DAY_MS,
      by: "marketer",
      from: 40_000,
      accepted: 36_000,
      invalid: bad,
      dropped: [],
      approved: true,
      because: null,
    };
    await bucket.put(`imports/${newest}/job.json`, JSON.stringify(job));
  }
  return newest;
}

const EXPORT_LINES = 20_000;

/** Exports as they lie there when they are done, and one that somebody is at. */
export async function exportsThere(miniflare: Miniflare, now: number): Promise<typeof NO_LISTS> {
  const bucket = await miniflare.getR2Bucket("KEYS", "console");
  const made = { ...NO_LISTS };
  const today = Math.floor(now / DAY_MS);
  for (const [n, name] of (["hints", "events", "running"] as const).entries()) {
    const id = `${now - n}-${String(n).padStart(8, "0")}`;
    const line = `${JSON.stringify({ id: "e", name: "Article Read", visitor: "someone" })}\n`;
    const isDone = name !== "running";
    const job = {
      id,
      kind: name === "hints" ? "hints" : "events",
      action: null,
      purpose: name === "hints" ? null : "measurement",
      from: today - 27,
      to: today,
      state: isDone ? "done" : "running",
      started: now,
      by: "owner",
      // Held by somebody for as long as this is measured.
      at: now + DAY_MS,
      tries: 0,
      doneAt: isDone ? now : null,
      cursor: null,
      parts: isDone ? 4 : 0,
      lines: EXPORT_LINES,
      bytes: EXPORT_LINES * line.length,
      looked: EXPORT_LINES,
      share: isDone ? 1 : 0.4,
      because: null,
    };
    await bucket.put(`exports/${id}/job.json`, JSON.stringify(job));
    for (let part = 0; part < job.parts; part++)
      await bucket.put(
        `exports/${id}/part-${String(part).padStart(5, "0")}`,
        line.repeat(EXPORT_LINES / job.parts),
      );
    made[name] = id;
  }
  return made;
}
