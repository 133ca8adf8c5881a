import type { PersonId } from "../../src/domain/ids.ts";
import { MeterPage, type MeterProps, typedOf } from "../../src/console/meter/page.tsx";
import type { Story } from "./story.ts";

const session = { role: "marketer" as const, formToken: "x".repeat(43), subject: "x", until: null };
const meter = { topics: ["news", "match reports"], days: 30, limit: 10 };

const reader = (letter: string, read: number, stage: "person" | "identified" | "activity") => ({
  id: letter.repeat(26) as PersonId,
  stage,
  lastSeen: "2026-11-22T14:05:00.000Z",
  read,
  left: Math.max(0, meter.limit - read),
});

const story = (name: string, more: Partial<MeterProps> = {}): Story => ({
  name: `meter-${name}`,
  path: "/_u/console/meter",
  title: "Reading meter",
  role: "marketer",
  body: (
    <MeterPage
      session={session}
      version={4}
      report={{
        meter,
        lookedAt: 50,
        uncounted: 11,
        people: [
          reader("a", 14, "person"),
          reader("b", 10, "identified"),
          reader("c", 7, "activity"),
          reader("d", 1, "activity"),
        ],
        cursor: "20779.1795359600000.dddddddddddddddddddddddddd",
      }}
      later={false}
      actions={[{ id: "subscribe", label: "Subscribe before it is used up" }]}
      typed={typedOf(meter)}
      errors={[]}
      {...more}
    />
  ),
});

export const stories: readonly Story[] = [
  story("readers"),
  story("none", {
    report: { meter: null, lookedAt: 0, uncounted: 0, people: [], cursor: null },
    actions: [],
    typed: { topics: "", days: "0", limit: "10" },
    errors: [
      { name: "topics", message: "Name one at least" },
      { name: "days", message: "Must be at least 1" },
    ],
  }),
];
