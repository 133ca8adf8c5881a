/** The pages of imports: bringing files in, and one that is read. */
import { JobPage } from "../../src/console/import/job.tsx";
import { ImportPage } from "../../src/console/import/list.tsx";
import type { ImportJob } from "../../src/http/import/store.ts";
import type { Role } from "../../src/http/auth.ts";
import type { Origin } from "../../src/d1/imports.ts";
import type { Story } from "./story.ts";

const NOW = Date.parse("2026-11-22T15:00:00Z");
const sessionOf = (role: Role) => ({ role, formToken: "x".repeat(43), subject: "x", until: null });

const done: ImportJob = {
  id: "1795350000000-0a1b2c3d",
  name: "members-2026.csv",
  bytes: 812_400,
  lines: 11_877,
  kind: "people",
  origin: "ticket-shop",
  country: "DE",
  state: "done",
  started: NOW - 3_600_000,
  at: NOW - 3_590_000,
  idle: true,
  tries: 0,
  by: "marketer",
  from: 2,
  accepted: 11_872,
  invalid: [
    { line: 17, message: "email isn't an e-mail address" },
    { line: 802, message: "has 6 fields, the header has 7" },
    { line: 9_344, message: "<img src=x onerror=alert(1)> isn't a phone number" },
  ],
  dropped: [{ line: 12, message: "was erased, and stays so" }],
  counts: { invalid: 3, dropped: 1 },
  approved: false,
  because: null,
};
const running: ImportJob = {
  ...done,
  id: "1795353600000-0a1b2c3d",
  name: "<b>till</b>.csv",
  kind: "events",
  origin: "stadium till",
  state: "running",
  idle: false,
  tries: 3,
  lines: 64_120,
  from: 20_002,
  accepted: 14_999,
  // More than are told one by one.
  invalid: Array.from({ length: 12 }, (_, n) => ({ line: n * 2 + 3, message: "has no event" })),
  dropped: [],
  counts: { invalid: 5_001, dropped: 0 },
  approved: true,
};
const failed: ImportJob = {
  ...done,
  id: "1795353700000-0a1b2c3d",
  name: "spend.xlsx",
  kind: "spend",
  state: "failed",
  accepted: 0,
  invalid: [],
  dropped: [],
  counts: { invalid: 0, dropped: 0 },
  because: "The file isn't UTF-8.",
};

const origin = (name: string, firstSeen: number, more: Partial<Origin> = {}): Origin => ({
  origin: name,
  firstSeen,
  approvedAt: null,
  approvedBy: null,
  withdrawnAt: null,
  withdrawnBy: null,
  ...more,
});

const origins = [
  origin("stadium till", NOW - 9e9, { approvedAt: NOW - 8e9, approvedBy: "officer" }),
  origin("bought list", NOW - 9e9, {
    approvedAt: NOW - 8e9,
    approvedBy: "officer",
    withdrawnAt: NOW - 7e9,
    withdrawnBy: "owner",
  }),
  origin("ticket-shop", NOW - 3_600_000),
];

const story = (name: string, path: string, role: Role, body: Story["body"]): Story => ({
  name: `import-${name}`,
  path: `/_u/console/${path}`,
  title: "Import",
  role,
  body,
});

export const stories: readonly Story[] = [
  story(
    "marketer",
    "import",
    "marketer",
    <ImportPage
      session={sessionOf("marketer")}
      jobs={[failed, running, done]}
      origins={origins}
      entered={{
        kind: "people",
        origin: "ticket-shop",
        country: "XX",
        text: "email,phone\njane@example.org,0171 2345678",
        error: {
          name: "country",
          message: "must be a country that we know the calling code of, like DE",
        },
      }}
    />,
  ),
  story(
    "officer",
    "import",
    "officer",
    <ImportPage session={sessionOf("officer")} jobs={[done]} origins={origins} />,
  ),
  story("done", `import/${done.id}`, "marketer", <JobPage job={done} />),
  story("running", `import/${running.id}`, "marketer", <JobPage job={running} />),
];
