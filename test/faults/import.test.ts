/** Imports that nobody watches, killed at each of their calls to the outside: cron brings them through, and counts once. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Env } from "../../src/env.ts";
import { resumeImports } from "../../src/http/import/jobs.ts";
import {
  type ImportJob,
  loadFile,
  loadJob,
  saveFile,
  saveJob,
  UNSTARTED,
} from "../../src/http/import/store.ts";
import { nightlyPorts } from "../../src/services.ts";
import { type Operation, tryAll } from "./operation.ts";
import { fails } from "./troubles.ts";

const bucket = env.KEYS;
const MINUTE = 60_000;

interface Abandoned {
  id: string;
  name: string;
}

let jobs = 0;

/** As a run leaves it that was killed before its first row. */
async function abandoned(name: string, kind: ImportJob["kind"], text: string): Promise<Abandoned> {
  const now = Date.now();
  const id = `${now}-${(++jobs).toString(16).padStart(8, "0")}`;
  const bytes = new TextEncoder().encode(text);
  await saveFile(bucket, id, bytes);
  await saveJob(
    bucket,
    {
      id,
      kind,
      origin: name,
      country: null,
      name: "file.csv",
      bytes: bytes.length,
      ...UNSTARTED,
      started: now,
      at: now - MINUTE,
      by: "marketer",
      invalid: [],
      dropped: [],
    },
    null,
  );
  return { id, name };
}

/** Cron, a minute apart, with so few rows a run that a file takes several. */
async function runs({ id }: Abandoned): Promise<void> {
  for (let minute = 0; minute < 12; minute++) {
    const ports = nightlyPorts(env as unknown as Env, (work) =>
      createExecutionContext().waitUntil(work),
    );
    const now = Date.now() + minute * MINUTE;
    const budget = { rows: 1, until: Number.POSITIVE_INFINITY };
    await resumeImports({ ...ports, now }, budget).catch(() => undefined);
    const file = await loadFile(bucket, id).catch(() => "unknown" as const);
    if (file === null) return;
    if (file !== "unknown") await file.cancel();
  }
}

async function isThrough({ id }: Abandoned, accepted: number, invalid: number): Promise<void> {
  const job = (await loadJob(bucket, id))?.job;
  expect(job).toMatchObject({ state: "done", accepted, idle: true });
  expect(job?.invalid).toHaveLength(invalid);
  expect(await loadFile(bucket, id)).toBeNull();
}

/** Spend is put away by the thousand. */
const ROWS = 1_002;

const spend: Operation<Abandoned> = {
  what: "an import of spend that takes two runs",
  prepare: (name) =>
    abandoned(
      name,
      "spend",
      `date,channel,campaign,cost\nno date,x,y,1\n${Array.from(
        { length: ROWS },
        (_, n) => `2026-11-01,${name},c${n},0.01`,
      ).join("\n")}`,
    ),
  act: runs,
  account: () => ({ humans: [], sent: [] }),
  async holds(world) {
    await isThrough(world, ROWS, 1);
    const sum = await env.DB.prepare(
      "SELECT count(*) AS n, sum(cost_cents) AS cents FROM spend WHERE channel = ?",
    )
      .bind(world.name)
      .first();
    expect(sum).toEqual({ n: ROWS, cents: ROWS });
  },
};

tryAll(spend, [fails("before"), fails("after")]);
