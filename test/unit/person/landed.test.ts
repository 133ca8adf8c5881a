import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { newVisitor } from "../../../src/person/documents.ts";
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

test("who left and came back while the news of somebody's coming landed is listed once more", () => {
  const home = "a".repeat(26) as VisitorId;
  const host = new Host(home, new MapStore(), (write) => write(), { short: () => "s" });
  const relist = host.transact((tx) => {
    tx.addVisitor(newVisitor(home, 1, "browser"));
    tx.work.relist = true;
    const first = prepare(tx, [], 100).handed;
    tx.addVisitor({ ...newVisitor(home, 1, "browser"), epoch: 3 });
    landed(tx, first);
    const again = tx.work.relist;
    landed(tx, prepare(tx, [], 200).handed);
    return { again, then: tx.work.relist };
  });
  expect(relist).toEqual({ again: true, then: false });
});
