import { expect, test } from "vitest";
import type { Assurance, Claim } from "../../../src/domain/identity/claims.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import type { IdentifierKey, MergeId, VisitorId } from "../../../src/domain/ids.ts";
import type { HistoryEntry } from "../../../src/domain/identity/history.ts";
import { amend } from "../../../src/person/amend.ts";
import { newVisitor } from "../../../src/person/documents.ts";
import { erase } from "../../../src/person/erase.ts";
import { Host } from "../../../src/person/host.ts";
import { record } from "../../../src/person/record.ts";
import { event, MapStore, request } from "../../sim/world/parts.ts";

const EMAIL = "email:e" as IdentifierKey;
const [HERE, OTHER] = ["a".repeat(26), "b".repeat(26)] as [VisitorId, VisitorId];
const entry: HistoryEntry = {
  id: "x",
  op: "disown",
  at: 50,
  by: "officer",
  because: "this e-mail address isn't this device's",
  evidence: "email",
  other: null,
};

/** Two who typed the same address and are one by it. */
function typed() {
  const host = new Host(HERE, new MapStore(), (write) => write(), { short: () => "s" });
  const claim: Claim = {
    key: EMAIL,
    kind: "email",
    assurance: "asserted",
    at: 1,
    state: "settled",
  };
  host.transact((tx) => {
    for (const [id, created] of [
      [HERE, 1],
      [OTHER, 2],
    ] as const)
      tx.addVisitor({ ...newVisitor(id, created, "browser"), claims: { [EMAIL]: claim } });
    tx.addEdge({
      id: `${OTHER}.m` as MergeId,
      a: OTHER,
      b: HERE,
      evidence: { kind: "claim", identifier: EMAIL },
      at: 3,
      by: "policy",
      because: "",
      rules: 1,
      finder: OTHER,
    });
  });
  let n = 0;
  return {
    host,
    disown: () =>
      host.transact((tx) =>
        amend(tx, tx.visitors.get(HERE)!, { do: "disown", identifier: EMAIL, entry }),
      ),
    says: (assurance: Assurance) =>
      host.transact((tx) =>
        record(
          tx,
          tx.visitors.get(HERE)!,
          request(event(`say-${++n}`), [{ key: EMAIL, kind: "email", assurance }]),
          DEFAULT_MERGE_RULES,
        ),
      ),
    claim: () => host.read((tx) => tx.visitors.get(HERE)?.claims[EMAIL]),
    history: () => host.read((tx) => tx.visitors.get(HERE)?.history ?? []),
  };
}

test("what isn't a device's stays so when it is typed there again, and counts once it is proven there", () => {
  const { host, disown, says, claim, history } = typed();
  disown();
  expect(claim()).toMatchObject({ state: "refused", reason: "disowned" });
  expect(host.read((tx) => tx.edges.size)).toBe(0);
  says("asserted");
  expect(claim()).toMatchObject({ state: "refused", reason: "disowned" });
  says("verified");
  expect(claim()).toMatchObject({ state: "waiting", assurance: "verified" });
  expect(claim()).not.toHaveProperty("reason");
  expect(history()).toEqual([entry]);
});

test("an erasure that asks everybody again doesn't ask whom it isn't of", () => {
  const { host, disown, claim } = typed();
  disown();
  host.transact((tx) => erase(tx, tx.visitors.get(OTHER)!, 60));
  expect(claim()).toMatchObject({ state: "refused", reason: "disowned" });
});

test("while a person is moving nothing is said to be done", () => {
  const { host, disown, claim, history } = typed();
  host.transact((tx) => {
    tx.work.outgoing = {
      id: "m" as never,
      revision: 1,
      kind: "merge",
      visitors: [HERE, OTHER],
      target: "c".repeat(26) as VisitorId,
      edge: null,
    };
    tx.changedWork();
  });
  disown();
  expect(claim()).toMatchObject({ state: "settled" });
  expect(history()).toEqual([]);
});
