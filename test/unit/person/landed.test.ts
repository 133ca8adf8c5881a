import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { Host } from "../../../src/person/host.ts";
import { landed, prepare } from "../../../src/person/outbox.ts";
import { MapStore } from "../../sim/world/parts.ts";

test("who left again while the news of the first leaving landed is still taken off the list", () => {
  const home = "a".repeat(26) as VisitorId;
  const host = new Host(home, new MapStore(), (write) => write(), { short: () => "s" });
  const left = host.transact((tx) => {
    tx.work.gone = [1];
    const first = prepare(tx, [], 100).handed;
    tx.work.gone = [2];
    landed(tx, first);
    const again = [...(tx.work.gone ?? [])];
    landed(tx, prepare(tx, [], 200).handed);
    return { again, then: tx.work.gone };
  });
  expect(left).toEqual({ again: [2], then: null });
});
