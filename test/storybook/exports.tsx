import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { dayOf } from "../../src/domain/ids.ts";
import { DataPage } from "../../src/console/exports/data.tsx";
import { ExportJobPage } from "../../src/console/exports/jobs.tsx";
import type { ExportJob } from "../../src/out/exports.ts";
import type { Story } from "./story.ts";

const NOW = Date.parse("2026-11-22T15:00:00Z");
const MINUTE = 60_000;
const DATA = "/_u/console/data";
const LISTS = "/_u/console/exports/lists";
const session = { role: "officer" as const, formToken: "x".repeat(43), subject: "x", until: null };

export const job = (more: Partial<ExportJob>): ExportJob => ({
  id: "1795359600000-0a1b2c3d",
  kind: "events",
  action: null,
  purpose: "measurement",
  from: dayOf(NOW) - 27,
  to: dayOf(NOW),
  state: "running",
  started: NOW - 4 * MINUTE,
  by: "officer",
  at: NOW,
  tries: 0,
  doneAt: null,
  cursor: null,
  parts: 12,
  lines: 41_210,
  bytes: 18_400_000,
  looked: 44_000,
  share: 0.43,
  because: null,
  ...more,
});

const done = { state: "done", doneAt: NOW - 3 * MINUTE, share: 1 } as const;
const list = job({ kind: "hints", action: "renewal", purpose: null, by: "marketer", share: null });

const data = (name: string, body: Story["body"], path = DATA): Story => ({
  name: `data-${name}`,
  path,
  title: "Data out",
  role: "officer",
  body,
});
const lists = (name: string, of: ExportJob): Story => ({
  name: `list-${name}`,
  path: `${LISTS}/${of.id}`,
  title: "Export",
  role: "marketer",
  body: (
    <ExportJobPage
      job={of}
      policy={DEFAULT_POLICY}
      actions={[{ id: "renewal", label: "Renew the season ticket" }]}
      folder={LISTS}
      now={NOW}
    />
  ),
});

const typed = { kind: "events", purpose: "measurement", from: "2026-10-26", to: "2026-11-22" };

export const stories: readonly Story[] = [
  data(
    "out",
    <DataPage
      session={session}
      policy={DEFAULT_POLICY}
      jobs={[job({}), job({ kind: "people", ...done }), job({ ...done, doneAt: NOW - 90_000_000 })]}
      files={{
        left: 3,
        of: 8,
        days: [0, 1, 2].map((n) => ({
          day: dayOf(NOW) - 1 - n,
          files: 96,
          rows: 21_430 - n * 812,
        })),
      }}
      now={NOW}
      typed={typed}
    />,
  ),
  data(
    "out-refused",
    <DataPage
      session={session}
      policy={DEFAULT_POLICY}
      jobs={[]}
      files={null}
      now={NOW}
      typed={{ ...typed, from: "2026-12-01" }}
      error={{ name: "from", message: "Choose days, the first no later than the last." }}
    />,
  ),
  data(
    "running",
    <ExportJobPage job={job({})} policy={DEFAULT_POLICY} folder={DATA} now={NOW} />,
    `${DATA}/${list.id}`,
  ),
  data(
    "done",
    <ExportJobPage job={job(done)} policy={DEFAULT_POLICY} folder={DATA} now={NOW} />,
    `${DATA}/${list.id}`,
  ),
  lists("running", list),
  lists("stopped", { ...list, state: "stopped" }),
];
