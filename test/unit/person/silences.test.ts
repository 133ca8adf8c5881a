import { expect, test } from "vitest";
import type { UsherEvent } from "../../../src/domain/event.ts";
import type { Claim } from "../../../src/domain/identity/claims.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import {
  dayOf,
  type IdentifierKey,
  type MessageId,
  type PersonId,
  type VisitorId,
} from "../../../src/domain/ids.ts";
import type { PermissionWord } from "../../../src/domain/permission/permission.ts";
import { newVisitor } from "../../../src/person/documents.ts";
import { Host } from "../../../src/person/host.ts";
import { record } from "../../../src/person/record.ts";
import type { Call } from "../../../src/person/work.ts";
import { recordOf } from "../../support/records.ts";

const SELF = "a".repeat(26);
const NOW = Date.parse("2026-11-22T10:00:00Z");
const EMAIL = "email:shared" as IdentifierKey;

const event: UsherEvent = {
  id: "m1" as MessageId,
  type: "track",
  name: "Unsubscribed",
  channel: "web",
  day: dayOf(NOW),
  at: NOW,
  received: NOW,
  purposes: ["measurement"],
  policy: 1,
};
const unsubscribed: PermissionWord = {
  identifier: null,
  channel: "email",
  state: "suppressed",
  source: "unsubscribe",
  at: NOW,
  proven: true,
};

/** A person of one visitor, whose address another person had first, that says this. */
function saying(word: Partial<PermissionWord>, claim: Partial<Claim> = {}): Host {
  const store = { get: () => undefined, put: () => undefined, delete: () => true, list: () => [] };
  const names = { short: () => "s".repeat(12) };
  const host = new Host(SELF as PersonId, store, (write) => write(), names);
  host.transact((tx) => {
    const doc = newVisitor(SELF as VisitorId, NOW, "server");
    const said = { key: EMAIL, kind: "email", assurance: "verified", at: NOW } as const;
    doc.claims[EMAIL] = { ...said, state: "refused", reason: "unique", ...claim };
    tx.addVisitor(doc);
    const request = recordOf(event, NOW);
    const [item] = request.items;
    if (!item) throw new Error("there is no item");
    const items = [{ ...item, permissions: [{ ...unsubscribed, ...word }] }];
    record(tx, doc, { ...request, items }, DEFAULT_MERGE_RULES);
  });
  return host;
}

/** What is to be told, by a network that takes nothing or all. */
async function told(host: Host, answers: boolean): Promise<Call[]> {
  const calls: Call[] = [];
  await host.workOff(
    async (call) => {
      if (call.do === "silence") calls.push(call);
      return call.do === "silence" && answers ? true : null;
    },
    DEFAULT_MERGE_RULES,
    NOW,
  );
  return calls;
}

test("an unsubscription is told to whoever else has the address, again and again until that has worked", async () => {
  const host = saying({});
  const change = { ...unsubscribed, identifier: EMAIL };
  expect(await told(host, false)).toEqual([{ do: "silence", change }]);
  expect(host.hasWork).toBe(true);
  expect(await told(host, true)).toEqual([{ do: "silence", change }]);
  expect(host.hasWork).toBe(false);
  expect(await told(host, true)).toEqual([]);
});

test.each([
  ["a sign-up", { state: "granted", source: "sign-up" }, {}],
  ["of an address that was only typed", {}, { assurance: "asserted" }],
  ["of another kind of address", { channel: "sms" }, {}],
  ["that names another address", { identifier: "email:other" as IdentifierKey }, {}],
] as const)("nobody is told %s", async (_, word, claim) => {
  const host = saying(word, claim);
  expect(host.hasWork).toBe(false);
});

test("what a browser says is told where it has proved the address", async () => {
  expect(await told(saying({ proven: false }), true)).toMatchObject([{ change: { proven: true } }]);
});
