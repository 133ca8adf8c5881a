/** What a person's object makes of purposes that were renamed since it decided, recorded and folded under them. */
import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { UsherEvent } from "../../../src/domain/event.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { DAY_MS, dayOf, type MessageId, type PersonId } from "../../../src/domain/ids.ts";
import { openingsOf } from "../../../src/domain/consent/openings.ts";
import {
  type ConsentDecision,
  decisionNow,
  mostRestrictive,
  refusedBy,
} from "../../../src/domain/person/consent.ts";
import { keepingOf } from "../../../src/domain/retention.ts";
import { decide } from "../../../src/person/decide.ts";
import { newVisitor } from "../../../src/person/documents.ts";
import { expire } from "../../../src/person/expire.ts";
import { Host } from "../../../src/person/host.ts";
import { isPersonal } from "../../../src/person/hints.ts";
import { record } from "../../../src/person/record.ts";
import { standingDecision } from "../../../src/person/standing.ts";
import { calledOtherwise } from "../../support/renamed.ts";
import { recordOf } from "../../support/records.ts";
import { MapStore } from "../../sim/world/parts.ts";

const SELF = "a".repeat(26) as PersonId;
const NOW = Date.parse("2026-11-22T10:00:00Z");
const OLD = keepingOf(DEFAULT_POLICY);
const NEW = keepingOf(calledOtherwise(DEFAULT_POLICY, undefined, true));
const OTHER = keepingOf(calledOtherwise(DEFAULT_POLICY));

const decision = (granted: Record<string, boolean>, at = NOW): ConsentDecision => ({
  at,
  policy: 1,
  region: "DE",
  regime: "opt-in",
  granted,
  gpc: false,
  by: Object.fromEntries(Object.keys(granted).map((id) => [id, "choice"])),
});

const yes = { measurement: true, personalization: true, recognition: true, advertising: true };

let n = 0;
const event = (purposes: string[], at = NOW): UsherEvent => ({
  id: `m${++n}` as MessageId,
  type: "page",
  name: null,
  channel: "web",
  day: dayOf(at),
  at,
  received: at,
  purposes,
  policy: 1,
  campaign: { source: "google", click: { vendor: "google", param: "gclid", id: "a-click-id" } },
});

function hostOf(granted: Record<string, boolean>, shelf = new MapStore()): Host {
  const host = new Host(SELF, shelf, (write) => write(), { short: () => "s".repeat(12) });
  host.transact((tx) => {
    tx.addVisitor({ ...newVisitor(SELF, NOW, "browser"), decision: decision(granted, NOW - 1) });
  });
  return host;
}

const docIn = (host: Host) => host.read((tx) => tx.visitors.get(SELF)!);

test("what was decided is read under the new names at once, and costs no row by itself", () => {
  const host = hostOf({ ...yes, advertising: false });
  const { rows } = host;
  host.inform(NEW.openings);
  expect(docIn(host).decision?.granted).toEqual({
    statistics: true,
    tailoring: true,
    linking: true,
    promotion: false,
  });
  expect(host.rows).toBe(rows);
  expect(host.read((tx) => isPersonal(tx, docIn(host)))).toBe(true);
  host.inform(OLD.openings);
  expect(host.read((tx) => tx.isUnclear)).toBe(true);
});

test("an object that wakes up after it reads what it stored before it so, too", () => {
  const shelf = new MapStore();
  hostOf({ ...yes, measurement: false }, shelf);
  const woken = new Host(SELF, shelf, (write) => write(), { short: () => "s" });
  woken.inform(NEW.openings);
  expect(docIn(woken).decision?.granted["statistics"]).toBe(false);
  const standing = woken.read((tx) => standingDecision(tx, docIn(woken)));
  expect(standing?.granted["statistics"]).toBe(false);
});

test("a no of before goes on denying, and a withdrawal under the new name ends a yes of before", () => {
  const host = hostOf({ ...yes, advertising: false });
  host.inform(NEW.openings);
  const purposes = ["linking", "promotion", "statistics"];
  const request = { ...recordOf(event(purposes), NOW), decision: null };
  host.transact((tx) => record(tx, docIn(host), request, DEFAULT_MERGE_RULES));
  const [bucket] = Object.values(docIn(host).slice);
  expect(bucket?.purposes).toEqual(["linking", "statistics"]);
  expect(JSON.stringify(bucket)).not.toContain("a-click-id");
  const no = decision({ statistics: false, tailoring: false, linking: true, promotion: false });
  const said = { visitor: SELF, now: NOW, decision: no, receipt: null };
  host.transact((tx) => decide(tx, docIn(host), said, null));
  expect(docIn(host).retired).toBe(NOW);
});

test("what was recorded under the old names is for the same, and ends by the new terms", () => {
  const host = hostOf(yes);
  const past = NOW - 100 * DAY_MS;
  const old = { ...recordOf(event(["advertising", "measurement"], past), past), decision: null };
  host.transact((tx) => record(tx, docIn(host), old, DEFAULT_MERGE_RULES));
  host.inform(NEW.openings);
  host.transact((tx) => expire(tx, dayOf(NOW), NEW));
  const [bucket] = Object.values(docIn(host).slice);
  expect(bucket?.purposes).toEqual(["measurement"]);
  expect(JSON.stringify(bucket)).not.toContain("a-click-id");
});

test("under other names from the start everything goes by what they open", () => {
  const host = hostOf({ statistics: true, tailoring: true, linking: true, promotion: true });
  host.inform(OTHER.openings);
  const request = { ...recordOf(event(["statistics", "tailoring"]), NOW), decision: null };
  const { outcomes } = host.transact((tx) => record(tx, docIn(host), request, DEFAULT_MERGE_RULES));
  expect(outcomes).toEqual([{ kept: true }]);
  const less = { ...recordOf(event(["tailoring"]), NOW), decision: null };
  expect(
    host.transact((tx) => record(tx, docIn(host), less, DEFAULT_MERGE_RULES)).outcomes,
  ).toEqual([{ kept: false, reason: "consent" }]);
  expect(host.read((tx) => isPersonal(tx, docIn(host)))).toBe(true);
});

test("a yes to what a purpose was isn't one to what it has become, here or for whoever is proven to be the same", () => {
  const purposes = DEFAULT_POLICY.purposes.map((purpose) =>
    purpose.id === "measurement"
      ? {
          ...purpose,
          switchesOn: [...purpose.switchesOn, "claims" as const, "hints" as const],
          since: 2,
        }
      : purpose,
  );
  const more = keepingOf({ ...DEFAULT_POLICY, version: 2, purposes });
  const host = hostOf({ ...yes, personalization: false, recognition: false });
  const may = (): { hints: boolean; link: boolean } =>
    host.read((tx) => ({
      hints: isPersonal(tx, docIn(host)),
      link: tx.side(docIn(host)).at.recognition,
    }));
  host.inform(more.openings);
  expect(may()).toEqual({ hints: false, link: false });
  expect(docIn(host).decision?.granted).toEqual({
    personalization: false,
    recognition: false,
    advertising: true,
  });
  const anew = { ...decision({ ...yes, personalization: false, recognition: false }), policy: 2 };
  const said = { visitor: SELF, now: NOW, decision: anew, receipt: null };
  host.transact((tx) => decide(tx, docIn(host), said, null));
  expect(may()).toEqual({ hints: true, link: true });
});

test("what another device of the same human denies is denied also where this one's yes was to something else", () => {
  const before = decision({ measurement: true, advertising: true }, NOW);
  const purposes = DEFAULT_POLICY.purposes.map((purpose) =>
    purpose.id === "measurement" ? { ...purpose, since: 2 } : purpose,
  );
  const now = decisionNow(openingsOf({ purposes }), before);
  const no = decision({ measurement: false, advertising: true }, NOW - 1);
  const others = [{ decision: no, retired: false }];
  expect(now.granted).toEqual({ advertising: true });
  expect(mostRestrictive(now, others)).toEqual({ measurement: false, advertising: true });
  expect(refusedBy(now, others)).toEqual(["measurement"]);
});
