/** The log of merges: all that was decided about who is who. */
import { MergesPage } from "../../src/console/merges.tsx";
import type { VisitorId } from "../../src/domain/ids.ts";
import type { MergeLogLine } from "../../src/http/api/merge-log.ts";
import type { Story } from "./story.ts";

const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(26)) as [
  VisitorId,
  VisitorId,
  VisitorId,
];
const MERGE = `${B}.aaaaaaaaaaaa`;
const HOSTILE = `<script>alert("1")</script>`;

const line = (hour: number, more: Partial<MergeLogLine>): MergeLogLine => ({
  merge: null,
  op: "merge",
  at: new Date(Date.UTC(2026, 10, 20, hour)).toISOString(),
  by: "policy",
  because: "both said the same e-mail address",
  evidence: "e-mail address",
  visitors: [B, A],
  rules: 3,
  ...more,
});

const LINES = [
  line(16, {
    op: "undo",
    merge: MERGE,
    by: "officer",
    because: `the merge was taken back: ${HOSTILE}`,
  }),
  line(15, { op: "block", by: "officer", because: "this phone number names nobody", visitors: [] }),
  line(14, {
    op: "separate",
    by: "officer",
    because: "these are two, whatever a machine finds: two sisters",
    evidence: "human",
    visitors: [A, C],
    rules: null,
  }),
  line(13, { op: "device", by: "owner", evidence: "human", visitors: [A], rules: null }),
  line(12, { merge: MERGE, rules: 1_204 }),
];

const PAGE = { path: "/_u/console/merges", title: "Merges", role: "officer" } as const;

export const stories: readonly Story[] = [
  {
    ...PAGE,
    name: "merges",
    body: <MergesPage found={{ merges: LINES, cursor: "1.2.a" }} first={false} />,
  },
  {
    ...PAGE,
    name: "merges-none",
    body: <MergesPage found={{ merges: [], cursor: null }} first />,
  },
];
