/** The files that `docs/import.md` shows are taken as it says. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readCsv } from "../../../src/import/csv.ts";
import { eventReader, type MakeReader, peopleReader, readerOf } from "../../../src/import/rows.ts";
import { spendReader } from "../../../src/import/spend.ts";

const doc = readFileSync(new URL("../../../docs/import.md", import.meta.url), "utf8");
const shown = new Map(
  [...doc.matchAll(/## (\w+)\n[^]*?```csv\n([^]*?)```/g)].map(([, kind = "", file = ""]) => [
    kind,
    file,
  ]),
);

async function taken<T>(kind: string, make: MakeReader<T>): Promise<unknown[]> {
  const out: unknown[] = [];
  let read: ReturnType<typeof readerOf<T>> | null = null;
  for await (const row of readCsv(new Blob([shown.get(kind) ?? ""]).stream())) {
    const said = read?.(row, { phone: (text) => text });
    read ??= readerOf(row.fields, make);
    if (said) out.push(said.ok ? said.value : said.message);
  }
  return out;
}

test("people, with what they agreed to, how they may be reached, and both sides of a life", async () => {
  expect(await taken("People", peopleReader)).toEqual([
    {
      ids: { userId: ["member-81"], email: ["jane@example.org"], phone: ["+44 7700 900123"] },
      traits: { firstName: "Jane", tier: "gold" },
      consent: { measurement: true, recognition: true },
      permissions: [{ channel: "email", granted: true }],
    },
    {
      ids: { userId: ["member-82"], email: ["omar@example.org"] },
      traits: { firstName: "Omar", tier: "silver" },
      consent: { measurement: true, recognition: false },
      permissions: [{ channel: "email", granted: false }],
    },
  ]);
});

test("events, with when they were and whose", async () => {
  expect(await taken("Events", eventReader)).toEqual([
    {
      event: "Order Completed",
      timestamp: "2026-11-01T10:00:00Z",
      messageId: "till-1001",
      ids: { userId: ["member-81"] },
      consent: { measurement: true },
      properties: { revenue: 49.9, topic: "tickets" },
    },
    {
      event: "Match Attended",
      timestamp: "2026-11-02T15:00:00+01:00",
      messageId: "gate-77",
      ids: { userId: ["member-82"] },
      consent: { measurement: true },
      properties: { topic: "matches" },
    },
  ]);
});

test("spend, by day, channel and campaign", async () => {
  expect(await taken("Spend", spendReader)).toMatchObject([
    { channel: "google", campaign: "Autumn", costCents: 12_050, impressions: 12_000, clicks: 310 },
    { channel: "facebook", campaign: "Autumn", costCents: 8_000, impressions: 9_000, clicks: 150 },
  ]);
});
